#include "cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "cmd/machine_run.h"
#include "cmd/patches_store.h"
#include "look/defences.h"

struct patches_options {
	struct machine_options machine;
	const char *store;
};

static const struct option_row rows[] = {
	MACHINE_OPTION_ROWS(struct patches_options, machine),
	{ "store", 0, OPTION_TEXT, offsetof(struct patches_options, store), 0, 0, "DIR",
	  "which file in this folder is the right one, by hash and signature" },
};

/* What the question needs beside the machine. */
struct asking {
	const struct package_store *store; /* or NULL */
};

static enum err
ask(const struct inside *in, struct statuses *out, void *with)
{
	const struct asking *a = with;

	TRY(defence_patches(in, out));
	if (a->store)
		patches_from_store(a->store, out);
	return OK;
}

/* What of the folder is not in what follows. */
static void
say_left_out(const struct patches_options *options, const struct package_store *s)
{
	for (size_t i = 0; !options->machine.quiet && i < s->count; i++) {
		char words[WHY_ROOM];

		if (s->at[i].sha1[0])
			continue;
		(void)snprintf(words, sizeof words, "%s; make it readable",
		               s->at[i].signature.why);
		machine_complain(cmd_patches.name, s->at[i].name, words);
	}
	if (!options->machine.quiet && s->passed_over > 0)
		fprintf(stderr,
		        "confine patches: %zu files of %s were passed over; name a "
		        "folder of fewer\n",
		        s->passed_over, options->store);
}

static int
with_store(char **argv, const struct patches_options *options, const char *path)
{
	OWN(package_store_free) struct package_store store = { .count = 0 };
	struct asking asking = { .store = &store };
	char why[WHY_ROOM] = "";
	enum err err = package_store_read(options->store, &store, why);

	if (err != OK) {
		machine_complain(cmd_patches.name, "",
		                 err == ERR_REFUSED
		                     ? why
		                     : "no memory or no process to look at the "
		                       "packages; free some");
		return 2;
	}
	say_left_out(options, &store);
	return machine_status_run(&cmd_patches, argv, &options->machine, path,
	                          (struct machine_question){ ask, &asking });
}

static int
run(int argc, char **argv)
{
	struct patches_options options = { .store = NULL };
	struct asking nothing_beside = { .store = NULL };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words) {
		fputs("confine patches: no memory to begin with; free some\n", stderr);
		return 2;
	}
	int code = options_read(&cmd_patches, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	if (count != 1) {
		fputs("confine patches: name one machine: confine patches /mnt/c\n",
		      stderr);
		return 2;
	}
	if (options.store)
		return with_store(argv, &options, words[0]);
	return machine_status_run(&cmd_patches, argv, &options.machine, words[0],
	                          (struct machine_question){ ask, &nothing_beside });
}

const struct command cmd_patches = {
	.name = "patches",
	.run = run,
	.does = "are the updates in place that close the worm's door",
	.usage = "patches [OPTIONS] MACHINE",
	.about =
	    "Says of KB958644 (MS08-067, the door of the worm), KB957097, KB958687 and "
	    "the updates for Autorun whether each is present, superseded and by which, "
	    "missing, not needed or unknown; and which package to get. The version of "
	    "the file decides; what the registry claims is compared with it.\n"
	    "\n"
	    "With --store, names the file in a folder of packages that is the right "
	    "one, by its hash and Microsoft's signature. Nothing is run, installed or "
	    "downloaded.\n"
	    "\n"
	    "Exit codes: 0 all in place, 1 something to do, 2 could not be done, 3 "
	    "nothing to do but something could not be told.",
	.examples = "confine patches /mnt/c\n"
		    "confine patches ward3.img -v --store /srv/packages\n"
		    "confine patches /mnt/c --format csv\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

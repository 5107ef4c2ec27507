#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/mend_run.h"
#include "mend/plan_for.h"

struct clean_options {
	struct mend_options mend;
	struct plan_wishes wishes;
};

#define AT(member) offsetof(struct clean_options, member)

static const struct option_row rows[] = {
	MEND_OPTION_ROWS(struct clean_options, mend),
	{ "host", 0, OPTION_TEXT, AT(mend.host), 0, 0, "NAME|ADDRESS",
	  "which host of the case it is (by its computer name)" },
	{ "plan", 0, OPTION_TEXT, AT(mend.plan_path), 0, 0, "FILE",
	  "carry out just that plan; with --dry-run write one" },
	{ "suspects", 0, OPTION_FLAG, AT(wishes.suspects), 0, 0, NULL,
	  "what is suspect only goes into quarantine, too" },
	{ "residue", 0, OPTION_FLAG, AT(wishes.residue), 0, 0, NULL,
	  "what is left of an earlier cleaning goes, too" },
};

static enum err
look(struct machine *m, struct watch *watch, struct inspected *at, void *with)
{
	(void)with;
	return inspect_look(m, watch, at);
}

static enum err
plan(const struct inside *in, const struct inspected *at, struct plan *out, void *with)
{
	const struct clean_options *options = with;

	return plan_for(in, &at->row->verdict, at->statuses, &options->wishes, out);
}

static int
run(int argc, char **argv)
{
	struct clean_options options = { .wishes = { .suspects = false } };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words)
		return 2;
	int code = options_read(&cmd_clean, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	if (count != 1) {
		fputs("confine clean: name one machine, its folder or mounted volume; "
		      "for example confine clean /mnt/c\n",
		      stderr);
		return 2;
	}
	if (options.mend.host && !options.mend.machine.case_path) {
		fputs("confine clean: --host says which host of a --case it is; name "
		      "the case\n",
		      stderr);
		return 2;
	}
	struct mend_kind kind = { .command = &cmd_clean,
		                  .judges = true,
		                  .is_clean = true,
		                  .look = look,
		                  .plan = plan,
		                  .with = &options };
	return mend_run(&kind, argv, &options.mend, words[0]);
}

const struct command cmd_clean = {
	.name = "clean",
	.run = run,
	.does = "plan, show, remove the worm, and check again",
	.usage = "clean [OPTIONS] MACHINE",
	.about =
	    "Looks as check does, makes a plan, shows it, and asks. Then it removes "
	    "what the worm left, puts back the settings that it changed, looks again, "
	    "and says what stays for a person. Before the first change all that undo "
	    "needs is kept in a journal; where anything fails, what was done is put "
	    "back.\n"
	    "\n"
	    "MACHINE is a folder that holds a Windows, or a mounted volume: NTFS by "
	    "ntfs-3g, not read-only. An image has to be mounted first. Nothing is "
	    "removed on one sign alone, and never a file or a service of Windows.",
	.examples =
	    "confine clean /mnt/c --dry-run    # show the plan, change nothing\n"
	    "confine clean /mnt/c --case ward.case\n"
	    "confine clean /mnt/c --dry-run --plan ward3.json    # to be approved\n"
	    "confine clean /mnt/c --plan ward3.json --yes\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

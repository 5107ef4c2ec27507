#include "cmd/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/check_case.h"
#include "cmd/inspect.h"
#include "cmd/machine_run.h"
#include "cmd/outputs.h"
#include "cmd/rows.h"
#include "keep/host_key.h"

struct check_options {
	struct machine_options machine;
	const char *host;
};

/* Everything that one run needs, from the options to the last line. */
struct check {
	struct check_options options;
	struct run_words run;
	struct outputs outputs;
	struct watch watch;
	struct case_file *memory; /* or NULL */
	struct rows rows;
	struct statuses *statuses; /* one for each row */
	struct summary summary;
};

static const struct option_row rows[] = {
	MACHINE_OPTION_ROWS(struct check_options, machine),
	{ "case", 0, OPTION_TEXT, offsetof(struct check_options, machine.case_path), 0,
	  0, "FILE", "remember it in a case, beside what scans saw of the machine" },
	{ "host", 0, OPTION_TEXT, offsetof(struct check_options, host), 0, 0,
	  "NAME|ADDRESS", "which host of the case it is (by its computer name)" },
};

static const struct command *const self = &cmd_check;

/* Is it in the case by now, as another machine of this run? */
static bool
is_taken(const struct check *c, const struct verdict *v)
{
	for (size_t i = 0; i + 1 < c->rows.count; i++) {
		if (memcmp(c->rows.at[i]->verdict.key, v->key, sizeof v->key) == 0)
			return true;
	}
	return false;
}

/* Clones have one name: the second is not to stand in the place of the first. */
static enum err
match(struct check *c, const char *called, struct verdict *v, struct findings **seen)
{
	TRY(check_case_match(c->memory, c->options.host, v, seen));
	if (!is_taken(c, v))
		return OK;
	machine_complain(self->name, called,
	                 "another machine of this run has the same name, so the case "
	                 "keeps this one under its path");
	text_end(v->host, sizeof v->host, called);
	host_key_of_name(v->key, v->host);
	free(*seen);
	*seen = NULL;
	return OK;
}

static enum err
judge_and_keep(struct check *c, const char *called, struct inspected *at)
{
	OWN(own_mem) struct findings *seen = NULL;
	struct verdict *v = &at->row->verdict;

	if (c->memory)
		TRY(match(c, called, v, &seen));
	inspect_judge(at, seen);
	c->summary.targets++;
	c->summary.count[v->state]++;
	if (c->memory)
		TRY(check_case_keep(c->memory, at->row));
	return outputs_row(&c->outputs, at->row);
}

static enum err
check_machine(struct check *c, struct machine *m)
{
	OWN(inspected_free) struct inspected at = { .row = rows_add(&c->rows) };

	if (!at.row)
		return ERR_MEMORY;
	at.statuses = &c->statuses[c->rows.count - 1];
	TRY(inspect_look(m, &c->watch, &at));
	return judge_and_keep(c, m->called, &at);
}

/* One of several could not be opened: it is unknown, and the others go on. */
static enum err
note_unopened(struct check *c, const char *path)
{
	struct row *row = rows_add(&c->rows);

	if (!row)
		return ERR_MEMORY;
	machine_unopened(path, &row->verdict);
	c->summary.targets++;
	c->summary.count[STATE_UNKNOWN]++;
	return outputs_row(&c->outputs, row);
}

static enum err
check_path(struct check *c, const char *path, bool alone)
{
	OWN(own_machine) struct machine *m = NULL;

	if (machine_named(self->name, path, true, &m) != OK)
		return alone ? ERR_REFUSED : note_unopened(c, path);
	size_t said = machine_say_damage(self, &c->options.machine, m, 0);
	enum err err = check_machine(c, m);
	/* Some hives are opened only when they are asked. */
	(void)machine_say_damage(self, &c->options.machine, m, said);
	return err;
}

static enum err
write_results(struct check *c)
{
	struct view view = { .run = c->run.run, .summary = c->summary };
	struct style style = { .color = outputs_color(c->options.machine.color),
		               .verbose = (int)c->options.machine.verbose,
		               .case_name = c->options.machine.case_path };

	rows_view(&c->rows, &view);
	TRY(outputs_end(&c->outputs, &c->summary));
	return outputs_pages(&c->outputs, &view, &style);
}

static enum err
check_all(struct check *c, char **words, size_t count)
{
	const struct machine_options *o = &c->options.machine;

	TRY(outputs_open(&c->outputs, &o->outputs, o->format));
	if (o->case_path)
		TRY(check_case_open(o->case_path, &c->run.run, &c->memory));
	TRY(outputs_begin(&c->outputs, &c->run.run));
	for (size_t i = 0; i < count && !watch_stopped(); i++)
		TRY(check_path(c, words[i], count == 1));
	c->summary.interrupted = watch_stopped();
	c->summary.seconds = run_seconds(&c->run);
	if (c->memory)
		TRY(case_end_run(c->memory, &c->summary));
	return write_results(c);
}

static bool
is_sensible(const struct check *c, size_t count)
{
	if (count == 0) {
		fprintf(stderr, "confine check: say what to look at: a folder, a "
		                "mounted volume, or an image; for example confine "
		                "check /mnt/c\n");
		return false;
	}
	if (c->options.host && (!c->options.machine.case_path || count > 1)) {
		fprintf(stderr, "confine check: --host says which host of a --case one "
		                "machine is; name one case and one machine\n");
		return false;
	}
	return true;
}

static void
tidy(struct check *c, size_t count)
{
	outputs_close(&c->outputs);
	own_case(&c->memory);
	rows_free(&c->rows);
	for (size_t i = 0; c->statuses && i < count; i++)
		statuses_free(&c->statuses[i]);
	free(c->statuses);
	free(c);
}

static int
run(int argc, char **argv)
{
	struct check *c = calloc(1, sizeof *c);
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!c || !words) {
		free(c);
		return 2;
	}
	run_begin(&c->run, self->name, argv);
	c->summary.command = self->name;
	int code = options_read(self, argv, &c->options, words, &count);
	if (code == OPTIONS_GO_ON && !is_sensible(c, count))
		code = 2;
	if (code == OPTIONS_GO_ON) {
		watch_begin(&c->watch, !c->options.machine.quiet &&
		                           !c->options.machine.no_progress);
		c->statuses = calloc(count, sizeof *c->statuses);
		enum err err = c->statuses ? check_all(c, words, count) : ERR_MEMORY;

		if (err == ERR_MEMORY)
			fprintf(stderr, "confine check: out of memory\n");
		code = err == OK ? summary_exit_code(&c->summary) : 2;
		if (c->summary.interrupted && code != 1)
			code = 2;
	}
	tidy(c, count);
	return code;
}

const struct command cmd_check = {
	.name = "check",
	.run = run,
	.does = "look at one machine, change nothing",
	.usage = "check [OPTIONS] MACHINE…",
	.about =
	    "Looks for what the worm leaves on a machine that does not run: its "
	    "service, its file, its jobs, what it writes to removable drives, what it "
	    "changes in the settings, and its keys in page files and memory images. "
	    "And says how the machine's defences stand. Nothing is changed, and "
	    "nothing on it is opened for writing.\n"
	    "\n"
	    "MACHINE is a mounted volume, a folder that holds a Windows, an image of a "
	    "disk or of a volume (raw, VHD, E01; it need not be mounted), or any other "
	    "file, which is searched as an image of memory. A machine that runs hides "
	    "its worm: take the disk out, or start it from a stick.",
	.examples =
	    "confine check /mnt/c\n"
	    "confine check ward3.img --case ward.case    # and what scans saw of it\n"
	    "confine check /mnt/c -o - -o ward3.html -v\n"
	    "confine check memory.dmp    # the worm's keys in an image of memory\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/mend_parts.h"
#include "cmd/outputs.h"
#include "cmd/undo_list.h"
#include "keep/mends.h"
#include "mend/undo.h"
#include "sys/clock.h"
#include "tell/changes.h"

struct undo_options {
	struct machine_options machine;
	uint64_t only;
	bool list;
	bool dry_run;
	bool yes;
};

#define AT(member) offsetof(struct undo_options, member)

static const struct option_row rows[] = {
	MACHINE_OPTION_ROWS(struct undo_options, machine),
	{ "case", 0, OPTION_TEXT, AT(machine.case_path), 0, 0, "FILE",
	  "remember in a case that it was undone" },
	{ "dry-run", 0, OPTION_FLAG, AT(dry_run), 0, 0, NULL,
	  "only hold the journal against the machine" },
	{ "list", 0, OPTION_FLAG, AT(list), 0, 0, NULL,
	  "the journals of a case or a folder; the changes of a journal" },
	{ "only", 0, OPTION_NUMBER, AT(only), 1, PLAN_CHANGES_MOST, "ID",
	  "undo that change alone (--list has the numbers)" },
	{ "yes", 0, OPTION_FLAG, AT(yes), 0, 0, NULL,
	  "do not ask; needed where nobody is at a terminal" },
};

/* One run, from the options to the last line. */
struct undo {
	struct undo_options options;
	const char *path;         /* of the journal */
	const char *machine_path; /* NULL: the journal knows it */
	struct run_words run;
	struct outputs outputs;
	struct watch watch;
	char found[PATH_ROOM]; /* the journal, where a case was named */
	struct case_file *memory;
	struct journal *journal;
	struct machine *machine;
	struct ground *ground;
	struct plan *plan;
	struct carried carried;
	bool is_undone; /* by now; nothing is to be done */
};

static enum err
complain(const char *path, const char *why)
{
	machine_complain(cmd_undo.name, path, why);
	return ERR_REFUSED;
}

/* ---- opening */

/* The last run of a case that has not been undone. */
static enum err
find_in_case(struct undo *u, const char *path)
{
	OWN(own_case) struct case_file *c = NULL;

	TRY(case_open(path, CASE_READ, &c));
	TRY(mends_last_journal(c, u->found));
	if (!u->found[0])
		return complain(path, "nothing of this case is there to be undone");
	u->path = u->found;
	if (!u->options.machine.case_path)
		u->options.machine.case_path = path;
	return OK;
}

static enum err
open_machine(struct undo *u)
{
	char why[WHY_ROOM] = "";

	if (!u->machine_path)
		u->machine_path = journal_about(u->journal)->called;
	TRY(machine_named(cmd_undo.name, u->machine_path, false, &u->machine));
	enum err err = ground_open(u->machine, &u->ground, why);
	return err == ERR_REFUSED ? complain("", why) : err;
}

static enum err
open_all(struct undo *u)
{
	const struct undo_options *o = &u->options;

	if (case_is_one(u->path))
		TRY(find_in_case(u, u->path));
	TRY(outputs_open(&u->outputs, &o->machine.outputs, o->machine.format));
	TRY(journal_open(u->path, !o->dry_run, &u->journal));
	TRY(journal_plan(u->journal, &u->plan));
	u->is_undone = journal_about(u->journal)->state == JOURNAL_UNDONE;
	if (u->is_undone)
		return OK;
	TRY(open_machine(u));
	if (o->dry_run || !o->machine.case_path)
		return OK;
	TRY(case_open(o->machine.case_path, CASE_WRITE, &u->memory));
	return case_begin_run(u->memory, &u->run.run, "[]");
}

static void
say_interrupted(const struct undo *u)
{
	enum journal_state state = journal_about(u->journal)->state;

	if (u->options.machine.quiet)
		return;
	if (state == JOURNAL_CHANGING)
		(void)complain(u->path, "that run was broken off before it had ended; "
		                        "what it did by then is put back");
	if (state == JOURNAL_UNDOING)
		(void)complain(u->path, "an undo of it was broken off; this goes on "
		                        "with it");
}

/* ---- undoing */

static bool
is_asked_for(const struct undo *u)
{
	const struct mend_question question = { .command = &cmd_undo,
		                                .plan = u->plan,
		                                .deed = u->options.only > 0
		                                            ? "Undo one of"
		                                            : "Undo",
		                                .yes = u->options.yes };

	return u->options.dry_run || mend_ask(&question);
}

static enum err
undo(struct undo *u)
{
	const struct undo_wishes wishes = { .only = (unsigned)u->options.only,
		                            .dry_run = u->options.dry_run };
	struct stage stage = { .ground = u->ground,
		               .journal = u->journal,
		               .machine = u->machine,
		               .goes_on = watch_goes_on,
		               .goes_with = &u->watch };

	watch_change(&u->watch, u->machine);
	enum err err = undo_journal(&stage, &wishes, u->plan, &u->carried);
	watch_clear(&u->watch);
	TRY(err);
	return u->carried.whole ? OK : complain("", u->carried.why);
}

static enum err
keep(struct undo *u)
{
	OWN(own_mem) char *whole = realpath(u->path, NULL);
	struct mended m = { .state = MENDED_UNDONE, .plan = u->plan };
	struct summary s = { .command = u->run.run.command,
		             .seconds = run_seconds(&u->run) };
	int64_t id = 0;

	if (!u->memory)
		return OK;
	if (u->options.only > 0)
		m.state = MENDED_PART_UNDONE;
	if (whole && u->carried.whole)
		TRY(mends_of_journal(u->memory, whole, &id));
	TRY(mend_case_end(u->memory, id, &m));
	return case_end_run(u->memory, &s);
}

static void
say_outcome(const struct undo *u, struct told_changes *told)
{
	char *out = told->outcome;
	size_t room = sizeof told->outcome;
	struct changes_count count;

	changes_count(&count, u->plan);
	if (u->is_undone)
		(void)text_copy(out, room, "It has been undone already.");
	else if (!u->carried.whole)
		text_shorten(out, room, u->carried.why);
	else if (u->options.dry_run)
		(void)text_copy(out, room,
		                "It can be undone: every place is as the journal left "
		                "it.");
	else
		(void)snprintf(out, room, "%zu of %zu change%s undone, and read back.",
		               count.of[CHANGE_UNDONE], u->plan->count,
		               u->plan->count == 1 ? "" : "s");
}

static enum err
tell(struct undo *u)
{
	const struct machine_options *o = &u->options.machine;
	struct style style = { .color = outputs_color(o->color),
		               .verbose = (int)o->verbose };
	struct told_changes told = { .run = &u->run.run,
		                     .plan = u->plan,
		                     .journal = journal_about(u->journal)->path,
		                     .is_undo = true,
		                     .interrupted = watch_stopped(),
		                     .seconds = run_seconds(&u->run) };

	(void)text_copy(told.host, sizeof told.host, journal_about(u->journal)->host);
	say_outcome(u, &told);
	if (u->carried.whole && !u->options.dry_run)
		mend_step(&told, "how it stands now",
		          (const char *[]){ "check", u->machine_path, NULL },
		          o->case_path);
	return outputs_changes(&u->outputs, &told, &style);
}

static enum err
go(struct undo *u)
{
	TRY(open_all(u));
	if (u->is_undone)
		return tell(u);
	say_interrupted(u);
	if (!is_asked_for(u))
		return ERR_REFUSED;
	enum err err = undo(u);
	if (err == ERR_MEMORY)
		return err;
	enum err kept = keep(u);
	TRY(tell(u));
	return err != OK ? err : kept;
}

static void
tidy(struct undo *u)
{
	ground_free(u->ground);
	machine_free(u->machine);
	journal_free(u->journal);
	outputs_close(&u->outputs);
	own_case(&u->memory);
	plan_free(u->plan);
	free(u);
}

static int
undo_named(struct undo *u, char **words, size_t count)
{
	if (u->options.list && count <= 1)
		return undo_list(&u->options.machine, &u->run, words[0]);
	if (u->options.list || count < 1 || count > 2) {
		fputs("confine undo: name the journal, or the case, and the machine if "
		      "it is elsewhere now; confine undo --list shows the journals\n",
		      stderr);
		return 2;
	}
	u->path = words[0];
	u->machine_path = words[1];
	watch_begin(&u->watch,
	            !u->options.machine.quiet && !u->options.machine.no_progress);
	enum err err = go(u);
	if (err == ERR_MEMORY)
		fputs("confine undo: out of memory\n", stderr);
	return err == OK ? 0 : 2;
}

static int
run(int argc, char **argv)
{
	struct undo *u = calloc(1, sizeof *u);
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!u || !words) {
		free(u);
		return 2;
	}
	run_begin(&u->run, cmd_undo.name, argv);
	int code = options_read(&cmd_undo, argv, &u->options, words, &count);
	words[count] = NULL;
	if (code == OPTIONS_GO_ON)
		code = undo_named(u, words, count);
	tidy(u);
	return code;
}

const struct command cmd_undo = {
	.name = "undo",
	.run = run,
	.does = "put back exactly what a command changed",
	.usage = "undo [OPTIONS] JOURNAL|CASE [MACHINE]",
	.about =
	    "Puts back what clean, autorun, usb, tasks or audit changed, bit for bit: "
	    "content, times, attributes, access lists. First every change is held "
	    "against the machine; where somebody has changed a place since, nothing is "
	    "touched, and the difference is told. Cut off in the middle, it can be "
	    "begun again.\n"
	    "\n"
	    "JOURNAL is the file that the command named. Of a CASE it is the last run "
	    "that has not been undone. MACHINE is needed only where it is mounted "
	    "elsewhere by now.",
	.examples =
	    "confine undo --list    # the journals in confine-journal/\n"
	    "confine undo ward.case\n"
	    "confine undo ward.case --dry-run    # could it be undone?\n"
	    "confine undo confine-journal/20261129T004500Z-clean-WARD-3.journal "
	    "--only 4\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

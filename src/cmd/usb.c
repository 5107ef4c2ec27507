/*
 * `usb`: a drive, or an image of one, looked at as a drive: what would start from
 * it, and what hides in its waste bins.  Each volume is a row of its own.  With --clean
 * or --vaccinate one mounted drive is changed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/mend_run.h"
#include "cmd/outputs.h"
#include "cmd/rows.h"
#include "judge/inside.h"
#include "look/removable.h"
#include "mend/plan_for.h"
#include "sys/clock.h"

struct usb_options {
	struct mend_options mend;
	bool clean;
	bool vaccinate;
};

/* Everything that one run needs, from the options to the last line. */
struct usb {
	struct usb_options options;
	struct run_words run;
	struct outputs outputs;
	struct rows rows;
	struct summary summary;
};

static const struct option_row rows[] = {
	MEND_OPTION_ROWS(struct usb_options, mend),
	{ "clean", 0, OPTION_FLAG, offsetof(struct usb_options, clean), 0, 0, NULL,
	  "remove the worm's autorun.inf and its copies from one drive" },
	{ "vaccinate", 0, OPTION_FLAG, offsetof(struct usb_options, vaccinate), 0, 0,
	  NULL, "put a folder autorun.inf there, which the worm cannot replace" },
};

static const struct command *const self = &cmd_usb;

/* A drive is all that was looked at, also where there is a Windows on it. */
static void
say_how_far(const struct machine *m, struct verdict *v)
{
	if (v->state != STATE_CLEAN)
		return;
	(void)text_copy(
	    v->why, sizeof v->why,
	    "Neither an autorun.inf nor a waste bin of this drive has anything of "
	    "the worm.");
	(void)text_copy(v->next, sizeof v->next,
	                "Turn Autorun off on the machines that it is put into.");
	if (!m->windows[0])
		return;
	v->state = STATE_NO_SIGN;
	(void)text_copy(
	    v->next, sizeof v->next,
	    "There is a Windows on it, which was not looked at: use confine "
	    "check.");
}

static void
name_drive(const struct machine *m, const struct machine_drive *drive,
           struct verdict *v)
{
	static const struct installation nothing = { .there = false };

	if (m->drive_count > 1)
		(void)text_copy(v->host, sizeof v->host, drive->called);
	else
		machine_label(m, &nothing, v->host);
}

static enum err
put_row(struct usb *u, struct row *row, enum state state)
{
	row->verdict.state = state;
	u->summary.targets++;
	u->summary.count[state]++;
	return outputs_row(&u->outputs, row);
}

static enum err
look_into(struct machine *m, const struct machine_drive *drive, struct row *row)
{
	static const struct installation nothing = { .there = false };
	struct verdict *v = &row->verdict;
	struct inside in = { .machine = m, .windows = &nothing, .out = &row->findings };
	int64_t began_ms = clock_steady();

	v->time_ms = clock_now();
	name_drive(m, drive, v);
	TRY(removable_drive(&in, drive));
	if (machine_failed(m))
		return ERR_MEMORY;
	for (size_t i = 0; i < row->findings.count; i++) {
		(void)text_copy(row->findings.at[i].host, ADDRESS_ROOM, v->host);
		row->findings.at[i].time_ms = v->time_ms;
	}
	judge_inside(&row->findings, NULL, true, v);
	say_how_far(m, v);
	v->took_ms = clock_steady() - began_ms;
	return OK;
}

static enum err
look_at_drive(struct usb *u, struct machine *m, const struct machine_drive *drive)
{
	struct row *row = rows_add(&u->rows);

	if (!row)
		return ERR_MEMORY;
	TRY(look_into(m, drive, row));
	return put_row(u, row, row->verdict.state);
}

static enum err
open_drives(const char *path, struct machine **out)
{
	TRY(machine_named(self->name, path, false, out));
	if ((*out)->drive_count > 0)
		return OK;
	machine_complain(self->name, path,
	                 "there is no volume on it that can be read; name a mounted "
	                 "drive or an image of one");
	return ERR_REFUSED;
}

/* One of several: its reason has been said, and the others go on. */
static enum err
tell_unopened(struct usb *u, const char *path)
{
	struct row *row = rows_add(&u->rows);

	if (!row)
		return ERR_MEMORY;
	machine_unopened(path, &row->verdict);
	return put_row(u, row, STATE_UNKNOWN);
}

static enum err
look_at(struct usb *u, const char *path, bool alone)
{
	OWN(own_machine) struct machine *m = NULL;
	enum err err = open_drives(path, &m);

	if (err != OK)
		return err == ERR_REFUSED && !alone ? tell_unopened(u, path) : err;
	for (size_t i = 0; i < m->drive_count; i++)
		TRY(look_at_drive(u, m, &m->drives[i]));
	return OK;
}

static enum err
write_results(struct usb *u)
{
	struct view view = { .run = u->run.run, .summary = u->summary };
	struct style style = { .color = outputs_color(u->options.mend.machine.color),
		               .verbose = (int)u->options.mend.machine.verbose };

	rows_view(&u->rows, &view);
	TRY(outputs_end(&u->outputs, &u->summary));
	return outputs_pages(&u->outputs, &view, &style);
}

static enum err
look_at_all(struct usb *u, char **words, size_t count)
{
	const struct machine_options *o = &u->options.mend.machine;

	TRY(outputs_open(&u->outputs, &o->outputs, o->format));
	TRY(outputs_begin(&u->outputs, &u->run.run));
	for (size_t i = 0; i < count; i++)
		TRY(look_at(u, words[i], count == 1));
	u->summary.seconds = run_seconds(&u->run);
	return write_results(u);
}

/* ---- changing one */

/* What is mounted or a folder has one drive; an image is refused before this. */
static enum err
look_to_mend(struct machine *m, struct watch *watch, struct inspected *at, void *with)
{
	(void)watch;
	(void)with;
	return m->drive_count > 0 ? look_into(m, &m->drives[0], at->row) : OK;
}

static enum err
plan_to_mend(const struct inside *in, const struct inspected *at, struct plan *out,
             void *with)
{
	static const struct plan_wishes wishes = { .suspects = false };
	const struct usb_options *options = with;
	const struct machine *m = in->machine;

	(void)at;
	for (size_t i = 0; i < m->drive_count; i++)
		TRY(options->clean ? plan_usb(in, &m->drives[i], &wishes, out)
		                   : plan_vaccine(in, &m->drives[i], out));
	return OK;
}

static int
mend(struct usb *u, char **argv, char **words, size_t count)
{
	const struct mend_kind kind = { .command = self,
		                        .judges = true,
		                        .look = look_to_mend,
		                        .plan = plan_to_mend,
		                        .with = &u->options };

	if (u->options.clean && u->options.vaccinate) {
		fputs("confine usb: --clean first, then --vaccinate, in two runs\n",
		      stderr);
		return 2;
	}
	if (count != 1) {
		fputs("confine usb: --clean and --vaccinate take one drive; for "
		      "example confine usb --clean /media/stick\n",
		      stderr);
		return 2;
	}
	return mend_run(&kind, argv, &u->options.mend, words[0]);
}

/* ---- */

static bool
is_sensible(const struct usb_options *o, size_t count)
{
	if (count == 0) {
		fputs("confine usb: say which drive: a mounted one or an image; for "
		      "example confine usb /media/stick\n",
		      stderr);
		return false;
	}
	if (o->mend.machine.case_path && !o->clean && !o->vaccinate) {
		fputs("confine usb: a case is told what was changed; say --clean or "
		      "--vaccinate, or leave --case out\n",
		      stderr);
		return false;
	}
	return true;
}

static int
look_only(struct usb *u, char **words, size_t count)
{
	enum err err = look_at_all(u, words, count);

	if (err == ERR_MEMORY)
		fputs("confine usb: out of memory\n", stderr);
	return err == OK ? summary_exit_code(&u->summary) : 2;
}

static int
run(int argc, char **argv)
{
	OWN(own_mem) struct usb *u = calloc(1, sizeof *u);
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!u || !words) {
		fputs("confine usb: out of memory\n", stderr);
		return 2;
	}
	run_begin(&u->run, self->name, argv);
	u->summary.command = self->name;
	int code = options_read(self, argv, &u->options, words, &count);
	if (code == OPTIONS_GO_ON && !is_sensible(&u->options, count))
		code = 2;
	if (code == OPTIONS_GO_ON)
		code = u->options.clean || u->options.vaccinate
		           ? mend(u, argv, words, count)
		           : look_only(u, words, count);
	outputs_close(&u->outputs);
	rows_free(&u->rows);
	return code;
}

const struct command cmd_usb = {
	.name = "usb",
	.run = run,
	.does = "look at a removable drive; clean or vaccinate it",
	.usage = "usb [OPTIONS] PATH...",
	.about =
	    "The worm copies itself to sticks and to drives of other machines: into a "
	    "waste bin that is none, and it adds an autorun.inf that starts the copy. "
	    "This looks for both, on a mounted drive, a folder, or an image. No "
	    "Windows needs to be on it. Without --clean and --vaccinate nothing is "
	    "changed, and nothing is opened for writing.\n"
	    "\n"
	    "--clean removes both from one mounted drive; --vaccinate puts an empty "
	    "folder named autorun.inf there, so that no worm can put a file there. "
	    "Both show what they would do, ask, and can be undone: see confine undo. "
	    "Do not open a drive that you do not trust on a Windows machine.",
	.examples = "confine usb /media/stick\n"
		    "confine usb stick.img -v    # an image, without mounting it\n"
		    "confine usb /media/* -o sticks.csv\n"
		    "confine usb --clean /media/stick\n"
		    "confine usb --vaccinate /media/stick --yes\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

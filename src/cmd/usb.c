/*
 * `usb`: a drive, or an image of one, looked at as a drive: what would start from
 * it, and what hides in its waste bins.  Each volume is a row of its own.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/machine_run.h"
#include "cmd/outputs.h"
#include "cmd/rows.h"
#include "judge/inside.h"
#include "look/removable.h"
#include "sys/clock.h"

struct usb_options {
	struct machine_options machine;
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
	MACHINE_OPTION_ROWS(struct usb_options, machine),
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
look_at_drive(struct usb *u, struct machine *m, const struct machine_drive *drive)
{
	static const struct installation nothing = { .there = false };
	struct row *row = rows_add(&u->rows);
	int64_t began_ms = clock_steady();

	if (!row)
		return ERR_MEMORY;
	struct verdict *v = &row->verdict;
	struct inside in = { .machine = m, .windows = &nothing, .out = &row->findings };
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
	return put_row(u, row, v->state);
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
	struct style style = { .color = outputs_color(u->options.machine.color),
		               .verbose = (int)u->options.machine.verbose };

	rows_view(&u->rows, &view);
	TRY(outputs_end(&u->outputs, &u->summary));
	return outputs_pages(&u->outputs, &view, &style);
}

static enum err
look_at_all(struct usb *u, char **words, size_t count)
{
	const struct machine_options *o = &u->options.machine;

	TRY(outputs_open(&u->outputs, &o->outputs, o->format));
	TRY(outputs_begin(&u->outputs, &u->run.run));
	for (size_t i = 0; i < count; i++)
		TRY(look_at(u, words[i], count == 1));
	u->summary.seconds = run_seconds(&u->run);
	return write_results(u);
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
	if (code == OPTIONS_GO_ON && count == 0) {
		fputs("confine usb: say which drive: a mounted one or an image; for "
		      "example confine usb /media/stick\n",
		      stderr);
		code = 2;
	}
	if (code == OPTIONS_GO_ON) {
		enum err err = look_at_all(u, words, count);

		if (err == ERR_MEMORY)
			fputs("confine usb: out of memory\n", stderr);
		code = err == OK ? summary_exit_code(&u->summary) : 2;
	}
	outputs_close(&u->outputs);
	rows_free(&u->rows);
	return code;
}

const struct command cmd_usb = {
	.name = "usb",
	.run = run,
	.does = "look at a removable drive: autorun.inf and hidden copies",
	.usage = "usb [OPTIONS] PATH...",
	.about =
	    "The worm copies itself to sticks and to drives of other machines: into a "
	    "waste bin that is none, and it adds an autorun.inf that starts the copy. "
	    "This looks for both, on a mounted drive, a folder, or an image. No "
	    "Windows needs to be on it. Nothing is changed, and nothing is opened for "
	    "writing.\n"
	    "\n"
	    "Mount a drive that you do not trust read-only. Do not open it on a "
	    "Windows machine.",
	.examples = "confine usb /media/stick\n"
		    "confine usb stick.img -v    # an image, without mounting it\n"
		    "confine usb /media/* -o sticks.csv\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

#include "cmd/machine_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "cmd/outputs.h"
#include "look/installation.h"
#include "reach/offline.h"
#include "reach/raw.h"
#include "sys/clock.h"
#include "tell/safe.h"

void
machine_complain(const char *command, const char *path, const char *why)
{
	fprintf(stderr, "confine %s: ", command);
	safe_text(stderr, path);
	fputs(path[0] && why[0] ? ": " : "", stderr);
	safe_text(stderr, why);
	fputc('\n', stderr);
}

/* A file that is no disk; `why` is what it lacks, or "" for standard input. */
static enum err
no_machine(const char *command, const char *why)
{
	char words[WHY_ROOM + 128];

	(void)snprintf(words, sizeof words,
	               "%s; name a mounted volume, a folder, or an image of a disk",
	               why[0] ? why : "standard input is no disk");
	machine_complain(command, "", words);
	return ERR_REFUSED;
}

enum err
machine_named(const char *command, const char *path, bool raw, struct machine **out)
{
	char why[WHY_ROOM] = "";
	enum err err = strcmp(path, "-") == 0 ? OK : offline_open(path, out, why);

	if (err == OK && *out && why[0]) /* what of the image was passed over */
		machine_complain(command, "", why);
	if (err == OK && !*out && raw)
		err = raw_open(path, out, why);
	else if (err == OK && !*out)
		return no_machine(command, why);
	if (err == ERR_REFUSED)
		machine_complain(command, "", why);
	if (err == ERR_MEMORY)
		machine_complain(command, path, "out of memory");
	if (err == ERR_SYSTEM)
		machine_complain(command, path, strerror(errno));
	return err == OK ? OK : ERR_REFUSED;
}

void
machine_label(const struct machine *m, const struct installation *w,
              char out[ADDRESS_ROOM])
{
	if (w->computer[0])
		(void)text_copy(out, ADDRESS_ROOM, w->computer);
	else
		text_end(out, ADDRESS_ROOM, m->called);
}

void
machine_unopened(const char *path, struct verdict *out)
{
	text_end(out->host, sizeof out->host, path);
	(void)text_copy(out->why, sizeof out->why,
	                "It could not be opened; standard error says why.");
	out->time_ms = clock_now();
	out->state = STATE_UNKNOWN;
	out->inside = true;
}

void
run_begin(struct run_words *r, const char *command, char **argv)
{
	static char program[] = "confine";
	int argc = 0;

	while (argv[argc])
		argc++;
	r->argv[0] = program;
	if (argc >= RUN_WORDS_MOST)
		argc = RUN_WORDS_MOST - 1;
	memcpy(r->argv + 1, argv, (size_t)argc * sizeof *argv);
	r->run = (struct run){ .started_ms = clock_now(),
		               .version = CONFINE_VERSION,
		               .command = command,
		               .argv = r->argv,
		               .argc = argc + 1 };
	r->began_ms = clock_steady();
}

double
run_seconds(const struct run_words *r)
{
	return (double)(clock_steady() - r->began_ms) / 1000.0;
}

static int
tell(const struct machine_options *options, const struct run_words *run,
     const struct statuses *statuses, const struct verdict *of)
{
	struct outputs outputs;
	struct style style = { .color = outputs_color(options->color),
		               .verbose = (int)options->verbose };
	struct told_statuses told = { .run = &run->run,
		                      .statuses = statuses,
		                      .of = of,
		                      .seconds = run_seconds(run) };
	enum err err = outputs_open(&outputs, &options->outputs, options->format);

	if (err == OK)
		err = outputs_statuses(&outputs, &told, &style);
	outputs_close(&outputs);
	return err == OK ? statuses_exit_code(statuses) : 2;
}

int
status_run(const struct command *command, char **argv,
           const struct machine_options *options, const struct statuses *statuses)
{
	struct run_words run;

	run_begin(&run, command->name, argv);
	return tell(options, &run, statuses, NULL);
}

size_t
machine_say_damage(const struct command *command, const struct machine_options *options,
                   const struct machine *m, size_t from)
{
	for (size_t i = from; !options->quiet && i < m->damaged_count; i++)
		machine_complain(command->name, "", m->damaged[i]);
	return m->damaged_count;
}

struct asked {
	struct machine *machine;
	struct machine_question question;
};

static int
ask_machine(const struct command *command, const struct machine_options *options,
            struct run_words *run, struct asked *asked)
{
	OWN(own_mem) struct findings *findings = calloc(1, sizeof *findings);
	OWN(installation_free) struct installation windows = { .there = false };
	OWN(statuses_free) struct statuses statuses = { .count = 0 };
	struct verdict of = { .inside = true };
	struct inside in = { .machine = asked->machine,
		             .windows = &windows,
		             .out = findings };

	if (!findings || installation_find(in.machine, &windows, findings) != OK ||
	    asked->question.ask(&in, &statuses, asked->question.with) != OK ||
	    machine_failed(in.machine)) {
		fprintf(stderr, "confine %s: out of memory\n", command->name);
		return 2;
	}
	machine_label(in.machine, &windows, of.host);
	of.os = said_from_utf8(windows.os);
	for (size_t i = 0; i < statuses.count; i++)
		(void)text_copy(statuses.at[i].host, ADDRESS_ROOM, of.host);
	(void)machine_say_damage(command, options, in.machine, 0);
	return tell(options, run, &statuses, &of);
}

int
machine_status_run(const struct command *command, char **argv,
                   const struct machine_options *options, const char *path,
                   struct machine_question question)
{
	struct run_words run;
	OWN(own_machine) struct machine *m = NULL;

	run_begin(&run, command->name, argv);
	if (machine_named(command->name, path, false, &m) != OK)
		return 2;
	return ask_machine(command, options, &run, &(struct asked){ m, question });
}

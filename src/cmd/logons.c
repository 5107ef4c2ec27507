/*
 * `logons`: event logs in, and out who guesses passwords.  Logs are told as they are
 * read; what is judged waits for the last of them.
 */
#include "cmd/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "base/when.h"
#include "cmd/check_case.h"
#include "cmd/logons_case.h"
#include "cmd/logons_copies.h"
#include "cmd/machine_run.h"
#include "cmd/outputs.h"
#include "cmd/watch.h"
#include "judge/auditing.h"
#include "judge/storm.h"
#include "reach/log_files.h"
#include "sys/clock.h"

#define TOP_USUAL 20
#define LOGS_KEPT 64   /* of which something is to be said */
#define WHOLE_KEPT 256 /* of the others */

struct logons_options {
	struct machine_options machine;
	const char *since;
	const char *until;
	uint64_t top;
	bool strict;
};

static const struct option_row rows[] = {
	MACHINE_OPTION_ROWS_OF(struct logons_options, machine, "text|json|csv|html"),
	{ "case", 0, OPTION_TEXT, offsetof(struct logons_options, machine.case_path), 0,
	  0, "FILE", "keep who attacks in a case, beside what scans saw of it" },
	{ "since", 0, OPTION_TEXT, offsetof(struct logons_options, since), 0, 0, "TIME",
	  "only attempts from then on: 2009-01-16, \"2009-01-16 09:30\" (UTC), with "
	  "+01:00 behind it in another zone" },
	{ "until", 0, OPTION_TEXT, offsetof(struct logons_options, until), 0, 0, "TIME",
	  "only attempts before then" },
	{ "top", 0, OPTION_NUMBER, offsetof(struct logons_options, top), 1, 1000000,
	  "N", "so many of them (20)" },
	{ "strict", 0, OPTION_FLAG, offsetof(struct logons_options, strict), 0, 0, NULL,
	  "end at the first log that is not whole (exit code 2)" },
};

/* A run under way. */
struct reading_logs {
	const struct logons_options *options;
	struct outputs *outputs;
	struct storm *storm;
	struct auditing *auditing;
	struct case_file *memory; /* or NULL */
	struct watch watch;
	struct logons_totals totals;
	int64_t since_ms, until_ms;
	struct log_told *logs;
	size_t log_count;
	struct log_told *whole;
	size_t whole_count;
	struct logons_copies copies;
	bool is_refused; /* for --strict, or by an output; which has been said */
};

/* ---- what comes in */

static enum err
take_attempt(void *with, const struct attempt *a)
{
	struct reading_logs *r = with;

	TRY(auditing_take(r->auditing, a));
	r->totals.before += a->time_ms < r->since_ms;
	r->totals.after += a->time_ms >= r->until_ms;
	if (a->time_ms < r->since_ms || a->time_ms >= r->until_ms)
		return OK;
	return storm_take(r->storm, a);
}

static bool
is_marred(const struct log_told *log)
{
	return log->kind == LOG_IS_NONE || log->why[0] || log->is_cut ||
	       log->undecodable || log->lost;
}

static enum err
refuse(struct reading_logs *r, const struct log_told *log)
{
	watch_clear(&r->watch);
	machine_complain("logons", log->path,
	                 log->why[0]   ? log->why
	                 : log->is_cut ? "it is cut"
	                 : log->lost   ? "Windows lost events before writing them"
	                               : "some of its records could not be read");
	r->is_refused = true;
	return ERR_REFUSED;
}

static void
keep_log(struct reading_logs *r, const struct log_told *log)
{
	bool is_whole = !is_marred(log) && log->security;

	if (is_whole && r->whole_count < WHOLE_KEPT)
		r->whole[r->whole_count++] = *log;
	if (!is_whole && r->log_count < LOGS_KEPT)
		r->logs[r->log_count++] = *log;
}

static enum err
note_copy(struct reading_logs *r, const struct log_told *log)
{
	bool is_copy = false;

	TRY(logons_copies_take(&r->copies, log, &is_copy));
	if (is_copy && r->totals.copies++ == 0)
		(void)text_copy(r->totals.first_copy, PATH_ROOM, log->path);
	return OK;
}

/* Among what could not be read there may be logons; a few records are no matter. */
static bool
has_gaps(const struct log_told *log)
{
	return log->undecodable > log->records / 20;
}

static enum err
take_log(void *with, const struct log_told *log)
{
	struct reading_logs *r = with;

	TRY(note_copy(r, log));
	logons_add(&r->totals, log);
	if (!has_gaps(log))
		TRY(auditing_log(r->auditing, log));
	if (outputs_log(r->outputs, log) != OK) {
		r->is_refused = true;
		return ERR_REFUSED;
	}
	if (r->options->strict && is_marred(log))
		return refuse(r, log);
	keep_log(r, log);
	return OK;
}

static bool
goes_on(void *with, uint64_t bytes_done)
{
	struct reading_logs *r = with;

	return watch_goes_on(&r->watch, "the logs", bytes_done >> 20, 0);
}

/* ---- what goes out */

static size_t
attackers_among(const struct attacker *at, size_t count)
{
	size_t attackers = 0;

	while (attackers < count && attacker_is_one(&at[attackers]))
		attackers++;
	return attackers;
}

static void
add_counts(struct reading_logs *r)
{
	const struct storm_counts *c = storm_counts(r->storm);

	r->totals.local = c->local;
	r->totals.twice = c->twice;
	r->totals.passed_over = c->passed_over;
	r->totals.untold_attackers = c->untold_attackers;
}

/* What is seen in a part of the logs, where it was stopped, was seen. */
static enum err
keep(struct reading_logs *r, const struct run_words *run, struct attacker *at,
     size_t count)
{
	struct summary s = { .command = cmd_logons.name,
		             .interrupted = r->totals.is_interrupted };

	if (!r->memory)
		return OK;
	TRY(logons_case_keep(r->memory, run->run.started_ms, at, count, &s));
	s.seconds = run_seconds(run);
	return case_end_run(r->memory, &s);
}

/* What is made of it all. */
struct made {
	struct attacker *at;
	size_t count;
	struct spread *spread;
	size_t spread_count;
	struct tried_list accounts, targets;
	const struct audited *unaudited; /* the auditing's */
	size_t unaudited_count;
};

static void
own_made(struct made *m)
{
	free(m->at);
	free(m->spread);
	tried_list_free(&m->accounts);
	tried_list_free(&m->targets);
}

static enum err
make(struct reading_logs *r, const struct run_words *run, struct made *m)
{
	TRY(storm_judge(r->storm, &m->at, &m->count));
	TRY(storm_spread(r->storm, m->at, attackers_among(m->at, m->count), &m->spread,
	                 &m->spread_count));
	TRY(storm_accounts(r->storm, &m->accounts));
	TRY(storm_targets(r->storm, &m->targets));
	m->unaudited = auditing_judge(r->auditing, &m->unaudited_count);
	r->totals.unaudited = m->unaudited_count;
	r->totals.machines_untold = auditing_is_full(r->auditing);
	add_counts(r);
	return keep(r, run, m->at, m->count);
}

static int
tell(struct reading_logs *r, const struct run_words *run)
{
	OWN(own_made) struct made m = { .count = 0 };
	const struct machine_options *options = &r->options->machine;
	struct style style = { .color = outputs_color(options->color),
		               .verbose = (int)options->verbose,
		               .case_name = options->case_path };

	enum err err = make(r, run, &m);
	if (err == ERR_MEMORY)
		fputs("confine logons: out of memory\n", stderr);
	if (err != OK)
		return 2;
	struct told_logons told = {
		.run = &run->run,
		.at = m.at,
		.count = m.count,
		.attackers = attackers_among(m.at, m.count),
		.totals = &r->totals,
		.logs = r->logs,
		.log_count = r->log_count,
		.whole = r->whole,
		.whole_count = r->whole_count,
		.spread = m.spread,
		.spread_count = m.spread_count,
		.accounts = m.accounts.at,
		.account_count = m.accounts.count,
		.account_total = m.accounts.total,
		.targets = m.targets.at,
		.target_count = m.targets.count,
		.target_total = m.targets.total,
		.unaudited = m.unaudited,
		.unaudited_count = m.unaudited_count,
		.top = r->options->top,
		.seconds = run_seconds(run),
	};
	struct logons_sum sum = { &r->totals, told.attackers, told.seconds };
	if (outputs_logons(r->outputs, &told, &style) != OK)
		return 2;
	return logons_exit_code(&sum);
}

/* ---- all of it */

static int
read_and_tell(struct reading_logs *r, const struct run_words *run, char **words,
              size_t count)
{
	const struct log_sink sink = { take_attempt, take_log, goes_on, r };

	const struct machine_options *m = &r->options->machine;

	if (outputs_can_logons(r->outputs) != OK ||
	    (m->case_path &&
	     check_case_open(m->case_path, &run->run, &r->memory) != OK) ||
	    outputs_logons_begin(r->outputs, &run->run) != OK)
		return 2;
	watch_begin(&r->watch, !m->no_progress && !m->quiet);
	enum err err = log_files_read((const char *const *)words, count, &sink);
	watch_clear(&r->watch);
	r->totals.is_interrupted = watch_stopped();
	if (err == ERR_MEMORY)
		fputs("confine logons: out of memory\n", stderr);
	if (r->is_refused || (err != OK && err != ERR_REFUSED))
		return 2;
	return tell(r, run);
}

static bool
read_time(const char *option, const char *text, int64_t *ms)
{
	if (!text || when_from_people(text, ms))
		return true;
	fprintf(stderr,
	        "confine logons: --%s %s is no time; write 2009-01-16 or "
	        "\"2009-01-16 09:30\", which is UTC, or 2009-01-16T09:30+01:00\n",
	        option, text);
	return false;
}

static bool
read_times(struct reading_logs *r)
{
	const struct logons_options *o = r->options;

	if (!read_time("since", o->since, &r->since_ms) ||
	    !read_time("until", o->until, &r->until_ms))
		return false;
	if (r->since_ms < r->until_ms)
		return true;
	fprintf(stderr,
	        "confine logons: --since %s is not before --until %s; name an earlier "
	        "--since or a later --until\n",
	        o->since, o->until);
	return false;
}

static void
own_storm(struct storm **s)
{
	storm_free(*s);
}

static void
own_auditing(struct auditing **a)
{
	auditing_free(*a);
}

static int
run(int argc, char **argv)
{
	struct logons_options options = { .top = TOP_USUAL };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	OWN(own_mem) struct log_told *logs = calloc(LOGS_KEPT, sizeof *logs);
	OWN(own_mem) struct log_told *whole = calloc(WHOLE_KEPT, sizeof *whole);
	OWN(own_storm) struct storm *storm = NULL;
	OWN(own_auditing) struct auditing *auditing = NULL;
	struct outputs outputs;
	struct run_words r;
	size_t count = 0;

	if (!words || !logs || !whole || storm_new(&storm) != OK ||
	    auditing_new(&auditing) != OK)
		return 2;
	int code = options_read(&cmd_logons, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	struct reading_logs reading = { .options = &options,
		                        .outputs = &outputs,
		                        .storm = storm,
		                        .auditing = auditing,
		                        .logs = logs,
		                        .whole = whole,
		                        .since_ms = INT64_MIN,
		                        .until_ms = INT64_MAX };
	if (count == 0) {
		fputs("confine logons: name event logs, folders with such, a mounted "
		      "disk or its image, or - for standard input\n",
		      stderr);
		return 2;
	}
	if (!read_times(&reading))
		return 2;
	reading.totals.since_ms = reading.since_ms;
	reading.totals.until_ms = reading.until_ms;
	run_begin(&r, cmd_logons.name, argv);
	code = 2;
	if (outputs_open(&outputs, &options.machine.outputs, options.machine.format) ==
	    OK)
		code = read_and_tell(&reading, &r, words, count);
	outputs_close(&outputs);
	own_case(&reading.memory);
	logons_copies_free(&reading.copies);
	return code;
}

const struct command cmd_logons = {
	.name = "logons",
	.run = run,
	.does = "event logs: who is attacking whom, ranked",
	.usage = "logons [OPTIONS] LOG|FOLDER|MACHINE|-...",
	.about =
	    "Reads the Security logs of Windows (.evt of NT 4 to 2003, .evtx of Vista "
	    "and later, exports as XML or JSON), known by their content and not by "
	    "their names, and tells which machines guess passwords, most likely "
	    "first, and why. An address "
	    "counts more than the name that a machine gives for itself; the same "
	    "attempt is counted once, however often it is told; what is damaged is "
	    "passed over, and told. Folders are read with all below them, and archives "
	    "(zip, gzip, xz, 7-Zip, tar and others) with all in them; of a mounted "
	    "Windows, or a disk's image, those that Windows keeps there. "
	    "A file that is named and is none of these is searched for what is left of "
	    "logs.",
	.examples = "confine logons SecEvent.Evt Security.evtx\n"
		    "confine logons logs/ --since 2009-01-16 -o attackers.csv -o -\n"
		    "confine logons logs/ -o attackers.html\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

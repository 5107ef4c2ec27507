#include "cmd/commands.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/account.h"
#include "cmd/outputs.h"
#include "cmd/progress.h"
#include "cmd/scan_options.h"
#include "cmd/scan_resume.h"
#include "judge/judge.h"
#include "judge/system.h"
#include "keep/case.h"
#include "look/look.h"
#include "sys/address.h"
#include "sys/clock.h"
#include "sys/random.h"
#include "tell/shell.h"

/* What the run's first line calls us, wherever we lie. */
static char program[] = "confine";

#define READINGS_TEXT_MOST (256 * 1024)
#define PATH_MOST (64 * 1024)

/* Everything that one scan needs, from the options to the last line. */
struct scan {
	struct scan_options options;
	struct visit_plan plan;
	struct pace pace;
	struct smb_account account;
	struct targets *targets;
	struct walk walk;
	struct case_file *memory; /* the case, a temporary one, or NULL */
	bool keeps_case;
	struct outputs outputs;
	struct run run;
	struct summary summary;
	struct summary whole; /* of the case after it, where that was read */
	struct progress_line progress;
	int64_t began_ms; /* steady */
	struct row row;   /* the present host; too large for the stack */
	struct buf readings;
	bool pending;        /* rows that are not committed */
	int code;            /* what the rows come to */
	enum err asked_case; /* whether a target was in it already */
};

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

/* The first Ctrl-C ends the scan in good order, the second one at once. */
static void
catch_signals(void)
{
	/* A write that waits for its reader is not to be broken off half way. */
	struct sigaction first = { .sa_handler = on_signal,
		                   .sa_flags = (int)(SA_RESETHAND | SA_RESTART) };
	stop = 0;
	(void)sigaction(SIGINT, &first, NULL);
	(void)sigaction(SIGTERM, &first, NULL);
	(void)sigaction(SIGHUP, &first, NULL);
}

/* A reader that goes and a limit on files are errors, to be said as such. */
static void
ignore_signals(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL);
}

/* Engine: the next target, without those that the case knows already. */
static bool
next_target(void *with, struct address *out)
{
	struct scan *s = with;

	while (!stop && walk_next(&s->walk, out)) {
		uint8_t key[ADDRESS_KEY];
		bool has = false;

		if (!s->options.resume)
			return true;
		address_key(key, out);
		s->asked_case = case_has(s->memory, key, &has);
		if (s->asked_case != OK)
			return false;
		if (!has)
			return true;
		s->progress.total--;
	}
	return false;
}

static void
write_readings(struct scan *s, const struct readings *all)
{
	struct json j;

	buf_clear(&s->readings);
	json_init(&j, &s->readings);
	readings_json(&j, all);
}

static enum err
keep_row(struct scan *s, const struct visit *v)
{
	bool absent = s->row.verdict.state == STATE_ABSENT;

	if (!s->memory || (absent && !s->keeps_case && !s->options.all))
		return OK;
	s->pending = true;
	if (absent)
		return case_add_absent(s->memory, &s->row.verdict);
	write_readings(s, &v->readings);
	if (s->readings.bad)
		return ERR_MEMORY;
	return case_add(s->memory, &s->row, buf_string(&s->readings));
}

/* Engine: a host is done.  Readings to findings to verdict to rows. */
static enum err
host_done(void *with, const struct visit *v, int64_t now_ms)
{
	struct scan *s = with;
	struct verdict *verdict = &s->row.verdict;

	memset(verdict, 0, sizeof *verdict);
	verdict->time_ms = now_ms;
	verdict->took_ms = now_ms - v->began_ms;
	address_text(verdict->host, &v->address);
	address_key(verdict->key, &v->address);
	look_all(&v->readings, verdict->host, &s->row.findings);
	judge_state(&s->row.findings, verdict);
	judge_system(&v->readings, verdict);
	const char *called = targets_name_of(s->targets, &v->address);
	if (called && said_is_empty(&verdict->name))
		verdict->name = said_from_utf8(called);

	s->summary.targets++;
	s->summary.count[verdict->state]++;
	TRY(keep_row(s, v));
	if (verdict->state == STATE_ABSENT && !s->options.all)
		return OK;
	return outputs_row(&s->outputs, &s->row);
}

/* Engine: once a turn. */
static enum err
turn(void *with, const struct progress *p)
{
	struct scan *s = with;

	progress_show(&s->progress, p->done, s->summary.count[STATE_INFECTED],
	              clock_steady());
	if (!s->pending)
		return s->asked_case;
	s->pending = false;
	TRY(case_commit(s->memory));
	return s->asked_case;
}

static enum err
open_memory(struct scan *s)
{
	OWN(own_mem) char *spec = NULL;

	s->keeps_case = s->options.case_path != NULL;
	if (!s->keeps_case && !outputs_want_view(&s->outputs))
		return OK;
	TRY(case_open(s->options.case_path, s->keeps_case ? CASE_WRITE : CASE_TEMPORARY,
	              &s->memory));
	if (s->options.resume)
		return case_resume_run(s->memory, &s->run);
	TRY(scan_resume_spec(s->run.argv + 2, s->run.argc - 2, &spec));
	return case_begin_run(s->memory, &s->run, spec);
}

static enum err
prepare(struct scan *s, char **words, size_t count)
{
	struct account_ask ask = { s->options.user, s->options.domain,
		                   s->options.password_file, s->options.account_file };
	uint32_t shard = 0;
	uint32_t shards = 1;
	bool given = false;

	if (s->options.resume && !s->options.case_path) {
		fprintf(stderr, "confine: --resume goes on with a case; name it with "
		                "--case FILE\n");
		return ERR_REFUSED;
	}
	TRY(scan_plan(&s->options, &s->plan));
	TRY(scan_pace(&s->options, &s->pace));
	TRY(scan_shard(&s->options, &shard, &shards));
	TRY(account_read(&ask, &s->account, &given));
	if (given)
		s->plan.account = &s->account;
	TRY(targets_new(&s->targets));
	TRY(scan_targets(&s->options, words, count, s->targets));
	if (!targets_left_any(s->targets)) {
		fprintf(stderr, "confine: the excludes leave no target; exclude less, "
		                "or name more targets\n");
		return ERR_REFUSED;
	}
	walk_begin(&s->walk, s->targets,
	           s->options.seed ? s->options.seed : random_u64(), shard, shards);
	TRY(outputs_open(&s->outputs, &s->options.outputs, s->options.format));
	TRY(open_memory(s));
	return outputs_begin(&s->outputs, &s->run);
}

static enum err
visit_all(struct scan *s)
{
	struct engine_hooks hooks = {
		.with = s, .next = next_target, .done = host_done, .turn = turn
	};

	s->began_ms = clock_steady();
	progress_init(&s->progress,
	              !s->options.quiet && !s->options.no_progress &&
	                  isatty(STDERR_FILENO),
	              s->walk.count, s->began_ms);
	enum err err = engine_run(&s->plan, &s->pace, &hooks, &stop);
	progress_clear(&s->progress);
	s->summary.seconds = (double)(clock_steady() - s->began_ms) / 1000.0;
	s->summary.interrupted = stop || err != OK;
	return err;
}

static enum err
write_results(struct scan *s)
{
	struct view view = { 0 };
	struct style style = { .color = outputs_color(s->options.color),
		               .all = s->options.all,
		               .verbose = (int)s->options.verbose,
		               .case_name = s->options.case_path };

	s->code = summary_exit_code(&s->summary);
	enum err kept = s->memory ? case_end_run(s->memory, &s->summary) : OK;
	enum err told = outputs_end(&s->outputs, &s->summary);
	if (kept != OK || !(s->options.resume || outputs_want_view(&s->outputs)))
		return kept != OK ? kept : told;
	TRY(case_view(s->memory, s->options.all, &view));
	if (!s->keeps_case) /* who is absent is counted, and not kept */
		view.summary = s->summary;
	s->whole = view.summary;
	enum err shown = outputs_pages(&s->outputs, &view, &style);
	/* Who goes on answers for what was found before, too. */
	if (s->options.resume)
		s->code = summary_exit_code(&view.summary);
	case_view_end(&view);
	return told != OK ? told : shown;
}

/* That it ended early, and what to type. */
static void
say_stopped(const struct scan *s)
{
	uint64_t count = s->summary.targets;
	struct buf path;

	fprintf(stderr, "confine: stopped after %" PRIu64 " host%s; ", count,
	        count == 1 ? "" : "s");
	if (!s->keeps_case) {
		fprintf(stderr, "with --case FILE a scan can be gone on with\n");
		return;
	}
	buf_init(&path, PATH_MOST);
	shell_word(&path, s->options.case_path);
	fprintf(stderr, "go on with: confine scan --resume --case %s\n",
	        buf_string(&path));
	buf_free(&path);
}

/*
 * On standard error, for people who sent the results into files, or who see the
 * whole case on the screen and asked only a part of it this time.
 */
static void
say_sum(const struct scan *s)
{
	const struct summary *sum = &s->summary;
	bool on_screen = outputs_on_screen(&s->outputs);

	if (on_screen && s->whole.targets > sum->targets)
		fprintf(stderr,
		        "This run alone: %" PRIu64 " address%s, %" PRIu64
		        " infected, %" PRIu64 " suspect, %" PRIu64
		        " unknown, in %.1f s\n",
		        sum->targets, sum->targets == 1 ? "" : "es",
		        sum->count[STATE_INFECTED], sum->count[STATE_SUSPECT],
		        sum->count[STATE_UNKNOWN], sum->seconds);
	if (on_screen)
		return;
	fprintf(stderr,
	        "%" PRIu64 " address%s: %" PRIu64 " infected, %" PRIu64 " suspect, "
	        "%" PRIu64 " unknown, %" PRIu64 " with no sign, %" PRIu64
	        " absent, in %.1f s\n",
	        sum->targets, sum->targets == 1 ? "" : "es", sum->count[STATE_INFECTED],
	        sum->count[STATE_SUSPECT], sum->count[STATE_UNKNOWN],
	        sum->count[STATE_NO_SIGN], sum->count[STATE_ABSENT], sum->seconds);
}

static void
say_end(const struct scan *s)
{
	const struct summary *sum = &s->summary;

	if (sum->interrupted)
		say_stopped(s);
	if (s->plan.refusals >= s->plan.refusals_most && s->plan.account)
		fprintf(stderr,
		        "confine: the account was refused %u times and was not "
		        "used any further, lest it be locked out; check its name "
		        "and password\n",
		        s->plan.refusals);
	if (s->options.quiet)
		return;
	if (s->options.resume && sum->targets == 0 && !sum->interrupted)
		fprintf(stderr,
		        "confine: all of these targets are in %s already; "
		        "leave --resume out to ask them again\n",
		        s->options.case_path);
	else
		say_sum(s);
}

static void
tidy(struct scan *s)
{
	outputs_close(&s->outputs);
	own_case(&s->memory);
	targets_free(s->targets);
	buf_free(&s->readings);
	explicit_bzero(&s->account, sizeof s->account);
	free(s);
}

/* Every other failure has been said where it was met. */
static void
say_memory(enum err err)
{
	if (err == ERR_MEMORY)
		fprintf(stderr, "confine: out of memory; use a smaller --parallel, or "
		                "fewer targets at once\n");
}

static int
scan(struct scan *s, char **words, size_t count)
{
	ignore_signals();
	enum err prepared = prepare(s, words, count);

	say_memory(prepared);
	if (prepared != OK)
		return 2;
	catch_signals();
	enum err visited = visit_all(s);
	enum err written = write_results(s);
	say_memory(visited != OK ? visited : written);
	say_end(s);
	if (visited != OK || written != OK)
		return 2;
	return s->summary.interrupted && s->code != 1 ? 2 : s->code;
}

int
scan_run(int argc, char **argv)
{
	struct scan *s = calloc(1, sizeof *s);
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	OWN(own_mem) char **full = calloc((size_t)argc + 2, sizeof *full);
	OWN(scan_resume_free) struct scan_resume resume = { 0 };
	size_t count = 0;

	if (!s || !words || !full) {
		free(s);
		return 2;
	}
	full[0] = program;
	memcpy(full + 1, argv, (size_t)argc * sizeof *full);
	s->options = scan_defaults;
	buf_init(&s->readings, READINGS_TEXT_MOST);
	int code = options_read(&cmd_scan, argv, &s->options, words, &count);
	if (code == OPTIONS_GO_ON && s->options.resume && count == 0 &&
	    s->options.case_path)
		code = scan_resume_read(&resume, argv, &s->options, &words, &count);
	s->run = (struct run){ .started_ms = clock_now(),
		               .version = CONFINE_VERSION,
		               .command = "scan",
		               .argv = full,
		               .argc = argc + 1 };
	s->summary.command = "scan";
	if (code == OPTIONS_GO_ON)
		code = scan(s, words, count);
	tidy(s);
	return code;
}

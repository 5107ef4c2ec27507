/*
 * `case status`: where the hosts of a case stand.  One walk counts reasons, a
 * second one lists the hosts to be seen to.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/own.h"
#include "cmd/case_command.h"
#include "keep/past.h"
#include "tell/para.h"
#include "tell/safe.h"
#include "tell/shell.h"
#include "tell/tally.h"
#include "tell/tell.h"

#define INDENT 2u
#define HOST_COLUMNS 15u /* an IPv4 address */
#define NAME_COLUMNS 15u /* a NetBIOS name */
#define OS_COLUMNS 20u
#define LINE_MOST (16u * 1024 * 1024)

static enum err
survey(struct view *view, struct tally *tally)
{
	struct row row;
	bool more = false;

	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(view->next(view, &row, &more));
		if (!more)
			break;
		tally_row(tally, &row);
	}
	tally_sort(tally);
	return OK;
}

/* Calls `each` for every host on which something was changed. */
static enum err
each_mended(struct view *view, enum err (*each)(const struct row *))
{
	struct row row;
	bool more = false;

	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(view->next(view, &row, &more));
		if (!more)
			return OK;
		if (row.mended)
			TRY(each(&row));
	}
}

/* Calls `each` for the infected and the suspect, which come first. */
static enum err
each_bad(struct view *view, enum err (*each)(const struct row *))
{
	struct row row;
	bool more = false;

	TRY(view->rewind(view, VIEW_WORST_FIRST));
	for (;;) {
		TRY(view->next(view, &row, &more));
		if (!more || row.verdict.state > STATE_SUSPECT)
			return OK;
		TRY(each(&row));
	}
}

static void
say_counts(const struct summary *s)
{
	static const struct {
		enum state state;
		const char *what;
	} lines[] = {
		{ STATE_INFECTED, "the worm is on it" },
		{ STATE_SUSPECT, "looks like it; somebody must look at the machine" },
		{ STATE_UNKNOWN, "could not be told; see below why" },
		{ STATE_NO_SIGN, "answered as an uninfected host answers" },
		{ STATE_CLEAN, "looked at from the inside, and nothing found" },
		{ STATE_ABSENT, "nobody answers" },
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		printf("%9" PRIu64 "  %-8s  %s\n", s->count[lines[i].state],
		       state_name(lines[i].state), lines[i].what);
}

static const char *
what_it_went_over(const struct past_run *past)
{
	bool one = past->summary.targets == 1;

	if (strcmp(past->run.command, "logons") == 0)
		return one ? "attacker in event logs" : "attackers in event logs";
	if (strcmp(past->run.command, "check") == 0 ||
	    strcmp(past->run.command, "clean") == 0)
		return one ? "machine from inside" : "machines from inside";
	return one ? "address" : "addresses";
}

static enum err
say_run(void *with, const struct past_run *past)
{
	OWN(buf_free) struct buf command = { .ceiling = LINE_MOST };
	const struct summary *s = &past->summary;
	char when[MOMENT_ROOM];
	bool *is_running = with;

	*is_running = past->is_running; /* none but the latest does */
	case_moment(when, past->run.started_ms);
	printf("  %s  ", when);
	if (past->is_running)
		fputs("is running now", stdout);
	else if (!past->has_ended)
		fputs("was broken off", stdout);
	else
		printf("%" PRIu64 " %s, %" PRIu64 " infected, in %.1f s%s", s->targets,
		       what_it_went_over(past), s->count[STATE_INFECTED], s->seconds,
		       s->interrupted ? ", interrupted" : "");
	if (past->first_ms < past->run.started_ms) {
		case_moment(when, past->first_ms);
		printf("; went on with that of %s", when);
	}
	fputs("\n    ", stdout);
	shell_command(&command, &past->run);
	safe_text(stdout, buf_string(&command));
	fputc('\n', stdout);
	return OK;
}

static enum err
say_host(const struct row *row)
{
	const struct verdict *v = &row->verdict;
	char letters[VARIANTS_ROOM];
	unsigned host = safe_width(v->host);

	variants_text(letters, v->variants);
	printf("%*s", (int)INDENT, "");
	safe_cell(stdout, v->host, host > HOST_COLUMNS ? host : HOST_COLUMNS);
	printf("  %-8s  ", state_name(v->state));
	safe_cell(stdout, said_is_empty(&v->name) ? "-" : v->name.utf8, NAME_COLUMNS);
	fputs("  ", stdout);
	safe_cell(stdout, said_is_empty(&v->os) ? "-" : v->os.utf8, OS_COLUMNS);
	printf("  %s\n", letters);
	return OK;
}

/* "WARD-3  cleaned  2026-11-29 01:03 UTC: clean, …" */
static enum err
say_place(const struct row *row)
{
	const struct mended *m = row->mended;
	const char *place = mended_place(m, &row->verdict);
	char words[MENDED_WORDS_ROOM];
	unsigned host = safe_width(row->verdict.host);

	mended_words(m, words);
	printf("%*s", (int)INDENT, "");
	safe_cell(stdout, row->verdict.host, host > HOST_COLUMNS ? host : HOST_COLUMNS);
	printf("  %-9s  ", place ? place : "as before");
	safe_text(stdout, words);
	fputs("\n    ", stdout);
	safe_text(stdout, m->journal);
	fputc('\n', stdout);
	return OK;
}

/* The reasons of one state or two, and what to do about each. */
static void
say_groups(const struct tally *tally, enum state first, enum state last)
{
	for (size_t i = 0; i < tally->groups; i++) {
		const struct group *g = &tally->group[i];
		char count[32];

		if (g->state < first || g->state > last)
			continue;
		snprintf(count, sizeof count, "%9" PRIu64 " ", g->count);
		struct para p = para_begin(stdout, count, 11);
		para_word(&p, *g->reason ? g->reason : "(no reason)");
		para_words(&p, "- first on");
		para_word(&p, g->host);
		para_end(&p);
		p = para_begin(stdout, "", 11);
		para_words(&p, group_title(g));
		para_words(&p, group_next(g));
		para_end(&p);
	}
}

static void
say_step(const struct case_ask *ask, const char *command, const char *word,
         const char *does)
{
	OWN(buf_free) struct buf b = { .ceiling = LINE_MOST };

	buf_text(&b, command);
	if (word) {
		buf_u8(&b, ' ');
		shell_word(&b, word);
	}
	buf_text(&b, " --case ");
	shell_word(&b, ask->path);
	fputs("  ", stdout);
	safe_text(stdout, buf_string(&b));
	printf("  # %s\n", does);
}

static void
say_next(const struct case_ask *ask, const struct tally *tally, bool can_resume)
{
	fputs("\nNext:\n", stdout);
	if (can_resume)
		say_step(ask, "confine scan --resume", NULL, "ask the others too");
	if (tally->groups > 0 && tally->group[0].state <= STATE_UNKNOWN)
		say_step(ask, "confine case show", tally->group[0].host,
		         "what was seen on it");
	say_step(ask, "confine report -o report.html", NULL, "all of it, as a page");
}

static enum err
overview_text(struct case_file *c, const struct case_ask *ask, struct view *view,
              const struct tally *tally)
{
	const struct summary *s = &view->summary;
	bool is_running = false;
	bool has_mended = tally->mended > 0;

	safe_text(stdout, ask->path);
	printf(": %" PRIu64 " %s\n\n", s->targets, s->targets == 1 ? "host" : "hosts");
	say_counts(s);
	fputs("\nRuns:\n", stdout);
	TRY(past_runs(c, say_run, &is_running));
	if (s->count[STATE_INFECTED] + s->count[STATE_SUSPECT] > 0) {
		fputs("\nInfected and suspect hosts:\n", stdout);
		TRY(each_bad(view, say_host));
		fputs("\nWhy, and what to do now:\n", stdout);
		say_groups(tally, STATE_INFECTED, STATE_SUSPECT);
	}
	if (s->count[STATE_UNKNOWN] > 0) {
		fputs("\nUnknown hosts, by reason:\n", stdout);
		say_groups(tally, STATE_UNKNOWN, STATE_UNKNOWN);
	}
	if (has_mended) {
		fputs("\nHosts on which something was changed:\n", stdout);
		TRY(each_mended(view, say_place));
	}
	say_next(ask, tally, s->interrupted && !is_running);
	return OK;
}

static void
put_text(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_text(j, text);
}

static void
put_number(struct json *j, const char *key, uint64_t number)
{
	json_key(j, key);
	json_int(j, (int64_t)number);
}

static enum err
put_line(struct buf *line)
{
	if (line->bad)
		return ERR_MEMORY;
	puts(buf_string(line));
	return OK;
}

/* A run of the case: what `run` and `summary` lines hold, in one. */
static enum err
run_line(void *with, const struct past_run *past)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_MOST };
	struct json j;

	(void)with;
	json_init(&j, &line);
	json_open(&j, '{');
	put_text(&j, "type", "case-run");
	json_key(&j, "started");
	json_when(&j, past->run.started_ms);
	put_text(&j, "version", past->run.version);
	json_key(&j, "command");
	json_open(&j, '[');
	for (int i = 0; i < past->run.argc; i++)
		json_text(&j, past->run.argv[i]);
	json_close(&j, ']');
	put_text(&j, "state",
	         past->is_running            ? "running"
	         : past->summary.interrupted ? "interrupted"
	                                     : "done");
	put_number(&j, "targets", past->summary.targets);
	for (int s = STATE_INFECTED; s <= STATE_COUNT; s++)
		put_number(&j, state_name((enum state)s), past->summary.count[s]);
	json_key(&j, "seconds");
	json_real(&j, past->summary.seconds);
	json_key(&j, "goes_on_with");
	if (past->first_ms < past->run.started_ms)
		json_when(&j, past->first_ms);
	else
		json_raw(&j, "null");
	json_close(&j, '}');
	return put_line(&line);
}

static enum err
group_line(const struct group *g)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_MOST };
	struct json j;

	json_init(&j, &line);
	json_open(&j, '{');
	put_text(&j, "type", "reason");
	put_text(&j, "state", state_name(g->state));
	put_text(&j, "reason", g->reason);
	put_number(&j, "count", g->count);
	put_text(&j, "first", g->host);
	put_text(&j, "why", group_title(g));
	put_text(&j, "next", group_next(g));
	json_close(&j, '}');
	return put_line(&line);
}

/* Those of the infected and the suspect stand behind their verdicts already. */
static enum err
mended_line(const struct row *row)
{
	OWN(buf_free) struct buf line = { .ceiling = LINE_MOST };
	struct json j;

	if (row->verdict.state <= STATE_SUSPECT)
		return OK;
	json_init(&j, &line);
	mended_json(&j, row->mended, &row->verdict);
	return put_line(&line);
}

static enum err
host_lines(const struct row *row)
{
	return format_by_name("json")->row(stdout, row);
}

static enum err
overview_json(struct case_file *c, const struct case_ask *ask, struct view *view,
              const struct tally *tally)
{
	const struct format *json = format_by_name("json");

	TRY(json->begin(stdout, &ask->run));
	TRY(past_runs(c, run_line, NULL));
	TRY(each_bad(view, host_lines));
	TRY(each_mended(view, mended_line));
	for (size_t i = 0; i < tally->groups; i++) {
		if (tally->group[i].state <= STATE_UNKNOWN)
			TRY(group_line(&tally->group[i]));
	}
	view->summary.command = ask->run.command;
	return json->end(stdout, &view->summary);
}

static enum err
status(struct case_file *c, const struct case_ask *ask, struct view *view)
{
	OWN(own_mem) struct tally *tally = calloc(1, sizeof *tally);

	if (!tally)
		return ERR_MEMORY;
	TRY(survey(view, tally));
	return ask->json ? overview_json(c, ask, view, tally)
	                 : overview_text(c, ask, view, tally);
}

int
case_status(struct case_file *c, const struct case_ask *ask)
{
	struct view view;

	if (case_view(c, false, &view) != OK)
		return 2;
	int code = summary_exit_code(&view.summary);
	enum err err = status(c, ask, &view);
	case_view_end(&view);
	if (err == ERR_SYSTEM)
		return case_cannot_write();
	return err == OK ? code : 2;
}

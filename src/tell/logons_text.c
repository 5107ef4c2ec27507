/* Attackers for people: who, how much, how it went in time, and why we think so. */
#include <inttypes.h>

#include "base/own.h"
#include "base/when.h"
#include "tell/formats.h"
#include "tell/logons.h"
#include "tell/logons_next.h"
#include "tell/logons_words.h"
#include "tell/para.h"
#include "tell/safe.h"

#define INDENT 6
#define LOGS_SHOWN 12 /* without -v */

/* ---- one of them */

static void
reasons(FILE *f, const struct attacker *a)
{
	struct para p = para_begin(f, "      ", INDENT);

	for (size_t i = 0; i < a->reason_count; i++) {
		char words[WORDS_ROOM];
		char ended[WORDS_ROOM + 2];

		logons_reason(a->reasons[i], words);
		(void)snprintf(ended, sizeof ended, "%s%c", words,
		               i + 1 < a->reason_count ? ';' : '.');
		para_words(&p, ended);
	}
	para_end(&p);
}

static void
sparkline(FILE *f, const struct attacker *a)
{
	static const char *const marks[] = { " ",      "\u2581", "\u2582",
		                             "\u2583", "\u2584", "\u2585",
		                             "\u2586", "\u2587", "\u2588" };
	uint32_t most = 1;

	for (size_t i = 0; i < SPARKS; i++)
		most = a->sparks[i] > most ? a->sparks[i] : most;
	fputs("      ", f);
	for (size_t i = 0; i < SPARKS; i++) {
		uint64_t height = ((uint64_t)a->sparks[i] * 8 + most - 1) / most;

		fputs(marks[height], f);
	}
	fputc('\n', f);
}

static void
numbers(FILE *f, const struct attacker *a)
{
	char words[WORDS_ROOM];
	char period[PERIOD_ROOM];
	struct remarks remarks;
	struct para p = para_begin(f, "      ", INDENT);

	logons_period(a->first_ms, a->last_ms, period);
	(void)snprintf(words, sizeof words,
	               "%" PRIu64 " failed %s to %" PRIu64 " %s on %" PRIu64 " %s, %s.",
	               a->failures, a->failures == 1 ? "logon" : "logons", a->accounts,
	               a->accounts == 1 ? "account" : "accounts", a->target_count,
	               a->target_count == 1 ? "machine" : "machines", period);
	para_words(&p, words);
	logons_remarks(a, &remarks);
	for (size_t i = 0; i < remarks.count; i++)
		para_words(&p, remarks.at[i]);
	para_end(&p);
}

static void
targets(FILE *f, const struct attacker *a)
{
	struct para p = para_begin(f, "      On:", INDENT);

	for (size_t i = 0; i < a->targets_shown; i++)
		para_words(&p, a->targets[i].name);
	if (a->target_count > a->targets_shown)
		para_words(&p, "and others");
	para_end(&p);
}

static void
in_the_case(FILE *f, const struct attacker *a)
{
	char words[WORDS_ROOM];
	struct para p = para_begin(f, "      ", INDENT);

	logons_in_the_case(a, words);
	para_words(&p, words);
	para_end(&p);
}

static void
one(FILE *f, const struct attacker *a, const struct style *style)
{
	char called[2 * ATTEMPT_TEXT];
	bool is_colored = style->color && attacker_is_one(a);

	attacker_called(a, called);
	fprintf(f, "\n%.2f  %s", a->score, is_colored ? "\x1b[1;31m" : "");
	safe_text(f, called);
	fprintf(f, "%s\n", is_colored ? "\x1b[0m" : "");
	numbers(f, a);
	sparkline(f, a);
	if (a->reason_count > 0)
		reasons(f, a);
	if (a->targets_shown > 0)
		targets(f, a);
	if (a->host[0])
		in_the_case(f, a);
}

/* ---- around them */

static void
headline(FILE *f, const struct told_logons *told)
{
	const struct logons_totals *t = told->totals;
	char words[WORDS_ROOM];
	char period[PERIOD_ROOM] = "old records";
	struct para p = para_begin(f, "", 0);

	if (t->first_ms)
		logons_period(t->first_ms, t->last_ms, period);
	if (told->attackers == 0) {
		logons_empty_because(t, words);
		para_words(&p, t->unaudited ? "Nobody is seen to guess passwords where "
		                              "it is recorded."
		                            : "Nobody is seen to guess passwords.");
	} else {
		(void)snprintf(words, sizeof words,
		               "%" PRIu64 " %s, most likely first, by %" PRIu64
		               " failed logons in %" PRIu64 " %s of %s.",
		               told->attackers + t->untold_attackers,
		               told->attackers + t->untold_attackers == 1 ? "attacker"
		                                                          : "attackers",
		               t->failures, t->logs, t->logs == 1 ? "log" : "logs",
		               period);
	}
	para_words(&p, words);
	para_end(&p);
}

static void
log_line(FILE *f, const struct log_told *log)
{
	struct para p = para_begin(f, "  ", 4);

	para_word(&p, log->path);
	para_words(&p, logons_trouble(log));
	para_end(&p);
}

static void
logs(FILE *f, const struct told_logons *told, const struct style *style)
{
	size_t most = style->verbose > 0 ? told->log_count : LOGS_SHOWN;

	if (told->log_count == 0)
		return;
	fputs("\nLogs that were not read whole:\n", f);
	for (size_t i = 0; i < told->log_count && i < most; i++)
		log_line(f, &told->logs[i]);
	uint64_t all = told->totals->unread + told->totals->marred;
	if (all > most)
		fprintf(f, "  and %" PRIu64 " more\n", all - most);
}

static void
copies(FILE *f, const struct logons_totals *t)
{
	char more[WORDS_ROOM] = "";

	if (t->copies == 0)
		return;
	if (t->copies > 1)
		(void)snprintf(more, sizeof more, " (the first of %" PRIu64 " such)",
		               t->copies);
	fputc('\n', f);
	struct para p = para_begin(f, "", 0);
	para_word(&p, t->first_copy);
	para_words(&p, LOGONS_COPIES);
	para_words(&p, more);
	para_end(&p);
}

static void
notes(FILE *f, const struct told_logons *told)
{
	const struct logons_totals *t = told->totals;
	char when[WHEN_ROOM];

	if (t->is_interrupted && told->attackers > 0)
		fputs("\nIt was interrupted: not all logs were read.\n", f);
	if (t->machines_untold && told->attackers > 0)
		fputs("\n" LOGONS_MACHINES_UNTOLD "\n", f);
	if (t->passed_over)
		fprintf(f,
		        "\n%" PRIu64
		        " attempts of those who tried least were passed over "
		        "for want of room:\nlook at part of the time, with "
		        "--since and --until.\n",
		        t->passed_over);
	copies(f, t);
	if (!t->cleared_ms)
		return;
	when_for_people(when, t->cleared_ms);
	fprintf(f, "\nA log was cleared at %s UTC: what was before is missing.\n",
	        when);
}

static void
next_step(FILE *f, const struct told_logons *told, const struct style *style)
{
	OWN(logons_next_free) struct logons_next next;

	logons_next_of(told, style, &next);
	logons_text_next(f, &next);
}

enum err
logons_text(FILE *f, const struct told_logons *told, const struct style *style)
{
	size_t count = style->verbose > 0 ? told->count : told->attackers;

	headline(f, told);
	for (size_t i = 0; i < count && i < told->top; i++)
		one(f, &told->at[i], style);
	if (count > told->top)
		fprintf(f, "\n... and %zu more; --top %zu shows them.\n",
		        count - (size_t)told->top, count);
	logons_text_spread(f, told);
	logons_text_tried(f, told);
	logs(f, told, style);
	notes(f, told);
	logons_text_audit(f, told, style);
	if (told->attackers > 0)
		next_step(f, told, style);
	return tell_flush(f);
}

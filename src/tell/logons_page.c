/*
 * The page of `logons`: which machine to go to, in its largest letters; how the storm
 * went, who attacks whom, and why we think so; and of which logs all that is.  Bounded
 * in all its parts: what is more is counted in words.
 */
#include <inttypes.h>

#include "base/own.h"
#include "tell/formats.h"
#include "tell/html_page.h"
#include "tell/html_text.h"
#include "tell/logons.h"
#include "tell/logons_next.h"
#include "tell/logons_tables.h"
#include "tell/logons_words.h"
#include "tell/svg_attacks.h"
#include "tell/svg_storm.h"

struct page {
	FILE *f;
	const struct told_logons *told;
	struct logons_next next;
};

static void
own_page(struct page *p)
{
	logons_next_free(&p->next);
}

/* ---- the headline */

/* Into the page's title there goes no element. */
static void
who(FILE *f, const struct attacker *a, bool is_title)
{
	char called[2 * ATTEMPT_TEXT];

	attacker_called(a, called);
	if (is_title)
		html_text(f, called);
	else
		logons_called_html(f, a);
}

/* Who does not record what fails can know of nobody. */
static void
nobody(FILE *f, const struct told_logons *told)
{
	const struct logons_totals *t = told->totals;
	const struct logons_sum sum = { t, 0, told->seconds };

	if (t->logs == 0) {
		fputs("No event log was read", f);
	} else if (told->unaudited_count > 0) {
		fputs("Who attacks ", f);
		html_counted(f, told->unaudited_count, "machine", "machines");
		fputs(" is unknown", f);
	} else {
		fputs("Nobody is seen to guess passwords", f);
		fputs(logons_exit_code(&sum) == 0 ? "" : ", but not all could be read",
		      f);
	}
}

static void
somebody(FILE *f, const struct attacker *a, bool is_title)
{
	const char *host = logons_host(a);

	if (!host[0] || a->is_shared) {
		fputs(host[0] ? "Somebody guesses passwords through "
		              : "Passwords are guessed, by ",
		      f);
		who(f, a, is_title);
	} else if (!logons_is_plain_host(host)) {
		fputs("Who guesses passwords gives a made-up name: ", f);
		who(f, a, is_title);
	} else {
		fputs("Go to ", f);
		who(f, a, is_title);
		fputs(" first: it guesses passwords", f);
	}
}

static void
headline(const struct page *p, bool is_title)
{
	if (p->told->attackers == 0)
		nobody(p->f, p->told);
	else if (p->next.at)
		somebody(p->f, p->next.at, is_title);
	else
		fputs("Who guessed passwords has been found clean since", p->f);
}

static void
masthead(const struct page *p)
{
	const struct logons_totals *t = p->told->totals;
	FILE *f = p->f;
	char period[PERIOD_ROOM];

	html_head_begin(f);
	headline(p, true);
	html_head_end(f);
	fputs("<header>\n<p class=\"kind\">Conficker report: logons</p>\n<h1>", f);
	headline(p, false);
	fputs("</h1>\n<p class=\"when\">", f);
	html_counted(f, t->logs, "log", "logs");
	if (t->first_ms) {
		logons_period(t->first_ms, t->last_ms, period);
		fprintf(f, " of %s", period);
	}
	fputs(" · confine ", f);
	html_text(f, p->told->run->version);
	fputs("</p>\n</header>\n<main>\n", f);
}

/* ---- what it comes to */

static void
three_numbers(FILE *f, const struct told_logons *told)
{
	const struct logons_totals *t = told->totals;
	uint64_t guesses = 0;

	for (size_t i = 0; i < told->attackers; i++)
		guesses += told->at[i].failures;
	fputs("<dl class=\"three\">\n", f);
	html_number(f, "i", told->attackers,
	            told->attackers == 1 ? "machine guesses passwords"
	                                 : "machines guess passwords");
	if (told->attackers > 0)
		html_number(f, "n", guesses, guesses == 1 ? "guess" : "guesses");
	else
		html_number(f, "n", t->failures, "failed logons");
	html_number(f, "u", t->unread + t->marred,
	            t->unread + t->marred == 1 ? "log not read whole"
	                                       : "logs not read whole");
	fputs("</dl>\n", f);
}

/* What the one to go to did. */
static void
lead(FILE *f, const struct attacker *a)
{
	char period[PERIOD_ROOM];

	fputs("<p class=\"lead\"><b>", f);
	logons_called_html(f, a);
	fputs("</b> tried to log on <b>", f);
	html_counted(f, a->failures, "time", "times");
	fputs("</b>, to ", f);
	html_counted(f, a->accounts, "account", "accounts");
	fputs(" on ", f);
	html_counted(f, a->target_count, "machine", "machines");
	logons_period(a->first_ms, a->last_ms, period);
	fprintf(f, ", from %s.", period);
	if (a->got_in)
		fputs(" <b>It got in</b> with a password that it had been guessing.",
		      f);
	if (a->task_on[0]) {
		fputs(" <b>Then an At job was made</b> on ", f);
		html_foreign(f, a->task_on);
		fputs(", where it had got in, as the worm does to be run there.", f);
	}
	if (a->is_shared)
		fputs(" Many people work through it: the culprit is behind it.", f);
	fputs("</p>\n", f);
}

static void
notes(FILE *f, const struct logons_totals *t)
{
	char when[WHEN_ROOM];

	if (t->is_interrupted)
		fputs("<p class=\"note\">It was interrupted: not all logs were read."
		      "</p>\n",
		      f);
	if (t->machines_untold)
		fputs("<p class=\"note\">" LOGONS_MACHINES_UNTOLD "</p>\n", f);
	if (t->passed_over) {
		fputs("<p class=\"note\">", f);
		html_counted(f, t->passed_over, "attempt was", "attempts were");
		fputs(" passed over for want of room: look at part of the time, with "
		      "<code>--since</code> and <code>--until</code>.</p>\n",
		      f);
	}
	if (t->copies) {
		fputs("<p class=\"note\">", f);
		html_foreign(f, t->first_copy);
		fputs(" " LOGONS_COPIES, f);
		if (t->copies > 1)
			fprintf(f, " (the first of %" PRIu64 " such)", t->copies);
		fputs(".</p>\n", f);
	}
	if (!t->cleared_ms)
		return;
	when_for_people(when, t->cleared_ms);
	fprintf(f,
	        "<p class=\"note\">A log was cleared at %s UTC: what was before is "
	        "missing.</p>\n",
	        when);
}

static void
summary(const struct page *p)
{
	const struct told_logons *told = p->told;
	char why[WHY_ROOM];
	FILE *f = p->f;

	fputs("<section aria-label=\"Summary\">\n", f);
	if (told->attackers > 0) {
		logons_html_next(f, &p->next);
		lead(f, p->next.at ? p->next.at : told->at);
	} else {
		logons_empty_because(told->totals, why);
		fputs("<p class=\"lead\">", f);
		html_text(f, why);
		fputs("</p>\n", f);
	}
	three_numbers(f, told);
	notes(f, told->totals);
	fputs("</section>\n", f);
}

/* ---- its sections */

static enum err
pictures(FILE *f, const struct told_logons *told)
{
	OWN(own_mem) struct attack_map *map = NULL;

	TRY(attack_map_of(told, &map));
	fputs("<section>\n<h2 id=\"storm\">When</h2>\n", f);
	svg_storm(f, told);
	fputs("</section>\n<section>\n<h2 id=\"map\">Who attacks whom</h2>\n", f);
	svg_attacks(f, map);
	logons_html_spread(f, told);
	fputs("</section>\n", f);
	return OK;
}

static void
machines(FILE *f, const struct told_logons *told)
{
	if (told->count == 0)
		return;
	fputs("<section>\n<h2 id=\"machines\">The machines, and why</h2>\n", f);
	if (told->attackers > 0)
		logons_attackers_html(f, told);
	logons_sources_html(f, told);
	fputs("</section>\n", f);
}

static void
logs(FILE *f, const struct told_logons *told)
{
	const struct logons_totals *t = told->totals;

	fputs("<section>\n<h2 id=\"logs\">The logs</h2>\n<p>", f);
	html_counted(f, t->logs, "log was", "logs were");
	fputs(" read, with ", f);
	html_counted(f, t->security, "record", "records");
	fputs(" of Security. ", f);
	html_counted(f, t->local, "failed logon was", "failed logons were");
	fputs(" local, and ", f);
	html_counted(f, t->twice, "was", "were");
	fputs(" told twice and counted once.</p>\n", f);
	logons_logs_html(f, told);
	fputs("</section>\n", f);
}

static enum err
how(FILE *f, const struct told_logons *told)
{
	fputs("<section>\n<h2 id=\"how\">How it was found out</h2>\n"
	      "<dl class=\"how\">",
	      f);
	TRY(html_command(f, told->run));
	fprintf(f, "</dd>\n<dt>Took</dt><dd>%.1f s</dd></dl>\n", told->seconds);
	fputs(
	    "<p>Windows writes down who fails to log on, where that is audited. A "
	    "worm that guesses passwords tries hundreds a minute, of one account "
	    "after the other, on one machine after the other; people, services and "
	    "scanners do not. Each habit gives points, and the points a score.</p>\n"
	    "<p>What this cannot see: machines whose logs are not here, or that do "
	    "not write failures down; Windows XP does not unless told to. The name of "
	    "a machine is what it says of itself; an address counts more. That one "
	    "machine tried another before that one began is no proof that the worm "
	    "went that way, and clocks may differ.</p>\n</section>\n",
	    f);
	return OK;
}

enum err
logons_html(FILE *f, const struct told_logons *told, const struct style *style)
{
	OWN(own_page) struct page p = { .f = f, .told = told };

	logons_next_of(told, style, &p.next);
	masthead(&p);
	summary(&p);
	logons_html_audit(f, told);
	if (told->attackers > 0)
		TRY(pictures(f, told));
	machines(f, told);
	logons_html_tried(f, told);
	logs(f, told);
	TRY(how(f, told));
	html_page_end(f);
	return tell_flush(f);
}

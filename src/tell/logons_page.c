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
#include "tell/logons_tables.h"
#include "tell/logons_words.h"
#include "tell/svg_attacks.h"
#include "tell/svg_storm.h"

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

static const char *
nobody(const struct told_logons *told)
{
	const struct logons_sum sum = { told->totals, 0, told->seconds };

	switch (logons_exit_code(&sum)) {
	case 0: return "Nobody is seen to guess passwords";
	case 2: return "No event log was read";
	default: return "Nobody is seen to guess passwords, but not all could be read";
	}
}

static void
headline(FILE *f, const struct told_logons *told, bool is_title)
{
	const struct attacker *a = told->at;
	const char *host = told->attackers > 0 ? logons_host(a) : "";

	if (told->attackers == 0) {
		fputs(nobody(told), f);
	} else if (!host[0] || a->is_shared) {
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
masthead(FILE *f, const struct told_logons *told)
{
	const struct logons_totals *t = told->totals;
	char when[WHEN_ROOM];

	html_head_begin(f);
	headline(f, told, true);
	html_head_end(f);
	fputs("<header>\n<p class=\"kind\">Conficker report: logons</p>\n<h1>", f);
	headline(f, told, false);
	fputs("</h1>\n<p class=\"when\">", f);
	html_counted(f, t->logs, "log", "logs");
	if (t->first_ms) {
		logons_when(t->first_ms, when);
		fprintf(f, " of %s", when);
		logons_when(t->last_ms, when);
		fprintf(f, " to %s UTC", when);
	}
	fputs(" · confine ", f);
	html_text(f, told->run->version);
	fputs("</p>\n</header>\n<main>\n", f);
}

/* ---- what it comes to */

static void
number(FILE *f, const char *class, uint64_t n, const char *label)
{
	fprintf(f, "<div class=\"%s\"><dt>%s</dt><dd>", class, label);
	html_count(f, n);
	fputs("</dd></div>\n", f);
}

static void
three_numbers(FILE *f, const struct told_logons *told)
{
	const struct logons_totals *t = told->totals;
	uint64_t guesses = 0;

	for (size_t i = 0; i < told->attackers; i++)
		guesses += told->at[i].failures;
	fputs("<dl class=\"three\">\n", f);
	number(f, "i", told->attackers,
	       told->attackers == 1 ? "machine guesses passwords"
	                            : "machines guess passwords");
	if (told->attackers > 0)
		number(f, "n", guesses, guesses == 1 ? "guess" : "guesses");
	else
		number(f, "n", t->failures, "failed logons");
	number(f, "u", t->unread + t->marred,
	       t->unread + t->marred == 1 ? "log not read whole"
	                                  : "logs not read whole");
	fputs("</dl>\n", f);
}

/* What the first of them did. */
static void
lead(FILE *f, const struct attacker *a)
{
	char when[WHEN_ROOM];

	fputs("<p class=\"lead\"><b>", f);
	logons_called_html(f, a);
	fputs("</b> tried to log on <b>", f);
	html_counted(f, a->failures, "time", "times");
	fputs("</b>, to ", f);
	html_counted(f, a->accounts, "account", "accounts");
	fputs(" on ", f);
	html_counted(f, a->target_count, "machine", "machines");
	logons_when(a->first_ms, when);
	fprintf(f, ", from %s", when);
	logons_when(a->last_ms, when);
	fprintf(f, " to %s UTC.", when);
	if (a->got_in)
		fputs(" <b>It got in</b> with a password that it had been guessing.",
		      f);
	if (a->is_shared)
		fputs(" Many people work through it: the culprit is behind it.", f);
	fputs("</p>\n", f);
}

/* The machine to look at first, with the command. */
static void
next_step(FILE *f, const struct attacker *a)
{
	const char *host = logons_host(a);

	fputs("<div class=\"lead next\"><p>Next: ", f);
	if (host[0] && !logons_is_plain_host(host)) {
		fputs("the name that it gives is none of a machine, so it is made up. "
		      "Read the controller’s Security log as well: it has addresses.",
		      f);
	} else if (host[0]) {
		fputs("keep it off the network, and look at it:</p>\n"
		      "<p class=\"do\"><code>confine scan ",
		      f);
		html_text(f, host);
		fputs("</code>", f);
	} else {
		fputs("nothing names it. Read the controller’s Security log as well, "
		      "or watch port 445 of ",
		      f);
		html_foreign(f, a->unknown_on);
		fputs(".", f);
	}
	fputs("</p></div>\n", f);
}

static void
notes(FILE *f, const struct logons_totals *t)
{
	char when[WHEN_ROOM];

	if (t->is_interrupted)
		fputs("<p class=\"note\">It was interrupted: not all logs were read."
		      "</p>\n",
		      f);
	if (t->passed_over) {
		fputs("<p class=\"note\">", f);
		html_counted(f, t->passed_over, "attempt was", "attempts were");
		fputs(" passed over for want of room: look at part of the time, with "
		      "<code>--since</code> and <code>--until</code>.</p>\n",
		      f);
	}
	if (!t->cleared_ms)
		return;
	logons_when(t->cleared_ms, when);
	fprintf(f,
	        "<p class=\"note\">A log was cleared at %s UTC: what was before is "
	        "missing.</p>\n",
	        when);
}

static void
summary(FILE *f, const struct told_logons *told)
{
	char why[WHY_ROOM];

	fputs("<section aria-label=\"Summary\">\n", f);
	if (told->attackers > 0) {
		next_step(f, told->at);
		lead(f, told->at);
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
	(void)style;
	masthead(f, told);
	summary(f, told);
	if (told->attackers > 0)
		TRY(pictures(f, told));
	machines(f, told);
	logs(f, told);
	TRY(how(f, told));
	html_page_end(f);
	return tell_flush(f);
}

/*
 * One page for two readers: whoever has to decide (five sentences, three
 * numbers, a picture of the network), and whoever has to act (every host, what
 * was seen on it, how it was asked).  No script, nothing from elsewhere, and a
 * policy that forbids both.  The rows are walked over three times (to count, to
 * draw, to list) and written as they come, so memory does not grow with them.
 */
#include <inttypes.h>
#include <string.h>

#include "base/own.h"
#include "tell/changes.h"
#include "tell/formats.h"
#include "tell/html_hosts.h"
#include "tell/html_inside.h"
#include "tell/html_page.h"
#include "tell/html_text.h"
#include "tell/logons.h"
#include "tell/statuses.h"
#include "tell/svg_map.h"
#include "tell/tally.h"
#include "tell/text_inside.h"

static void
infected_title(FILE *f, uint64_t infected, uint64_t told)
{
	html_count(f, infected);
	fputs(" of ", f);
	html_counted(f, told, "machine", "machines");
	fputs(infected == 1 ? " is infected" : " are infected", f);
}

/* The whole report in a line. */
static void
title(FILE *f, const struct tally *t)
{
	if (t->count[STATE_INFECTED] > 0) {
		infected_title(f, t->count[STATE_INFECTED], tally_told(t));
	} else if (t->count[STATE_SUSPECT] > 0) {
		html_counted(f, t->count[STATE_SUSPECT], "machine is", "machines are");
		fputs(" suspect", f);
	} else if (tally_told(t) == 0) {
		fputs("No machine answered", f);
	} else if (t->count[STATE_UNKNOWN] == tally_told(t)) {
		fputs("No machine could be judged", f);
	} else if (t->count[STATE_UNKNOWN] > 0) {
		fputs("No sign of the worm, but ", f);
		html_count(f, t->count[STATE_UNKNOWN]);
		fputs(" could not be judged", f);
	} else {
		fputs("No sign of the worm on ", f);
		html_counted(f, tally_told(t), "machine", "machines");
	}
}

static void
head(FILE *f, const struct tally *t)
{
	html_head_begin(f);
	title(f, t);
	html_head_end(f);
}

/* How many were asked from outside only, and how many were looked into. */
static void
addresses(FILE *f, const struct summary *s, const struct tally *t)
{
	uint64_t inside = tally_inside(t);

	if (s->targets > inside || inside == 0) {
		html_counted(f, s->targets - inside, "address", "addresses");
		fputs(" asked", f);
	}
	if (inside == 0)
		return;
	fputs(s->targets > inside ? ", " : "", f);
	html_counted(f, inside, "machine", "machines");
	fputs(" looked at from inside", f);
}

static void
masthead(FILE *f, const struct view *view, const struct tally *t)
{
	fputs("<header>\n<p class=\"kind\">Conficker report</p>\n<h1>", f);
	title(f, t);
	fputs("</h1>\n<p class=\"when\">", f);
	html_time(f, view->run.started_ms);
	fputs(" · ", f);
	addresses(f, &view->summary, t);
	fputs(" · confine ", f);
	html_text(f, view->run.version);
	fputs("</p>\n</header>\n<main>\n", f);
}

static void
three_numbers(FILE *f, const struct tally *t)
{
	bool suspect = t->count[STATE_SUSPECT] > 0;
	bool clean = t->count[STATE_CLEAN] > 0;

	fputs("<dl class=\"three\">\n", f);
	html_number(f, "i", t->count[STATE_INFECTED] + t->count[STATE_SUSPECT],
	            suspect ? "infected or suspect" : "infected");
	html_number(f, "u", t->count[STATE_UNKNOWN], "could not be judged");
	html_number(f, "n", t->count[STATE_NO_SIGN] + t->count[STATE_CLEAN],
	            clean ? "no sign, or clean" : "no sign");
	fputs("</dl>\n", f);
}

static void
bold_count(FILE *f, uint64_t n)
{
	fputs("<b>", f);
	if (n == 0)
		fputs("none", f);
	else
		html_count(f, n);
	fputs("</b>", f);
}

static void
sentence_on_answers(FILE *f, const struct summary *s, const struct tally *t)
{
	uint64_t inside = tally_inside(t);
	uint64_t suspect = t->count[STATE_SUSPECT] - t->inside[STATE_SUSPECT];

	if (inside > 0 && s->targets <= inside)
		return;
	fputs("Of ", f);
	html_counted(f, s->targets - inside, "address", "addresses");
	fputs(inside > 0 ? " asked from outside only, " : " asked, ", f);
	html_count(f, tally_told(t) - inside);
	fputs(" answered, and ", f);
	bold_count(f, t->count[STATE_INFECTED] - t->inside[STATE_INFECTED]);
	fputs(" of these gave the answer that only the worm gives", f);
	if (suspect > 0) {
		fputs("; <b>", f);
		html_count(f, suspect);
		fputs("</b> more gave one that Windows does not give", f);
	}
	fputs(".\n", f);
}

static const char *
found_inside_one(const struct tally *t)
{
	if (t->inside[STATE_INFECTED] > 0)
		return ", and the worm is on it.\n";
	if (t->inside[STATE_SUSPECT] > 0)
		return ", and there are strong signs of the worm on it.\n";
	return ", and the worm was not found on it.\n";
}

static void
sentence_on_inside(FILE *f, const struct tally *t)
{
	uint64_t inside = tally_inside(t);

	if (inside == 0)
		return;
	html_counted(f, inside, "machine was", "machines were");
	fputs(" looked at from inside", f);
	if (inside == 1) {
		fputs(found_inside_one(t), f);
		return;
	}
	fputs(": the worm is on ", f);
	bold_count(f, t->inside[STATE_INFECTED]);
	fputs(" of them", f);
	if (t->inside[STATE_SUSPECT] > 0) {
		fputs(", and strong signs of it on <b>", f);
		html_count(f, t->inside[STATE_SUSPECT]);
		fputs("</b> more", f);
	}
	fputs(".\n", f);
}

static void
sentence_on_the_others(FILE *f, const struct tally *t)
{
	if (t->count[STATE_UNKNOWN] == 0) {
		fputs("Every machine that was reached could be judged.\n", f);
	} else {
		fputs("<b>", f);
		html_count(f, t->count[STATE_UNKNOWN]);
		fputs("</b> could not be judged, which is neither good nor bad news: "
		      "section 2 says why, and what would settle it.\n",
		      f);
	}
	if (t->count[STATE_NO_SIGN] > 0 || tally_inside(t) == 0) {
		html_counted(f, t->count[STATE_NO_SIGN], "machine", "machines");
		fputs(" showed no sign of it, which from outside is the best that can "
		      "be said, and no proof.\n",
		      f);
	}
	if (t->count[STATE_CLEAN] > 0) {
		html_counted(f, t->count[STATE_CLEAN], "machine is", "machines are");
		fputs(" clean: every place where the worm could be was looked at.\n",
		      f);
	}
}

static void
sentence_on_mended(FILE *f, const struct tally *t)
{
	if (t->mended == 0)
		return;
	fputs("On ", f);
	html_counted(f, t->mended, "machine", "machines");
	fputs(" something was changed: section 3 says what, and what undoes it.\n", f);
}

static const char *
what_happens_next(const struct tally *t)
{
	if (t->count[STATE_INFECTED] > 0)
		return "Next: take the infected machines off the network, clean them, "
		       "change the administrators’ passwords, and scan again until "
		       "the first number is zero.";
	if (t->count[STATE_SUSPECT] > 0)
		return "Next: look inside the suspect machines before anything else.";
	if (t->count[STATE_UNKNOWN] > 0)
		return "Next: settle the open ones, then scan again in a week; a worm "
		       "may come back on a USB stick.";
	return "Next: scan again in a week; a worm may come back on a USB stick.";
}

/* For whoever has to decide: five sentences. */
static void
summary(FILE *f, const struct summary *s, const struct tally *t)
{
	fputs("<section aria-label=\"Summary\">\n", f);
	three_numbers(f, t);
	fputs(
	    "<p class=\"lead\">Conficker is a worm: since 2008 it has spread by itself "
	    "from one Windows machine to the next, through a hole in file sharing, "
	    "weak passwords and USB sticks, and it lets its makers load other "
	    "software.</p>\n<p class=\"lead\">",
	    f);
	sentence_on_answers(f, s, t);
	sentence_on_inside(f, t);
	sentence_on_the_others(f, t);
	sentence_on_mended(f, t);
	fprintf(f, "</p>\n<p class=\"lead next\">%s</p>\n", what_happens_next(t));
	if (s->interrupted)
		fputs("<p class=\"note\">A scan was interrupted: not all addresses "
		      "were asked, and what was not asked is not in this report.</p>\n",
		      f);
	fputs("</section>\n", f);
}

static void
legend(FILE *f, const struct tally *t)
{
	fputs("<ul class=\"legend\">", f);
	for (int i = STATE_INFECTED; i <= STATE_ABSENT; i++) {
		if (t->count[i] == 0)
			continue;
		fputs("<li>", f);
		svg_mark(f, (enum state)i);
		fprintf(f, " %s</li>", html_state((enum state)i));
	}
	fputs("</ul>\n", f);
}

static enum err
map(FILE *f, struct view *view, const struct style *style, const struct tally *t,
    const struct survey *s)
{
	fputs("<section>\n<h2 id=\"map\">1. Where</h2>\n", f);
	if (t->rows == 0) {
		fputs("<p>No host answered, so there is nothing to draw.</p>\n"
		      "</section>\n",
		      f);
		return OK;
	}
	legend(f, t);
	TRY(svg_map(f, view, style, s));
	fputs("</section>\n", f);
	return OK;
}

static void
sign_link(FILE *f, const char *trace)
{
	if (!*trace)
		return;
	fputs("<a href=\"#t-", f);
	html_text(f, trace);
	fputs("\">", f);
	html_text(f, trace);
	fputs("</a>", f);
}

static void
group_row(FILE *f, const struct group *g)
{
	fputs("<tr><td class=\"n\">", f);
	html_count(f, g->count);
	fputs("</td><th scope=\"row\">", f);
	svg_mark(f, g->state);
	fprintf(f, " %s", html_state(g->state));
	sign_link(f, g->reason);
	fputs("</th><td>", f);
	html_text(f, group_title(g));
	fputs("</td><td>", f);
	html_text(f, group_next(g));
	fputs("</td></tr>\n", f);
}

static void
reasons(FILE *f, const struct tally *t)
{
	fputs("<section>\n<h2 id=\"why\">2. Why, and what to do</h2>\n", f);
	if (t->rows == 0) {
		fputs("<p>There is nothing to explain.</p>\n</section>\n", f);
		return;
	}
	fputs(
	    "<table class=\"why\"><caption>Hosts by the first reason of their verdict; "
	    "<code>confine explain</code> tells more of each.</caption>\n"
	    "<thead><tr><th scope=\"col\" class=\"n\">Hosts</th>"
	    "<th scope=\"col\" class=\"id\">Verdict and reason</th>"
	    "<th scope=\"col\">What that means</th>"
	    "<th scope=\"col\">What to do</th></tr></thead>\n<tbody>\n",
	    f);
	for (size_t i = 0; i < t->groups; i++)
		group_row(f, &t->group[i]);
	fputs("</tbody></table>\n", f);
	if (t->rest > 0) {
		fputs("<p>", f);
		html_counted(f, t->rest, "host", "hosts");
		fputs(" more have reasons of their own: see section 3.</p>\n", f);
	}
	fputs("</section>\n", f);
}

static enum err
method(FILE *f, const struct view *view, const struct tally *t)
{
	fputs("<section>\n<h2 id=\"how\">4. How it was asked</h2>\n<dl class=\"how\">",
	      f);
	TRY(html_command(f, &view->run));
	fprintf(f, "</dd>\n<dt>Took</dt><dd>%.1f s", view->summary.seconds);
	fputs("</dd>\n<dt>Scope</dt><dd>", f);
	addresses(f, &view->summary, t);
	fputs(", ", f);
	html_count(f, view->summary.count[STATE_ABSENT]);
	fputs(" with nothing there</dd>\n<dt>Version</dt><dd>confine ", f);
	html_text(f, view->run.version);
	fputs("</dd></dl>\n"
	      "<p>A host is asked as any file-sharing neighbour would ask it: log on "
	      "without a name, open the Server service, let it shorten two short "
	      "paths, log off. The worm has put itself in front of that function, to "
	      "keep rivals out, and gives itself away by its answer; its later "
	      "variants also listen on ports that follow from the host’s address and "
	      "the week. Nothing is written, no password is guessed, and no hole is "
	      "tried.</p>\n"
	      "<p>What this cannot see: a machine that was off or behind a firewall, a "
	      "worm that lies on the disk without running or lives in another process, "
	      "and most of what happens on 64-bit Windows. What can fool it: software "
	      "that filters the same function, and honeypots.</p>\n",
	      f);
	if (tally_inside(t) > 0)
		fputs("<p>Inside a machine, its files and its registry were read as "
		      "they lie on the disk; looking changes nothing. What that "
		      "cannot see: a worm that is in memory only.</p>\n",
		      f);
	fputs("</section>\n", f);
	return OK;
}

static enum err
count_rows(struct view *view, const struct style *style, struct tally *t,
           struct survey *s)
{
	struct row row = { 0 };
	bool more = false;

	TRY(view->rewind(view, VIEW_BY_ADDRESS));
	for (;;) {
		TRY(tell_next(view, style, &row, &more));
		if (!more)
			break;
		tally_row(t, &row);
		survey_row(s, &row.verdict);
	}
	tally_sort(t);
	return OK;
}

static enum err
page(FILE *f, struct view *view, const struct style *style)
{
	OWN(own_mem) struct tally *t = calloc(1, sizeof *t);
	struct survey s = { 0 };
	bool inside = false;

	TRY(text_inside_is_for(view, style, &inside));
	if (inside)
		return html_inside_page(f, view, style);
	if (!t)
		return ERR_MEMORY;
	TRY(count_rows(view, style, t, &s));
	head(f, t);
	masthead(f, view, t);
	summary(f, &view->summary, t);
	TRY(map(f, view, style, t, &s));
	reasons(f, t);
	fputs("<section>\n<h2 id=\"hosts\">3. Host by host</h2>\n", f);
	TRY(html_hosts(f, view, style, t));
	fputs("</section>\n", f);
	TRY(method(f, view, t));
	fputs("<section>\n<h2 id=\"signs\">5. The signs in this report</h2>\n", f);
	html_signs(f, t);
	fputs("</section>\n", f);
	html_page_end(f);
	return tell_flush(f);
}

const struct format html_format = {
	.name = "html",
	.suffix = ".html",
	.page = page,
	.statuses = statuses_html_page,
	.changes = changes_html_page,
	.logons = logons_html,
};

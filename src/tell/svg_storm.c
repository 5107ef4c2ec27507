#include "tell/svg_storm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tell/html_text.h"
#include "tell/logons_words.h"

#define BINS 96   /* of a band: two for each spark of one that takes all the time */
#define BARS 28   /* units of height */
#define BAND 58   /* from one to the next */
#define BARS_Y 20 /* below the name */
#define AXIS 40   /* height of its letters */
#define TICKS_MOST 10
#define COLUMNS 26 /* of a name */

#define SECOND_MS 1000LL
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

struct axis {
	int64_t first_ms, last_ms; /* a minute at least */
};

struct bands {
	const struct attacker *at[BANDS_MOST];
	size_t count;
	struct axis axis;
};

/* ---- whom, and when */

static int
by_time(const void *x, const void *y)
{
	const struct attacker *a = *(const struct attacker *const *)x;
	const struct attacker *b = *(const struct attacker *const *)y;

	if (a->began_ms != b->began_ms)
		return a->began_ms < b->began_ms ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void
reach(struct axis *axis, int64_t ms)
{
	if (ms < axis->first_ms)
		axis->first_ms = ms;
	if (ms > axis->last_ms)
		axis->last_ms = ms;
}

/* The distance of its marks. */
static int64_t
step_of(const struct axis *axis)
{
	static const int64_t steps[] = { SECOND_MS,      5 * SECOND_MS,  10 * SECOND_MS,
		                         30 * SECOND_MS, MINUTE_MS,      5 * MINUTE_MS,
		                         10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS,
		                         3 * HOUR_MS,    6 * HOUR_MS,    12 * HOUR_MS,
		                         DAY_MS,         2 * DAY_MS,     7 * DAY_MS,
		                         14 * DAY_MS,    30 * DAY_MS,    90 * DAY_MS };
	int64_t span = axis->last_ms - axis->first_ms;

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		if (span / steps[i] < TICKS_MOST)
			return steps[i];
	}
	return (span / TICKS_MOST / DAY_MS + 1) * DAY_MS;
}

/* To a mark, where that costs little: then the first mark has a time. */
static void
round_down(struct axis *axis)
{
	int64_t step = step_of(axis);
	int64_t over = axis->first_ms % step;

	if (over > 0 && over < (axis->last_ms - axis->first_ms) / 20)
		axis->first_ms -= over;
}

static struct bands
choose(const struct told_logons *told)
{
	struct bands b = { .axis = { told->at->first_ms, told->at->last_ms } };

	b.count = told->attackers < BANDS_MOST ? told->attackers : BANDS_MOST;
	for (size_t i = 0; i < b.count; i++) {
		const struct attacker *a = b.at[i] = &told->at[i];

		reach(&b.axis, a->first_ms);
		reach(&b.axis, a->last_ms);
		if (a->locked_ms)
			reach(&b.axis, a->locked_ms);
		if (a->got_in_ms)
			reach(&b.axis, a->got_in_ms);
	}
	if (b.axis.last_ms - b.axis.first_ms < MINUTE_MS) {
		b.axis.first_ms -= MINUTE_MS / 2;
		b.axis.last_ms += MINUTE_MS / 2;
	}
	round_down(&b.axis);
	qsort(b.at, b.count, sizeof b.at[0], by_time);
	return b;
}

/* 0 for the first time, 1 for the last. */
static double
place(const struct axis *axis, int64_t ms)
{
	return (double)(ms - axis->first_ms) / (double)(axis->last_ms - axis->first_ms);
}

/* ---- the axis */

/* The marks from left to right. */
struct ruler {
	FILE *f;
	const struct axis *axis;
	int64_t step;
	unsigned bottom; /* where the bands end */
	unsigned count;
	char day[WHEN_ROOM]; /* or year, that was said last */
};

static void
letters(const struct ruler *r, double at, unsigned y, const char *words, int len)
{
	const char *anchor = at < 0.06 ? "start" : at > 0.94 ? "end" : "middle";

	fprintf(r->f,
	        "<text class=\"time\" text-anchor=\"%s\" x=\"%.2f%%\" "
	        "y=\"%u\">%.*s</text>",
	        anchor, at * 100, r->bottom + y, len, words);
}

/* The day, or the year, is said where it is another than before. */
static void
tick(struct ruler *r, int64_t ms)
{
	double at = place(r->axis, ms);
	bool is_days = r->step >= DAY_MS;
	int over = is_days ? 4 : 10;
	char when[WHEN_ROOM];

	when_text(when, ms);
	fprintf(r->f,
	        "<g%s><line class=\"tick\" x1=\"%.2f%%\" x2=\"%.2f%%\" "
	        "y2=\"%u\"/>",
	        r->count++ % 2 ? " class=\"odd\"" : "", at * 100, at * 100, r->bottom);
	letters(r, at, 14, is_days ? when + 5 : when + 11,
	        is_days || r->step >= MINUTE_MS ? 5 : 8);
	if (strncmp(r->day, when, (size_t)over) != 0)
		letters(r, at, 30, when, over);
	(void)snprintf(r->day, sizeof r->day, "%.*s", over, when);
	fputs("</g>\n", r->f);
}

static void
ticks(FILE *f, const struct axis *axis, unsigned bottom)
{
	struct ruler r = { f, axis, step_of(axis), bottom, 0, "" };
	int64_t at = axis->first_ms / r.step * r.step;

	for (; at <= axis->last_ms; at += r.step) {
		if (at >= axis->first_ms)
			tick(&r, at);
	}
}

/* ---- a band */

/* The sparks are in equal parts of its own time; the bins, of all. */
static void
fill(const struct axis *axis, const struct attacker *a, double bins[BINS])
{
	double begin = place(axis, a->first_ms) * BINS;
	double part = (place(axis, a->last_ms) * BINS - begin) / SPARKS;

	for (size_t i = 0; i < SPARKS; i++) {
		double from = begin + (double)i * part;
		double to = from + part;
		size_t first = from < BINS ? (size_t)from : BINS - 1;
		size_t last = to < BINS ? (size_t)to : BINS - 1;

		for (size_t k = first; k <= last; k++) {
			double left = from > (double)k ? from : (double)k;
			double right = to < (double)(k + 1) ? to : (double)(k + 1);
			double share = first == last ? 1 : (right - left) / part;

			bins[k] += share * a->sparks[i];
		}
	}
}

static void
bars(FILE *f, const double bins[BINS], unsigned y)
{
	double most = 0;

	for (size_t i = 0; i < BINS; i++)
		most = bins[i] > most ? bins[i] : most;
	fprintf(f,
	        "<svg y=\"%u\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	        "preserveAspectRatio=\"none\"><path class=\"f-i\" d=\"M0 %d",
	        y, BARS, BINS, BARS, BARS);
	for (size_t i = 0; i < BINS; i++) {
		double height = most > 0 ? bins[i] / most * BARS : 0;

		height = bins[i] > 0 && height < 1.5 ? 1.5 : height; /* it is seen */
		fprintf(f, "V%.1fH%zu", BARS - height, i + 1);
	}
	fprintf(f, "V%dZ\"/></svg>\n", BARS);
}

static void
event(FILE *f, const struct axis *axis, int64_t ms, const char *mark)
{
	if (ms)
		fprintf(f,
		        "<svg class=\"over\" x=\"%.2f%%\" y=\"%d\"><use "
		        "href=\"#%s\"/></svg>\n",
		        place(axis, ms) * 100, BARS_Y + BARS / 2, mark);
}

static void
band_title(FILE *f, const struct attacker *a, const char *called)
{
	char period[PERIOD_ROOM];
	char when[WHEN_ROOM];

	fputs("<title>", f);
	html_text(f, called);
	fputs(": ", f);
	html_counted(f, a->failures, "guess", "guesses");
	logons_period(a->first_ms, a->last_ms, period);
	fprintf(f, ", %s", period);
	if (a->locked_ms) {
		when_for_people(when, a->locked_ms);
		fprintf(f, "; an account was locked out at %s", when);
	}
	if (a->got_in_ms) {
		when_for_people(when, a->got_in_ms);
		fprintf(f, "; it got in at %s", when);
	}
	if (a->task_ms) {
		when_for_people(when, a->task_ms);
		fprintf(f, "; an At job was made there at %s", when);
	}
	fputs("</title>", f);
}

static void
band(FILE *f, const struct axis *axis, const struct attacker *a, unsigned y)
{
	char called[2 * ATTEMPT_TEXT];
	double bins[BINS] = { 0 };

	attacker_called(a, called);
	fill(axis, a, bins);
	fprintf(f, "<svg class=\"over\" y=\"%u\" height=\"%d\">", y, BAND);
	band_title(f, a, called);
	fputs("<text class=\"who\" y=\"13\"><tspan>", f);
	html_cut(f, a->workstation[0] ? a->workstation : called, COLUMNS);
	fputs("</tspan>", f);
	if (a->workstation[0] && a->address[0]) {
		fputs("<tspan class=\"much\" dx=\"6\">", f);
		html_text(f, a->address);
		fputs("</tspan>", f);
	}
	fputs("</text><text class=\"much\" x=\"100%\" y=\"13\" text-anchor=\"end\">",
	      f);
	html_count(f, a->failures);
	fprintf(
	    f, "</text><rect class=\"slot\" y=\"%d\" width=\"100%%\" height=\"%d\"/>\n",
	    BARS_Y, BARS);
	bars(f, bins, BARS_Y);
	event(f, axis, a->locked_ms, "e-lock");
	event(f, axis, a->got_in_ms, "e-in");
	fputs("</svg>\n", f);
}

/* ---- all of it */

static void
described(FILE *f, const struct bands *b)
{
	char period[PERIOD_ROOM];

	fputs("<title id=\"storm-t\">Guesses over time</title>\n"
	      "<desc id=\"storm-d\">A band for each of ",
	      f);
	html_counted(f, b->count, "machine that guesses", "machines that guess");
	logons_period(b->axis.first_ms, b->axis.last_ms, period);
	fprintf(f,
	        " passwords, from %s; who began first is on top. The table of machines "
	        "has the same in numbers.</desc>\n",
	        period);
}

static void
legend(FILE *f, const struct bands *b)
{
	bool has_locked = false;
	bool has_got_in = false;

	for (size_t i = 0; i < b->count; i++) {
		has_locked = has_locked || b->at[i]->locked_ms;
		has_got_in = has_got_in || b->at[i]->got_in_ms;
	}
	fputs("<ul class=\"legend\"><li><svg class=\"mark\" viewBox=\"0 0 15 15\" "
	      "aria-hidden=\"true\"><path class=\"f-i\" d=\"M0 15V9h5V2h5v5h5v8z\"/>"
	      "</svg> guesses, each band by its own most</li>",
	      f);
	if (has_locked)
		fputs("<li><svg class=\"mark\" viewBox=\"-7.5 -7.5 15 15\" "
		      "aria-hidden=\"true\"><use href=\"#e-lock\"/></svg> the first "
		      "account was locked out</li>",
		      f);
	if (has_got_in)
		fputs(
		    "<li><svg class=\"mark\" viewBox=\"-7.5 -7.5 15 15\" "
		    "aria-hidden=\"true\"><use href=\"#e-in\"/></svg> it got in, with "
		    "a password that it had been guessing</li>",
		    f);
	fputs("</ul>\n", f);
}

/* Locked out: a diamond.  Got in: a disc with a tick. */
static void
marks(FILE *f)
{
	fputs("<defs><path id=\"e-lock\" class=\"e-lock\" d=\"M0-7L7 0 0 7-7 0z\"/>"
	      "<g id=\"e-in\"><circle class=\"e-in\" r=\"6.5\"/><path class=\"on\" "
	      "d=\"M-3 .3l2 2.3 4-5\"/></g></defs>\n",
	      f);
}

void
svg_storm(FILE *f, const struct told_logons *told)
{
	const struct bands b = choose(told);
	unsigned bottom = (unsigned)b.count * BAND;

	fprintf(f,
	        "<svg class=\"storm\" width=\"100%%\" height=\"%u\" role=\"img\" "
	        "aria-labelledby=\"storm-t\" aria-describedby=\"storm-d\">\n",
	        bottom + AXIS);
	described(f, &b);
	marks(f);
	ticks(f, &b.axis, bottom);
	for (size_t i = 0; i < b.count; i++)
		band(f, &b.axis, b.at[i], (unsigned)i * BAND);
	fputs("</svg>\n", f);
	legend(f, &b);
	if (told->attackers == b.count)
		return;
	fputs("<p class=\"aside\">Drawn: the ", f);
	html_count(f, b.count);
	fputs(" likeliest; ", f);
	html_counted(f, told->attackers - b.count, "more is", "more are");
	fputs(" in the <a href=\"#machines\">table below</a>.</p>\n", f);
}

/*
 * What a source's attempts say of it, as points.  Each sign is a function of its own;
 * its words are a reason, and so are those that speak for a person, a service with an
 * old password, or a scanner.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "judge/storm_parts.h"

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define IN_EARNEST 10u /* guesses in a minute */
#define DAY_MS (24 * (int64_t)HOUR_MS)

/* The guesses of a source, and what it weighs by now. */
struct weighing {
	const struct judged_part *part;
	const struct told **guesses; /* of accounts that have names */
	size_t count;
	uint64_t *before; /* guesses before each; one behind the last as well */
	uint64_t total;
	int64_t span_ms;  /* the longest of one: how coarse the times are */
	uint32_t busiest; /* the account that was tried most */
	uint32_t busiest_tries;
	struct attacker *out;
};

/* A sign that there is or not: `points` for it, and its words. */
static void __attribute__((format(printf, 3, 4)))
sign(struct weighing *w, int points, const char *format, ...)
{
	va_list list;

	if (points == 0)
		return;
	w->out->points += points;
	if (w->out->reason_count == ATTACKER_REASONS)
		return;
	va_start(list, format);
	(void)vsnprintf(w->out->reasons[w->out->reason_count++], REASON_ROOM, format,
	                list);
	va_end(list);
}

/* The points of the highest step that `value` is not below. */
struct step {
	uint64_t least;
	int points;
};

static int
points_of(const struct step *steps, size_t count, uint64_t value)
{
	int points = 0;

	for (size_t i = 0; i < count; i++) {
		if (value >= steps[i].least)
			points = steps[i].points;
	}
	return points;
}
#define POINTS_OF(steps, value) \
	points_of(steps, sizeof(steps) / sizeof((steps)[0]), value)

/* ---- how many at once */

/* The most guesses in any `window_ms`, at least: what is folded may end outside. */
static uint64_t
most_within(const struct weighing *w, int64_t window_ms)
{
	size_t begin = 0;
	uint64_t most = 0;

	for (size_t end = 0; end < w->count; end++) {
		while (w->guesses[end]->time_ms - w->guesses[begin]->time_ms >=
		       window_ms)
			begin++;
		uint64_t now = w->before[end + 1] - w->before[begin];

		most = now > most ? now : most;
	}
	return w->span_ms ? (uint64_t)((double)most * (double)window_ms /
	                               (double)(window_ms + w->span_ms))
	                  : most;
}

/* Those that are forgotten were different ones. */
static uint64_t
different(const struct told *t)
{
	return t->account == ONCE ? t->count : 1;
}

/* The most different accounts in any `window_ms`; counters are left at 0. */
static uint64_t
accounts_within(const struct weighing *w, int64_t window_ms)
{
	uint32_t *tries = w->part->scratch;
	size_t begin = 0;
	uint64_t now = 0;
	uint64_t most = 0;

	if (w->span_ms >= window_ms) /* too coarse to tell */
		return 0;
	for (size_t end = 0; end < w->count; end++) {
		const struct told *t = w->guesses[end];

		for (; t->time_ms - w->guesses[begin]->time_ms >= window_ms; begin++) {
			const struct told *gone = w->guesses[begin];

			if (--tries[gone->account] == 0 || gone->account == ONCE)
				now -= different(gone);
		}
		if (tries[t->account]++ == 0 || t->account == ONCE)
			now += different(t);
		most = now > most ? now : most;
	}
	while (begin < w->count)
		tries[w->guesses[begin++]->account]--;
	return most;
}

/* The first minute that no person has; 0: there is none. */
static int64_t
first_minute(const struct weighing *w)
{
	size_t begin = 0;

	for (size_t end = 0; end < w->count; end++) {
		while (begin < end &&
		       told_end(w->guesses[end]) - w->guesses[begin]->time_ms >=
		           MINUTE_MS)
			begin++;
		bool is_minute =
		    told_end(w->guesses[end]) - w->guesses[begin]->time_ms < MINUTE_MS;

		if (is_minute && w->before[end + 1] - w->before[begin] >= IN_EARNEST)
			return w->guesses[begin]->time_ms;
	}
	return 0;
}

static void
weigh_rate(struct weighing *w)
{
	static const struct step per_minute[] = {
		{ 10, 1 }, { 30, 2 }, { 60, 3 }, { 300, 5 }
	};
	static const struct step per_hour[] = { { 100, 2 }, { 1000, 3 } };
	uint64_t minute = most_within(w, MINUTE_MS);
	uint64_t hour = most_within(w, HOUR_MS);

	sign(w, POINTS_OF(per_minute, minute), "rate:%" PRIu64 "/min", minute);
	sign(w, POINTS_OF(per_hour, hour), "rate:%" PRIu64 "/hour", hour);
}

/* ---- whom */

static void
weigh_accounts(struct weighing *w)
{
	static const struct step within_hour[] = {
		{ 3, 1 }, { 5, 2 }, { 10, 3 }, { 25, 4 }
	};
	uint64_t hour = accounts_within(w, HOUR_MS);
	bool is_no_human = accounts_within(w, MINUTE_MS) >= 20 ||
	                   accounts_within(w, SECOND_MS) >= 5;

	sign(w, POINTS_OF(within_hour, hour), "accounts:%" PRIu64 "/hour", hour);
	sign(w, is_no_human ? 3 : 0, "accounts-at-once");
}

/* Tries of each account; the counters are given back at 0. */
static void
weigh_tries(struct weighing *w)
{
	static const struct step of_one[] = { { 10, 1 }, { 50, 2 } };
	uint32_t *tries = w->part->scratch;

	for (size_t i = 0; i < w->count; i++) {
		const struct told *t = w->guesses[i];
		uint32_t account = t->account;

		if (tries[account] == 0 || account == ONCE)
			w->out->accounts += different(t);
		tries[account] += t->count;
		if (account <= ONCE || tries[account] <= w->busiest_tries)
			continue;
		w->busiest = account;
		w->busiest_tries = tries[account];
	}
	for (size_t i = 0; i < w->count; i++)
		tries[w->guesses[i]->account] = 0;
	sign(w, POINTS_OF(of_one, w->busiest_tries), "tries-of-one-account:%" PRIu32,
	     w->busiest_tries);
}

static void
weigh_administrators(struct weighing *w)
{
	uint32_t last = 0;

	for (size_t i = 0; i < w->count; i++) {
		uint32_t account = w->guesses[i]->account;

		if (account != last && storm_is_administrator(numbered_text(
					   &w->part->storm->accounts, account))) {
			sign(w, 1, "administrator");
			return;
		}
		last = account;
	}
}

/* All tries of one before the next, or the names one after the other. */
static void
weigh_order(struct weighing *w)
{
	const struct numbered *names = &w->part->storm->accounts;
	uint32_t *tries = w->part->scratch;
	uint32_t last = 0;
	uint64_t blocks = 0;
	int64_t end_ms = INT64_MIN;
	bool is_mixed = false; /* folded, so that it cannot be told */
	bool is_sorted = true;

	for (size_t i = 0; i < w->count; i++) {
		uint32_t account = w->guesses[i]->account;

		is_mixed = is_mixed || account <= ONCE ||
		           (account != last && w->guesses[i]->time_ms < end_ms);
		end_ms = told_end(w->guesses[i]);
		if (account == last)
			continue;
		blocks++;
		if (last && tries[account] == 0 &&
		    strcasecmp(numbered_text(names, last),
		               numbered_text(names, account)) > 0)
			is_sorted = false;
		tries[account]++;
		last = account;
	}
	for (size_t i = 0; i < w->count; i++)
		tries[w->guesses[i]->account] = 0;
	bool is_blocks = blocks == w->out->accounts && w->total > blocks;
	sign(w, w->out->accounts >= 5 && !is_mixed && (is_blocks || is_sorted) ? 1 : 0,
	     "accounts-in-order");
}

/* ---- on whom */

static void
weigh_targets(struct weighing *w)
{
	static const struct step targets[] = { { 2, 1 }, { 3, 2 }, { 10, 3 } };
	bool is_a_day = w->out->last_ms - w->out->first_ms <= DAY_MS;
	uint64_t count = w->out->target_count;

	sign(w, is_a_day || count >= 3 ? POINTS_OF(targets, count) : 0,
	     "targets:%" PRIu64, count);
}

/* ---- how */

static void
weigh_network(struct weighing *w)
{
	uint64_t network = 0;

	for (size_t i = 0; i < w->count; i++)
		network += w->guesses[i]->is_network ? w->guesses[i]->count : 0;
	sign(w, w->total >= 10 && network * 10 >= w->total * 9 ? 1 : 0, "network");
}

/* Different hours of one day, UTC, in which it was at work. */
static void
weigh_hours(struct weighing *w)
{
	int64_t day = INT64_MIN;
	unsigned hours = 0;
	int most = 0;

	for (size_t i = 0; i < w->count; i++) {
		int64_t its = w->guesses[i]->time_ms / DAY_MS;

		if (its != day)
			hours = 0;
		day = its;
		hours |= 1u << (w->guesses[i]->time_ms % DAY_MS / HOUR_MS & 31);
		int count = __builtin_popcount(hours);
		most = count > most ? count : most;
	}
	sign(w, most >= 12 ? 1 : 0, "hours-of-a-day:%d", most);
}

/* ---- what came of it */

static bool
is_guess(const struct told *t)
{
	return t->kind == ATTEMPT_GUESS || t->kind == ATTEMPT_BY_US;
}

/*
 * Had it been trying the account in the minutes before?  Asked of each attempt of the
 * part in its turn, for which the guesses before it have left their times.
 */
static bool
was_trying(const struct weighing *w, const struct told *t)
{
	int64_t last_ms = w->part->last_ms[t->account];

	return last_ms != 0 && t->time_ms - last_ms <= STORM_AFTER_MS;
}

static size_t
guesses_before(const struct weighing *w, int64_t time_ms)
{
	size_t low = 0;
	size_t high = w->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->guesses[middle]->time_ms < time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Did the account's owner, or whoever tried it, then know the password?  What is folded
 * may have ended later, and of that nothing follows. */
static bool
came_to_know(const struct weighing *w, const struct told *t)
{
	return t->kind == ATTEMPT_SUCCESS && !t->is_machine && was_trying(w, t) &&
	       w->part->last_ms[t->account] <= t->time_ms;
}

/* An At job on the machine that it got into. */
static void
note_task(struct weighing *w, const struct told *success)
{
	struct attacker *out = w->out;
	int64_t task_ms = storm_task_after(w->part->storm, success);

	if (!task_ms || (out->task_ms && out->task_ms <= task_ms))
		return;
	out->task_ms = task_ms;
	(void)text_copy(out->task_on, sizeof out->task_on,
	                numbered_text(&w->part->storm->targets, success->target));
}

/* What came after its guesses. */
struct came_of {
	uint64_t locked; /* accounts */
	bool is_own;     /* it knew the right password as well */
};

static void
note_after(struct weighing *w, const struct told *t, struct came_of *out)
{
	uint32_t *locked = &w->part->scratch[t->account];
	bool is_locked = t->kind == ATTEMPT_GUESS
	                     ? t->is_locked
	                     : t->kind == ATTEMPT_LOCKOUT && was_trying(w, t);

	if (is_locked)
		out->locked += (*locked)++ == 0;
	if (is_locked && !w->out->locked_ms)
		w->out->locked_ms = t->time_ms;
	if (!came_to_know(w, t))
		return;
	uint64_t tries = w->before[guesses_before(w, t->time_ms)] -
	                 w->before[guesses_before(w, t->time_ms - STORM_AFTER_MS)];
	out->is_own = true;
	note_task(w, t);
	if (tries >= 20 && !w->out->got_in_ms)
		w->out->got_in_ms = t->time_ms;
	w->out->got_in = w->out->got_in || tries >= 20;
}

/* Both scratches are given back at 0. */
static void
weigh_after(struct weighing *w)
{
	const struct judged_part *p = w->part;
	struct came_of c = { .locked = 0 };

	for (size_t i = 0; i < p->count; i++) {
		note_after(w, &p->at[i], &c);
		if (is_guess(&p->at[i]))
			p->last_ms[p->at[i].account] = told_end(&p->at[i]);
	}
	for (size_t i = 0; i < p->count; i++) {
		p->scratch[p->at[i].account] = 0;
		p->last_ms[p->at[i].account] = 0;
	}
	sign(w,
	     c.locked >= 5   ? 2
	     : c.locked >= 1 ? 1
	                     : 0,
	     "lockouts:%" PRIu64, c.locked);
	sign(w, w->out->got_in ? 2 : 0, "password-known");
	sign(w, w->out->task_ms ? 3 : 0, "then-an-at-job");
	sign(w, c.is_own && w->total < 31 ? -2 : 0, "then-the-right-password");
}

/* ---- what speaks for something harmless */

/* The gaps between the tries of its busiest account, which are five at least. */
struct gaps {
	double mean, deviation; /* ms */
	int64_t span_ms;
};

static struct gaps
gaps_of_busiest(const struct weighing *w)
{
	struct gaps gaps = { .mean = 0 };
	int64_t first_ms = INT64_MIN;
	int64_t last_ms = 0;
	double squares = 0;
	double count = -1;

	for (size_t i = 0; i < w->count; i++) {
		const struct told *t = w->guesses[i];

		if (t->account != w->busiest)
			continue;
		if (first_ms == INT64_MIN)
			first_ms = last_ms = t->time_ms;
		double gap = (double)(t->time_ms - last_ms);
		squares += gap * gap;
		if (t->count > 1) /* folded: even in itself, for all we know */
			squares += (double)t->span_ms * t->span_ms / (t->count - 1);
		last_ms = told_end(t);
		count += t->count;
	}
	gaps.span_ms = last_ms - first_ms;
	gaps.mean = (double)gaps.span_ms / count;
	gaps.deviation = sqrt(fmax(0, squares / count - gaps.mean * gaps.mean));
	return gaps;
}

/*
 * Nearly all for one account, at even gaps, for an hour and more: a service or a task
 * with an old password.  People on the same machine mistype as well.
 */
static void
weigh_regular(struct weighing *w)
{
	if (w->busiest_tries < 5 || w->busiest_tries * 10ull < w->total * 9)
		return;
	struct gaps gaps = gaps_of_busiest(w);
	bool is_even = gaps.span_ms >= HOUR_MS && gaps.mean > 20.0 * SECOND_MS &&
	               gaps.deviation < 0.3 * gaps.mean;

	sign(w, is_even ? -4 : 0, "service-with-an-old-password");
}

static void
weigh_harmless(struct weighing *w)
{
	size_t machines = 0;
	uint64_t nameless = w->out->failures - w->total;

	for (size_t i = 0; i < w->count; i++)
		machines += w->guesses[i]->is_machine;
	weigh_regular(w);
	sign(w, w->count > 0 && machines == w->count ? -4 : 0, "machine-accounts-only");
	sign(w, nameless * 10 >= w->out->failures * 9 ? -4 : 0, "no-account-names");
	sign(w, w->out->recovered == w->out->failures ? -1 : 0,
	     "recovered-records-only");
}

/* ---- all of it */

/* All failures: what has no name is told of, and weighs nothing. */
static void
take_guess(struct weighing *w, const struct told *t)
{
	struct attacker *out = w->out;

	if (out->failures == 0)
		out->first_ms = t->time_ms;
	if (out->failures == 0 || told_end(t) > out->last_ms)
		out->last_ms = told_end(t);
	out->failures += t->count;
	out->recovered += t->is_recovered ? t->count : 0;
	if (!t->account)
		return;
	w->guesses[w->count++] = t;
	w->total += t->count;
	w->before[w->count] = w->total;
	w->span_ms = t->span_ms > w->span_ms ? t->span_ms : w->span_ms;
}

static void
take_guesses(struct weighing *w)
{
	for (size_t i = 0; i < w->part->count; i++) {
		if (is_guess(&w->part->at[i]))
			take_guess(w, &w->part->at[i]);
	}
}

static void
draw_sparks(struct weighing *w)
{
	int64_t span_ms = w->out->last_ms - w->out->first_ms + 1;

	for (size_t i = 0; i < w->part->count; i++) {
		const struct told *t = &w->part->at[i];

		int64_t middle_ms = t->time_ms + t->span_ms / 2;

		if (is_guess(t))
			w->out->sparks[(middle_ms - w->out->first_ms) * SPARKS /
			               span_ms] += t->count;
	}
}

static void
weigh_signs(struct weighing *w)
{
	weigh_rate(w);
	weigh_accounts(w);
	weigh_tries(w);
	weigh_targets(w);
	weigh_administrators(w);
	weigh_network(w);
	weigh_order(w);
	weigh_hours(w);
	weigh_after(w);
	weigh_harmless(w);
	double p = w->out->points > 0 ? w->out->points : 0;
	w->out->score = 1 - exp2(-p / 4);
}

enum err
storm_weigh(const struct judged_part *part, const struct source *source,
            struct attacker *out)
{
	OWN(own_mem)
	const struct told **guesses = calloc(part->count + 1, sizeof(struct told *));
	OWN(own_mem) uint64_t *before = calloc(part->count + 1, sizeof *before);
	struct weighing w = {
		.part = part, .guesses = guesses, .before = before, .out = out
	};

	if (!guesses || !before)
		return ERR_MEMORY;
	take_guesses(&w);
	if (out->failures == 0)
		return OK;
	TRY(storm_count_targets(part, guesses, w.count, out));
	storm_name(part, source, out);
	draw_sparks(&w);
	weigh_signs(&w);
	int64_t began_ms = first_minute(&w);
	out->began_ms = began_ms ? began_ms : out->first_ms;
	return OK;
}

#include "judge/guesser.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "know/traces.h"

#define KEPT_MOST 4 /* of one host: of logs that tell of different times */

bool
guesser_is(const struct finding *f)
{
	return strcmp(f->trace, GUESSER_TRACE) == 0;
}

/* ---- the evidence */

/* "a, b, c": as much of the list as there is room for. */
static void
join(char *to, size_t room, const char *list, size_t count, size_t step)
{
	size_t at = 0;

	to[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const char *one = list + i * step;
		size_t len = strlen(one);

		if (at + len + sizeof ", …" >= room) {
			(void)snprintf(to + at, room - at, "…");
			return;
		}
		at += (size_t)snprintf(to + at, room - at, "%s%s", one,
		                       i + 1 < count ? ", " : "");
	}
}

void
guesser_finding(const struct attacker *a, const char *host, struct finding *out)
{
	char text[FIELD_TEXT_ROOM];
	char when[WHEN_ROOM];

	out->time_ms = a->last_ms;
	(void)text_copy(out->host, sizeof out->host, host);
	finding_number(out, "failures", (int64_t)a->failures);
	finding_number(out, "accounts", (int64_t)a->accounts);
	finding_number(out, "machines", (int64_t)a->target_count);
	when_text(when, a->first_ms);
	finding_text(out, "first", when);
	when_text(when, a->last_ms);
	finding_text(out, "last", when);
	(void)snprintf(text, sizeof text, "%.2f", a->score);
	finding_text(out, "score", text);
	join(text, sizeof text, a->reasons[0], a->reason_count, REASON_ROOM);
	finding_text(out, "reasons", text);
	if (a->workstation[0])
		finding_text(out, "workstation", a->workstation);
	join(out->where, sizeof out->where, a->targets[0].name, a->targets_shown,
	     sizeof a->targets[0]);
}

/* ---- one beside the others */

static const struct field *
field_of(const struct finding *f, const char *key)
{
	for (size_t i = 0; i < f->field_count; i++) {
		if (strcmp(f->fields[i].key, key) == 0)
			return &f->fields[i];
	}
	return NULL;
}

static int64_t
time_of(const struct finding *f, const char *key)
{
	const struct field *field = field_of(f, key);
	int64_t ms = f->time_ms;

	return field && when_from_text(field->text, &ms) ? ms : f->time_ms;
}

static int64_t
number_of(const struct finding *f, const char *key)
{
	const struct field *field = field_of(f, key);

	return field && !field->is_text ? field->number : 0;
}

/* Does `a` tell all of the storm that `b` tells of? */
static bool
covers(const struct finding *a, const struct finding *b)
{
	return time_of(a, "first") <= time_of(b, "first") &&
	       time_of(a, "last") >= time_of(b, "last") &&
	       number_of(a, "failures") >= number_of(b, "failures");
}

static void
drop(struct findings *all, size_t at)
{
	memmove(&all->at[at], &all->at[at + 1],
	        (all->count - at - 1) * sizeof all->at[0]);
	all->count--;
}

/* Of those that are kept the one that ended first; all->count where there is room. */
static size_t
one_too_many(const struct findings *all)
{
	size_t oldest = all->count;
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (!guesser_is(&all->at[i]))
			continue;
		kept++;
		if (oldest == all->count ||
		    all->at[i].time_ms < all->at[oldest].time_ms)
			oldest = i;
	}
	return kept < KEPT_MOST ? all->count : oldest;
}

bool
guesser_add(struct findings *all, const struct finding *f)
{
	for (size_t i = 0; i < all->count; i++) {
		if (guesser_is(&all->at[i]) && covers(&all->at[i], f))
			return false;
	}
	for (size_t i = all->count; i-- > 0;) {
		if (guesser_is(&all->at[i]) && covers(f, &all->at[i]))
			drop(all, i);
	}
	size_t oldest = one_too_many(all);
	if (oldest < all->count)
		drop(all, oldest);
	struct finding *own = trace_found(all, GUESSER_TRACE);
	struct finding row = *own;
	*own = *f;
	(void)text_copy(own->detector, sizeof own->detector, row.detector);
	(void)text_copy(own->trace, sizeof own->trace, row.trace);
	own->grade = row.grade;
	own->variants = row.variants;
	return true;
}

/* ---- what it comes to */

static bool
is_reason(const struct verdict *v)
{
	for (size_t i = 0; i < v->reason_count; i++) {
		if (strcmp(v->reasons[i], GUESSER_TRACE) == 0)
			return true;
	}
	return false;
}

/* Before the others, or behind them; of those the last gives way. */
static void
add_reason(struct verdict *v, bool leads)
{
	size_t count = v->reason_count < REASONS_MOST ? v->reason_count
	                                              : REASONS_MOST - 1;

	if (leads)
		memmove(v->reasons[1], v->reasons[0], count * TRACE_ROOM);
	(void)text_copy(v->reasons[leads ? 0 : count], TRACE_ROOM, GUESSER_TRACE);
	v->reason_count = count + 1;
}

void
guesser_judge(struct verdict *v)
{
	const struct trace *t = trace_find(GUESSER_TRACE);
	bool is_bad = v->state == STATE_INFECTED || v->state == STATE_SUSPECT;

	if (!is_reason(v))
		add_reason(v, !is_bad);
	if (is_bad || !t)
		return;
	v->state = STATE_SUSPECT;
	v->variants = t->variants;
	(void)text_copy(v->why, sizeof v->why, t->title);
	(void)text_copy(v->next, sizeof v->next, t->next);
}

bool
guesser_is_settled(const struct finding *f, const struct verdict *clean)
{
	return clean->inside && clean->state == STATE_CLEAN &&
	       clean->time_ms >= time_of(f, "last");
}

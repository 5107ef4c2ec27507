/*
 * The likely order of spread.  A machine that is attacked and later attacks has it from
 * one of those: from who logged on to it last before it began, else from who tried it
 * first.  Only what happened within a day is joined.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "judge/storm_parts.h"

#define DAY_MS (24 * 3600 * (int64_t)1000)

/* What one attacker did to another, until that one began. */
struct blow {
	uint64_t failures;
	int64_t attacked_ms, success_ms;
};

struct spreading {
	const struct storm *storm;
	const struct attacker *at;
	size_t count;
	uint32_t *of_target; /* the attacker that the target is, + 1 */
	uint32_t *of_source; /* the attacker that the source is, + 1 */
	struct blow *blows;  /* of the source at hand, by attacker */
	struct spread *best; /* by attacker; began_ms 0: none yet */
};

static void
own_spreading(struct spreading *w)
{
	free(w->of_target);
	free(w->of_source);
	free(w->blows);
	free(w->best);
}

static enum err
prepare(struct spreading *w)
{
	const struct storm *s = w->storm;

	w->of_target = calloc((size_t)s->targets.count + 1, sizeof *w->of_target);
	w->of_source = calloc((size_t)s->source_count + 1, sizeof *w->of_source);
	w->blows = calloc(w->count + 1, sizeof *w->blows);
	w->best = calloc(w->count + 1, sizeof *w->best);
	if (!w->of_target || !w->of_source || !w->blows || !w->best)
		return ERR_MEMORY;
	for (size_t i = w->count; i-- > 0;)
		w->of_source[w->at[i].source] = (uint32_t)i + 1;
	return OK;
}

/* What attackers are called, by number, and which of them it is. */
struct names {
	struct numbered names;
	uint32_t of[2 * SPREADERS_MOST + 1]; /* the attacker, + 1 */
};

static void
own_names(struct names **n)
{
	if (*n)
		numbered_free(&(*n)->names);
	free(*n);
}

/* Of several attackers that are called so, the most likely one. */
static enum err
add_name(struct names *n, const char *name, size_t attacker)
{
	uint32_t number = 0;

	TRY(numbered_of(&n->names, name, &number));
	if (number && !n->of[number])
		n->of[number] = (uint32_t)attacker + 1;
	return OK;
}

/* "WARD-3" and "ward-3.hospital.example" are one. */
static uint32_t
attacker_of(const struct names *n, const char *target)
{
	char host[ATTEMPT_TEXT];
	uint32_t number = numbered_find(&n->names, target);

	(void)text_copy(host, sizeof host, target);
	host[strcspn(host, ".")] = '\0';
	return n->of[number ? number : numbered_find(&n->names, host)];
}

static enum err
find_targets(struct spreading *w)
{
	OWN(own_names) struct names *n = calloc(1, sizeof *n);

	if (!n)
		return ERR_MEMORY;
	for (size_t i = 0; i < w->count; i++) {
		TRY(add_name(n, w->at[i].workstation, i));
		TRY(add_name(n, w->at[i].address, i));
	}
	for (uint32_t t = 1; t < w->storm->targets.count; t++)
		w->of_target[t] = attacker_of(n, numbered_text(&w->storm->targets, t));
	return OK;
}

static void
strike(struct spreading *w, size_t from, const struct told *t)
{
	size_t to = w->of_target[t->target];
	bool is_guess = t->kind == ATTEMPT_GUESS || t->kind == ATTEMPT_BY_US;

	if (to == 0 || to - 1 == from)
		return;
	int64_t began_ms = w->at[to - 1].began_ms;
	struct blow *b = &w->blows[to - 1];
	if (t->time_ms < w->at[from].began_ms || t->time_ms >= began_ms ||
	    t->time_ms < began_ms - DAY_MS)
		return;
	if (is_guess && b->failures == 0)
		b->attacked_ms = t->time_ms;
	if (is_guess)
		b->failures += t->count;
	if (t->kind == ATTEMPT_SUCCESS && !t->is_machine && b->failures > 0)
		b->success_ms = told_end(t) < began_ms ? told_end(t) : t->time_ms;
}

static bool
is_likelier(const struct blow *b, const struct spread *than)
{
	if (than->began_ms == 0)
		return true;
	if (b->success_ms != than->success_ms)
		return b->success_ms > than->success_ms;
	return b->attacked_ms < than->attacked_ms;
}

/* All that one source did, and then the counters are 0 again. */
static void
weigh_blows(struct spreading *w, size_t from)
{
	for (size_t to = 0; to < w->count; to++) {
		const struct blow *b = &w->blows[to];

		if (b->failures > 0 && is_likelier(b, &w->best[to]))
			w->best[to] =
			    (struct spread){ from,          to,
				             b->failures,   b->attacked_ms,
				             b->success_ms, w->at[to].began_ms };
	}
	memset(w->blows, 0, w->count * sizeof *w->blows);
}

static void
walk(struct spreading *w)
{
	const struct storm *s = w->storm;

	for (size_t i = 0; i < s->count; i++) {
		uint32_t from = w->of_source[s->at[i].source];

		if (from == 0)
			continue;
		strike(w, from - 1, &s->at[i]);
		if (i + 1 == s->count || s->at[i + 1].source != s->at[i].source)
			weigh_blows(w, from - 1);
	}
}

static int
by_time(const void *x, const void *y)
{
	const struct spread *a = x;
	const struct spread *b = y;

	if (a->began_ms != b->began_ms)
		return a->began_ms < b->began_ms ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

enum err
storm_spread(const struct storm *s, const struct attacker *at, size_t count,
             struct spread **out, size_t *out_count)
{
	OWN(own_spreading)
	struct spreading w = { .storm = s,
		               .at = at,
		               .count = count < SPREADERS_MOST ? count
		                                               : SPREADERS_MOST };
	size_t kept = 0;

	*out = NULL;
	*out_count = 0;
	if (w.count < 2)
		return OK;
	TRY(prepare(&w));
	TRY(find_targets(&w));
	walk(&w);
	for (size_t i = 0; i < w.count; i++) {
		if (w.best[i].began_ms)
			w.best[kept++] = w.best[i];
	}
	qsort(w.best, kept, sizeof *w.best, by_time);
	*out = GIVE(w.best);
	*out_count = kept;
	return OK;
}

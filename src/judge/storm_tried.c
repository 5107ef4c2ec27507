/*
 * The other side of a storm: which accounts and machines are tried most, whoever does
 * it.  What is typed once or twice into the field of a name is often a password, so an
 * account is only named where it is known to exist, or was tried again and again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "judge/storm_parts.h"

#define TRIES_OF_A_NAME 10

/* What is counted of each, by number. */
struct counted {
	uint64_t failures;
	int64_t first_ms, last_ms;
	uint32_t sources, last_source;
	bool is_locked, got_in, is_known;
};

static void
count_failures(struct counted *c, const struct told *t)
{
	if (c->failures == 0 || t->time_ms < c->first_ms)
		c->first_ms = t->time_ms;
	if (c->failures == 0 || told_end(t) > c->last_ms)
		c->last_ms = told_end(t);
	c->failures += t->count;
	c->sources += c->last_source != t->source;
	c->last_source = t->source;
	c->is_locked = c->is_locked || t->is_locked;
	c->is_known = c->is_known || t->is_known;
}

static void
count(struct counted *c, const struct told *t)
{
	if (t->kind == ATTEMPT_GUESS || t->kind == ATTEMPT_BY_US)
		count_failures(c, t);
	c->got_in = c->got_in || t->kind == ATTEMPT_SUCCESS;
	c->is_locked = c->is_locked || t->kind == ATTEMPT_LOCKOUT;
}

/* ---- the most of them */

/* A heap whose top is the one to give way: the least tried that is told of. */
struct most {
	const struct counted *all;
	uint32_t at[TRIED_MOST];
	size_t count;
};

static bool
is_before(const struct most *m, uint32_t a, uint32_t b)
{
	const struct counted *x = &m->all[a];
	const struct counted *y = &m->all[b];

	return x->failures != y->failures ? x->failures > y->failures : a < b;
}

static void
sink(struct most *m, size_t at)
{
	for (;;) {
		size_t last = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
			if (child < m->count && is_before(m, m->at[last], m->at[child]))
				last = child;
		}
		if (last == at)
			return;
		uint32_t number = m->at[at];
		m->at[at] = m->at[last];
		m->at[last] = number;
		at = last;
	}
}

static void
offer(struct most *m, uint32_t number)
{
	if (m->count == TRIED_MOST) {
		if (!is_before(m, number, m->at[0]))
			return;
		m->at[0] = number;
		sink(m, 0);
		return;
	}
	m->at[m->count++] = number;
	for (size_t i = m->count / 2; m->count == TRIED_MOST && i-- > 0;)
		sink(m, i);
}

static int
by_failures(const void *x, const void *y)
{
	const struct tried *a = x;
	const struct tried *b = y;

	if (a->failures != b->failures)
		return a->failures > b->failures ? -1 : 1;
	if (a->sources != b->sources)
		return a->sources > b->sources ? -1 : 1;
	return strcmp(a->name, b->name);
}

static enum err
pick(const struct counted *all, const struct numbered *names, struct tried_list *out)
{
	OWN(own_mem) struct most *m = malloc(sizeof *m);

	if (!m)
		return ERR_MEMORY;
	m->all = all;
	m->count = 0;
	for (uint32_t i = ONCE + 1; i < names->count; i++) {
		const struct counted *c = &all[i];
		bool is_name = c->is_known || c->is_locked || c->got_in ||
		               c->failures >= TRIES_OF_A_NAME;

		out->total += c->failures > 0;
		if (c->failures > 0 && is_name)
			offer(m, i);
	}
	out->at = calloc(m->count + 1, sizeof *out->at);
	if (!out->at)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->count; i++) {
		const struct counted *c = &all[m->at[i]];
		struct tried *t = &out->at[out->count++];

		*t = (struct tried){ .failures = c->failures,
			             .sources = c->sources,
			             .first_ms = c->first_ms,
			             .last_ms = c->last_ms,
			             .is_locked = c->is_locked,
			             .got_in = c->got_in };
		(void)text_copy(t->name, sizeof t->name,
		                numbered_text(names, m->at[i]));
	}
	qsort(out->at, out->count, sizeof *out->at, by_failures);
	return OK;
}

void
tried_list_free(struct tried_list *list)
{
	free(list->at);
	*list = (struct tried_list){ .count = 0 };
}

/* They lie in order of their sources, so that one is met in a row. */
enum err
storm_accounts(const struct storm *s, struct tried_list *out)
{
	OWN(own_mem)
	struct counted *all = calloc((size_t)s->accounts.count + 1, sizeof *all);

	*out = (struct tried_list){ .count = 0 };
	if (!all)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->count; i++)
		count(&all[s->at[i].account], &s->at[i]);
	return pick(all, &s->accounts, out);
}

enum err
storm_targets(const struct storm *s, struct tried_list *out)
{
	OWN(own_mem)
	struct counted *all = calloc((size_t)s->targets.count + 1, sizeof *all);

	*out = (struct tried_list){ .count = 0 };
	if (!all)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->count; i++) {
		count(&all[s->at[i].target], &s->at[i]);
		all[s->at[i].target].is_known = true;
	}
	return pick(all, &s->targets, out);
}

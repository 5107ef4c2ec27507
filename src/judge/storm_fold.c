/*
 * A storm in bounded memory.  When the store is full, attempts that differ in nothing
 * but their time become one with a count: first those within a second of each other,
 * then more, and only of the sources that have more than their share, so that the
 * quiet ones stay as they were.  Sums stay exact; times become as coarse as the span
 * says, and no sign is made stronger by it.  Names and accounts that one source has
 * used once, and that are many, are forgotten and counted, and counted again where they
 * come again.  Where even that makes no room, the sources that tried least go, and are
 * counted as passed over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "judge/storm_parts.h"

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define WEEKS_MS (28 * (int64_t)DAY_MS) /* fits in span_ms */

#define SHARE_LEAST 16
#define ACCOUNTS_MANY 1000
#define SELDOM_MOST (1u << 16)
#define SOURCES_MOST (NUMBERED_MOST / 2) /* so that there is room for new ones */

static size_t
goal(const struct storm *s)
{
	return s->most / 2;
}

static size_t
good_enough(const struct storm *s)
{
	return s->most / 4 * 3;
}

/* ---- in order */

static int
compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_keys(const struct told *a, const struct told *b)
{
	int order = compare(a->address, b->address);

	if (order == 0)
		order = compare(a->name, b->name);
	if (order == 0)
		order = compare(a->target, b->target);
	if (order == 0)
		order = compare(a->account, b->account);
	if (order == 0)
		order = compare(a->kind, b->kind);
	if (order == 0)
		order = compare(a->told, b->told);
	return order ? order : compare(a->flags, b->flags);
}

static int
by_key(const void *x, const void *y)
{
	const struct told *a = x;
	const struct told *b = y;
	int order = compare_keys(a, b);

	return order ? order : compare(a->time_ms, b->time_ms);
}

static bool
is_same_source(const struct told *a, const struct told *b)
{
	if (a->address || b->address)
		return a->address == b->address;
	return a->name == b->name && (a->name || a->target == b->target);
}

/* The end of the source that begins there. */
static size_t
source_end(const struct storm *s, size_t begin)
{
	size_t end = begin + 1;

	while (end < s->count && is_same_source(&s->at[begin], &s->at[end]))
		end++;
	return end;
}

static size_t
count_sources(const struct storm *s)
{
	size_t sources = 0;

	for (size_t begin = 0; begin < s->count; begin = source_end(s, begin))
		sources++;
	return sources;
}

/* As many as each source may have, if all had the same. */
static size_t
share_of_each(const struct storm *s)
{
	size_t sources = count_sources(s);

	return sources * SHARE_LEAST > goal(s) ? SHARE_LEAST : goal(s) / (sources + 1);
}

/* ---- folding */

static bool
take_in(struct told *into, const struct told *t, int64_t level_ms)
{
	int64_t end_ms = told_end(t) > told_end(into) ? told_end(t) : told_end(into);

	if (compare_keys(into, t) != 0 || end_ms - into->time_ms > level_ms ||
	    into->count > UINT32_MAX - t->count)
		return false;
	into->span_ms = (uint32_t)(end_ms - into->time_ms);
	into->count += t->count;
	return true;
}

static void
fold_to(struct storm *s, int64_t level_ms)
{
	size_t share = share_of_each(s);
	size_t kept = 0;

	for (size_t begin = 0; begin < s->count;) {
		size_t end = source_end(s, begin);
		bool is_large = end - begin > share;
		size_t first = kept;

		for (; begin < end; begin++) {
			if (is_large && kept > first &&
			    take_in(&s->at[kept - 1], &s->at[begin], level_ms))
				continue;
			s->at[kept++] = s->at[begin];
		}
	}
	s->count = kept;
}

/* ---- the numbers that it has */

/* Where it has a number of a table. */
typedef uint32_t *place(struct told *);

static uint32_t *
account_at(struct told *t)
{
	return &t->account;
}

static uint32_t *
name_at(struct told *t)
{
	return &t->name;
}

static uint32_t *
address_at(struct told *t)
{
	return &t->address;
}

static uint32_t *
target_at(struct told *t)
{
	return &t->target;
}

/* ---- names that nothing has any more */

static enum err
sweep(struct storm *s, struct numbered *names, place *at)
{
	if (!numbered_is_crowded(names))
		return OK;
	OWN(own_mem) uint32_t *marks = calloc((size_t)names->count + 2, sizeof *marks);
	if (!marks)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->count; i++)
		marks[*at(&s->at[i])] = 1;
	marks[0] = 0;
	marks[OTHERS] = marks[ONCE] = 1;
	TRY(numbered_keep(names, marks));
	for (size_t i = 0; i < s->count; i++)
		*at(&s->at[i]) = marks[*at(&s->at[i])];
	return OK;
}

static enum err
sweep_all(struct storm *s)
{
	TRY(sweep(s, &s->accounts, account_at));
	TRY(sweep(s, &s->workstations, name_at));
	TRY(sweep(s, &s->addresses, address_at));
	return sweep(s, &s->targets, target_at);
}

/* ---- forgetting */

/* What is forgotten: which a source has used so seldom, where these are many. */
struct forgetting {
	place *at;
	struct numbered *of;
	size_t many;
	uint32_t seldom;
	uint32_t *uses; /* by number: all 0, and left so */
};

/* A success has to be found again; and where only a name says who it is, it stays. */
static bool
may_forget(const struct told *t, const struct forgetting *f)
{
	return t->kind != ATTEMPT_SUCCESS && (f->at != name_at || t->address);
}

static bool
is_seldom(const struct forgetting *f, uint32_t number)
{
	return number > ONCE && f->uses[number] <= f->seldom;
}

static void
forget_of(struct storm *s, size_t begin, size_t end, const struct forgetting *f)
{
	size_t seldom = 0;

	/* The source is not known yet: its place keeps the number till the end. */
	for (size_t i = begin; i < end; i++) {
		s->at[i].source = *f->at(&s->at[i]);
		f->uses[s->at[i].source] += s->at[i].count;
	}
	for (size_t i = begin; i < end; i++)
		seldom += is_seldom(f, s->at[i].source);
	for (size_t i = begin; i < end && seldom > f->many; i++) {
		if (is_seldom(f, s->at[i].source) && may_forget(&s->at[i], f))
			*f->at(&s->at[i]) = f->seldom == 1 ? ONCE : OTHERS;
	}
	for (size_t i = begin; i < end; i++) {
		f->uses[s->at[i].source] = 0;
		s->at[i].source = 0;
	}
}

static enum err
forget(struct storm *s, struct forgetting f)
{
	OWN(own_mem) uint32_t *uses = calloc((size_t)f.of->count + 1, sizeof *uses);

	if (!uses)
		return ERR_MEMORY;
	f.uses = uses;
	for (size_t begin = 0; begin < s->count;) {
		size_t end = source_end(s, begin);

		if (end - begin > f.many)
			forget_of(s, begin, end, &f);
		begin = end;
	}
	qsort(s->at, s->count, sizeof *s->at, by_key);
	fold_to(s, SECOND_MS);
	return sweep(s, f.of, f.at);
}

/* What was used once; and while there is no room for others, what was used little. */
static enum err
forget_seldom(struct storm *s, struct numbered *of, place *at, size_t many)
{
	for (uint32_t seldom = 1; seldom <= SELDOM_MOST; seldom *= 4) {
		if (seldom > 1 && !numbered_is_crowded(of))
			return OK;
		TRY(forget(s, (struct forgetting){ at, of, many, seldom, NULL }));
	}
	return OK;
}

/* ---- passing over */

/* The sources that have no more than that. */
static void
pass_over(struct storm *s, uint64_t most)
{
	size_t kept = 0;

	for (size_t begin = 0; begin < s->count;) {
		size_t end = source_end(s, begin);
		uint64_t all = 0;

		for (size_t i = begin; i < end; i++)
			all += s->at[i].count;
		for (size_t i = begin; i < end && all > most; i++)
			s->at[kept++] = s->at[i];
		s->counts.passed_over += all > most ? 0 : all;
		begin = end;
	}
	s->count = kept;
}

static enum err
make_room(struct storm *s)
{
	static const int64_t fine_ms[] = { 10 * SECOND_MS, MINUTE_MS };
	static const int64_t coarse_ms[] = { 10 * MINUTE_MS, HOUR_MS, DAY_MS,
		                             WEEKS_MS };

	fold_to(s, SECOND_MS);
	if (s->count > goal(s) || numbered_is_crowded(&s->workstations))
		TRY(forget_seldom(s, &s->workstations, name_at, FORGED_NAMES));
	for (size_t i = 0; i < sizeof fine_ms / sizeof fine_ms[0]; i++) {
		if (s->count > goal(s))
			fold_to(s, fine_ms[i]);
	}
	if (s->count > goal(s) || numbered_is_crowded(&s->accounts))
		TRY(forget_seldom(s, &s->accounts, account_at, ACCOUNTS_MANY));
	for (size_t i = 0; i < sizeof coarse_ms / sizeof coarse_ms[0]; i++) {
		if (s->count > goal(s))
			fold_to(s, coarse_ms[i]);
	}
	return OK;
}

/* Of a source that alone has too many, it is only counted what it did. */
static enum err
make_one_of_it(struct storm *s)
{
	const struct {
		place *at;
		struct numbered *of;
	} all[] = { { account_at, &s->accounts },
		    { target_at, &s->targets },
		    { name_at, &s->workstations } };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (s->count <= good_enough(s))
			return OK;
		TRY(forget(s,
		           (struct forgetting){ all[i].at, all[i].of, share_of_each(s),
		                                UINT32_MAX, NULL }));
		fold_to(s, WEEKS_MS);
	}
	return OK;
}

enum err
storm_fold(struct storm *s)
{
	TRY(storm_drop_copies(s));
	qsort(s->at, s->count, sizeof *s->at, by_key);
	TRY(make_room(s));
	TRY(make_one_of_it(s));
	for (uint64_t most = 1;
	     s->count > good_enough(s) || count_sources(s) > SOURCES_MOST; most *= 2)
		pass_over(s, most);
	return sweep_all(s);
}

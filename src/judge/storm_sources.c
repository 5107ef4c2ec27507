/*
 * Whose attempt it was.  An address is the other side's own; a name is what it calls
 * itself, and is joined to an address only where the logs show that one address, on
 * about that day, has it.  Who takes another name each time has none.
 */
#include <stdlib.h>

#include "base/own.h"
#include "judge/storm_parts.h"

#define TWINS_MS 2000              /* between the two that tell one attempt */
#define NEIGHBOURS_MOST 512        /* 60 a second are 240 */
#define ADDRESSES_MOST 64          /* of a name: more are several, whatever they are */
#define JOIN_MS (24 * 3600 * 1000) /* names and addresses age */

static int
compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* ---- twins */

static int
by_account(const void *x, const void *y)
{
	const struct told *a = x;
	const struct told *b = y;
	int order = compare(a->account, b->account);

	if (order == 0)
		order = compare(a->name, b->name);
	if (order == 0)
		order = compare(a->time_ms, b->time_ms);
	if (order == 0)
		order = compare(a->told, b->told);
	if (order == 0)
		order = compare(a->target, b->target);
	return order ? order : compare(a->address, b->address);
}

/* Between the two; less than 0 where one begins in the other. */
static int64_t
gap_ms(const struct told *a, const struct told *b)
{
	const struct told *first = a->time_ms <= b->time_ms ? a : b;
	const struct told *second = first == a ? b : a;

	return second->time_ms - told_end(first);
}

static bool
may_be_twins(const struct told *a, const struct told *b)
{
	return a->account == b->account && a->name == b->name &&
	       gap_ms(a, b) <= TWINS_MS;
}

static bool
is_free_logon(const struct told *t, uint32_t taken)
{
	return t->kind == ATTEMPT_GUESS && t->told == TOLD_BY_LOGON && taken < t->count;
}

/* The nearest logon that no other check was for; count: none.  Among so many at once
 * that one is as good as another, only some are looked at. */
static size_t
twin_of(const struct storm *s, size_t i, const uint32_t *taken)
{
	size_t best = s->count;
	size_t least = i > NEIGHBOURS_MOST ? i - NEIGHBOURS_MOST : 0;
	size_t most = s->count - i > NEIGHBOURS_MOST ? i + NEIGHBOURS_MOST : s->count;
	const struct told *check = &s->at[i];

	for (size_t k = i; k-- > least && may_be_twins(check, &s->at[k]);) {
		if (is_free_logon(&s->at[k], taken[k])) {
			best = k;
			break;
		}
	}
	for (size_t k = i + 1; k < most && may_be_twins(check, &s->at[k]); k++) {
		if (!is_free_logon(&s->at[k], taken[k]))
			continue;
		if (best == s->count ||
		    gap_ms(check, &s->at[k]) < gap_ms(check, &s->at[best]))
			best = k;
		break;
	}
	return best;
}

/* Pairs a check with as many logons as it counts, as far as there are any. */
static void
pair_off(struct storm *s, size_t i, uint32_t *taken)
{
	struct told *check = &s->at[i];

	while (check->count > 0) {
		size_t twin = twin_of(s, i, taken);

		if (twin == s->count)
			return;
		uint32_t left = s->at[twin].count - taken[twin];
		uint32_t both = left < check->count ? left : check->count;

		taken[twin] += both;
		check->count -= both;
		s->counts.twice += both;
	}
	check->kind = 0;
}

/* What is behind the end of a log may be in front of it as well. */
static bool
is_copy(const struct told *a, const struct told *b)
{
	return a->is_recovered != b->is_recovered && a->time_ms == b->time_ms &&
	       a->account == b->account && a->name == b->name &&
	       a->address == b->address && a->target == b->target &&
	       a->kind == b->kind && a->told == b->told && a->count == b->count &&
	       a->span_ms == b->span_ms;
}

static void
mark_copies(struct storm *s)
{
	for (size_t i = 1; i < s->count; i++) {
		if (!is_copy(&s->at[i - 1], &s->at[i]))
			continue;
		/* The one that stays is the current one, and next to the next. */
		s->at[i].is_recovered = false;
		s->at[i - 1].kind = 0;
	}
}

static void
drop_marked(struct storm *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (s->at[i].kind)
			s->at[kept++] = s->at[i];
	}
	s->count = kept;
}

enum err
storm_drop_copies(struct storm *s)
{
	if (!s->has_recovered)
		return OK;
	qsort(s->at, s->count, sizeof *s->at, by_account);
	mark_copies(s);
	drop_marked(s);
	return OK;
}

enum err
storm_drop_twins(struct storm *s)
{
	OWN(own_mem) uint32_t *taken = calloc(s->count + 1, sizeof *taken);

	if (!taken)
		return ERR_MEMORY;
	qsort(s->at, s->count, sizeof *s->at, by_account);
	mark_copies(s);
	for (size_t i = 0; i < s->count; i++) {
		if (s->at[i].kind == ATTEMPT_GUESS && s->at[i].told == TOLD_BY_NTLM)
			pair_off(s, i, taken);
	}
	drop_marked(s);
	return OK;
}

/* ---- names and addresses */

struct pair {
	uint32_t name, address;
	int64_t first_ms, last_ms;
	uint64_t count;
};

struct pairs {
	struct pair *at;
	size_t count;
	bool *is_forger; /* by address */
};

static void
own_pairs(struct pairs *p)
{
	free(p->at);
	free(p->is_forger);
}

static int
by_address(const void *x, const void *y)
{
	const struct pair *a = x;
	const struct pair *b = y;
	int order = compare(a->address, b->address);

	if (order == 0)
		order = compare(a->name, b->name);
	return order ? order : compare(a->first_ms, b->first_ms);
}

static int
by_name(const void *x, const void *y)
{
	const struct pair *a = x;
	const struct pair *b = y;
	int order = compare(a->name, b->name);

	return order ? order : compare(a->address, b->address);
}

/* Those that are the same become one. */
static void
merge(struct pairs *p)
{
	size_t kept = 0;

	qsort(p->at, p->count, sizeof *p->at, by_address);
	for (size_t i = 0; i < p->count; i++) {
		struct pair *last = kept ? &p->at[kept - 1] : NULL;

		if (!last || last->address != p->at[i].address ||
		    last->name != p->at[i].name) {
			p->at[kept++] = p->at[i];
			continue;
		}
		last->count += p->at[i].count;
		if (p->at[i].last_ms > last->last_ms)
			last->last_ms = p->at[i].last_ms;
	}
	p->count = kept;
}

/* Which addresses take another name each time. */
static void
find_forgers(struct pairs *p)
{
	for (size_t begin = 0; begin < p->count;) {
		size_t end = begin;
		uint64_t names = 0;
		uint64_t once = 0;
		uint32_t address = p->at[begin].address;

		for (; end < p->count && p->at[end].address == address; end++) {
			bool is_many = p->at[end].name == ONCE;

			names += is_many ? p->at[end].count : 1;
			once += is_many ? p->at[end].count : p->at[end].count == 1;
		}
		p->is_forger[address] = names > FORGED_NAMES && once > names / 2;
		begin = end;
	}
}

static enum err
find_pairs(const struct storm *s, struct pairs *out)
{
	out->at = calloc(s->count + 1, sizeof *out->at);
	out->is_forger = calloc((size_t)s->addresses.count + 1, sizeof *out->is_forger);
	if (!out->at || !out->is_forger)
		return ERR_MEMORY;
	for (size_t i = 0; i < s->count; i++) {
		const struct told *t = &s->at[i];

		if (t->name && t->address)
			out->at[out->count++] = (struct pair){ t->name, t->address,
				                               t->time_ms, told_end(t),
				                               t->count };
	}
	merge(out);
	find_forgers(out);
	qsort(out->at, out->count, sizeof *out->at, by_name);
	return OK;
}

static size_t
first_of_name(const struct pairs *p, uint32_t name)
{
	size_t low = 0;
	size_t high = p->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->at[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The one address that has this name on about that day; 0: none, or several. */
static uint32_t
address_of(const struct pairs *p, const struct told *t)
{
	uint32_t found = 0;
	size_t first = first_of_name(p, t->name);

	for (size_t i = first; i < p->count && p->at[i].name == t->name; i++) {
		if (i - first == ADDRESSES_MOST)
			return 0;
		const struct pair *pair = &p->at[i];

		if (t->time_ms < pair->first_ms - JOIN_MS ||
		    t->time_ms > pair->last_ms + JOIN_MS || p->is_forger[pair->address])
			continue;
		if (found)
			return 0;
		found = pair->address;
	}
	return found;
}

/* ---- sources */

/* Numbers by key, in the order of the keys' own numbers. */
struct keys {
	uint32_t *of_address, *of_name, *of_itself, *of_target;
};

static void
own_keys(struct keys *k)
{
	free(k->of_address);
	free(k->of_name);
	free(k->of_itself);
	free(k->of_target);
}

static enum err
make_keys(const struct storm *s, struct keys *k)
{
	size_t names = (size_t)s->workstations.count + 1;

	k->of_address = calloc((size_t)s->addresses.count + 1, sizeof *k->of_address);
	k->of_name = calloc(names, sizeof *k->of_name);
	k->of_itself = calloc(names, sizeof *k->of_itself);
	k->of_target = calloc((size_t)s->targets.count + 1, sizeof *k->of_target);
	return k->of_address && k->of_name && k->of_itself && k->of_target ? OK
	                                                                   : ERR_MEMORY;
}

static enum err
add_source(struct storm *s, struct source source, uint32_t *number)
{
	if (*number)
		return OK;
	if (s->source_count + 1 >= s->source_room) {
		uint32_t room = s->source_room ? 2 * s->source_room : 256;
		struct source *at = realloc(s->sources, room * sizeof *at);

		if (!at)
			return ERR_MEMORY;
		s->sources = at;
		s->source_room = room;
	}
	s->sources[++s->source_count] = source;
	*number = s->source_count;
	return OK;
}

static enum err
give_source(struct storm *s, const struct pairs *p, struct keys *k, struct told *t)
{
	uint32_t address = t->address;
	struct source source = { .address = 0 };
	uint32_t *number = &k->of_target[t->target];

	if (!address && t->name > ONCE)
		address = address_of(p, t);
	if (t->kind == ATTEMPT_BY_US) {
		source = (struct source){ .name = t->name, .is_itself = true };
		number = &k->of_itself[t->name];
	} else if (address) {
		source.address = address;
		number = &k->of_address[address];
	} else if (t->name > ONCE) {
		source.name = t->name;
		number = &k->of_name[t->name];
	} else {
		source.target = t->target;
	}
	TRY(add_source(s, source, number));
	t->source = *number;
	return OK;
}

static int
by_source(const void *x, const void *y)
{
	const struct told *a = x;
	const struct told *b = y;
	int order = compare(a->source, b->source);

	if (order == 0)
		order = compare(a->time_ms, b->time_ms);
	if (order == 0)
		order = compare(a->account, b->account);
	if (order == 0)
		order = compare(a->target, b->target);
	if (order == 0)
		order = compare(a->name, b->name);
	return order ? order : compare(a->kind, b->kind);
}

/* Pairs are in order of their names. */
static enum err
find_several(struct storm *s, const struct pairs *p)
{
	free(s->is_of_several);
	s->is_of_several = calloc((size_t)s->workstations.count + 1,
	                          sizeof *s->is_of_several);
	if (!s->is_of_several)
		return ERR_MEMORY;
	for (size_t i = 1; i < p->count; i++) {
		if (p->at[i].name == p->at[i - 1].name)
			s->is_of_several[p->at[i].name] = true;
	}
	return OK;
}

enum err
storm_find_sources(struct storm *s)
{
	OWN(own_pairs) struct pairs pairs = { .count = 0 };
	OWN(own_keys) struct keys keys = { NULL, NULL, NULL, NULL };

	TRY(find_pairs(s, &pairs));
	TRY(find_several(s, &pairs));
	TRY(make_keys(s, &keys));
	for (size_t i = 0; i < s->count; i++) {
		if (s->at[i].kind)
			TRY(give_source(s, &pairs, &keys, &s->at[i]));
	}
	qsort(s->at, s->count, sizeof *s->at, by_source);
	return OK;
}

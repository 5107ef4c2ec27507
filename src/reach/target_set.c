#include "reach/target_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/own.h"

#define RANGES_MOST (16u << 20)
#define PATTERNS_MOST 4096 /* each costs every step of a walk a look */
#define WIDES_MOST 4096
#define IPV4_MIDDLE 0xFFFFu

/* New ranges are sorted in when there are so many, plus a quarter of the old. */
#define UNSORTED_MOST 65536

bool
target_net_is_ipv4(const struct target_net *n)
{
	return n->high == 0 && n->middle == IPV4_MIDDLE;
}

static uint32_t
be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void
put_be32(uint8_t *b, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		b[i] = (uint8_t)(v >> (24 - 8 * i));
}

struct target_spot
target_spot_of(const struct address *a)
{
	if (a->family == 4)
		return (struct target_spot){ { .middle = IPV4_MIDDLE },
			                     be32(a->bytes) };
	return (struct target_spot){
		.net = { .high = (uint64_t)be32(a->bytes) << 32 | be32(a->bytes + 4),
		         .middle = be32(a->bytes + 8),
		         .scope = a->scope },
		.low = be32(a->bytes + 12),
	};
}

struct address
target_spot_address(const struct target_spot *s)
{
	struct address a = { .family = 4 };

	if (target_net_is_ipv4(&s->net)) {
		put_be32(a.bytes, s->low);
		return a;
	}
	a.family = 6;
	a.scope = s->net.scope;
	put_be32(a.bytes, (uint32_t)(s->net.high >> 32));
	put_be32(a.bytes + 4, (uint32_t)s->net.high);
	put_be32(a.bytes + 8, s->net.middle);
	put_be32(a.bytes + 12, s->low);
	return a;
}

void
target_set_free(struct target_set *s)
{
	free(s->ranges);
	free(s->patterns);
	free(s->wides);
	*s = (struct target_set){ 0 };
}

/* Makes room for one more of `size` bytes. */
static enum err
grow(void *array, size_t *room, size_t count, size_t size)
{
	void **at = array;

	if (count < *room)
		return OK;
	size_t more = *room ? *room * 2 : 16;
	void *moved = realloc(*at, more * size);
	if (!moved)
		return ERR_MEMORY;
	*at = moved;
	*room = more;
	return OK;
}

enum err
target_set_add_range(struct target_set *s, const struct target_range *r)
{
	if (s->range_count - s->settled > UNSORTED_MOST + s->settled / 4)
		TRY(target_set_settle(s));
	if (s->range_count >= RANGES_MOST)
		return ERR_LIMIT;
	TRY(grow(&s->ranges, &s->range_room, s->range_count, sizeof *r));
	s->ranges[s->range_count++] = *r;
	return OK;
}

enum err
target_set_add_octets(struct target_set *s, const struct octets *o)
{
	if (s->pattern_count >= PATTERNS_MOST)
		return ERR_LIMIT;
	TRY(grow(&s->patterns, &s->pattern_room, s->pattern_count,
	         sizeof *s->patterns));
	s->patterns[s->pattern_count++] = (struct target_pattern){ *o, s->in_patterns };
	s->in_patterns += octets_count(o);
	return OK;
}

enum err
target_set_add_wide(struct target_set *s, const struct target_wide *w)
{
	if (s->wide_count >= WIDES_MOST)
		return ERR_LIMIT;
	TRY(grow(&s->wides, &s->wide_room, s->wide_count, sizeof *w));
	s->wides[s->wide_count++] = *w;
	return OK;
}

static int
net_order(const struct target_net *a, const struct target_net *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->middle != b->middle)
		return a->middle < b->middle ? -1 : 1;
	return (a->scope > b->scope) - (a->scope < b->scope);
}

static int
range_order(const void *x, const void *y)
{
	const struct target_range *a = x;
	const struct target_range *b = y;
	int nets = net_order(&a->net, &b->net);

	return nets ? nets : (a->first > b->first) - (a->first < b->first);
}

/* Joins sorted ranges that overlap or touch; returns how many are left. */
static size_t
join(struct target_range *r, size_t count)
{
	size_t kept = 0;

	for (size_t i = 1; i < count; i++) {
		struct target_range *last = &r[kept];

		if (net_order(&last->net, &r[i].net) != 0 ||
		    (uint64_t)last->last + 1 < r[i].first)
			r[++kept] = r[i];
		else if (r[i].last > last->last)
			last->last = r[i].last;
	}
	return count ? kept + 1 : 0;
}

/* Two sorted runs, one behind the other, become one; `spare` holds the second. */
static void
merge(struct target_range *r, size_t first, const struct target_range *spare,
      size_t second)
{
	while (second > 0) {
		bool from_first = first > 0 &&
		                  range_order(&r[first - 1], &spare[second - 1]) > 0;
		size_t to = first + second - 1;

		r[to] = from_first ? r[--first] : spare[--second];
	}
}

enum err
target_set_settle(struct target_set *s)
{
	size_t count = s->range_count - s->settled;

	if (count == 0)
		return OK;
	struct target_range *fresh = s->ranges + s->settled;
	qsort(fresh, count, sizeof *fresh, range_order);
	count = join(fresh, count);

	OWN(own_mem) struct target_range *spare = malloc(count * sizeof *spare);
	if (!spare)
		return ERR_MEMORY;
	memcpy(spare, fresh, count * sizeof *spare);
	merge(s->ranges, s->settled, spare, count);
	s->range_count = join(s->ranges, s->settled + count);
	s->settled = s->range_count;
	s->in_ranges = 0;
	for (size_t i = 0; i < s->range_count; i++) {
		s->ranges[i].before = s->in_ranges;
		s->in_ranges += (uint64_t)s->ranges[i].last - s->ranges[i].first + 1;
	}
	return OK;
}

static bool
ranges_have(const struct target_set *s, const struct target_spot *spot)
{
	size_t low = 0;
	size_t high = s->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct target_range *r = &s->ranges[middle];
		int nets = net_order(&r->net, &spot->net);

		if (nets < 0 || (nets == 0 && r->last < spot->low))
			low = middle + 1;
		else if (nets > 0 || r->first > spot->low)
			high = middle;
		else
			return true;
	}
	return false;
}

static bool
patterns_have(const struct target_set *s, size_t count, const struct target_spot *spot)
{
	if (count == 0 || !target_net_is_ipv4(&spot->net))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (octets_has(&s->patterns[i].octets, spot->low))
			return true;
	}
	return false;
}

/* Are the first `bits` of both words the same? */
static bool
same_bits(uint64_t a, uint64_t b, unsigned bits)
{
	return bits == 0 || (a ^ b) >> (64 - bits) == 0;
}

static bool
wide_has(const struct target_wide *w, const struct target_net *n)
{
	unsigned high = w->bits < 64 ? w->bits : 64;

	return same_bits(w->net.high, n->high, high) &&
	       same_bits((uint64_t)w->net.middle << 32, (uint64_t)n->middle << 32,
	                 w->bits - high) &&
	       (w->net.scope == 0 || w->net.scope == n->scope);
}

static bool
wides_have(const struct target_set *s, const struct target_spot *spot)
{
	if (target_net_is_ipv4(&spot->net))
		return false;
	for (size_t i = 0; i < s->wide_count; i++) {
		if (wide_has(&s->wides[i], &spot->net))
			return true;
	}
	return false;
}

bool
target_set_has(const struct target_set *s, const struct target_spot *spot)
{
	return ranges_have(s, spot) || patterns_have(s, s->pattern_count, spot) ||
	       wides_have(s, spot);
}

uint64_t
target_set_count(const struct target_set *s)
{
	return s->in_ranges + s->in_patterns;
}

static struct target_spot
range_spot(const struct target_set *s, uint64_t index)
{
	size_t low = 0;
	size_t high = s->range_count;

	while (high - low > 1) { /* the last range that begins at or before it */
		size_t middle = low + (high - low) / 2;

		if (s->ranges[middle].before <= index)
			low = middle;
		else
			high = middle;
	}
	const struct target_range *r = &s->ranges[low];
	return (struct target_spot){ r->net, r->first + (uint32_t)(index - r->before) };
}

bool
target_set_at(const struct target_set *s, uint64_t index, struct target_spot *out)
{
	if (index < s->in_ranges) {
		*out = range_spot(s, index);
		return true;
	}
	index -= s->in_ranges;

	size_t i = s->pattern_count - 1;
	while (s->patterns[i].before > index)
		i--;
	const struct target_pattern *p = &s->patterns[i];
	*out = (struct target_spot){ { .middle = IPV4_MIDDLE },
		                     octets_at(&p->octets, index - p->before) };
	return !ranges_have(s, out) && !patterns_have(s, i, out);
}

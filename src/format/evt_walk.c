#include "format/evt_walk.h"

#include "format/evt_bytes.h"

#define FIXED 56 /* bytes of a record before its names */
#define RECORD_LEAST (FIXED + 4)
#define FILLER 0x27u /* in words, where no fixed part has room at the end */
#define END_LEN 40u
#define END_FIRST 0x11111111u
#define END_LAST 0x44444444u
#define END_OLDEST 20 /* places in it */
#define END_OWN 24
#define END_NEXT 28
#define SEARCH_LEAST 4096
#define AHEAD 2048
#define CACHE_LINE 64

uint32_t
evt_ring_word(const struct evt *e, size_t at)
{
	return evt_u32(e->file, at < e->ring_end ? at : at - e->ring_end + e->ring_at);
}

/* ---- end records */

bool
evt_is_end(const struct evt *e, size_t at)
{
	if (at % 4 != 0 || at < e->ring_at || at >= e->ring_end)
		return false;
	for (uint32_t i = 1; i <= 4; i++) {
		if (evt_ring_word(e, at + 4 * (size_t)i) != i * END_FIRST)
			return false;
	}
	uint32_t oldest = evt_ring_word(e, at + END_OLDEST);
	return evt_ring_word(e, at) == END_LEN &&
	       evt_ring_word(e, at + END_LEN - 4) == END_LEN &&
	       evt_ring_word(e, at + END_OWN) == at && oldest % 4 == 0 &&
	       oldest >= e->ring_at && (oldest < e->ring_end || e->found.is_cut);
}

struct end {
	bool found;
	size_t at;
	uint32_t next;
};

static void
consider(const struct evt *e, size_t at, struct end *best)
{
	if (!evt_is_end(e, at))
		return;
	uint32_t next = evt_ring_word(e, at + END_NEXT);
	if (!best->found || next > best->next)
		*best = (struct end){ true, at, next };
}

/*
 * Of the four words in a row that tell an end record, one stands at a multiple of 16:
 * only these are looked at.
 */
bool
evt_find_end(const struct evt *e, size_t *at)
{
	struct end best = { 0 };

	for (size_t i = 0; i < e->ring_end; i += 16) {
		uint32_t word = evt_u32(e->file, i);

		if (word - END_FIRST > END_LAST - END_FIRST || word % END_FIRST != 0)
			continue;
		size_t before = word / END_FIRST * 4;
		if (before <= i)
			consider(e, i - before, &best);
	}
	for (size_t i = 4; i < END_LEN && i <= e->ring_end; i += 4)
		consider(e, e->ring_end - i, &best);
	*at = best.at;
	return best.found;
}

/* ---- records */

/* The length that a record at a part's beginning says; 0: none begins there. */
static size_t
said_len(const struct evt *e, struct evt_part part)
{
	if (part.left < RECORD_LEAST)
		return 0;
	size_t len = evt_ring_word(e, part.at);
	if (len < RECORD_LEAST || len % 4 != 0 || len > part.left ||
	    evt_ring_word(e, part.at + 4) != EVT_MARK)
		return 0;
	return len;
}

/* Is the length there again, at the end?  Else something has been written over it. */
static bool
is_whole(const struct evt *e, struct evt_part part, size_t len)
{
	return len != 0 && evt_ring_word(e, part.at + len - 4) == len;
}

static void
pass(const struct evt *e, struct evt_part *part, size_t len)
{
	part->at += len;
	part->left -= len;
	if (part->at >= e->ring_end)
		part->at = part->at - e->ring_end + e->ring_at;
}

/* Bytes of filler up to the end of the ring; 0: it is none. */
static size_t
filler_len(const struct evt *e, struct evt_part part)
{
	size_t len = e->ring_end - part.at;

	if (len >= FIXED || len > part.left)
		return 0;
	for (size_t i = 0; i < len; i += 4) {
		if (evt_ring_word(e, part.at + i) != FILLER)
			return 0;
	}
	return len;
}

/* How far it is to where a record may begin, of which the mark has been looked for in
 * `most` bytes or some more; never nothing. */
static size_t
way_to_mark(const struct evt *e, struct evt_part part, size_t most)
{
	size_t len = e->ring_end - part.at;

	len = part.left < len ? part.left : len;
	most = most < SEARCH_LEAST ? SEARCH_LEAST : most / 4 * 4;
	len = most < len ? most : len;
	size_t way = 8;
	while (way < len && evt_u32(e->file, part.at + way) != EVT_MARK)
		way += 4;
	return way - 4;
}

/* Gives the record with these bytes; none, bad, where it is too large. */
static void
set_bytes(struct evt *e, size_t at, size_t len, struct span *out)
{
	size_t before = e->ring_end - at;

	out->at = len <= before ? &e->file.at[at] : e->wrapped;
	out->left = len;
	out->bad = false;
	if (len > EVT_RECORD_MOST) {
		*out = (struct span){ .bad = true };
	} else if (len > before) {
		(void)span_copy(span_at(e->file, at, before), e->wrapped, before);
		(void)span_copy(span_at(e->file, e->ring_at, len - before),
		                e->wrapped + before, len - before);
	}
}

/*
 * Has as much of what comes fetched as has been passed.  Of a record that nobody wants
 * its two ends are read and not what is between, a way through memory that processors
 * do not foresee: without this, each of them waits for it.
 */
static void
look_ahead(struct span file, size_t at, size_t len)
{
	size_t end = at + AHEAD + (len < AHEAD ? len : AHEAD);

	for (at += AHEAD; at < end && at < file.left; at += CACHE_LINE)
		__builtin_prefetch(&file.at[at]);
}

/* How far to go on where there is no whole record. */
static size_t
way_on(struct evt *e, const struct evt_part *part, size_t most)
{
	size_t len = filler_len(e, *part);

	if (len != 0)
		return len;
	e->found.gaps += !e->is_lost && part == &e->current;
	e->is_lost = true;
	return way_to_mark(e, *part, most);
}

static bool
next_of(struct evt *e, struct evt_part *part, size_t *work, struct evt_place *out)
{
	bool is_older = part == &e->older;

	while (part->left > 0 && *work > 0) {
		size_t at = part->at;
		size_t len = said_len(e, *part);
		bool whole = is_whole(e, *part, len);
		size_t passed = whole ? len : way_on(e, part, *work);

		look_ahead(e->file, at, passed);
		pass(e, part, passed);
		*work -= passed < *work ? passed : *work;
		if (!whole && !(is_older && len != 0))
			continue;
		e->is_lost &= !whole;
		set_bytes(e, at, whole ? len : SIZE_MAX, &out->bytes);
		out->offset = at;
		out->is_recovered = is_older;
		return true;
	}
	return false;
}

bool
evt_next(struct evt *e, size_t *work, struct evt_place *out)
{
	return next_of(e, &e->current, work, out) || next_of(e, &e->older, work, out);
}

bool
evt_is_done(const struct evt *e)
{
	return e->current.left == 0 && e->older.left == 0;
}

bool
evt_has_record(const struct evt *e)
{
	struct evt_part part = { e->ring_at, e->ring_end - e->ring_at };

	while (part.left > 0 && !is_whole(e, part, said_len(e, part)))
		pass(e, &part, way_to_mark(e, part, part.left));
	return part.left > 0;
}

#include "format/evt_walk.h"

#define FIXED 56 /* bytes of a record before its names */
#define RECORD_LEAST (FIXED + 4)
#define FILLER 0x27u /* in words, where no fixed part has room at the end */
#define SEARCH_LEAST 4096

/* ---- the view */

void
evt_fetch(struct evt *e, uint64_t at, size_t len)
{
	uint64_t left = e->ring_end - at;
	size_t wanted = left < len ? (size_t)left : len;

	if (at >= e->view_at && at + wanted <= e->view_at + e->view_len)
		return;
	if (wanted < e->source.ahead)
		wanted = left < e->source.ahead ? (size_t)left : e->source.ahead;
	e->source.read(e->source.with, at, e->view, wanted);
	e->view_at = at;
	e->view_len = wanted;
}

uint32_t
evt_far_word(const struct evt *e, uint64_t at)
{
	uint8_t bytes[4] = { 0 };
	uint64_t in_ring = at < e->ring_end ? at : at - e->ring_end + e->ring_at;

	if (e->ring_end >= sizeof bytes && in_ring <= e->ring_end - sizeof bytes)
		e->source.read(e->source.with, in_ring, bytes, sizeof bytes);
	return evt_u32((struct span){ .at = bytes, .left = sizeof bytes }, 0);
}

/* ---- records */

/* The length that a record at a part's beginning says; 0: none begins there. */
static size_t
said_len(const struct evt *e, struct evt_part part)
{
	if (part.left < RECORD_LEAST)
		return 0;
	uint32_t len = evt_ring_word(e, part.at);
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
pass(const struct evt *e, struct evt_part *part, uint64_t len)
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
	uint64_t len = e->ring_end - part.at;

	if (len >= FIXED || len > part.left)
		return 0;
	for (size_t i = 0; i < len; i += 4) {
		if (evt_ring_word(e, part.at + i) != FILLER)
			return 0;
	}
	return (size_t)len;
}

/* How far it is to where a record may begin, of which the mark has been looked for in
 * `most` bytes or some more; never nothing. */
static size_t
way_to_mark(struct evt *e, struct evt_part part, size_t most)
{
	uint64_t len = e->ring_end - part.at;

	len = part.left < len ? part.left : len;
	most = most > EVT_RECORD_MOST ? EVT_RECORD_MOST : most;
	most = most < SEARCH_LEAST ? SEARCH_LEAST : most / 4 * 4;
	len = most < len ? most : len;
	evt_look(e, part.at, (size_t)len);
	size_t way = 8;
	while (way < len && evt_ring_word(e, part.at + way) != EVT_MARK)
		way += 4;
	return way - 4;
}

/* Gives the record with these bytes; none, bad, where it is too large. */
static void
set_bytes(struct evt *e, uint64_t at, size_t len, struct span *out)
{
	uint64_t before = e->ring_end - at;

	out->at = e->wrapped;
	out->left = len;
	out->bad = false;
	if (len > EVT_RECORD_MOST) {
		*out = (struct span){ .bad = true };
	} else if (len > before) {
		size_t first = (size_t)before;

		e->source.read(e->source.with, at, e->wrapped, first);
		e->source.read(e->source.with, e->ring_at, e->wrapped + first,
		               len - first);
	} else {
		evt_look(e, at, len);
		out->at = &e->view[at - e->view_at];
	}
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
		uint64_t at = part->at;

		evt_look(e, at, RECORD_LEAST);
		size_t len = said_len(e, *part);
		if (len <= EVT_RECORD_MOST)
			evt_look(e, at, len);
		bool whole = is_whole(e, *part, len);
		size_t passed = whole ? len : way_on(e, part, *work);

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
	if (e->is_searching && !evt_search(e, work))
		return false;
	return next_of(e, &e->current, work, out) || next_of(e, &e->older, work, out);
}

bool
evt_is_done(const struct evt *e)
{
	return !e->is_searching && e->current.left == 0 && e->older.left == 0;
}

bool
evt_has_record(struct evt *e)
{
	struct evt_part part = { e->ring_at, e->ring_end - e->ring_at };

	while (part.left > 0 && !is_whole(e, part, said_len(e, part)))
		pass(e, &part, way_to_mark(e, part, EVT_RECORD_MOST));
	return part.left > 0;
}

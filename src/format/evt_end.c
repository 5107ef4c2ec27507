/*
 * Which end of a log is the true one, and so which of its records are current.
 */
#include "format/evt_walk.h"

#define SAID_AT 16 /* in the header */
#define END_LEN 40u
#define END_FIRST 0x11111111u
#define END_LAST 0x44444444u
#define END_OLDEST 20 /* places in it; from here on the header's four words */
#define END_OWN 24
#define END_NEXT 28
#define STRIDE 16
#define LOOKED_AT EVT_RECORD_MOST /* bytes, together */

struct said {
	uint32_t oldest_at, end_at; /* places */
	uint32_t next, oldest;      /* numbers */
};

static struct said
said_at(const struct evt *e, uint64_t at)
{
	struct said said;

	said.oldest_at = evt_ring_word(e, at);
	said.end_at = evt_ring_word(e, at + 4);
	said.next = evt_ring_word(e, at + 8);
	said.oldest = evt_ring_word(e, at + 12);
	return said;
}

static bool
is_same(struct said a, struct said b)
{
	return a.oldest_at == b.oldest_at && a.end_at == b.end_at && a.next == b.next &&
	       a.oldest == b.oldest;
}

/* The place of an end record that says that it stands there. */
static bool
is_end(const struct evt *e, uint64_t at)
{
	if (at % 4 != 0 || at < e->ring_at || at >= e->ring_end)
		return false;
	for (uint32_t i = 1; i <= 4; i++) {
		if (evt_ring_word(e, at + 4 * (uint64_t)i) != i * END_FIRST)
			return false;
	}
	uint32_t oldest = evt_ring_word(e, at + END_OLDEST);
	return evt_ring_word(e, at) == END_LEN &&
	       evt_ring_word(e, at + END_LEN - 4) == END_LEN &&
	       evt_ring_word(e, at + END_OWN) == at && oldest % 4 == 0 &&
	       oldest >= e->ring_at && (oldest < e->ring_end || e->found.is_cut);
}

/* ---- what is current, and what is older */

static bool
is_inside(const struct evt *e, uint32_t at)
{
	return at % 4 == 0 && at >= e->ring_at && at < e->ring_end;
}

/*
 * Where one of both places is in a part of the file that is lost, what there is of the
 * current records lies at its beginning, or reaches to its end.  The end record counts
 * as older: there is no record in it.
 */
static void
divide_at(struct evt *e, const struct said *said)
{
	uint64_t ring = e->ring_end - e->ring_at;
	uint64_t from = is_inside(e, said->oldest_at) ? said->oldest_at : e->ring_at;
	uint64_t to = is_inside(e, said->end_at) ? said->end_at : e->ring_end;
	bool is_round = to < from;

	e->found.next = said->next;
	e->found.oldest = said->oldest;
	e->found.is_wrapped |= is_round;
	e->current = (struct evt_part){ from, is_round ? to + ring - from : to - from };
	e->older = (struct evt_part){ to, ring - e->current.left };
	if (to >= e->ring_end)
		e->older.at = e->ring_at;
}

void
evt_divide(struct evt *e)
{
	struct said header = said_at(e, SAID_AT);

	e->found.has_end = !e->found.is_dirty && is_end(e, header.end_at) &&
	                   is_same(header,
	                           said_at(e, (uint64_t)header.end_at + END_OLDEST));
	e->is_searching = !e->found.has_end;
	if (e->found.has_end)
		divide_at(e, &header);
}

/* ---- the search */

static void
consider(struct evt *e, uint64_t at)
{
	if (!is_end(e, at))
		return;
	uint32_t next = evt_ring_word(e, at + END_NEXT);
	if (!e->newest.is_there || next > e->newest.next)
		e->newest = (struct evt_end){ true, at, next };
}

/*
 * Of the four words in a row that tell an end record, one stands at a multiple of 16:
 * only these are looked at.
 */
static void
search_some(struct evt *e, uint64_t from, uint64_t to)
{
	evt_look(e, from, (size_t)(to - from));
	for (uint64_t i = from; i < to; i += STRIDE) {
		uint32_t word = evt_ring_word(e, i);

		if (word - END_FIRST > END_LAST - END_FIRST || word % END_FIRST != 0)
			continue;
		uint32_t before = word / END_FIRST * 4;
		if (before <= i)
			consider(e, i - before);
	}
}

/* What the end record says where there is one to be believed, else the header. */
static void
end_search(struct evt *e)
{
	struct said header = said_at(e, SAID_AT);
	struct said said = header;

	for (uint32_t i = 4; i < END_LEN && i <= e->ring_end; i += 4)
		consider(e, e->ring_end - i);
	e->found.has_end = e->newest.is_there;
	if (e->found.has_end) {
		said = said_at(e, e->newest.at + END_OLDEST);
		e->found.is_dirty |= !is_same(header, said);
	}
	divide_at(e, &said);
	e->is_searching = false;
}

bool
evt_search(struct evt *e, size_t *work)
{
	while (e->searched < e->ring_end) {
		uint64_t left = e->ring_end - e->searched;
		uint64_t len = left < LOOKED_AT ? left : LOOKED_AT;

		if (*work == 0)
			return false;
		search_some(e, e->searched, e->searched + len);
		e->searched += len;
		*work -= len < *work ? (size_t)len : *work;
	}
	end_search(e);
	return true;
}

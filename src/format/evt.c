#include "format/evt.h"

#include <string.h>

#include "format/evt_bytes.h"
#include "format/evt_record.h"
#include "format/evt_walk.h"

#define HEADER_LEN 48u
#define SAID_AT 16 /* in the header */
#define SIZE_AT 32
#define FLAGS_AT 36
#define DIRTY 1u
#define WRAPPED 2u
#define END_SAID_AT 20 /* in an end record: the same four words */

struct said {
	uint32_t oldest_at, end_at; /* places */
	uint32_t next, oldest;      /* numbers */
};

/* ---- which end is the true one */

static struct said
said_at(const struct evt *e, size_t at)
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

/* What the end record says where there is one to be believed, else the header. */
static struct said
believed(struct evt *e)
{
	struct said header = said_at(e, SAID_AT);
	size_t at = header.end_at;

	e->found.has_end = !e->found.is_dirty && evt_is_end(e, at) &&
	                   is_same(header, said_at(e, at + END_SAID_AT));
	if (e->found.has_end)
		return header;
	e->found.has_end = evt_find_end(e, &at);
	if (!e->found.has_end)
		return header;
	struct said end = said_at(e, at + END_SAID_AT);
	e->found.is_dirty |= !is_same(header, end);
	return end;
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
divide(struct evt *e, const struct said *said)
{
	size_t ring = e->ring_end - e->ring_at;
	size_t from = is_inside(e, said->oldest_at) ? said->oldest_at : e->ring_at;
	size_t to = is_inside(e, said->end_at) ? said->end_at : e->ring_end;
	bool is_round = to < from;

	e->found.next = said->next;
	e->found.oldest = said->oldest;
	e->found.is_wrapped |= is_round;
	e->current = (struct evt_part){ from, is_round ? to + ring - from : to - from };
	e->older = (struct evt_part){ to, ring - e->current.left };
	if (to >= e->ring_end)
		e->older.at = e->ring_at;
}

enum heard
evt_begin(struct evt *e, struct span file)
{
	memset(e, 0, sizeof *e);
	if (file.bad || file.left < HEADER_LEN)
		return HEARD_SHORT;
	e->file = file;
	e->ring_end = file.left / 4 * 4;
	if (evt_u32(file, 0) != HEADER_LEN || evt_u32(file, 4) != EVT_MARK) {
		e->found.is_carved = true;
		e->older.left = e->ring_end;
		return evt_has_record(e) ? HEARD : HEARD_ODD;
	}
	e->ring_at = HEADER_LEN;
	e->found.is_cut = file.left < evt_u32(file, SIZE_AT);
	e->found.is_dirty = (evt_u32(file, FLAGS_AT) & DIRTY) != 0;
	e->found.is_wrapped = (evt_u32(file, FLAGS_AT) & WRAPPED) != 0;
	struct said said = believed(e);
	divide(e, &said);
	return HEARD;
}

/* ---- events */

struct taker {
	struct evt *evt;
	log_event_seen seen;
	void *with;
	struct log_tally *tally;
};

static void
note_number(struct evt *e, uint32_t number)
{
	e->found.jumps += e->has_number && number != e->number + 1;
	e->has_number = true;
	e->number = number;
}

static void
note_time(struct log_tally *tally, uint64_t time)
{
	if (tally->first == 0 || time < tally->first)
		tally->first = time;
	if (time > tally->last)
		tally->last = time;
}

static void
count(struct taker *t, const struct evt_place *place)
{
	if (place->is_recovered) {
		t->tally->recovered++;
		return;
	}
	t->tally->records++;
	if (place->bytes.bad) {
		t->evt->has_number = false;
		return;
	}
	note_number(t->evt, evt_record_number(place->bytes));
	note_time(t->tally, evt_record_time(place->bytes));
}

static void
take(struct taker *t, const struct evt_place *place)
{
	struct log_event event;

	count(t, place);
	if (place->bytes.bad) {
		t->tally->undecodable++;
		return;
	}
	if (!evt_record_is_security(place->bytes))
		return;
	t->tally->security++;
	if (!log_event_is_wanted(LOG_SECURITY,
	                         evt_record_id(place->bytes) & UINT16_MAX))
		return;
	if (!evt_record_event(place->bytes, &event)) {
		t->tally->undecodable++;
		return;
	}
	event.offset = place->offset;
	event.is_recovered = place->is_recovered;
	t->seen(t->with, &event);
}

bool
evt_go_on(struct evt *e, size_t most, log_event_seen seen, void *with,
          struct log_tally *tally)
{
	struct taker taker = { e, seen, with, tally };
	struct evt_place place;
	uint64_t gaps = e->found.gaps;

	while (evt_next(e, &most, &place))
		take(&taker, &place);
	tally->undecodable += e->found.gaps - gaps;
	return !evt_is_done(e);
}

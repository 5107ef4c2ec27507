#include "format/evt.h"

#include <string.h>

#include "format/evt_bytes.h"
#include "format/evt_record.h"
#include "format/evt_walk.h"

#define HEADER_LEN 48u
#define SIZE_AT 32
#define FLAGS_AT 36
#define DIRTY 1u
#define WRAPPED 2u

enum heard
evt_begin(struct evt *e, const struct evt_source *source)
{
	uint8_t bytes[HEADER_LEN];
	struct span header = { .at = bytes, .left = sizeof bytes };

	memset(e, 0, offsetof(struct evt, view));
	if (source->size < HEADER_LEN)
		return HEARD_SHORT;
	e->source = *source;
	if (e->source.ahead == 0)
		e->source.ahead = EVT_AHEAD;
	e->ring_end = source->size / 4 * 4;
	source->read(source->with, 0, bytes, sizeof bytes);
	if (evt_u32(header, 0) != HEADER_LEN || evt_u32(header, 4) != EVT_MARK) {
		e->found.is_carved = true;
		e->older.left = e->ring_end;
		return evt_has_record(e) ? HEARD : HEARD_ODD;
	}
	e->ring_at = HEADER_LEN;
	e->found.is_cut = source->size < evt_u32(header, SIZE_AT);
	e->found.is_dirty = (evt_u32(header, FLAGS_AT) & DIRTY) != 0;
	e->found.is_wrapped = (evt_u32(header, FLAGS_AT) & WRAPPED) != 0;
	evt_divide(e);
	return HEARD;
}

uint64_t
evt_passed(const struct evt *e)
{
	return e->is_searching ? 0 : e->ring_end - e->current.left - e->older.left;
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

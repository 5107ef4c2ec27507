#include "format/log_carve.h"

#include <stdlib.h>

#include "format/evt_bytes.h"
#include "format/evt_record.h"
#include "format/evtx.h"

#define WORD 4u
#define SECTOR 512u
#define RECORD_MARK 0x654c664cu /* "LfLe", behind the length */
#define RECORD_MOST LOG_CARVE_REACH
#define CHUNK_MARK "ElfChnk" /* with its zero */
#define CHUNK_MARK_LEN 8u
#define CHUNK_HEAD_LEN 128u
#define CHUNK_HEAD_LEN_AT 40u

struct log_carve {
	struct evtx *evtx;
	log_event_seen seen;
	void *with;
};

static void
give(struct log_carve *c, const struct log_event *e)
{
	struct log_event old = *e;

	old.is_recovered = true;
	c->seen(c->with, &old);
}

static void
take_event(void *with, const struct log_event *e)
{
	give(with, e);
}

struct log_carve *
log_carve_new(log_event_seen seen, void *with)
{
	struct log_carve *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->seen = seen;
	c->with = with;
	c->evtx = evtx_new(take_event, c);
	if (c->evtx)
		return c;
	free(c);
	return NULL;
}

void
log_carve_free(struct log_carve *c)
{
	if (!c)
		return;
	evtx_free(c->evtx);
	free(c);
}

/* ---- chunks of .evtx */

static bool
has_chunk_mark(struct span s)
{
	return span_is(span_at(s, 0, CHUNK_MARK_LEN), CHUNK_MARK, CHUNK_MARK_LEN);
}

/* The name of the mark alone stands in programs, too. */
static bool
is_chunk(struct span s)
{
	return has_chunk_mark(s) && s.left >= CHUNK_HEAD_LEN &&
	       evt_u32(s, CHUNK_HEAD_LEN_AT) == CHUNK_HEAD_LEN;
}

/* Where a file lay in pieces, another chunk may begin inside of one. */
static size_t
chunk_len(struct span s)
{
	size_t most = s.left < EVTX_CHUNK ? s.left : EVTX_CHUNK;

	for (size_t at = SECTOR; at < most; at += SECTOR) {
		if (is_chunk(span_at(s, at, s.left - at)))
			return at;
	}
	return most;
}

static size_t
take_chunk(struct log_carve *c, struct span s, uint64_t offset, struct log_tally *tally)
{
	struct log_tally met = { .records = 0 };
	size_t len = chunk_len(s);

	(void)evtx_chunk_read(c->evtx, span_at(s, 0, len), offset, &met);
	tally->recovered += met.records + met.recovered;
	tally->security += met.security;
	tally->undecodable += met.undecodable;
	return len;
}

/* ---- records of .evt */

/* The length that a record here says; 0: none begins here. */
static size_t
record_len(struct span s)
{
	if (evt_u32(s, WORD) != RECORD_MARK)
		return 0;
	size_t len = evt_u32(s, 0);
	return len >= LOG_CARVE_LEAST && len % WORD == 0 && len <= RECORD_MOST ? len
	                                                                       : 0;
}

static void
take_record(struct log_carve *c, struct span record, uint64_t offset,
            struct log_tally *tally)
{
	struct log_event event;

	if (!evt_record_is_security(record))
		return;
	tally->security++;
	if (!log_event_is_wanted(LOG_SECURITY, evt_record_id(record) & UINT16_MAX))
		return;
	if (!evt_record_event(record, &event)) {
		tally->undecodable++;
		return;
	}
	event.offset = offset;
	give(c, &event);
}

/* One of this length.  Returns how many bytes are done with: of one that is torn, the
 * beginning, as others may have been written over the rest. */
static size_t
try_record(struct log_carve *c, struct span record, uint64_t offset,
           struct log_tally *tally)
{
	tally->recovered++;
	if (record.bad || evt_u32(record, record.left - WORD) != record.left) {
		tally->undecodable++;
		return WORD;
	}
	take_record(c, record, offset, tally);
	return record.left;
}

/* ---- all of it */

static size_t
step(struct log_carve *c, struct span s, uint64_t offset, struct log_tally *tally)
{
	if (s.left < 2 * (size_t)WORD)
		return s.left;
	if (offset % SECTOR == 0 && is_chunk(s))
		return take_chunk(c, s, offset, tally);
	size_t len = record_len(s);
	if (len != 0)
		return try_record(c, span_at(s, 0, len), offset, tally);
	return WORD;
}

size_t
log_carve_read(struct log_carve *c, const struct log_window *w, struct log_tally *tally)
{
	size_t end = w->bytes.left;
	size_t at = 0;

	if (!w->is_last)
		end = end > LOG_CARVE_REACH ? end - LOG_CARVE_REACH : 0;
	while (at < end)
		at += step(c, span_at(w->bytes, at, w->bytes.left - at), w->offset + at,
		           tally);
	return at;
}

bool
log_carve_begins(struct span beginning)
{
	return has_chunk_mark(beginning) ||
	       (beginning.left >= 2 * (size_t)WORD && record_len(beginning) != 0);
}

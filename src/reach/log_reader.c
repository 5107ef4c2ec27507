/*
 * All is read into memory that is used again and again: a file that is mapped costs a
 * fault for every page of it, which is more than it takes to decode what is there.
 */
#include "reach/log_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/when.h"
#include "format/evt.h"
#include "format/evtx.h"
#include "format/log_carve.h"
#include "look/logon_event.h"
#include "reach/log_text.h"

#define BLOCK (256u << 10) /* that are read at once: they stay in the cache */
#define STEP (64u << 10)   /* of an .evt */
#define LOST EVTX_CHUNK    /* bytes, with one that cannot be read */
#define LOSSES 65536u      /* that are told apart: those of 4 GB */

struct block {
	uint8_t *bytes;
	uint64_t at; /* in the file */
	size_t len;
};

struct log_reader {
	struct buf *out;
	struct evtx *evtx;
	struct evt *evt;
	struct log_carve *carve;
	struct log_text_reader *text;
	struct block block;

	/* Of the stretch at hand. */
	struct log_stretch of;
	struct log_answer answer;
	struct log_tally tally;
	uint8_t lost[LOSSES / 8]; /* a bit for each */
};

static void
take_event(void *with, const struct log_event *e)
{
	struct log_reader *r = with;
	struct attempt a;

	if (logon_event_read(e, &a))
		attempt_put(&a, r->out);
}

/* ---- bytes */

/* From a place on; fewer at the end of the file, and before what cannot be read.
 * -1: nothing can be read there. */
static ssize_t
read_some(const struct log_reader *r, uint64_t at, uint8_t *to, size_t len)
{
	size_t had = 0;

	while (had < len) {
		ssize_t got = pread(r->of.fd, to + had, len - had, (off_t)(at + had));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return had > 0 ? (ssize_t)had : -1;
		if (got == 0)
			break;
		had += (size_t)got;
	}
	return (ssize_t)had;
}

/* errno says why. */
static void
note_lost(struct log_reader *r, uint64_t from, uint64_t to)
{
	struct log_answer *a = &r->answer;

	if (a->unread == 0 || from < a->unread_at) {
		a->unread_why = (uint32_t)errno;
		a->unread_at = from;
	}
	a->unread += to - from;
}

/* ---- .evtx */

/* Fills the block from the place at hand on, with `most` bytes, up to BLOCK.  False:
 * nothing can be read there. */
static bool
fill(struct log_reader *r, size_t most)
{
	struct block *b = &r->block;
	uint64_t left = r->of.to - r->answer.at;
	size_t want = left < most ? (size_t)left : most;

	b->at = r->answer.at;
	b->len = 0;
	ssize_t got = read_some(r, b->at, b->bytes, want);
	if (got < 0)
		return false;
	b->len = (size_t)got;
	if (b->len == 0) { /* shorter than it was */
		r->of.to = b->at;
		r->answer.is_cut = true;
	}
	return true;
}

/* Where the chunk, or the head, that is at hand ends. */
static uint64_t
end_of_chunk(const struct log_reader *r)
{
	uint64_t at = r->answer.at;
	uint64_t end = EVTX_HEAD;

	if (at >= EVTX_HEAD)
		end += ((at - EVTX_HEAD) / EVTX_CHUNK + 1) * EVTX_CHUNK;
	return end < r->of.to ? end : r->of.to;
}

static void
pass_lost(struct log_reader *r)
{
	uint64_t end = end_of_chunk(r);

	note_lost(r, r->answer.at, end);
	r->answer.at = end;
}

static void
read_chunk(struct log_reader *r, struct span bytes)
{
	struct evtx_head head;

	if (r->answer.at >= EVTX_HEAD)
		(void)evtx_chunk_read(r->evtx, bytes, r->answer.at, &r->tally);
	else if (evtx_head_read(bytes, &head) == HEARD)
		r->answer.is_dirty = head.is_dirty;
}

/* The head, or one chunk. */
static void
next_chunk(struct log_reader *r)
{
	struct block *b = &r->block;
	uint64_t end = end_of_chunk(r);

	if (r->answer.at < b->at || end > b->at + b->len) {
		if (!fill(r, BLOCK)) {
			pass_lost(r);
			return;
		}
		end = end_of_chunk(r);
	}
	/* Less than all of it: what cannot be read of it comes, and is told, next. */
	if (end > b->at + b->len)
		end = b->at + b->len;
	size_t offset = (size_t)(r->answer.at - b->at);
	size_t len = (size_t)(end - r->answer.at);
	if (len > 0)
		read_chunk(r, span_at(span_of(b->bytes, b->len), offset, len));
	r->answer.at = end;
}

static void
begin_evtx(struct log_reader *r)
{
	r->block.at = 0;
	r->block.len = 0;
	r->answer.at = r->of.from;
	r->answer.is_cut = r->of.bytes < EVTX_HEAD ||
	                   (r->of.bytes - EVTX_HEAD) % EVTX_CHUNK != 0;
}

static bool
step_evtx(struct log_reader *r)
{
	if (r->answer.at < r->of.to)
		next_chunk(r);
	return r->answer.at < r->of.to;
}

/* ---- .evt */

/* A ring is read more than once. */
static bool
is_lost_anew(struct log_reader *r, uint64_t at)
{
	uint64_t number = at / LOST % LOSSES;
	uint8_t bit = (uint8_t)(1u << number % 8);
	bool is_new = (r->lost[number / 8] & bit) == 0;

	r->lost[number / 8] |= bit;
	return is_new;
}

/* Of so many bytes that are wanted, those that are lost with the first one. */
static size_t
lose(struct log_reader *r, uint64_t at, size_t len)
{
	uint64_t end = (at / LOST + 1) * LOST;

	if (end > r->of.bytes)
		end = r->of.bytes;
	if (is_lost_anew(r, at))
		note_lost(r, at, end);
	return end - at < len ? (size_t)(end - at) : len;
}

/* For struct evt_source. */
static void
read_evt(void *with, uint64_t at, uint8_t *to, size_t len)
{
	struct log_reader *r = with;

	while (len > 0) {
		ssize_t got = read_some(r, at, to, len);
		size_t passed = got > 0 ? (size_t)got : len;

		r->answer.is_cut |= got == 0; /* shorter than it was */
		if (got < 0)
			passed = lose(r, at, len);
		if (got <= 0)
			memset(to, 0, passed);
		at += passed;
		to += passed;
		len -= passed;
	}
}

static void
begin_evt(struct log_reader *r)
{
	const struct evt_source source = { .size = r->of.bytes,
		                           .read = read_evt,
		                           .with = r };
	enum heard heard = evt_begin(r->evt, &source);

	r->answer.is_cut |= heard == HEARD_SHORT;
	r->answer.said = heard == HEARD       ? LOG_SAID_MORE
	                 : heard == HEARD_ODD ? LOG_SAID_NONE
	                                      : LOG_SAID_END;
}

static bool
step_evt(struct log_reader *r)
{
	bool goes_on = evt_go_on(r->evt, STEP, take_event, r, &r->tally);

	r->answer.at = goes_on ? evt_passed(r->evt) : r->of.to;
	r->answer.is_cut |= r->evt->found.is_cut;
	r->answer.is_dirty = r->evt->found.is_dirty;
	return goes_on;
}

/* ---- what is left of either */

static bool
step_carved(struct log_reader *r)
{
	const size_t most = 2 * LOG_CARVE_REACH;

	if (!fill(r, most)) {
		pass_lost(r);
	} else {
		struct log_window w = { span_of(r->block.bytes, r->block.len),
			                r->answer.at, r->block.len < most };

		r->answer.at += log_carve_read(r->carve, &w, &r->tally);
	}
	return r->answer.at < r->of.to;
}

/* ---- text */

static void
begin_text(struct log_reader *r)
{
	log_text_begin(r->text,
	               (struct log_text_file){ r->of.fd, r->of.bytes, r->of.kind });
}

static bool
step_text(struct log_reader *r)
{
	struct log_text_state state;
	bool goes_on = log_text_go_on(r->text, &r->tally, &state);

	r->answer.at = state.at;
	r->answer.is_cut = state.is_cut;
	r->answer.unread = state.unread;
	r->answer.unread_at = state.unread_at;
	r->answer.unread_why = (uint32_t)state.unread_why;
	return goes_on;
}

/* ---- whichever it is */

struct log_reader *
log_reader_new(struct buf *out)
{
	struct log_reader *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->out = out;
	r->block.bytes = malloc(BLOCK);
	r->evt = malloc(sizeof *r->evt);
	r->evtx = evtx_new(take_event, r);
	r->carve = log_carve_new(take_event, r);
	r->text = log_text_new(take_event, r);
	bool made = r->block.bytes && r->evt && r->evtx && r->carve && r->text;
	return made ? r : NULL;
}

void
log_reader_begin(struct log_reader *r, const struct log_stretch *of)
{
	if (r->answer.unread > 0)
		memset(r->lost, 0, sizeof r->lost);
	r->of = *of;
	r->answer = (struct log_answer){ .said = LOG_SAID_MORE };
	r->tally = (struct log_tally){ .records = 0 };
	switch (of->kind) {
	case LOG_IS_EVTX: begin_evtx(r); break;
	case LOG_IS_EVT: begin_evt(r); break;
	case LOG_IS_XML:
	case LOG_IS_JSON:
	case LOG_IS_CSV: begin_text(r); break;
	default: break;
	}
}

static bool
step_kind(struct log_reader *r)
{
	switch (r->of.kind) {
	case LOG_IS_EVTX: return step_evtx(r);
	case LOG_IS_CARVED: return step_carved(r);
	case LOG_IS_EVT: return step_evt(r);
	default: return step_text(r);
	}
}

/* Of a file that is no log, nothing is left where nothing was found. */
static bool
has_found_nothing(const struct log_reader *r)
{
	return r->of.kind == LOG_IS_CARVED && r->tally.recovered == 0 &&
	       r->answer.unread == 0;
}

bool
log_reader_step(struct log_reader *r)
{
	if (r->answer.said != LOG_SAID_MORE)
		return false;
	bool goes_on = step_kind(r);
	if (!goes_on)
		r->answer.said = has_found_nothing(r) ? LOG_SAID_NONE : LOG_SAID_END;
	return goes_on;
}

static int64_t
time_of(uint64_t filetime)
{
	return filetime ? when_from_filetime(filetime) : 0;
}

const struct log_answer *
log_reader_answer(struct log_reader *r)
{
	struct log_answer *a = &r->answer;

	a->records = r->tally.records;
	a->recovered = r->tally.recovered;
	a->security = r->tally.security;
	a->undecodable = r->tally.undecodable;
	a->first_ms = time_of(r->tally.first);
	a->last_ms = time_of(r->tally.last);
	return a;
}

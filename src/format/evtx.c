#include "format/evtx.h"

#include <stdlib.h>
#include <string.h>

#include "format/evtx_parts.h"

#define FILE_SIGNATURE "ElfFile" /* with its zero */
#define CHUNK_SIGNATURE "ElfChnk"
#define SIGNATURE_LEN 8
#define FLAG_DIRTY 1u
#define FLAG_FULL 2u
#define FIRST_RECORD 512u
#define RECORD_SIGNATURE 0x00002a2au
#define RECORD_HEAD 24u
#define RECORD_LEAST (RECORD_HEAD + 4)

enum heard
evtx_head_read(struct span file, struct evtx_head *out)
{
	struct span s = file;
	struct span signature = span_cut(&s, SIGNATURE_LEN);

	if (s.bad)
		return HEARD_SHORT;
	if (!span_is(signature, FILE_SIGNATURE, SIGNATURE_LEN))
		return HEARD_ODD;
	(void)span_cut(&s, 28); /* chunks, the next record, the length of this */
	out->minor = span_le16(&s);
	out->major = span_le16(&s);
	(void)span_cut(&s, 80); /* the length of it all, chunks again, nothing */
	uint32_t flags = span_le32(&s);
	out->is_dirty = (flags & FLAG_DIRTY) != 0;
	out->is_full = (flags & FLAG_FULL) != 0;
	return s.bad ? HEARD_SHORT : HEARD;
}

struct evtx *
evtx_new(log_event_seen seen, void *with)
{
	struct evtx *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->seen = seen;
	e->with = with;
	e->shapes_most = EVTX_SHAPES_MOST;
	return e;
}

void
evtx_free(struct evtx *e)
{
	free(e);
}

struct record {
	uint64_t number;
	uint64_t written;
	size_t offset; /* in the chunk */
	size_t len;
	struct span binxml;
};

/* HEARD_SHORT: it goes on behind the end of a chunk that was cut. */
static enum heard
read_record(const struct evtx *e, size_t at, bool is_recovered, struct record *out)
{
	struct span s = { .at = e->chunk.at + at, .left = e->chunk.left - at };

	if (s.left < RECORD_HEAD)
		return HEARD_SHORT;
	if (evtx_le32_at(s, 0) != RECORD_SIGNATURE)
		return HEARD_ODD;
	out->offset = at;
	out->len = evtx_le32_at(s, 4);
	out->number = evtx_le64_at(s, 8);
	out->written = evtx_le64_at(s, 16);
	if (out->len < RECORD_LEAST || out->len > EVTX_CHUNK - at)
		return HEARD_ODD;
	if (out->len > s.left)
		return HEARD_SHORT;
	out->binxml.at = s.at + RECORD_HEAD;
	out->binxml.left = out->len - RECORD_LEAST;
	out->binxml.bad = false;
	bool is_torn = evtx_le32_at(s, out->len - 4) != out->len;
	return is_recovered && is_torn ? HEARD_ODD : HEARD;
}

static void
note_time(struct log_tally *t, uint64_t time)
{
	if (time == 0)
		return;
	if (t->first == 0 || time < t->first)
		t->first = time;
	if (time > t->last)
		t->last = time;
}

static void
give_event(struct evtx *e, const struct record *r, uint64_t time)
{
	struct log_event event;

	event.provider = e->about.provider;
	event.id = (uint16_t)e->about.id;
	event.is_recovered = e->is_recovered;
	event.number = r->number;
	event.offset = e->offset + r->offset;
	event.time = time;
	evtx_event(e, &event);
	e->seen(e->with, &event);
}

static void
take_record(struct evtx *e, const struct record *r)
{
	struct log_tally *t = e->tally;
	bool is_known = evtx_record_decode(e, r->binxml);

	if (!e->is_recovered)
		t->records++;
	else if (is_known)
		t->recovered++;
	if (!is_known) {
		/* Of what is older, the template is gone more often than not. */
		if (!e->is_recovered)
			t->undecodable++;
		return;
	}
	uint64_t time = evtx_time(e);
	if (time == 0)
		time = r->written;
	if (!e->is_recovered)
		note_time(t, time);
	if (e->about.provider == LOG_AUDITING)
		t->security++;
	if (e->about.verdict == EVTX_WANTED)
		give_event(e, r, time);
}

/* Where the next record may begin, not before `from`. */
static size_t
next_signature(struct span chunk, size_t from)
{
	(void)span_cut(&chunk, from);
	size_t at = span_find(chunk, "**\0", 4);
	return at == SIZE_MAX ? EVTX_CHUNK : from + at;
}

/*
 * Records stand one behind the other up to where the free space begins; what is left
 * in there of older ones may begin anywhere.
 */
static void
take_records(struct evtx *e, size_t free_at)
{
	bool is_lost = false;

	for (size_t at = FIRST_RECORD; at < e->chunk.left;) {
		struct record r;

		e->is_recovered = at >= free_at;
		enum heard heard = read_record(e, at, e->is_recovered, &r);
		if (heard == HEARD) {
			take_record(e, &r);
			at += r.len;
			is_lost = false;
			continue;
		}
		if (heard == HEARD_SHORT && !e->is_recovered)
			return;
		if (!e->is_recovered && !is_lost) {
			e->tally->undecodable++;
			is_lost = true;
		}
		at = next_signature(e->chunk, at + 1);
	}
}

enum heard
evtx_chunk_read(struct evtx *e, struct span chunk, uint64_t offset,
                struct log_tally *tally)
{
	struct span s = span_at(chunk, 0,
	                        chunk.left < EVTX_CHUNK ? chunk.left : EVTX_CHUNK);

	e->chunk = s;
	e->offset = offset;
	e->tally = tally;
	e->definition_steps = EVTX_STEPS_OF_DEFINITIONS;
	e->shape_count = 0;
	e->source_count = 0;
	e->provider_text = (struct evtx_value){ 0 };
	memset(e->shape_at, 0, sizeof e->shape_at);

	struct span signature = span_cut(&s, SIGNATURE_LEN);
	if (signature.bad)
		return HEARD_SHORT;
	if (!span_is(signature, CHUNK_SIGNATURE, SIGNATURE_LEN))
		return HEARD_NOTHING;
	(void)span_cut(&s, 40); /* numbers of its records, where the last one is */
	size_t free_at = span_le32(&s);
	if (s.bad)
		return HEARD_SHORT;
	if (free_at < FIRST_RECORD || free_at > EVTX_CHUNK)
		free_at = EVTX_CHUNK;
	take_records(e, free_at);
	return e->chunk.left < EVTX_CHUNK ? HEARD_SHORT : HEARD;
}

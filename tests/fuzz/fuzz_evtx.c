/*
 * A chunk of an .evtx log: texts lie within it or in the reader's own room, and what
 * is read by the shapes of templates is what is read without, whatever chunk was read
 * before.
 */
#include <stdlib.h>
#include <string.h>

#include "format/evtx_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct run {
	struct evtx *e;
	struct log_tally tally;
	uint64_t digest; /* of all events */
	size_t steps;    /* for definitions that were left */
};

static bool
is_within(struct span s, const uint8_t *bytes, size_t len)
{
	return s.left <= len && s.at >= bytes && s.at + s.left <= bytes + len;
}

static void
add(struct run *r, uint64_t word)
{
	r->digest = (r->digest ^ word) * 1099511628211u;
}

static void
check(void *with, const struct log_event *event)
{
	struct run *r = with;

	if (!log_event_is_wanted(event->provider, event->id))
		abort();
	add(r, event->number ^ event->offset << 8);
	add(r, event->time);
	add(r, event->id | (uint64_t)event->status << 32);
	add(r, event->port | (uint64_t)event->process_id << 32);
	add(r, event->logon_type | (uint64_t)event->is_failure << 32 |
	           (uint64_t)event->is_recovered << 33);
	for (size_t i = 0; i < LOG_TEXTS; i++) {
		struct span s = event->text[i];

		if (s.bad || s.left == 0)
			continue;
		/* One unit may be what an entity stands for. */
		if (s.left > 2 && !is_within(s, r->e->chunk.at, r->e->chunk.left) &&
		    !is_within(s, r->e->joined, r->e->joined_len))
			abort();
		while (s.left > 0)
			add(r, span_u8(&s));
		add(r, i);
	}
}

static void
run(struct run *r, struct span before, struct span chunk, size_t shapes)
{
	*r = (struct run){ .e = evtx_new(check, r) };
	if (!r->e)
		abort();
	r->e->shapes_most = shapes;
	if (before.left > 0)
		(void)evtx_chunk_read(r->e, before, EVTX_HEAD, &r->tally);
	r->digest = 0;
	r->tally = (struct log_tally){ .records = 0 };
	(void)evtx_chunk_read(r->e, chunk, EVTX_HEAD, &r->tally);
	r->steps = r->e->definition_steps;
	evtx_free(r->e);
}

static void
expect_same(const struct run *one, const struct run *other)
{
	if (one->steps == 0 || other->steps == 0)
		return;
	if (one->digest != other->digest ||
	    memcmp(&one->tally, &other->tally, sizeof one->tally) != 0)
		abort();
}

/* Nearly the same chunk: where it differs, and by what, its last bytes say. */
static uint8_t *
nearly(struct span chunk)
{
	uint8_t *copy = malloc(chunk.left + 1);

	if (!copy)
		abort();
	memcpy(copy, chunk.at, chunk.left);
	if (chunk.left > 4) {
		const uint8_t *last = chunk.at + chunk.left - 3;

		copy[(last[0] | (size_t)last[1] << 8) % chunk.left] ^= last[2];
	}
	return copy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span chunk = span_of(bytes, len);
	struct evtx_head head;
	struct run fast;
	struct run slow;
	struct run second;

	(void)evtx_head_read(chunk, &head);
	run(&fast, span_of("", 0), chunk, EVTX_SHAPES_MOST);
	run(&slow, span_of("", 0), chunk, 0);
	expect_same(&fast, &slow);
	uint8_t *other = nearly(chunk);
	run(&second, span_of(other, len), chunk, EVTX_SHAPES_MOST);
	expect_same(&fast, &second);
	free(other);
	return 0;
}

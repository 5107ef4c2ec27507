#include "evt_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEADER 48u
#define END 40u

#define AHEAD_LEAST 4 /* bytes: none that was not asked for */

static struct evt evt;
static uint8_t texts[EVT_RECORD_MOST]; /* of the last event */

static void
read_memory(void *with, uint64_t at, uint8_t *to, size_t len)
{
	const struct span *file = with;

	assert_true(at <= file->left && len <= file->left - at);
	memcpy(to, file->at + at, len);
}

struct evt_source
evt_source_of(const struct span *file)
{
	return (struct evt_source){ .size = file->bad ? 0 : file->left,
		                    .read = read_memory,
		                    .with = (void *)(uintptr_t)file };
}

static uint64_t
mixed(uint64_t sum, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ at[i]) * 0x100000001b3u;
	return sum;
}

static void
note(void *with, const struct log_event *e)
{
	struct evt_given *g = with;
	size_t len = 0;
	const uint64_t said[] = { e->provider, e->id,          e->is_failure,
		                  e->number,   e->time,        e->status,
		                  e->port,     e->logon_type,  e->process_id,
		                  g->sum,      e->is_recovered };

	g->events++;
	g->last = *e;
	g->sum = mixed(0xcbf29ce484222325u, said, sizeof said);
	for (int i = 0; i < LOG_TEXTS; i++) {
		g->sum = mixed(g->sum, &e->text[i].left, sizeof e->text[i].left);
		g->sum = mixed(g->sum, e->text[i].at, e->text[i].left);
		g->last.text[i].at = texts + len;
		len += span_copy(e->text[i], texts + len, sizeof texts - len);
	}
}

static struct evt_given
read_once(const struct span *file, size_t piece, size_t ahead)
{
	struct evt_source source = evt_source_of(file);

	source.ahead = ahead;
	struct evt_given g = { .heard = evt_begin(&evt, &source) };

	while (g.heard == HEARD && evt_go_on(&evt, piece, note, &g, &g.tally)) {
		assert_true(evt_passed(&evt) < file->left);
	}
	g.found = evt.found;
	return g;
}

struct evt_given
evt_read(struct span file, size_t piece)
{
	struct evt_given narrow = read_once(&file, piece, AHEAD_LEAST);
	struct evt_given g = read_once(&file, piece, 0);

	assert_int_equal(narrow.heard, g.heard);
	assert_int_equal(narrow.sum, g.sum);
	assert_int_equal(narrow.events, g.events);
	assert_memory_equal(&narrow.tally, &g.tally, sizeof g.tally);
	assert_memory_equal(&narrow.found, &g.found, sizeof g.found);
	return g;
}

void
evt_sample(struct buf *out, uint32_t size, unsigned count, const char *address)
{
	struct evt_write w = { .out = out, .computer = "FILESRV", .size = size };

	evt_write_begin(&w);
	for (unsigned i = 0; i < count; i++) {
		char user[16];
		struct evt_logon l = { .time = SAMPLE_TIME + i,
			               .type = 3,
			               .user = user,
			               .domain = "WARDNET",
			               .workstation = "WARD-3",
			               .process = "NtLmSsp ",
			               .package = "NTLM",
			               .address = address,
			               .port = (uint16_t)(1025 + i) };

		(void)snprintf(user, sizeof user, "user%u", i);
		evt_write_logon(&w, 529, &l);
	}
	evt_write_end(&w);
}

void
evt_sample_one(struct buf *out, uint32_t id, const char *const *strings, uint16_t count)
{
	struct evt_write w = { .out = out, .computer = "FILESRV" };

	evt_write_begin(&w);
	evt_write_record(&w, &(struct evt_order){ .id = id,
	                                          .time = SAMPLE_TIME,
	                                          .is_failure = true,
	                                          .strings = strings,
	                                          .count = count });
	evt_write_end(&w);
}

uint32_t
evt_get(const uint8_t *file, size_t at)
{
	struct span s = span_of(file + at, 4);

	return span_le32(&s);
}

void
evt_set(uint8_t *file, size_t at, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		file[at + (size_t)i] = (uint8_t)(word >> 8 * i);
}

void
evt_turn(struct span log, uint32_t by, uint8_t *to)
{
	uint32_t ring = (uint32_t)log.left - HEADER;
	uint32_t from = (evt_get(log.at, 16) - HEADER + by) % ring + HEADER;
	uint32_t end = (evt_get(log.at, 20) - HEADER + by) % ring + HEADER;

	memcpy(to, log.at, HEADER);
	for (uint32_t i = 0; i < ring; i++)
		to[HEADER + (i + by) % ring] = log.at[HEADER + i];
	evt_set(to, 16, from);
	evt_set(to, 20, end);
	evt_set(to, HEADER + (end - HEADER + 20) % ring, from);
	evt_set(to, HEADER + (end - HEADER + 24) % ring, end);
}

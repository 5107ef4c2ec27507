#include "evt_sample.h"

#include <stdio.h>
#include <string.h>

#define HEADER 48u
#define END 40u

static struct evt evt;

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
	}
}

struct evt_given
evt_read(struct span file, size_t piece)
{
	struct evt_given g = { .heard = evt_begin(&evt, file) };

	while (g.heard == HEARD && evt_go_on(&evt, piece, note, &g, &g.tally)) {
	}
	g.found = evt.found;
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

/* Event logs that the tests make, and all that the reader gives of one. */
#ifndef TESTS_EVT_SAMPLE_H
#define TESTS_EVT_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "format/evt.h"
#include "lab/evt_write.h"

#define SAMPLE_TIME 1240000000u /* seconds; 2009-04-17 20:26:40 */

/* What a log gave, added up so that two can be compared. */
struct evt_given {
	enum heard heard;
	struct evt_found found;
	struct log_tally tally;
	size_t events;
	uint64_t sum;          /* of all that they say but where they stand */
	struct log_event last; /* its texts are valid until the next reading */
};

/* A log in memory; it stays with the caller, and so does the span. */
struct evt_source evt_source_of(const struct span *file);

/* Reads `piece` bytes at a time; and once more with a view of a few bytes, which has to
 * give the same. */
struct evt_given evt_read(struct span file, size_t piece);

/* A log of `count` attempts, 529; `address` as in struct evt_logon. */
void evt_sample(struct buf *out, uint32_t size, unsigned count, const char *address);

/* One record and no more. */
void evt_sample_one(struct buf *out, uint32_t id, const char *const *strings,
                    uint16_t count);

/* The ring of a log that fills its file, turned by `by` bytes, at `to`. */
void evt_turn(struct span log, uint32_t by, uint8_t *to);

uint32_t evt_get(const uint8_t *file, size_t at);
void evt_set(uint8_t *file, size_t at, uint32_t word);

#endif

/*
 * The event logs of Windows NT 4 to 2003 (.evt).  Pure, and flat in memory: struct
 * evt is all there is, whatever the size of the file.
 *
 * Behind a header of 48 bytes the file is a ring of records, with an end record
 * behind the newest.  The header is written when a log is closed; in one that was in
 * use it is out of date, and the end record tells.  From the oldest record up to the
 * end record are the current ones.  What lies in the rest of the ring is older and
 * partly overwritten: recovered.  So a place is enough to know whether a record has
 * been seen.
 */
#ifndef FORMAT_EVT_H
#define FORMAT_EVT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"
#include "format/log_event.h"

/* Windows writes 61,440 bytes of strings and data at most.  A larger record counts,
 * and is not decoded. */
#define EVT_RECORD_MOST 65536

/* What is known of the file; gaps and jumps grow on the way. */
struct evt_found {
	bool is_carved;  /* it has no header: all of it is recovered */
	bool is_dirty;   /* the header says so, or is not what the end record is */
	bool is_wrapped; /* the header says so, or the current records do */
	bool is_cut;     /* shorter than its header says */
	bool has_end;    /* there is an end record to be believed */
	uint32_t next;   /* number that the next record will have */
	uint32_t oldest; /* number of the oldest current one; 0: none */
	uint64_t gaps;   /* places among the current ones where there is no record */
	uint64_t jumps;  /* current ones whose number is not that before it, plus 1 */
};

/* A stretch of the ring. */
struct evt_part {
	size_t at;
	size_t left;
};

struct evt {
	struct evt_found found;
	/* The rest is for the reader. */
	struct span file;
	size_t ring_at, ring_end; /* ends after whole words */
	struct evt_part current, older;
	bool is_lost; /* what stands here is no record */
	bool has_number;
	uint32_t number;                  /* of the current record before */
	uint8_t wrapped[EVT_RECORD_MOST]; /* the one that is in two pieces */
};

/*
 * Begins with a whole file, which stays until the end.  Searches it once for end
 * records if the header cannot be believed.  HEARD_SHORT: no record has room in it;
 * HEARD_ODD: neither a header nor a record is in it.
 */
enum heard evt_begin(struct evt *, struct span file);

/* Gives the wanted events of about `most` bytes more; false once all is done. */
bool evt_go_on(struct evt *, size_t most, log_event_seen, void *with,
               struct log_tally *);

#endif

/*
 * The event logs of Windows NT 4 to 2003 (.evt).  Pure but for whoever gives the bytes,
 * and flat in memory: struct evt is all there is, whatever the size of the file.
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

/* Bytes that are read at once: they stay in the processor's cache, and the largest
 * record has room in them. */
#define EVT_AHEAD (256u << 10)

/* Where the bytes come from. */
struct evt_source {
	uint64_t size;
	/* Puts the `len` bytes at a place, all of them inside, to `to`; zeros for what
	 * cannot be had. */
	void (*read)(void *with, uint64_t at, uint8_t *to, size_t len);
	void *with;
	size_t ahead; /* 0: EVT_AHEAD; less for tests */
};

/* What is known of the file; it grows on the way. */
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
	uint64_t at;
	uint64_t left;
};

/* Of the end records that were met, the newest. */
struct evt_end {
	bool is_there;
	uint64_t at;
	uint32_t next;
};

struct evt {
	struct evt_found found;
	/* The rest is for the reader. */
	struct evt_source source;
	uint64_t ring_at, ring_end; /* ends after whole words */
	bool is_searching;          /* for the end record */
	uint64_t searched;          /* up to here */
	struct evt_end newest;
	struct evt_part current, older;
	bool is_lost; /* what stands here is no record */
	bool has_number;
	uint32_t number;  /* of the current record before */
	uint64_t view_at; /* of the file, what has been read last */
	size_t view_len;
	uint8_t view[EVT_AHEAD];
	uint8_t wrapped[EVT_RECORD_MOST]; /* the one that is in two pieces */
};

/*
 * HEARD_SHORT: no record has room in it; HEARD_ODD: neither a header nor a record is in
 * it.  If the header cannot be believed, all of it is searched for end records before
 * the first event is given.
 */
enum heard evt_begin(struct evt *, const struct evt_source *);

/* How far it is: bytes that need not be looked at again. */
uint64_t evt_passed(const struct evt *);

/* Goes on about `most` bytes and gives the wanted events there; false once all is
 * done. */
bool evt_go_on(struct evt *, size_t most, log_event_seen, void *with,
               struct log_tally *);

#endif

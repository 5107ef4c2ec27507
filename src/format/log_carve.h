/*
 * Event logs of which there is no file any more: records of .evt and chunks of .evtx
 * in bytes that begin with something else, as in the free space of a disk, or in a file
 * whose head is gone.  Records begin after whole words, chunks where sectors do.  All
 * that is found is recovered, and a copy of a record is one more: that it is one, only
 * the log could say.  Pure.
 */
#ifndef FORMAT_LOG_CARVE_H
#define FORMAT_LOG_CARVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "format/log_event.h"

/* What begins at a place ends before so many bytes behind it. */
#define LOG_CARVE_REACH 65536u
#define LOG_CARVE_LEAST 60u /* bytes: with fewer, there is nothing to look for */

struct log_carve;

/* `seen` is called for every event that is wanted.  NULL: no memory. */
struct log_carve *log_carve_new(log_event_seen seen, void *with);
void log_carve_free(struct log_carve *); /* NULL is fine */

/* Bytes that stand at `offset`, a multiple of 4, in the file. */
struct log_window {
	struct span bytes;
	uint64_t offset;
	bool is_last; /* nothing follows, or nothing that can be read */
};

/*
 * Reads what begins in a window: all of it in the last one, else what begins
 * LOG_CARVE_REACH before its end.  Returns how many bytes are done with; the next
 * window begins there.  That is nothing only if there are no more than those.
 */
size_t log_carve_read(struct log_carve *, const struct log_window *,
                      struct log_tally *);

/* Do these first bytes of a file, 8 or more, look like one of both? */
bool log_carve_begins(struct span beginning);

#endif

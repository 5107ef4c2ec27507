/*
 * The .evtx event logs of Windows Vista and later, chunk by chunk: the events that
 * log_event.h names, and how much else there was.  Pure.
 *
 * A file is a head of EVTX_HEAD bytes and chunks of EVTX_CHUNK, each complete in
 * itself.  How many there are is for the length of the file to say: the head is out
 * of date while a log is in use, and counts in 16 bits.  Any place may be empty.
 * Checksums are not looked at: logs in use have none that hold.
 *
 * Source: libyal, Windows XML Event Log (EVTX); A. Schuster, Introducing the
 * Microsoft Vista event log file format (DFRWS 2007); held against real files.
 */
#ifndef FORMAT_EVTX_H
#define FORMAT_EVTX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"
#include "format/log_event.h"

#define EVTX_HEAD 4096u
#define EVTX_CHUNK 65536u

struct evtx_head {
	uint16_t major, minor; /* 3.1; 3.2 since Windows 10 2004 */
	bool is_dirty;         /* in use when it was copied, or never closed */
	bool is_full;
};

/* HEARD_ODD: no .evtx file.  HEARD_SHORT: less than the part that says something. */
enum heard evtx_head_read(struct span file, struct evtx_head *out);

/* What reading takes: about 100 KB, however large the log. */
struct evtx;

/* `seen` is called for every event that is wanted.  NULL: no memory. */
struct evtx *evtx_new(log_event_seen seen, void *with);
void evtx_free(struct evtx *); /* NULL is fine */

/*
 * A chunk that stands at `offset` in the file.  HEARD_NOTHING: an empty place, or
 * what is no chunk.  HEARD_SHORT: it has less than EVTX_CHUNK bytes; what was whole
 * has been given.  Damage inside is in `tally->undecodable`, a stretch that holds no
 * record once.  Behind the current records older ones may be left: those that can
 * still be read are given as recovered (a current one may be among them once more,
 * by its number), the others are not counted.
 */
enum heard evtx_chunk_read(struct evtx *, struct span chunk, uint64_t offset,
                           struct log_tally *tally);

#endif

/*
 * From record to record through the ring of a log (format/evt.h).
 */
#ifndef FORMAT_EVT_WALK_H
#define FORMAT_EVT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "format/evt.h"
#include "format/evt_bytes.h"

#define EVT_MARK 0x654c664cu /* "LfLe", behind the length of a record or header */

struct evt_place {
	struct span bytes; /* the record; bad where it is too large, or torn */
	uint64_t offset;
	bool is_recovered;
};

/* Reads so many bytes of the ring, or up to its end, and what lies ahead of them. */
void evt_fetch(struct evt *, uint64_t at, size_t len);

/* Sees to it that these are in the view; no more than EVT_RECORD_MOST. */
static inline void
evt_look(struct evt *e, uint64_t at, size_t len)
{
	if (at < e->view_at || at + len > e->view_at + e->view_len)
		evt_fetch(e, at, len);
}

/* A word of the ring, wherever the view is; a place behind its end is one from its
 * beginning. */
uint32_t evt_far_word(const struct evt *, uint64_t at);

static inline uint32_t
evt_ring_word(const struct evt *e, uint64_t at)
{
	uint64_t in_view = at - e->view_at;

	if (at < e->view_at || in_view + 4 > e->view_len)
		return evt_far_word(e, at);
	return evt_u32((struct span){ .at = e->view, .left = e->view_len },
	               (size_t)in_view);
}

/*
 * evt_end.c: finds out what is current and what is older.  What the header says is
 * believed where it agrees with an end record, else the ring is searched for them.
 */
void evt_divide(struct evt *);

/* Searches on, and takes off `*work` what was passed; false: that came to its end. */
bool evt_search(struct evt *, size_t *work);

/* Is there a record in the file at all? */
bool evt_has_record(struct evt *);

/*
 * Goes on to the next record and takes off `*work` what was passed; false where that
 * came to its end, or the file did.  What it gives is valid until the next call.
 */
bool evt_next(struct evt *, size_t *work, struct evt_place *);

/* Has all been passed? */
bool evt_is_done(const struct evt *);

#endif

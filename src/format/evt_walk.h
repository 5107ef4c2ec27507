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

#define EVT_MARK 0x654c664cu /* "LfLe", behind the length of a record or header */

struct evt_place {
	struct span bytes; /* the record; bad where it is too large, or torn */
	size_t offset;
	bool is_recovered;
};

/* A word of the ring; a place behind its end is one from its beginning. */
uint32_t evt_ring_word(const struct evt *, size_t at);

/* The place of an end record that says that it stands there. */
bool evt_is_end(const struct evt *, size_t at);

/* The place of the true end record; false where there is none. */
bool evt_find_end(const struct evt *, size_t *at);

/* Is there a record in the file at all? */
bool evt_has_record(const struct evt *);

/*
 * Goes on to the next record and takes off `*work` what was passed; false where that
 * came to its end, or the file did.  What it gives is valid until the next call.
 */
bool evt_next(struct evt *, size_t *work, struct evt_place *);

/* Has all been passed? */
bool evt_is_done(const struct evt *);

#endif

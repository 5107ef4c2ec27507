/*
 * What was changed on a host, run after run: a row for each, written before the first
 * change, and again when it has ended.
 */
#ifndef KEEP_MENDS_H
#define KEEP_MENDS_H

#include "flow/mended.h"
#include "keep/case.h"

/* Adds what is begun; *id names it from then on.  Pending until case_commit. */
CHECKED enum err mends_add(struct case_file *, const uint8_t key[ADDRESS_KEY],
                           const struct mended *, int64_t *id);

/* Its state, its last look and its plan, as they are now. */
CHECKED enum err mends_set(struct case_file *, int64_t id, const struct mended *);

/* The newest that a journal belongs to; 0 where the case knows none of it. */
CHECKED enum err mends_of_journal(struct case_file *, const char *journal, int64_t *id);

/* The journal of the newest that has not been undone, of any host; "" for none. */
CHECKED enum err mends_last_journal(struct case_file *, char out[PATH_ROOM]);

/* Those of a host, newest first; an error that `each` gives comes back. */
typedef enum err mends_each(void *, const struct mended *);
CHECKED enum err mends_of(struct case_file *, const uint8_t key[ADDRESS_KEY],
                          mends_each *, void *with);

/* The newest of a host, or NULL; lasts until the next is asked for. */
CHECKED enum err mends_newest(struct case_file *, const uint8_t key[ADDRESS_KEY],
                              const struct mended **out);

#endif

/*
 * Logs that were read already: named twice, or as another file with the same in it.
 * Their attempts count again, as one cannot be told from another one of the same
 * second; so it is said.
 */
#ifndef CMD_LOGONS_COPIES_H
#define CMD_LOGONS_COPIES_H

#include "base/err.h"
#include "flow/log_told.h"

#define LOGONS_COPIES_MOST 16384 /* logs that are remembered */

/* Zeros are an empty one. */
struct logons_copies {
	uint64_t *at; /* what each was, in short, by that; 0: none */
	size_t count;
};

void logons_copies_free(struct logons_copies *);

/* Was there one like it?  Remembers it. */
CHECKED enum err logons_copies_take(struct logons_copies *, const struct log_told *,
                                    bool *is_copy);

#endif

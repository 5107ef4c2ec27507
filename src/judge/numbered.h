/*
 * Names as numbers: the same name, whatever the case of its ASCII letters, is the same
 * number.  Bounded, as names come from strangers.
 */
#ifndef JUDGE_NUMBERED_H
#define JUDGE_NUMBERED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct numbered {
	char **at; /* as first written; [0] is "" */
	uint32_t count;
	uint32_t room;
	uint32_t *slots; /* numbers by hash; 0: free */
	uint32_t slot_count;
	size_t bytes;
};

#define NUMBERED_BYTES_MOST (8u << 20) /* of one table */

/* *out 0 for "".  ERR_LIMIT: there are too many; ERR_MEMORY. */
CHECKED enum err numbered_of(struct numbered *, const char *name, uint32_t *out);
uint32_t numbered_find(const struct numbered *, const char *name); /* 0: it has none */
const char *numbered_text(const struct numbered *, uint32_t number);
void numbered_free(struct numbered *);

#endif

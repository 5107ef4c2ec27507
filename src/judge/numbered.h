/*
 * Names as numbers: the same name, whatever the case of its ASCII letters, is the same
 * number.  Bounded, as names come from strangers.
 */
#ifndef JUDGE_NUMBERED_H
#define JUDGE_NUMBERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct numbered {
	char *text; /* all names as first written, one behind the other */
	size_t bytes, text_room;
	uint32_t *at; /* where each begins; [0] is "" */
	uint32_t count;
	uint32_t room;
	uint32_t *slots; /* numbers by hash; 0: free */
	uint32_t slot_count;
};

/* Of one table. */
#define NUMBERED_BYTES_MOST (2u << 20)
#define NUMBERED_MOST 100000u

/* *out 0 for "".  ERR_LIMIT: there are too many; ERR_MEMORY. */
CHECKED enum err numbered_of(struct numbered *, const char *name, uint32_t *out);
uint32_t numbered_find(const struct numbered *, const char *name); /* 0: it has none */

/* Valid until the next is numbered. */
const char *numbered_text(const struct numbered *, uint32_t number);

/* Is it so full that some should be forgotten? */
bool numbered_is_crowded(const struct numbered *);

/* Forgets all that are not marked, by number; into each mark goes the new number. */
CHECKED enum err numbered_keep(struct numbered *, uint32_t *marks);
void numbered_free(struct numbered *);

#endif

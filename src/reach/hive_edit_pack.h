/*
 * Edits as one piece of memory without pointers, as the children of the cage get them
 * (`arg` of a struct cage_service).
 */
#ifndef REACH_HIVE_EDIT_PACK_H
#define REACH_HIVE_EDIT_PACK_H

#include "reach/hive_edit.h"

/* Initialises the buffer.  False: no memory. */
bool hive_edits_pack(const struct reg_edit *, size_t count, struct buf *out);

/* They point into what was packed; with free.  NULL: no memory, or not of ours. */
struct reg_edit *hive_edits_unpack(const void *packed, size_t *count);

#endif

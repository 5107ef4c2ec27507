/*
 * Finding keys by their paths, fast when asked for one after the other: the way to
 * the last one is remembered, with the names of all children on it.
 */
#ifndef REACH_HIVE_FIND_H
#define REACH_HIVE_FIND_H

#include <stddef.h>

#include <hivex.h>

#include "base/span.h"
#include "format/hive_cell.h"
#include "reach/hive_talk.h"

struct hive_find;

/* Both stay the caller's, and have to stay. */
struct hive_find *hive_find_new(hive_h *, struct span bytes);
void hive_find_free(struct hive_find *); /* NULL is fine */

/* Goes to `path`.  Where it cannot: what is wrong, and with how much of the path. */
enum hive_said hive_find_path(struct hive_find *, struct span path, size_t *used);

/* Of the key that it went to; valid until it goes somewhere else. */
struct hive_found {
	hive_node_h key;
	const struct hive_name *names; /* of its subkeys, in the order of the hive */
	size_t count;
};
enum hive_said hive_find_children(struct hive_find *, struct hive_found *out);

#endif

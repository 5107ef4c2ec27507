/*
 * Which keys of two hives are the same with all that is below them, since every byte
 * that such a key is made of is the same at the same place: its record, the lists of
 * its subkeys and values, their records and data, its class and security, and those of
 * all keys below.  What reads the same bytes at the same places reads the same keys.
 *
 * It never says that of keys that differ.  Where a byte near by differs, or a record
 * is not as it should be, it says that it does not know.
 */
#ifndef REACH_HIVE_SAME_H
#define REACH_HIVE_SAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct hive_same {
	struct span before;
	struct span after;
	size_t len;          /* as far as both have bins */
	uint32_t *differing; /* how many pieces differ before each one */
	uint8_t *keys;       /* two bits for every place where a key may be */
};

/* `hives`, before and after, have to stay.  False: no memory. */
bool hive_same_find(const struct span hives[2], struct hive_same *out);
void hive_same_free(struct hive_same *);

/* `at` is where the cell of a key begins in both files.  Walks below it, once. */
bool hive_same_key(struct hive_same *, size_t at);

#endif

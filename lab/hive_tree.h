/* What a hive is to hold, before it is written: lab/hive_make.h fills it. */
#ifndef LAB_HIVE_TREE_H
#define LAB_HIVE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Of values.  Others are in lab/hive_make.h. */
#define TYPE_SZ 1
#define TYPE_EXPAND_SZ 2
#define TYPE_DWORD 4
#define TYPE_MULTI_SZ 7

struct tree_value {
	char *name;
	uint32_t type;
	uint8_t *bytes;
	size_t len;
};

struct tree_key {
	char *name;
	uint64_t filetime;
	bool locked;
	struct tree_value *values;
	size_t value_count, value_room;
	struct tree_key **below;
	size_t below_count, below_room;
};

/* Keys below are put into the order that the format wants.  Appends the file. */
CHECKED enum err hive_tree_write(struct tree_key *root, struct buf *out);

#endif

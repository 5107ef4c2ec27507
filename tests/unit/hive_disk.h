/* A disk of two files in memory, a hive and its log, that remembers what was done. */
#ifndef TESTS_UNIT_HIVE_DISK_H
#define TESTS_UNIT_HIVE_DISK_H

#include "mend/hive_write.h"

#define DISK_MOST (4u << 20)
#define OPS_MOST 512
#define FILES 2

struct file {
	struct buf bytes;
	bool there;
};

enum deed { DEED_WRITE, DEED_LENGTH, DEED_SYNC, DEED_MAKE, DEED_DROP };

struct op {
	enum deed deed;
	enum hive_file file;
	uint64_t at; /* or a length */
	struct buf bytes;
};

struct disk {
	struct hive_store store;
	struct file files[FILES];
	struct op *ops; /* NULL: nobody records */
	size_t count;
};

extern const struct hive_store_ops disk_ops;

void file_set_length(struct file *, size_t len);
void file_put(struct file *, uint64_t at, struct span bytes);

void disk_copy(struct disk *to, const struct disk *from); /* but for what was done */
void disk_free(struct disk *);
bool disk_same(const struct disk *, const struct disk *);

#endif

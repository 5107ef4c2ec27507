/*
 * How a hive is written to in place, so that at every instant it is read as it was, or
 * as it is to be: the log beside it holds the new pages before the first of them is
 * touched, as when Windows writes.
 *
 *	apply                                   undo
 *	the log's content, sync                 the log's content, sync
 *	new pages behind its end, sync
 *	first block: dirty, goes with the log   first block: dirty, goes with the log
 *	sync, pages, sync                       sync, pages, sync
 *	first block: clean, sync                first block: clean, sync, length
 *	the log as it was, sync                 the log as it was, sync
 *
 * One that was dirty is first made clean under its own log, and made dirty again last.
 * Either can be begun again, or the other way, wherever it was cut off: what a log
 * leads to is finished first, for there are pages of both states then.
 */
#ifndef MEND_HIVE_WRITE_H
#define MEND_HIVE_WRITE_H

#include "mend/hive_change.h"

enum hive_file { HIVE_ITSELF, HIVE_ITS_LOG };

/* The two files.  All may fail (ERR_SYSTEM, ERR_REFUSED). */
struct hive_store;
struct hive_store_ops {
	enum err (*write)(struct hive_store *, enum hive_file, uint64_t offset,
	                  struct span);
	enum err (*set_length)(struct hive_store *, enum hive_file, uint64_t len);
	enum err (*sync)(struct hive_store *, enum hive_file);
	enum err (*read_base)(struct hive_store *, uint8_t base[HIVE_BASE]);
	/* All of the log; *there false where there is none. */
	enum err (*read_log)(struct hive_store *, struct buf *out, bool *there);
	enum err (*make_log)(struct hive_store *); /* synced; there already: fine */
	enum err (*drop_log)(struct hive_store *); /* the same */
};
struct hive_store {
	const struct hive_store_ops *ops;
};

/* ERR_REFUSED also where the first block has no form of the change. */
CHECKED enum err hive_write_apply(const struct hive_change *, struct hive_store *);
CHECKED enum err hive_write_undo(const struct hive_change *, struct hive_store *);

#endif

/*
 * Where two states of a hive differ: runs of pages, each with its bytes before and
 * after.  The first block is not among them; it has a row of forms of its own
 * (mend/hive_change.h).
 */
#ifndef MEND_HIVE_RUNS_H
#define MEND_HIVE_RUNS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct hive_run {
	uint64_t offset; /* of the file */
	uint32_t len;
	uint32_t old_len; /* less where the file was shorter */
	size_t at;        /* in `bytes`: the old ones, then the new ones */
};

struct hive_runs {
	struct hive_run *at; /* owned; in ascending order, apart from each other */
	size_t count, room;
	struct buf bytes; /* owned */
};

#define HIVE_RUNS_BYTES_MOST (256u << 20)

void hive_runs_init(struct hive_runs *);
void hive_runs_free(struct hive_runs *);

/*
 * All that differs from HIVE_HEAD on; what is behind the end of `before` differs.
 * ERR_REFUSED: too much does, or the later one is the shorter one.
 */
CHECKED enum err hive_runs_between(struct span before, struct span after,
                                   struct hive_runs *out);

struct span hive_run_old(const struct hive_runs *, const struct hive_run *);
struct span hive_run_new(const struct hive_runs *, const struct hive_run *);

/* The run that covers the byte, or NULL. */
const struct hive_run *hive_runs_find(const struct hive_runs *, uint64_t offset);

/* As bytes, for a journal, and back; those may come from anybody (ERR_REFUSED). */
void hive_run_put(const struct hive_runs *, const struct hive_run *, struct buf *out);
CHECKED enum err hive_runs_read(struct span, struct hive_runs *out);

#endif

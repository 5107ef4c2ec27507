/* How far a hive is on its way, held against what the journal knows. */
#ifndef MEND_HIVE_STAND_H
#define MEND_HIVE_STAND_H

#include "mend/hive_change.h"
#include "mend/step.h"

struct hive_found {
	struct span hive; /* all of it */
	bool has_log;
	struct span log; /* all of it */
};

/* The same without holding all of it. */
struct hive_glance {
	uint64_t len;
	uint8_t base[HIVE_BASE];
	uint8_t sha256[HIVE_SHA256];
	bool has_log;
	struct span log;
};

/* STANDS_BEFORE or STANDS_AFTER; STANDS_BETWEEN: hive_stand has to say. */
enum stands hive_stand_at_end(const struct hive_change *, const struct hive_glance *);

/*
 * STANDS_OTHER: *why has what differs, without the hive's name.  STANDS_UNREAD: for
 * want of memory.
 */
enum stands hive_stand(const struct hive_change *, const struct hive_found *,
                       const char **why);

/* A copy of `hive`, which is on the way or behind it, brought to its end, or back to
 * what is read as it was.  ERR_REFUSED where it is none of the change. */
CHECKED enum err hive_image_after(const struct hive_change *, struct span hive,
                                  struct buf *out);
CHECKED enum err hive_image_ready(const struct hive_change *, struct span hive,
                                  struct buf *out);

#endif

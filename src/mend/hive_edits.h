/*
 * The registry changes of a plan as edits of the hives that they lie in: each hive is
 * changed once, by all of its edits together.
 */
#ifndef MEND_HIVE_EDITS_H
#define MEND_HIVE_EDITS_H

#include "flow/plan.h"
#include "reach/hive_edit.h"
#include "reach/offline.h"

struct hive_edits {
	char file[PATH_ROOM]; /* of the hive */
	struct reg_edit *at; /* their texts and bytes point into the plan, and `made` */
	const struct change **of;
	struct buf *made; /* lists without a string; empty for other edits */
	size_t count;
};

/* A key as it is before any edit; what is wrong goes into `why`. */
struct hive_before {
	enum heard (*key)(void *with, const struct change *, const char *below,
	                  struct reg_key *out, char why[WHY_ROOM]);
	void *with;
};

/*
 * Those changes of the plan that lie in the hive `file` and are `wanted`.  *count may be
 * 0.  ERR_REFUSED: `why` says which change cannot be made, and why.  The plan has to
 * outlive them, unchanged.
 */
CHECKED enum err hive_edits_of(const struct machine *, const struct plan *,
                               bool (*wanted)(const void *with, const struct change *),
                               const void *with, struct hive_edits *out);
/* Fills in the bytes of lists that lose a string. */
CHECKED enum err hive_edits_fill(struct hive_edits *, const struct hive_before *,
                                 char why[WHY_ROOM]);
void hive_edits_free(struct hive_edits *);

#endif

/*
 * The steps that carry out one plan, in the order in which they are done: for
 * mend/carry_out.c and mend/undo_only.c.
 */
#ifndef MEND_WORKS_H
#define MEND_WORKS_H

#include "mend/hive_edits.h"
#include "mend/step.h"

/* One step of a plan, and the changes that it carries out. */
struct work {
	struct step_row row;
	bool is_kept;
	struct change **changes; /* of the plan */
	size_t change_count;
};

struct works {
	struct work *at;
	size_t count;
	size_t room;
};

void works_free(struct works *);

/* Keeps what undo needs of every step but those that make something new, which may
 * stand on each other.  Changes that are not to be done any more are passed over.
 * ERR_REFUSED, ERR_SYSTEM: stage->why. */
CHECKED enum err works_keep(struct stage *, struct plan *, struct works *out);

/* One that makes something new, right before it is applied. */
CHECKED enum err work_keep(struct stage *, struct work *);

#endif

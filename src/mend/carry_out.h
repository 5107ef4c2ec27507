/*
 * A plan is carried out: everything that undo needs is kept first, for all of it, and
 * committed; then one step after the other is applied and read back.  A failure puts
 * back what was done by then, so that the machine is as it was.
 */
#ifndef MEND_CARRY_OUT_H
#define MEND_CARRY_OUT_H

#include "look/inside.h"
#include "mend/step.h"

/* The states of the plan's changes tell what became of each. */
struct carried {
	bool whole;         /* everything was done and verified, or was so already */
	bool put_back;      /* not whole, and the machine is as it was */
	char why[WHY_ROOM]; /* not whole: what failed, and what now */
};

/* ERR_MEMORY and ERR_REFUSED (printed, before anything was changed) only; what happens
 * later is in *out. */
CHECKED enum err carry_out(struct stage *, const struct inside *, struct plan *,
                           struct carried *out);

#endif

/*
 * Verdict → plan.  The planner asks the machine again for every target; a finding only
 * tells it where to look.  What it proposes has to pass mend/admit.h, whoever proposed
 * it: the protected set, two independent signs, and a place on this machine.
 */
#ifndef MEND_PLAN_FOR_H
#define MEND_PLAN_FOR_H

#include "flow/plan.h"
#include "flow/view.h"
#include "look/inside.h"

struct plan_wishes {
	bool suspects; /* --suspects: what is suspect only goes into quarantine, too */
	bool residue;  /* --residue: what is left of an earlier cleaning goes, too */
};

/*
 * All that `check` found on one machine.  Everything found is either changed, or named
 * under `left` with the reason, or is a step for a person.  ERR_MEMORY only.
 */
CHECKED enum err plan_for(const struct inside *, const struct verdict *,
                          const struct statuses *, const struct plan_wishes *,
                          struct plan *out);

/* ---- the small commands, over the same changes */

CHECKED enum err plan_autorun(const struct inside *, bool disable, struct plan *out);
CHECKED enum err plan_audit(const struct inside *, struct plan *out);
/* By evidence; all_at: every job made by way of AT, as `at /delete /yes`. */
CHECKED enum err plan_tasks(const struct inside *, bool all_at, struct plan *out);
CHECKED enum err plan_usb(const struct inside *, const struct machine_drive *,
                          const struct plan_wishes *, struct plan *out);
CHECKED enum err plan_vaccine(const struct inside *, const struct machine_drive *,
                              struct plan *out);

#endif

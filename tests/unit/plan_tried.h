/* A machine, checked and planned for: what tests of the planner begin with. */
#ifndef PLAN_TRIED_H
#define PLAN_TRIED_H

#include <stdio.h>

#include "../fake/fake_machine.h"
#include "mend/plan_for.h"

struct tried {
	struct machine *machine; /* the caller's */
	struct installation windows;
	struct findings findings;
	struct statuses statuses;
	struct verdict verdict;
	struct inside in;
	struct plan *plan;
};

/* Every detector, the judge, the defences and the planner; fails the test where any
 * of them does. */
struct tried *plan_try(struct machine *, const struct plan_wishes *);
/* Without the planner. */
struct tried *check_try(struct machine *);
void tried_free(struct tried *);

/* A line a change: "registry-delete-value KEY : NAME". */
void plan_print(const struct plan *, FILE *);

/* NULL where there is none such. */
const struct change *plan_find(const struct plan *, enum change_kind,
                               const char *target, const char *name);
const struct plan_note *plan_find_left(const struct plan *, const char *why);
size_t plan_count(const struct plan *, enum change_kind);

#endif

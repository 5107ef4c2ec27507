/*
 * What stands at a change's target now, as a SHA-256: of a file its content; of a value
 * its type and bytes; of a key everything below it, names in order, without times.
 * The planner writes it into change->was, and carrying out compares it.
 */
#ifndef MEND_STANDING_H
#define MEND_STANDING_H

#include "flow/plan.h"

/* HEARD also where nothing stands there: `out` is "" then.  Else machine_why tells. */
enum heard standing_of(struct machine *, const struct change *, char out[SHA256_TEXT]);

#endif

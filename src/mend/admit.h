/*
 * The gate: what may be changed at all.  Every change of every plan passes it when the
 * plan is made, when a plan comes from a file, and again right before it is carried
 * out.  It trusts neither the planner nor the plan: it asks the machine.
 *
 * Never: a file of Windows (by its name or its content), a signed or versioned one, one
 * that is no program; a service that a Windows brings, or whose DLL is any of these; a
 * member of the stock netsvcs list; a key that is not one of the few places where the
 * worm writes; anything on fewer than two independent signs.
 */
#ifndef MEND_ADMIT_H
#define MEND_ADMIT_H

#include "flow/plan.h"
#include "look/inside.h"

/*
 * The gate on one machine as it stands; what it has found out of it once it keeps.
 * All changes of a plan are to pass before the first is carried out: they hang on
 * each other (a file on the service that names it).
 */
struct gate;
CHECKED enum err gate_open(const struct inside *, struct gate **out); /* ERR_MEMORY */
void gate_close(struct gate *);                                       /* NULL is fine */

/* OK, or ERR_REFUSED with the reason in `why`; ERR_MEMORY. */
CHECKED enum err gate_admit(struct gate *, const struct change *, char why[WHY_ROOM]);

/* Was the last one refused because something could not be read? */
bool gate_could_not_tell(const struct gate *);

/* The same for one change alone. */
CHECKED enum err admit_change(const struct inside *, const struct change *,
                              char why[WHY_ROOM]);

#endif

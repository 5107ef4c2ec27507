/* One change of a run undone, the others left: for mend/undo.c. */
#ifndef MEND_UNDO_ONLY_H
#define MEND_UNDO_ONLY_H

#include "mend/undo.h"

/*
 * Of a file: its step is undone.  Of the registry: the hive as it was is edited again
 * with all changes of the run but that one (and those undone before), and brought to
 * that state by a step of its own, so that the whole run can still be undone later.
 * ERR_REFUSED, ERR_SYSTEM: stage->why.
 */
CHECKED enum err undo_only(struct stage *, const struct undo_wishes *, struct plan *);

#endif

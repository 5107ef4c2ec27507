/*
 * Undo: a journal walked backwards.  First every step is held against the volume; where
 * somebody has changed one since, nothing at all is touched and the differences are
 * told.  Cut off at any moment, it can be begun again.
 */
#ifndef MEND_UNDO_H
#define MEND_UNDO_H

#include "mend/carry_out.h"

struct undo_wishes {
	unsigned only; /* --only ID; 0: all */
	bool dry_run;
};

CHECKED enum err undo_journal(struct stage *, const struct undo_wishes *, struct plan *,
                              struct carried *out);

#endif

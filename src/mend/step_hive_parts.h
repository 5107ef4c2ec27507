/* What the files of the step on hives share. */
#ifndef MEND_STEP_HIVE_PARTS_H
#define MEND_STEP_HIVE_PARTS_H

#include "mend/hive_place.h"

/* Its parts in the journal. */
enum hive_part {
	HIVE_PART_CHANGE = 1, /* mend/hive_runs.h */
	HIVE_PART_REPLAY,
	HIVE_PART_LOG, /* the bytes of the log that is written to */
};

/* All of what a journal has on the step; to be freed in any case. */
CHECKED enum err hive_change_load(struct stage *, const struct step_row *,
                                  struct hive_change *out);
/* Adds the step, and its parts.  Frees the row where that fails. */
CHECKED enum err hive_change_save(struct stage *, const struct hive_change *,
                                  struct step_row *);

#endif

/* The table of the steps, and the lock before their writes. */
#include "mend/step.h"

#include <stdio.h>
#include <stdlib.h>

#include "mend/step_parts.h"

static const struct {
	int kind;
	const struct step_ops *ops;
} steps[] = {
	{ STEP_HIVE, &step_hive_ops },
	{ STEP_REMOVE_FILE, &step_remove_file_ops },
	{ STEP_REMOVE_FOLDER, &step_remove_folder_ops },
	{ STEP_MAKE_FOLDER, &step_make_folder_ops },
	{ STEP_MAKE_FILE, &step_make_file_ops },
	{ STEP_SECURITY, &step_security_ops },
};

const struct step_ops *
step_ops(int kind)
{
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		if (steps[i].kind == kind)
			return steps[i].ops;
	}
	return NULL;
}

void
step_may_write(const struct stage *stage, const struct step_row *row)
{
	if (journal_has_committed(stage->journal, row->id))
		return;
	(void)fprintf(stderr,
	              "confine: step %lld was about to change %s before what undoing "
	              "it needs was safe; nothing of it was changed. This is a fault "
	              "of confine: please report it\n",
	              (long long)row->id, row->path);
	abort();
}

/* Run values of the worm's form, judged: for the detector, and who takes them away. */
#ifndef LOOK_RUN_VALUES_H
#define LOOK_RUN_VALUES_H

#include "look/rundll.h"
#include "look/worm_file.h"

struct run_value {
	const char *key;
	const struct reg_value *value;
	const char *trace;       /* "run-worm", "run-residue" */
	char path[PATH_ROOM];    /* of what it starts */
	struct file_judged file; /* that */
};

/* Each that is the worm's, or may be, of the machine and then of each user. */
typedef enum err run_value_seen(void *with, const struct run_value *);
enum err run_values_each(const struct inside *, run_value_seen *, void *with);

/* Is the whole text of the form `rundll32.exe "<path>",<letters>`? */
bool run_value_has_the_form(const char *command, struct rundll_call *call);

#endif

/*
 * All the places of an At job: its two files, and on Vista and later its keys in the
 * registry's TaskCache, which go together.
 */
#ifndef MEND_AT_JOBS_H
#define MEND_AT_JOBS_H

#include "look/task_list.h"

#define TASK_CACHE \
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache"

#define WHY_ASKED "asked" /* change->why: by the wish of who gave the command */

#define AT_JOB_FILES 2
#define AT_JOB_KEYS 5
#define AT_JOB_ID_ROOM 64

struct at_job_places {
	char files[AT_JOB_FILES][PATH_ROOM]; /* Tasks\At1.job, System32\Tasks\At1 */
	char keys[AT_JOB_KEYS][PATH_ROOM]; /* Tree\At1, Tasks\{…}, …; "" for none */
};

/* Where the parts of the job called "At1" are, or would be. */
void at_job_places(const struct inside *, const char *name, struct at_job_places *);

/* Is it a path of one of those files? */
bool at_job_is_file(const struct inside *, const char *path);

/* The number under which the registry has it: "{…}". */
bool at_job_id(const struct inside *, const char *name, char out[AT_JOB_ID_ROOM]);
bool at_job_id_has_the_form(const char *id);

/* What the registry alone says of it. */
CHECKED enum err at_job_of_key(const struct inside *, const char *name,
                               struct task *out, bool *there);

#endif

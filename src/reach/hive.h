/*
 * One registry hive, decoded in a cage of its own that lives as long as it is
 * asked.  Transaction logs (old and new format) are replayed in memory, a lost base
 * block is rebuilt, before the hive library sees a byte.
 */
#ifndef REACH_HIVE_H
#define REACH_HIVE_H

#include "flow/machine.h"

struct hive;

struct hive_files {
	int fd;             /* the hive; read from, never written */
	int logs[3];        /* .LOG, .LOG1, .LOG2, or -1 */
	const char *called; /* for sentences: "C:\WINDOWS\system32\config\SYSTEM" */
};

/* What opening found out. */
struct hive_state {
	bool dirty;          /* its sequence numbers differed: writes were under way */
	bool replayed;       /* and logs brought it up to date */
	bool rebuilt;        /* the base block came from a log */
	char note[WHY_ROOM]; /* on what was lost, "" where nothing was */
};

/*
 * The descriptors stay the caller's.  HEARD, or why not, in words in `why` (without
 * `called`, as in the note).  A dirty hive whose logs are not there or do not fit is
 * opened as it is, and state says so.  The bytes are copied into memory outside of
 * this process's own: 512 MB at most.
 */
enum heard hive_open(const struct hive_files *, struct hive **out,
                     struct hive_state *state, char why[WHY_ROOM]);

/*
 * `path` is below the hive's root: "Select", "ControlSet001\Services"; "" the root.
 * ASCII letters of either case are the same, others are not.  Not heard, with file
 * and key in `why`: a list or value that is damaged, two keys of one name, more than
 * 16 MB in one key.  U+FFFD in a name stands for what cannot be in our text (a zero,
 * half a surrogate pair); asked for so, the key is found.  Security that is damaged
 * is there, and empty.  Links to keys are not followed.
 */
enum heard hive_key(struct hive *, const char *path, struct reg_key *out,
                    char why[WHY_ROOM]);

/* The bytes that it answers from: with the logs, and as long as it is then. */
int hive_memfd(const struct hive *);

void hive_free(struct hive *); /* NULL is fine */

/* Of some that are freed, the first half of each: their cages end side by side. */
void hive_dismiss(struct hive *); /* NULL is fine */

#endif

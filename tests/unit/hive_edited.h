/* Hives that a test has changed, and what became of them. */
#ifndef TESTS_UNIT_HIVE_EDITED_H
#define TESTS_UNIT_HIVE_EDITED_H

#include "reg_edits.h"

/* One hive, and what became of it. */
struct edited {
	int fd;
	struct hive_states states;
	enum heard heard;
	char why[WHY_ROOM];
};

/* Takes the descriptors; -1: no such log.  It is called "C:\H". */
struct edited edit_with(int fd, int log1, int log2, const struct reg_edit *,
                        size_t count);
/* A hive of hive_data.h, without logs. */
struct edited edit(const char *name, const struct reg_edit *, size_t count);
struct edited edit_once(const char *name, struct reg_edit);
void done(struct edited *);

void is_done(const struct edited *);
void is_refused(struct edited, const char *why); /* and done with */

/* Where the key of that name has its record. */
size_t record_of(struct span, const char *name);

#endif

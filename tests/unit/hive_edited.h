/* Hives that a test has changed, and what became of them. */
#ifndef TESTS_UNIT_HIVE_EDITED_H
#define TESTS_UNIT_HIVE_EDITED_H

#include "base/span.h"
#include "reach/hive_edit.h"

#define TEXT(s)                                            \
	{                                                  \
		(const uint8_t *)(s), sizeof(s) - 1, false \
	}
#define NO_BYTES                              \
	{                                     \
		(const uint8_t *)"", 0, false \
	}
#define SET(key, name, type, text)                        \
	{                                                 \
		REG_EDIT_SET, key, name, type, TEXT(text) \
	}
#define DELETE_VALUE(key, name)                               \
	{                                                     \
		REG_EDIT_DELETE_VALUE, key, name, 0, NO_BYTES \
	}
#define DELETE_KEY(key)                                   \
	{                                                 \
		REG_EDIT_DELETE_KEY, key, "", 0, NO_BYTES \
	}
#define MAKE_KEY(key)                                   \
	{                                               \
		REG_EDIT_MAKE_KEY, key, "", 0, NO_BYTES \
	}

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
size_t record_of(struct span hive, const char *name);

#endif

/*
 * The tables of a case, and what tells a case from any other file.
 */
#ifndef KEEP_SCHEMA_H
#define KEEP_SCHEMA_H

#include <stdbool.h>

#include "sys/db.h"

#define SCHEMA_OLDEST 2 /* that can still be read, and brought up to date */
#define SCHEMA_WITH_MENDS 3
#define SCHEMA_NEWEST 3

enum schema_found {
	SCHEMA_NO_FILE = 1,
	SCHEMA_EMPTY, /* a file of no bytes */
	SCHEMA_OURS,
};

/*
 * Looks without touching.  A file that is something else, or a case of another
 * version that cannot be read, is refused with a line.
 */
CHECKED enum err schema_look(const char *path, enum schema_found *out);

/* Makes the tables, all or none, in a connection to an empty file. */
CHECKED enum err schema_make(struct db *);

/*
 * Are the tables just as we make them?  A file from elsewhere may hold others
 * under the same names, whose reading has no end.  *empty: there are none at all
 * (the making of them was broken off).
 */
CHECKED enum err schema_check(struct db *, int64_t *version, bool *empty);

/* Adds what a case of an older version lacks, all or nothing. */
CHECKED enum err schema_upgrade(struct db *, int64_t version);

#endif

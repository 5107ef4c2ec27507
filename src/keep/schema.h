/*
 * The tables of a case, and what tells a case from any other file.
 */
#ifndef KEEP_SCHEMA_H
#define KEEP_SCHEMA_H

#include <stdbool.h>

#include "sys/db.h"

enum schema_found {
	SCHEMA_NO_FILE = 1,
	SCHEMA_EMPTY, /* a file of no bytes */
	SCHEMA_OURS,
};

/*
 * Looks without touching.  A file that is something else, or a case of another
 * version, is refused with a line.
 */
CHECKED enum err schema_look(const char *path, enum schema_found *out);

/* Makes the tables, all or none, in a connection to an empty file. */
CHECKED enum err schema_make(struct db *);

/*
 * Are the tables just as we make them?  A file from elsewhere may hold others
 * under the same names, whose reading has no end.  *empty: there are none at all
 * (the making of them was broken off).
 */
CHECKED enum err schema_check(struct db *, bool *empty);

#endif

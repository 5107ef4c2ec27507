/*
 * A connection to SQLite, and the one place where its failures become a line
 * for people: what could not be done, on what file, and what to do now.
 */
#ifndef SYS_DB_H
#define SYS_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

struct db {
	sqlite3 *sql;
	char *path;  /* as the user named it; NULL for a temporary one */
	bool failed; /* the line is out: what follows fails without a word */
};

enum db_how {
	DB_AS_IT_LIES, /* as it lies there: no lock, no recovery, nothing is touched */
	DB_READ,       /* writes nothing but what SQLite needs to read it */
	DB_WRITE,      /* must exist */
};

/* `path` NULL: a private file that is gone when closed. */
CHECKED enum err db_open(struct db *, const char *path, enum db_how);
void db_close(struct db *);

/* Says what just went wrong, once.  Gives ERR_MEMORY or ERR_REFUSED. */
enum err db_trouble(struct db *);

CHECKED enum err db_exec(struct db *, const char *sql);
CHECKED enum err db_prepare(struct db *, const char *sql, sqlite3_stmt **);

/* To the next row, or to the end, where it is reset: *row says which. */
CHECKED enum err db_step(struct db *, sqlite3_stmt *, bool *row);

/* For a statement that gives no rows: all of it, and ready for the next time. */
CHECKED enum err db_run(struct db *, sqlite3_stmt *);

/* A number of one row, one column; 0 where there is no row. */
CHECKED enum err db_number(struct db *, const char *sql, int64_t *out);

/* The value must last until the statement has run. */
void db_bind_text(sqlite3_stmt *, int at, const char *text);
void db_bind_bytes(sqlite3_stmt *, int at, struct span bytes);

/* The column as text, "" where it is none; lasts until the next step. */
const char *db_text(sqlite3_stmt *, int column);

#endif

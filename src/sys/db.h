/*
 * A connection to SQLite, and the one place where its failures become a line
 * for people: what could not be done, on what file, and what to do now.
 */
#ifndef SYS_DB_H
#define SYS_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* What to do, for the ends of its lines: whose file it is decides. */
struct db_words {
	const char *full;    /* where the disk is full */
	const char *instead; /* "name another file with --case" */
	const char *memory;  /* all of the line on a lack of it */
};

struct db {
	sqlite3 *sql;
	const struct db_words *words;
	char *path;  /* as the user named it; NULL for a temporary one */
	bool failed; /* the line is out: what follows fails without a word */
};

enum db_how {
	DB_AS_IT_LIES, /* as it lies there: no lock, no recovery, nothing is touched */
	DB_READ,       /* writes nothing but what SQLite needs to read it */
	DB_WRITE,      /* must exist */
};

/* `path` NULL: a private file that is gone when closed. */
CHECKED enum err db_open(struct db *, const char *path, enum db_how,
                         const struct db_words *);
void db_close(struct db *);

/* Says what just went wrong, once.  Gives ERR_MEMORY or ERR_REFUSED. */
enum err db_trouble(struct db *);
/* The same for a call whose result the connection does not remember. */
enum err db_trouble_of(struct db *, int result);

CHECKED enum err db_exec(struct db *, const char *sql);
CHECKED enum err db_prepare(struct db *, const char *sql, sqlite3_stmt **);

/* To the next row, or to the end, where it is reset: *row says which. */
CHECKED enum err db_step(struct db *, sqlite3_stmt *, bool *row);

/* For a statement that gives no rows: all of it, and ready for the next time. */
CHECKED enum err db_run(struct db *, sqlite3_stmt *);

static inline void
own_statement(sqlite3_stmt **s)
{
	(void)sqlite3_finalize(*s);
}

/* A number of one row, one column; 0 where there is no row. */
CHECKED enum err db_number(struct db *, const char *sql, int64_t *out);

/* The value must last until the statement has run. */
void db_bind_text(sqlite3_stmt *, int at, const char *text);
void db_bind_bytes(sqlite3_stmt *, int at, struct span bytes);

/* The column as text, "" where it is none; lasts until the next step. */
const char *db_text(sqlite3_stmt *, int column);

/* A table or an index; its SQL as SQLite keeps it. */
struct db_thing {
	const char *name;
	const char *sql;
};

/*
 * Are they just as we make them, and nothing else?  A file from elsewhere may hold
 * others under the same names, whose reading has no end.  `all` is sorted by name.
 */
enum db_things { DB_THINGS_NONE = 1, DB_THINGS_OURS, DB_THINGS_OTHER };
CHECKED enum err db_things(struct db *, const struct db_thing *all, size_t count,
                           enum db_things *out);

#endif

#include "sys/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"

#define BUSY_WAIT_MS 5000 /* somebody else's sqlite3 shell, or a checkpoint */
#define URI_MOST 16384u

/*
 * A path as a URI, so that no name (":memory:", "file:…", one with a question
 * mark) means anything else than a file.
 */
static void
put_uri(struct buf *b, const char *path, const char *query)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/";
	char escaped[4];

	buf_text(b, path[0] == '/' ? "file://" : "file:./");
	for (const char *c = path; *c; c++) {
		if (strchr(plain, *c)) {
			buf_u8(b, (uint8_t)*c);
			continue;
		}
		snprintf(escaped, sizeof escaped, "%%%02x", (unsigned char)*c);
		buf_text(b, escaped);
	}
	buf_text(b, query);
}

/* Everything that a case from another site could lean on is off, or has an end. */
static void
harden(sqlite3 *sql)
{
	static const int on[] = { SQLITE_DBCONFIG_DEFENSIVE };
	static const int off[] = {
		SQLITE_DBCONFIG_TRUSTED_SCHEMA,
		SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_ENABLE_VIEW,
		SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
		SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
	};
	static const struct {
		int which;
		int most;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 1 << 20 },    { SQLITE_LIMIT_SQL_LENGTH, 8192 },
		{ SQLITE_LIMIT_ATTACHED, 0 },        { SQLITE_LIMIT_COLUMN, 32 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 4 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 32 },     { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < sizeof on / sizeof *on; i++)
		(void)sqlite3_db_config(sql, on[i], 1, NULL);
	for (size_t i = 0; i < sizeof off / sizeof *off; i++)
		(void)sqlite3_db_config(sql, off[i], 0, NULL);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		(void)sqlite3_limit(sql, limits[i].which, limits[i].most);
	(void)sqlite3_busy_timeout(sql, BUSY_WAIT_MS);
}

enum err
db_open(struct db *db, const char *path, enum db_how how, const struct db_words *words)
{
	struct buf uri;
	int flags = SQLITE_OPEN_READWRITE;

	*db = (struct db){ .words = words };
	if (!path)
		flags |= SQLITE_OPEN_CREATE;
	else if (!(db->path = strdup(path)))
		return ERR_MEMORY;
	else if (how == DB_AS_IT_LIES)
		flags = SQLITE_OPEN_READONLY;

	buf_init(&uri, URI_MOST);
	if (path)
		put_uri(&uri, path, how == DB_AS_IT_LIES ? "?immutable=1" : "?mode=rw");
	const char *name = buf_string(&uri);
	int got = uri.bad
	              ? SQLITE_CANTOPEN
	              : sqlite3_open_v2(name, &db->sql, flags | SQLITE_OPEN_URI, NULL);
	buf_free(&uri);
	if (got != SQLITE_OK)
		return db_trouble(db);
	(void)sqlite3_extended_result_codes(db->sql, 1);
	harden(db->sql);
	return OK;
}

void
db_close(struct db *db)
{
	(void)sqlite3_close(db->sql);
	free(db->path);
	*db = (struct db){ .sql = NULL };
}

static bool
is_full(int code, int error)
{
	if (code == SQLITE_FULL)
		return true;
	return code == SQLITE_IOERR &&
	       (error == ENOSPC || error == EDQUOT || error == EFBIG);
}

static void
say_temporary(int code, int error)
{
	if (is_full(code, error) || code == SQLITE_CANTOPEN)
		fputs("confine: cannot write a temporary file for sorting: disk "
		      "full, or no folder for it; free some space, or set "
		      "SQLITE_TMPDIR to another folder\n",
		      stderr);
	else
		fprintf(stderr,
		        "confine: cannot use a temporary file for sorting: %s; set "
		        "SQLITE_TMPDIR "
		        "to another folder\n",
		        error ? strerror(error) : sqlite3_errstr(code));
}

static void
say(const struct db *db, int code, int error)
{
	const char *why = error ? strerror(error) : sqlite3_errstr(code);
	const char *path = db->path;
	const char *instead = db->words->instead;

	if (is_full(code, error))
		fprintf(stderr, "confine: cannot write %s: disk full; %s\n", path,
		        db->words->full);
	else if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		fprintf(stderr,
		        "confine: %s is in use by another run; wait until it ends, or "
		        "%s\n",
		        path, instead);
	else if (code == SQLITE_READONLY || code == SQLITE_PERM)
		fprintf(stderr,
		        "confine: cannot write %s: the file or its folder is "
		        "read-only; change that, or %s\n",
		        path, instead);
	else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB ||
	         code == SQLITE_TOOBIG)
		fprintf(stderr,
		        "confine: cannot read %s: the file is damaged; take a copy "
		        "from before, or %s\n",
		        path, instead);
	else if (code == SQLITE_CANTOPEN)
		fprintf(stderr,
		        "confine: cannot open %s: %s; look at the permissions of the "
		        "file and its folder, or %s\n",
		        path, why, instead);
	else
		fprintf(stderr, "confine: cannot use %s: %s; %s\n", path, why, instead);
}

enum err
db_trouble(struct db *db)
{
	return db_trouble_of(db, sqlite3_errcode(db->sql));
}

enum err
db_trouble_of(struct db *db, int result)
{
	int last = errno;
	int code = result & 0xFF;
	int error = db->sql ? sqlite3_system_errno(db->sql) : 0;

	/* A write that fails within a commit leaves its errno nowhere else. */
	if (code == SQLITE_IOERR && error == 0)
		error = last;

	if (code == SQLITE_NOMEM && !db->failed)
		fprintf(stderr, "confine: %s\n", db->words->memory);
	else if (!db->failed && !db->path)
		say_temporary(code, error);
	else if (!db->failed)
		say(db, code, error);
	db->failed = true;
	return code == SQLITE_NOMEM ? ERR_MEMORY : ERR_REFUSED;
}

enum err
db_exec(struct db *db, const char *sql)
{
	if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_trouble(db);
	return OK;
}

enum err
db_prepare(struct db *db, const char *sql, sqlite3_stmt **out)
{
	if (sqlite3_prepare_v3(db->sql, sql, -1, SQLITE_PREPARE_PERSISTENT, out,
	                       NULL) != SQLITE_OK)
		return db_trouble(db);
	return OK;
}

enum err
db_step(struct db *db, sqlite3_stmt *statement, bool *row)
{
	int got = sqlite3_step(statement);

	*row = got == SQLITE_ROW;
	if (got == SQLITE_ROW)
		return OK;
	enum err err = got == SQLITE_DONE ? OK : db_trouble(db);
	(void)sqlite3_reset(statement);
	return err;
}

enum err
db_run(struct db *db, sqlite3_stmt *statement)
{
	bool row = false;
	enum err err = db_step(db, statement, &row);

	(void)sqlite3_reset(statement);
	return err;
}

enum err
db_number(struct db *db, const char *sql, int64_t *out)
{
	sqlite3_stmt *statement = NULL;
	bool row = false;

	*out = 0;
	TRY(db_prepare(db, sql, &statement));
	enum err err = db_step(db, statement, &row);
	if (row)
		*out = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	return err;
}

/*
 * A bind that fails (no memory, too long) leaves the place NULL, which no column
 * of ours takes: the step then fails and says so.
 */
void
db_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	(void)sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

void
db_bind_bytes(sqlite3_stmt *statement, int at, struct span bytes)
{
	/* No bytes at all are a blob still, and not NULL. */
	(void)sqlite3_bind_blob64(statement, at,
	                          bytes.left ? bytes.at : (const void *)"", bytes.left,
	                          SQLITE_STATIC);
}

const char *
db_text(sqlite3_stmt *statement, int column)
{
	const char *text = NULL;

	if (sqlite3_column_type(statement, column) == SQLITE_TEXT)
		text = (const char *)sqlite3_column_text(statement, column);
	return text ? text : "";
}

/* Those that come in order of their names. */
static enum err
compare(struct db *db, sqlite3_stmt *rows, const struct db_thing *all, size_t count,
        enum db_things *out)
{
	bool row = false;

	*out = DB_THINGS_OTHER;
	for (size_t i = 0;; i++) {
		TRY(db_step(db, rows, &row));
		if (!row && i == 0)
			*out = DB_THINGS_NONE;
		else if (!row && i == count)
			*out = DB_THINGS_OURS;
		if (!row || i == count || strcmp(db_text(rows, 0), all[i].name) != 0 ||
		    strcmp(db_text(rows, 1), all[i].sql) != 0)
			return OK;
	}
}

enum err
db_things(struct db *db, const struct db_thing *all, size_t count, enum db_things *out)
{
	OWN(own_statement) sqlite3_stmt *rows = NULL;

	/* Names with sqlite_ are its own: the index behind UNIQUE, statistics. */
	TRY(db_prepare(db,
	               "SELECT name, sql FROM main.sqlite_schema "
	               "WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY name",
	               &rows));
	return compare(db, rows, all, count, out);
}

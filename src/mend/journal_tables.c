/*
 * about   one row: the run, its state, and the key that parts are scrambled with.
 * plan    the plan's JSON, cut into pieces.
 * change  of each change of the plan its state, and the step that carries it out.
 * step    in the order of doing, from 1.
 * part    runs of bytes that a step needs; len is -1 until it has been written whole.
 * chunk   the bytes, scrambled, 256 KB each but for the last of a part.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "mend/journal_file.h"

#define APPLICATION 0x434E464A /* "CNFJ" */
#define VERSION 1
#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

static const struct db_thing things[] = {
	{ "about",
	  "CREATE TABLE about (id INTEGER PRIMARY KEY, version TEXT NOT NULL, "
	  "command TEXT NOT NULL, words TEXT NOT NULL, called TEXT NOT NULL, "
	  "host TEXT NOT NULL, started_ms INTEGER NOT NULL, state INTEGER NOT NULL, "
	  "changes INTEGER NOT NULL, key BLOB NOT NULL) STRICT" },
	{ "change", "CREATE TABLE change (id INTEGER PRIMARY KEY, state INTEGER NOT "
	            "NULL, error TEXT NOT NULL, step INTEGER) STRICT" },
	{ "chunk", "CREATE TABLE chunk (id INTEGER PRIMARY KEY, part INTEGER NOT NULL, "
	           "at INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT" },
	{ "chunk_at", "CREATE UNIQUE INDEX chunk_at ON chunk (part, at)" },
	{ "part",
	  "CREATE TABLE part (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, "
	  "part INTEGER NOT NULL, len INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT" },
	{ "part_of", "CREATE UNIQUE INDEX part_of ON part (step, part)" },
	{ "plan",
	  "CREATE TABLE plan (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT" },
	{ "step",
	  "CREATE TABLE step (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, "
	  "state INTEGER NOT NULL, path TEXT NOT NULL, facts BLOB NOT NULL) STRICT" },
};
#define THINGS (sizeof things / sizeof *things)

const struct db_words journal_making = {
	.full = "free some space and run it again, or name another folder with "
		"--journal-dir",
	.instead = "name another folder with --journal-dir",
	.memory = "out of memory for the journal; close other programs and run it "
		  "again",
};

const struct db_words journal_using = {
	.full = "free some space and run it again",
	.instead = "name another journal",
	.memory = "out of memory for the journal; close other programs and run it "
		  "again",
};

/*
 * A commit has reached the disk when it returns, and so has the disappearance of its
 * rollback journal.  The cache is small, and what does not fit is written early.
 */
#define SETTINGS                                                  \
	"PRAGMA cell_size_check = ON; PRAGMA cache_size = -2048;" \
	"PRAGMA synchronous = EXTRA; PRAGMA temp_store = MEMORY"

static enum err
open_db(struct db *db, const char *path, enum db_how how, const struct db_words *words)
{
	TRY(db_open(db, path, how, words));
	/* A row is facts, or a chunk, and little more. */
	(void)sqlite3_limit(db->sql, SQLITE_LIMIT_LENGTH,
	                    (int)(JOURNAL_FACTS_MOST + (64u << 10)));
	return OK;
}

static enum err
say_no_journal(const char *path, const char *what)
{
	fprintf(stderr,
	        "confine: %s is no journal of confine: %s; `confine undo --list` shows "
	        "those that there are\n",
	        path, what);
	return ERR_REFUSED;
}

/*
 * Asked of SQLite and not read here: a descriptor of ours on the file would, once
 * closed, end the locks of another connection of this process (fcntl(2)).
 */
static enum err
look_at_kind(struct db *db)
{
	int64_t application = 0;
	int64_t version = 0;
	int got = sqlite3_exec(db->sql, "PRAGMA schema_version", NULL, NULL, NULL);

	if ((got & 0xFF) == SQLITE_NOTADB)
		return say_no_journal(db->path, "it is no database");
	TRY(db_number(db, "PRAGMA application_id", &application));
	TRY(db_number(db, "PRAGMA user_version", &version));
	if (application != APPLICATION)
		return say_no_journal(db->path, "it is a database of another program");
	if (version == VERSION)
		return OK;
	fprintf(stderr,
	        "confine: %s is a journal of version %lld, this confine reads version "
	        "%d; use the confine that wrote it\n",
	        db->path, (long long)version, VERSION);
	return ERR_REFUSED;
}

/* The one text that a statement gives. */
static enum err
is_text(struct db *db, const char *sql, const char *wanted, bool *is)
{
	OWN(own_statement) sqlite3_stmt *statement = NULL;
	bool row = false;

	TRY(db_prepare(db, sql, &statement));
	TRY(db_step(db, statement, &row));
	*is = row && strcmp(db_text(statement, 0), wanted) == 0;
	return OK;
}

static enum err
look_at_tables(struct db *db)
{
	enum db_things found = DB_THINGS_NONE;
	bool is = false;

	TRY(is_text(db, "PRAGMA journal_mode", "delete", &is));
	if (!is)
		return say_no_journal(db->path, "it has a log as no journal has");
	TRY(db_things(db, things, THINGS, &found));
	if (found != DB_THINGS_OURS)
		return say_no_journal(db->path,
		                      "its tables are not as confine makes them");
	return OK;
}

/* What will be undone by must be sound, through and through. */
static enum err
look_at_soundness(struct db *db)
{
	bool is = false;

	TRY(is_text(db, "PRAGMA quick_check(1)", "ok", &is));
	if (is)
		return OK;
	fprintf(stderr,
	        "confine: cannot use %s: the file is damaged; take a copy from before, "
	        "or name another journal\n",
	        db->path);
	return ERR_REFUSED;
}

enum err
journal_is_there(const char *path)
{
	struct stat about;

	if (stat(path, &about) == 0)
		return S_ISREG(about.st_mode)
		           ? OK
		           : say_no_journal(path, "it is no plain file");
	fprintf(stderr,
	        "confine: cannot open %s: %s; `confine undo --list` shows the journals "
	        "that there are\n",
	        path, strerror(errno));
	return ERR_REFUSED;
}

enum err
journal_look(struct db *db, const char *path, bool for_writing,
             const struct db_words *words)
{
	TRY(open_db(db, path, for_writing ? DB_WRITE : DB_READ, words));
	TRY(look_at_kind(db));
	TRY(db_exec(db, SETTINGS));
	TRY(look_at_tables(db));
	return for_writing ? look_at_soundness(db) : OK;
}

enum err
journal_tables_make(struct db *db, const char *path, const struct db_words *words)
{
	TRY(open_db(db, path, DB_WRITE, words));
	TRY(db_exec(db, "PRAGMA page_size = 8192;" SETTINGS));
	TRY(db_exec(db, "BEGIN IMMEDIATE;"
	                "PRAGMA application_id = " TEXT_OF(
			    APPLICATION) ";"
	                                 "PRAGMA user_version = " TEXT_OF(VERSION)));
	for (size_t i = 0; i < THINGS; i++)
		TRY(db_exec(db, things[i].sql));
	return OK;
}

/*
 * run     each run of a command.  A run that went on with an earlier one has the
 *         same root: the first of them.  seconds is NULL until it has ended.
 * host    each host that answered, once for each run: the newest counts, the
 *         others are its history.  state stands beside the verdict's JSON so that
 *         the worst can be read first.
 * absent  each host that was not there, once, as of the newest run that asked:
 *         there are millions of them, so a row is an address, a run, a reason and
 *         a time (in seconds since the run began), about 15 bytes for IPv4.
 * why     the reasons of absent hosts; a handful.
 *
 * A key is the address's key (base/address.h) without the zeros that end every
 * IPv4 one: 5 or 17 bytes, in the same order.  A machine that was looked at from
 * inside and has no address has a key of its name (keep/host_key.h).
 */
#include "keep/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "base/span.h"

#define APPLICATION 0x434E464E /* "CNFN" */
#define VERSION 2
#define HEADER 100
#define USER_VERSION_AT 60
#define APPLICATION_AT 68
#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

static const struct db_thing things[] = {
	{ "absent", "CREATE TABLE absent (key BLOB PRIMARY KEY NOT NULL, "
	            "run INTEGER NOT NULL, why INTEGER NOT NULL, "
	            "after_s INTEGER NOT NULL) STRICT, WITHOUT ROWID" },
	{ "host", "CREATE TABLE host (id INTEGER PRIMARY KEY, key BLOB NOT NULL, "
	          "run INTEGER NOT NULL, state INTEGER NOT NULL, "
	          "time_ms INTEGER NOT NULL, name TEXT NOT NULL, "
	          "verdict TEXT NOT NULL, findings TEXT NOT NULL, "
	          "readings TEXT NOT NULL, statuses TEXT NOT NULL) STRICT" },
	{ "host_key", "CREATE UNIQUE INDEX host_key ON host (key, run)" },
	{ "run", "CREATE TABLE run (id INTEGER PRIMARY KEY, root INTEGER NOT NULL, "
	         "command TEXT NOT NULL, version TEXT NOT NULL, words TEXT NOT NULL, "
	         "spec TEXT NOT NULL, started_ms INTEGER NOT NULL, seconds REAL, "
	         "interrupted INTEGER, targets INTEGER, infected INTEGER, "
	         "suspect INTEGER, unknown INTEGER, no_sign INTEGER, clean INTEGER, "
	         "absent INTEGER) STRICT" },
	{ "why",
	  "CREATE TABLE why (id INTEGER PRIMARY KEY, reasons TEXT NOT NULL UNIQUE, "
	  "why TEXT NOT NULL, next TEXT NOT NULL) STRICT" },
};
#define THINGS (sizeof things / sizeof *things)

static enum err
say_not_a_case(const char *path, const char *what)
{
	fprintf(
	    stderr,
	    "confine: %s is not a case of confine: %s; name another file with --case\n",
	    path, what);
	return ERR_REFUSED;
}

/*
 * What the file says of itself in its first 100 bytes (SQLite, "Database File
 * Format", section 1.3).  Not asked of SQLite, which would hold a file for
 * damaged whose writer was killed while it copied its log into it, as long as it
 * may not look at that log.
 */
static enum err
look_inside(const char *path)
{
	static const char magic[] = "SQLite format 3";
	OWN(own_file) FILE *f = fopen(path, "rb");
	uint8_t head[HEADER] = { 0 };

	if (!f) {
		fprintf(stderr,
		        "confine: cannot open %s: %s; name another file with --case\n",
		        path, strerror(errno));
		return ERR_REFUSED;
	}
	struct span s = span_of(head, fread(head, 1, sizeof head, f));
	if (!span_is(span_cut(&s, sizeof magic), magic, sizeof magic))
		return say_not_a_case(path, "it is no database");
	(void)span_cut(&s, USER_VERSION_AT - sizeof magic);
	uint32_t version = span_be32(&s);
	(void)span_cut(&s, APPLICATION_AT - USER_VERSION_AT - 4);
	uint32_t application = span_be32(&s);
	if (s.bad || application != APPLICATION)
		return say_not_a_case(path, "it is a database of another program");
	if (version == VERSION)
		return OK;
	fprintf(stderr,
	        "confine: %s is a case of version %lu, this confine reads version %d; "
	        "use the confine that wrote it, or name another file with --case\n",
	        path, (unsigned long)version, VERSION);
	return ERR_REFUSED;
}

enum err
schema_look(const char *path, enum schema_found *out)
{
	struct stat about;

	if (stat(path, &about) != 0 && errno == ENOENT) {
		*out = SCHEMA_NO_FILE;
		return OK;
	}
	if (stat(path, &about) != 0) {
		fprintf(stderr,
		        "confine: cannot open %s: %s; name another file with --case\n",
		        path, strerror(errno));
		return ERR_REFUSED;
	}
	if (!S_ISREG(about.st_mode))
		return say_not_a_case(path, "it is no plain file");
	*out = about.st_size == 0 ? SCHEMA_EMPTY : SCHEMA_OURS;
	return about.st_size == 0 ? OK : look_inside(path);
}

enum err
schema_make(struct db *db)
{
	enum err err = db_exec(
	    db, "BEGIN IMMEDIATE;"
		"PRAGMA application_id = " TEXT_OF(
		    APPLICATION) ";"
				 "PRAGMA user_version = " TEXT_OF(VERSION));

	for (size_t i = 0; i < THINGS && err == OK; i++)
		err = db_exec(db, things[i].sql);
	if (err == OK)
		return db_exec(db, "COMMIT");
	(void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

enum err
schema_check(struct db *db, bool *empty)
{
	enum db_things found = DB_THINGS_NONE;

	TRY(db_things(db, things, THINGS, &found));
	*empty = found == DB_THINGS_NONE;
	if (found == DB_THINGS_OTHER)
		return say_not_a_case(db->path,
		                      "its tables are not as confine makes them");
	return OK;
}

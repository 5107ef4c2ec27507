/*
 * run     each run of a command.  A run that went on with an earlier one has the
 *         same root: the first of them.  seconds is NULL until it has ended.
 * host    each host that answered, once for each run: the newest counts, the
 *         others are its history.  state stands beside the verdict's JSON so that
 *         the worst can be read first.
 * absent  each host that was not there, once, as of the newest run that asked:
 *         there are millions of them, so a row is an address, a run, a reason and
 *         a time (in seconds since the run began), about 15 bytes for IPv4.
 * mend    each run that changed something on a host (from version 3 on): the plan
 *         with what became of each change, and the journal that undoes it.
 * why     the reasons of absent hosts; a handful.
 *
 * A key is the address's key (base/address.h) without the zeros that end every
 * IPv4 one: 5 or 17 bytes, in the same order.  A machine that was looked at from
 * inside and has no address has a key of its name (keep/host_key.h).
 */
#include "keep/case.h"
#include "keep/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"
#include "base/span.h"

#define APPLICATION 0x434E464E /* "CNFN" */
#define VERSION 3
_Static_assert(VERSION == SCHEMA_NEWEST, "the one that is made");
#define HEADER 100
#define USER_VERSION_AT 60
#define APPLICATION_AT 68
#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

static const struct {
	struct db_thing thing;
	int since; /* the version that brought it; 0: the oldest */
} things[] = {
	{ { "absent", "CREATE TABLE absent (key BLOB PRIMARY KEY NOT NULL, "
	              "run INTEGER NOT NULL, why INTEGER NOT NULL, "
	              "after_s INTEGER NOT NULL) STRICT, WITHOUT ROWID" },
	  0 },
	{ { "host", "CREATE TABLE host (id INTEGER PRIMARY KEY, key BLOB NOT NULL, "
	            "run INTEGER NOT NULL, state INTEGER NOT NULL, "
	            "time_ms INTEGER NOT NULL, name TEXT NOT NULL, "
	            "verdict TEXT NOT NULL, findings TEXT NOT NULL, "
	            "readings TEXT NOT NULL, statuses TEXT NOT NULL) STRICT" },
	  0 },
	{ { "host_key", "CREATE UNIQUE INDEX host_key ON host (key, run)" }, 0 },
	{ { "mend",
	    "CREATE TABLE mend (id INTEGER PRIMARY KEY, key BLOB NOT NULL, "
	    "run INTEGER NOT NULL, time_ms INTEGER NOT NULL, command TEXT NOT NULL, "
	    "state TEXT NOT NULL, journal TEXT NOT NULL, before TEXT NOT NULL, "
	    "after TEXT NOT NULL, plan TEXT NOT NULL) STRICT" },
	  SCHEMA_WITH_MENDS },
	{ { "mend_key", "CREATE INDEX mend_key ON mend (key)" }, SCHEMA_WITH_MENDS },
	{ { "run", "CREATE TABLE run (id INTEGER PRIMARY KEY, root INTEGER NOT NULL, "
	           "command TEXT NOT NULL, version TEXT NOT NULL, words TEXT NOT NULL, "
	           "spec TEXT NOT NULL, started_ms INTEGER NOT NULL, seconds REAL, "
	           "interrupted INTEGER, targets INTEGER, infected INTEGER, "
	           "suspect INTEGER, unknown INTEGER, no_sign INTEGER, clean INTEGER, "
	           "absent INTEGER) STRICT" },
	  0 },
	{ { "why",
	    "CREATE TABLE why (id INTEGER PRIMARY KEY, reasons TEXT NOT NULL UNIQUE, "
	    "why TEXT NOT NULL, next TEXT NOT NULL) STRICT" },
	  0 },
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

struct file_says {
	bool is_database;
	uint32_t version;
	uint32_t application;
};

/*
 * What the file says of itself in its first 100 bytes (SQLite, "Database File
 * Format", section 1.3).  Not asked of SQLite, which would hold a file for
 * damaged whose writer was killed while it copied its log into it, as long as it
 * may not look at that log.
 */
static bool
read_head(const char *path, struct file_says *out)
{
	static const char magic[] = "SQLite format 3";
	OWN(own_file) FILE *f = fopen(path, "rb");
	uint8_t head[HEADER] = { 0 };

	*out = (struct file_says){ .is_database = false };
	if (!f)
		return false;
	struct span s = span_of(head, fread(head, 1, sizeof head, f));
	out->is_database = span_is(span_cut(&s, sizeof magic), magic, sizeof magic);
	(void)span_cut(&s, USER_VERSION_AT - sizeof magic);
	out->version = span_be32(&s);
	(void)span_cut(&s, APPLICATION_AT - USER_VERSION_AT - 4);
	out->application = span_be32(&s);
	return true;
}

bool
case_is_one(const char *path)
{
	struct file_says says;

	return read_head(path, &says) && says.is_database &&
	       says.application == APPLICATION;
}

static enum err
look_inside(const char *path)
{
	struct file_says says;

	if (!read_head(path, &says)) {
		fprintf(stderr,
		        "confine: cannot open %s: %s; name another file with --case\n",
		        path, strerror(errno));
		return ERR_REFUSED;
	}
	if (!says.is_database)
		return say_not_a_case(path, "it is no database");
	if (says.application != APPLICATION)
		return say_not_a_case(path, "it is a database of another program");
	if (says.version >= SCHEMA_OLDEST && says.version <= VERSION)
		return OK;
	fprintf(stderr,
	        "confine: %s is a case of version %lu, this confine reads version %d; "
	        "use the confine that wrote it, or name another file with --case\n",
	        path, (unsigned long)says.version, VERSION);
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

/* All or none of what came after a version. */
static enum err
make_since(struct db *db, int64_t version)
{
	enum err err = db_exec(
	    db, "BEGIN IMMEDIATE;"
		"PRAGMA application_id = " TEXT_OF(
		    APPLICATION) ";"
				 "PRAGMA user_version = " TEXT_OF(VERSION));

	for (size_t i = 0; i < THINGS && err == OK; i++) {
		if (version == 0 || things[i].since > version)
			err = db_exec(db, things[i].thing.sql);
	}
	if (err == OK)
		return db_exec(db, "COMMIT");
	(void)sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

enum err
schema_make(struct db *db)
{
	return make_since(db, 0);
}

enum err
schema_upgrade(struct db *db, int64_t version)
{
	return version == VERSION ? OK : make_since(db, version);
}

enum err
schema_check(struct db *db, int64_t *version, bool *empty)
{
	enum db_things found = DB_THINGS_NONE;
	struct db_thing had[THINGS];
	size_t count = 0;

	TRY(db_number(db, "PRAGMA user_version", version));
	for (size_t i = 0; i < THINGS; i++) {
		if (things[i].since <= *version)
			had[count++] = things[i].thing;
	}
	TRY(db_things(db, had, count, &found));
	*empty = found == DB_THINGS_NONE;
	if (found == DB_THINGS_OTHER)
		return say_not_a_case(db->path,
		                      "its tables are not as confine makes them");
	return OK;
}

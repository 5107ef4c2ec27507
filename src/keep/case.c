#include "keep/case.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "keep/case_file.h"
#include "keep/host_key.h"
#include "keep/schema.h"

#define VERDICT_MOST (64u * 1024)
#define STATUSES_JSON_MOST (16u * 1024 * 1024)
#define FINDINGS_JSON_MOST (4u * 1024 * 1024)
#define WORDS_JSON_MOST (512u * 1024)

/*
 * A commit of a write-ahead log is safe from kill -9 at once, and from a power
 * failure up to the last checkpoint.  16 MB of cache hold the addresses of a
 * million absent hosts, which come in random order.
 */
#define SETTINGS                                                   \
	"PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384;" \
	"PRAGMA synchronous = NORMAL"

static const struct db_words case_words = {
	.full = "what was written before is kept: free some space and run it again (a "
		"scan goes on with --resume), or name another file with --case",
	.instead = "name another file with --case",
	.memory = "out of memory for the case; close other programs, or scan a smaller "
		  "network",
};

struct span
case_key(const uint8_t key[ADDRESS_KEY])
{
	return span_of(key, key[0] == 4 ? 5 : ADDRESS_KEY);
}

bool
case_key_back(struct span kept, uint8_t key[ADDRESS_KEY])
{
	size_t len = kept.left;

	memset(key, 0, ADDRESS_KEY);
	(void)span_copy(kept, key, ADDRESS_KEY);
	return (len == 5 && key[0] == 4) ||
	       (len == ADDRESS_KEY && (key[0] == 6 || key[0] == HOST_KEY_NAMED));
}

/* What the present state of the file says about runs and rows. */
static enum err
find_place(struct case_file *c, int64_t version)
{
	OWN(own_statement) sqlite3_stmt *latest = NULL;
	bool row = false;
	int64_t mends = 0;

	TRY(db_number(&c->db, "SELECT max(id) FROM host", &c->rows_before));
	if (version >= SCHEMA_WITH_MENDS)
		TRY(db_number(&c->db, "SELECT count(*) FROM mend", &mends));
	c->has_mends = mends > 0;
	TRY(db_prepare(&c->db, "SELECT id, root FROM run ORDER BY id DESC LIMIT 1",
	               &latest));
	TRY(db_step(&c->db, latest, &row));
	if (row) {
		c->run = sqlite3_column_int64(latest, 0);
		c->root = sqlite3_column_int64(latest, 1);
	}
	return OK;
}

static enum err
claim_for(const char *path, struct claim *out)
{
	enum err err = claim_take(path, out);

	if (err == ERR_REFUSED)
		fprintf(
		    stderr,
		    "confine: %s is in use by another run; wait until it ends, or name "
		    "another file with --case\n",
		    path);
	else if (err != OK)
		fprintf(stderr,
		        "confine: cannot write %s: %s; name another file with --case\n",
		        path, strerror(errno));
	return err == OK ? OK : ERR_REFUSED;
}

static enum err
open_to_write(struct case_file *c, const char *path)
{
	enum schema_found found = SCHEMA_OURS;
	int64_t version = 0;
	bool empty = false;

	TRY(schema_look(path, &found));
	TRY(claim_for(path, &c->claim));
	TRY(db_open(&c->db, path, DB_WRITE, &case_words));
	TRY(db_exec(&c->db, SETTINGS));
	/* Asked again: another process may have made it since we looked. */
	TRY(schema_check(&c->db, &version, &empty));
	TRY(empty ? schema_make(&c->db) : schema_upgrade(&c->db, version));
	/* Only now, so that the file itself says what it is from the first on. */
	TRY(db_exec(&c->db, "PRAGMA journal_mode = WAL"));
	return find_place(c, SCHEMA_NEWEST);
}

/*
 * A case in a folder that we may not write to, or on a CD: SQLite wants to lay
 * its index of the write-ahead log beside it.  Where there is no such log, the
 * file can be read as it lies there.
 */
static enum err
read_as_it_lies(struct case_file *c, const char *path)
{
	char log[4096];
	FILE *f = NULL;
	int got = sqlite3_exec(c->db.sql, "PRAGMA schema_version", NULL, NULL, NULL);

	got &= 0xFF;
	if (got != SQLITE_CANTOPEN && got != SQLITE_READONLY)
		return OK; /* what else there may be is met again by the next */
	if (snprintf(log, sizeof log, "%s-wal", path) < (int)sizeof log)
		f = fopen(log, "rb");
	if (f) {
		fclose(f);
		fprintf(
		    stderr,
		    "confine: cannot read %s where nothing may be written: its "
		    "last run was broken off; copy it and %s to a folder of yours\n",
		    path, log);
		return ERR_REFUSED;
	}
	db_close(&c->db);
	return db_open(&c->db, path, DB_AS_IT_LIES, &case_words);
}

static enum err
open_to_read(struct case_file *c, const char *path)
{
	enum schema_found found = SCHEMA_NO_FILE;
	int64_t version = 0;
	bool empty = false;

	TRY(schema_look(path, &found));
	if (found != SCHEMA_OURS) {
		fprintf(stderr,
		        "confine: cannot open %s: %s; `confine scan --case %s "
		        "TARGET` makes a case\n",
		        path,
		        found == SCHEMA_EMPTY ? "the file is empty" : "no such file",
		        path);
		return ERR_REFUSED;
	}
	c->is_running = claim_is_taken(path);
	TRY(db_open(&c->db, path, DB_READ, &case_words));
	TRY(read_as_it_lies(c, path));
	TRY(db_exec(&c->db, SETTINGS));
	TRY(schema_check(&c->db, &version, &empty));
	if (!empty)
		return find_place(c, version);
	fprintf(
	    stderr,
	    "confine: cannot read %s: its making was broken off, so nothing is in it; "
	    "delete it\n",
	    path);
	return ERR_REFUSED;
}

/* Nobody else reads it, and nothing of it must outlive a crash. */
static enum err
open_temporary(struct case_file *c)
{
	TRY(db_open(&c->db, NULL, DB_WRITE, &case_words));
	TRY(db_exec(&c->db, SETTINGS "; PRAGMA synchronous = OFF;"
	                             "PRAGMA journal_mode = MEMORY"));
	return schema_make(&c->db);
}

static enum err
open_as(struct case_file *c, const char *path)
{
	if (c->mode == CASE_TEMPORARY)
		return open_temporary(c);
	if (strncmp(path, "postgresql://", 13) == 0) {
		fputs("confine: a case is kept in a file only, in this version; name a "
		      "file with --case\n",
		      stderr);
		return ERR_REFUSED;
	}
	return c->mode == CASE_WRITE ? open_to_write(c, path) : open_to_read(c, path);
}

static void
free_case(struct case_file *c)
{
	(void)sqlite3_finalize(c->add);
	(void)sqlite3_finalize(c->add_absent);
	(void)sqlite3_finalize(c->before);
	(void)sqlite3_finalize(c->held);
	(void)sqlite3_finalize(c->has);
	(void)sqlite3_finalize(c->load);
	(void)sqlite3_finalize(c->load_why);
	(void)sqlite3_finalize(c->split);
	(void)sqlite3_finalize(c->newest);
	db_close(&c->db); /* before the claim: see claim_drop */
	claim_drop(&c->claim);
	buf_free(&c->verdict);
	buf_free(&c->findings);
	buf_free(&c->statuses);
	statuses_free(&c->loaded);
	plan_free(c->mended_plan);
	free(c);
}

enum err
case_open(const char *path, enum case_mode mode, struct case_file **out)
{
	struct case_file *c = calloc(1, sizeof *c);

	*out = NULL;
	if (!c)
		return ERR_MEMORY;
	c->mode = mode;
	c->claim = CLAIM_NONE;
	buf_init(&c->verdict, VERDICT_MOST);
	buf_init(&c->findings, FINDINGS_JSON_MOST);
	buf_init(&c->statuses, STATUSES_JSON_MOST);
	enum err err = open_as(c, path);
	if (err == OK) {
		*out = c;
		return OK;
	}
	/* A file of ours that never became a case leaves no trace. */
	if (c->claim.made)
		(void)remove(path);
	free_case(c);
	return ERR_REFUSED;
}

enum err
case_close(struct case_file *c)
{
	if (!c)
		return OK;
	enum err err = c->db.failed ? ERR_REFUSED : case_commit(c);
	free_case(c);
	return err;
}

void
own_case(struct case_file **c)
{
	enum err ignored = case_close(*c);

	(void)ignored;
}

enum err
case_pend(struct case_file *c)
{
	if (c->db.failed)
		return ERR_REFUSED;
	if (c->pending)
		return OK;
	TRY(db_exec(&c->db, "BEGIN IMMEDIATE"));
	c->pending = true;
	return OK;
}

enum err
case_commit(struct case_file *c)
{
	if (!c->pending)
		return OK;
	c->pending = false;
	if (!c->db.failed && db_exec(&c->db, "COMMIT") == OK)
		return OK;
	(void)sqlite3_exec(c->db.sql, "ROLLBACK", NULL, NULL, NULL);
	return ERR_REFUSED;
}

static enum err
add_run(struct case_file *c, const struct run *run, const char *spec, const char *words)
{
	OWN(own_statement) sqlite3_stmt *add = NULL;

	TRY(case_pend(c));
	TRY(db_prepare(&c->db,
	               "INSERT INTO run (id, root, command, version, words, spec, "
	               "started_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	               &add));
	(void)sqlite3_bind_int64(add, 1, c->run);
	(void)sqlite3_bind_int64(add, 2, c->root);
	db_bind_text(add, 3, run->command);
	db_bind_text(add, 4, run->version);
	db_bind_text(add, 5, words);
	db_bind_text(add, 6, spec);
	(void)sqlite3_bind_int64(add, 7, run->started_ms);
	TRY(db_run(&c->db, add));
	return case_commit(c);
}

/* `root` 0: it goes on with nothing. */
static enum err
begin_run(struct case_file *c, const struct run *run, const char *spec, int64_t root)
{
	struct buf words;
	struct json j;
	int64_t last = 0;

	TRY(db_number(&c->db, "SELECT max(id) FROM run", &last));
	c->run = last + 1;
	c->root = root ? root : c->run;
	c->started_ms = run->started_ms;
	buf_init(&words, WORDS_JSON_MOST);
	json_init(&j, &words);
	json_open(&j, '[');
	for (int i = 0; i < run->argc; i++)
		json_text(&j, run->argv[i]);
	json_close(&j, ']');
	enum err err = add_run(c, run, spec, words.bad ? "[]" : buf_string(&words));
	buf_free(&words);
	return err;
}

enum err
case_begin_run(struct case_file *c, const struct run *run, const char *spec)
{
	return begin_run(c, run, spec, 0);
}

/* An unfinished one before all others, lest a smaller scan hide it. */
static enum err
latest_of(struct case_file *c, const char *command, sqlite3_stmt **out, bool *found)
{
	TRY(db_prepare(&c->db,
	               "SELECT root, spec FROM run WHERE command = ?1 "
	               "ORDER BY " RUN_IS_UNFINISHED " DESC, id DESC LIMIT 1",
	               out));
	db_bind_text(*out, 1, command);
	return db_step(&c->db, *out, found);
}

enum err
case_resume_run(struct case_file *c, const struct run *run)
{
	OWN(own_statement) sqlite3_stmt *latest = NULL;
	bool found = false;

	TRY(latest_of(c, run->command, &latest, &found));
	if (found)
		return begin_run(c, run, db_text(latest, 1),
		                 sqlite3_column_int64(latest, 0));
	fprintf(stderr, "confine: %s holds no %s to go on with; leave --resume out\n",
	        c->db.path, run->command);
	return ERR_REFUSED;
}

enum err
case_last_spec(struct case_file *c, const char *command, char **spec)
{
	OWN(own_statement) sqlite3_stmt *latest = NULL;
	bool found = false;

	*spec = NULL;
	TRY(latest_of(c, command, &latest, &found));
	if (!found)
		return OK;
	*spec = strdup(db_text(latest, 1));
	return *spec ? OK : ERR_MEMORY;
}

enum err
case_end_run(struct case_file *c, const struct summary *s)
{
	OWN(own_statement) sqlite3_stmt *end = NULL;

	TRY(case_pend(c));
	TRY(db_prepare(&c->db,
	               "UPDATE run SET seconds = ?1, interrupted = ?2, targets = ?3, "
	               "infected = ?4, suspect = ?5, unknown = ?6, no_sign = ?7, "
	               "clean = ?8, absent = ?9 WHERE id = ?10",
	               &end));
	(void)sqlite3_bind_double(end, 1, s->seconds);
	(void)sqlite3_bind_int(end, 2, s->interrupted);
	(void)sqlite3_bind_int64(end, 3, (int64_t)s->targets);
	for (int state = STATE_INFECTED; state <= STATE_COUNT; state++)
		(void)sqlite3_bind_int64(end, 3 + state, (int64_t)s->count[state]);
	(void)sqlite3_bind_int64(end, 10, c->run);
	TRY(db_run(&c->db, end));
	return case_commit(c);
}

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "mend/journal_file.h"

enum err
journal_damaged(const struct journal *j, const char *what)
{
	fprintf(stderr,
	        "confine: cannot use %s: it is damaged: %s; take a copy from before\n",
	        j->about.path, what);
	return ERR_REFUSED;
}

/* Text of a column that fits; as it stands in the file, whatever it is. */
static bool
column_text(sqlite3_stmt *row, int column, char *to, size_t room)
{
	const char *text = db_text(row, column);

	return strlen(text) == (size_t)sqlite3_column_bytes(row, column) &&
	       text_copy(to, room, text);
}

static bool
read_about(struct journal *j, sqlite3_stmt *row)
{
	struct journal_about *a = &j->about;
	int64_t state = sqlite3_column_int64(row, 4);
	int64_t changes = sqlite3_column_int64(row, 5);

	if (state < JOURNAL_KEEPING || state > JOURNAL_UNDONE)
		return false;
	if (changes < 0 || changes > PLAN_CHANGES_MOST)
		return false;
	a->state = (enum journal_state)state;
	a->changes = (size_t)changes;
	a->started_ms = sqlite3_column_int64(row, 3);
	const void *key = sqlite3_column_blob(row, 6);
	if (sqlite3_column_bytes(row, 6) != sizeof j->key || !key)
		return false;
	memcpy(j->key, key, sizeof j->key);
	return column_text(row, 0, a->command, sizeof a->command) &&
	       column_text(row, 1, a->called, sizeof a->called) &&
	       column_text(row, 2, a->host, sizeof a->host);
}

/* Both are counted from 1 without a gap, and there are not too many. */
static enum err
check_counts(struct journal *j)
{
	int64_t changes = 0;
	int64_t steps = 0;

	TRY(db_number(&j->db,
	              "SELECT CASE WHEN count(*) = 0 THEN 0 WHEN min(id) = 1 AND "
	              "max(id) = count(*) THEN count(*) ELSE -1 END FROM change",
	              &changes));
	TRY(db_number(&j->db,
	              "SELECT CASE WHEN count(*) = 0 THEN 0 WHEN min(id) = 1 AND "
	              "max(id) = count(*) THEN count(*) ELSE -1 END FROM step",
	              &steps));
	if (changes != (int64_t)j->about.changes)
		return journal_damaged(j, "a change is missing");
	if (steps < 0 || steps > JOURNAL_STEPS_MOST)
		return journal_damaged(j, "a step is missing");
	j->committed = steps;
	j->added = steps;
	return OK;
}

enum err
journal_read_about(struct journal *j)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	if (!text_copy(j->about.path, sizeof j->about.path, j->db.path))
		return journal_damaged(j, "its name is too long");
	TRY(db_prepare(&j->db,
	               "SELECT command, called, host, started_ms, state, changes, key "
	               "FROM about WHERE id = 1",
	               &at));
	TRY(db_step(&j->db, at, &row));
	if (!row || !read_about(j, at))
		return journal_damaged(j, "it does not say whose it is");
	return check_counts(j);
}

static enum err
claim(struct journal *j, const char *path)
{
	enum err err = claim_take(path, &j->claim);

	/* What has gone since we looked is not made anew by claiming it. */
	if (err == OK && j->claim.made) {
		(void)unlink(path);
		errno = ENOENT;
		err = ERR_SYSTEM;
	}
	if (err == ERR_REFUSED)
		fprintf(stderr,
		        "confine: %s is in use by another confine; wait until it "
		        "ends\n",
		        path);
	else if (err != OK)
		fprintf(stderr,
		        "confine: cannot write %s: %s; copy it to a folder of yours, "
		        "or change that\n",
		        path, strerror(errno));
	return err == OK ? OK : ERR_REFUSED;
}

static enum err
open_at(struct journal *j, const char *path, bool for_writing)
{
	TRY(journal_is_there(path));
	if (for_writing)
		TRY(claim(j, path));
	TRY(journal_look(&j->db, path, for_writing, &journal_using));
	return journal_read_about(j);
}

enum err
journal_open(const char *path, bool for_writing, struct journal **out)
{
	struct journal *j = calloc(1, sizeof *j);

	*out = NULL;
	if (!j)
		return ERR_MEMORY;
	j->claim = CLAIM_NONE;
	enum err err = open_at(j, path, for_writing);
	if (err == OK)
		*out = j;
	else
		journal_free(j);
	return err;
}

void
journal_free(struct journal *j)
{
	if (!j)
		return;
	journal_roll_back(j);
	db_close(&j->db); /* before the claim: see claim_drop */
	claim_drop(&j->claim);
	free(j);
}

const struct journal_about *
journal_about(const struct journal *j)
{
	return &j->about;
}

/* ---- the plan */

static enum err
read_plan_text(struct journal *j, struct buf *out)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	TRY(db_prepare(&j->db, "SELECT json FROM plan ORDER BY id", &at));
	for (;;) {
		TRY(db_step(&j->db, at, &row));
		if (!row)
			return OK;
		buf_text(out, db_text(at, 0));
		if (out->bad)
			return journal_damaged(j, "its plan is too long");
	}
}

static enum err
read_states(struct journal *j, struct plan *p)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	TRY(db_prepare(&j->db, "SELECT id, state, error FROM change ORDER BY id", &at));
	for (size_t i = 0; i < p->count; i++) {
		struct change *c = &p->at[i];

		TRY(db_step(&j->db, at, &row));
		int64_t state = row ? sqlite3_column_int64(at, 1) : 0;
		if (!row || sqlite3_column_int64(at, 0) != (int64_t)c->id ||
		    state < CHANGE_PLANNED || state > CHANGE_UNDONE ||
		    !text_copy_utf8(c->error, sizeof c->error, db_text(at, 2)))
			return journal_damaged(j, "a change has no state");
		c->state = (enum change_state)state;
	}
	return OK;
}

enum err
journal_plan(struct journal *j, struct plan **out)
{
	OWN(buf_free) struct buf text = { .ceiling = PLAN_JSON_MOST };
	struct plan *p = NULL;

	*out = NULL;
	TRY(read_plan_text(j, &text));
	enum err err = plan_from_json(buf_string(&text), &p);
	if (err == ERR_REFUSED)
		return journal_damaged(j, "its plan is not as it was made");
	TRY(err);
	err = p->count == j->about.changes
	          ? read_states(j, p)
	          : journal_damaged(j, "its plan is not as it was made");
	if (err == OK)
		*out = p;
	else
		plan_free(p);
	return err;
}

/* ---- writing */

enum err
journal_pend(struct journal *j)
{
	if (j->broken)
		return ERR_REFUSED;
	if (j->pending)
		return OK;
	TRY(journal_wrote(j, db_exec(&j->db, "BEGIN IMMEDIATE")));
	j->pending = true;
	return OK;
}

enum err
journal_wrote(struct journal *j, enum err err)
{
	if (err != OK)
		j->broken = true;
	return err;
}

void
journal_roll_back(struct journal *j)
{
	/* After some failures SQLite has done it already, and says so. */
	if (j->pending)
		(void)sqlite3_exec(j->db.sql, "ROLLBACK", NULL, NULL, NULL);
	j->pending = false;
	j->broken = false;
	j->added = j->committed;
	j->pending_from = 0;
}

void
journal_pend_step(struct journal *j, int64_t step)
{
	if (j->pending_from == 0 || step < j->pending_from)
		j->pending_from = step;
	if (step > j->added)
		j->added = step;
}

bool
journal_has_committed(const struct journal *j, int64_t step)
{
	return step > 0 && step <= j->committed &&
	       (j->pending_from == 0 || step < j->pending_from);
}

enum err
journal_commit(struct journal *j)
{
	enum err err = j->broken ? ERR_REFUSED : OK;

	if (err == OK && j->pending)
		err = db_exec(&j->db, "COMMIT");
	if (err == OK) {
		j->pending = false;
		j->committed = j->added;
		j->pending_from = 0;
	} else {
		journal_roll_back(j);
	}
	return err;
}

enum err
journal_change_one(struct journal *j, sqlite3_stmt *statement)
{
	TRY(journal_wrote(j, db_run(&j->db, statement)));
	if (sqlite3_changes(j->db.sql) == 1)
		return OK;
	return journal_wrote(j, journal_damaged(j, "it lacks what is to be noted"));
}

enum err
journal_set_state(struct journal *j, enum journal_state state)
{
	OWN(own_statement) sqlite3_stmt *set = NULL;

	TRY(journal_pend(j));
	TRY(db_prepare(&j->db, "UPDATE about SET state = ?1 WHERE id = 1", &set));
	(void)sqlite3_bind_int64(set, 1, state);
	TRY(journal_change_one(j, set));
	j->about.state = state;
	return OK;
}

enum err
journal_set_change(struct journal *j, const struct change *c)
{
	OWN(own_statement) sqlite3_stmt *set = NULL;

	TRY(journal_pend(j));
	TRY(db_prepare(&j->db, "UPDATE change SET state = ?1, error = ?2 WHERE id = ?3",
	               &set));
	(void)sqlite3_bind_int64(set, 1, c->state);
	db_bind_text(set, 2, c->error);
	(void)sqlite3_bind_int64(set, 3, c->id);
	return journal_change_one(j, set);
}

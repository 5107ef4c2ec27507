#include "keep/mends.h"

#include <string.h>

#include "base/json.h"
#include "keep/case_file.h"
#include "keep/now.h"

#define COLUMNS "time_ms, command, state, journal, before, after, plan"

static void
bind_end(sqlite3_stmt *s, const struct mended *m)
{
	db_bind_text(s, 1, mended_state_name(m->state));
	db_bind_text(s, 2, m->after);
}

/* The plan with the states of its changes, for now. */
static enum err
plan_text(struct buf *out, const struct plan *plan)
{
	struct json j;

	json_init(&j, out);
	plan_json(&j, plan);
	return out->bad ? ERR_MEMORY : OK;
}

enum err
mends_add(struct case_file *c, const uint8_t key[ADDRESS_KEY], const struct mended *m,
          int64_t *id)
{
	OWN(own_statement) sqlite3_stmt *add = NULL;
	OWN(buf_free) struct buf plan = { .ceiling = PLAN_JSON_MOST };

	TRY(plan_text(&plan, m->plan));
	TRY(case_pend(c));
	TRY(db_prepare(&c->db,
	               "INSERT INTO mend (state, after, key, run, time_ms, command, "
	               "journal, before, plan) "
	               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	               &add));
	bind_end(add, m);
	db_bind_bytes(add, 3, case_key(key));
	(void)sqlite3_bind_int64(add, 4, c->run);
	(void)sqlite3_bind_int64(add, 5, m->time_ms);
	db_bind_text(add, 6, m->command);
	db_bind_text(add, 7, m->journal);
	db_bind_text(add, 8, m->before);
	db_bind_text(add, 9, buf_string(&plan));
	TRY(db_run(&c->db, add));
	*id = sqlite3_last_insert_rowid(c->db.sql);
	c->has_mends = true;
	return OK;
}

enum err
mends_set(struct case_file *c, int64_t id, const struct mended *m)
{
	OWN(own_statement) sqlite3_stmt *set = NULL;
	OWN(buf_free) struct buf plan = { .ceiling = PLAN_JSON_MOST };

	TRY(plan_text(&plan, m->plan));
	TRY(case_pend(c));
	TRY(db_prepare(&c->db,
	               "UPDATE mend SET state = ?1, after = ?2, plan = ?3 "
	               "WHERE id = ?4",
	               &set));
	bind_end(set, m);
	db_bind_text(set, 3, buf_string(&plan));
	(void)sqlite3_bind_int64(set, 4, id);
	return db_run(&c->db, set);
}

enum err
mends_of_journal(struct case_file *c, const char *journal, int64_t *id)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	*id = 0;
	if (!c->has_mends)
		return OK;
	TRY(db_prepare(
	    &c->db, "SELECT id FROM mend WHERE journal = ?1 ORDER BY id DESC LIMIT 1",
	    &at));
	db_bind_text(at, 1, journal);
	TRY(db_step(&c->db, at, &row));
	if (row)
		*id = sqlite3_column_int64(at, 0);
	return OK;
}

enum err
mends_last_journal(struct case_file *c, char out[PATH_ROOM])
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	out[0] = 0;
	if (!c->has_mends)
		return OK;
	TRY(db_prepare(&c->db,
	               "SELECT journal FROM mend WHERE state NOT IN ('undone', "
	               "'put-back') ORDER BY id DESC LIMIT 1",
	               &at));
	TRY(db_step(&c->db, at, &row));
	if (row)
		now_text(out, PATH_ROOM, db_text(at, 0));
	return OK;
}

static bool
is_a_state(const char *name)
{
	return !name[0] || state_from_name(name) != 0;
}

/* What is not as we write it is told as begun, without a plan: nothing is claimed. */
static void
read_one(sqlite3_stmt *at, struct mended *out)
{
	*out = (struct mended){ .time_ms = sqlite3_column_int64(at, 0) };
	now_text(out->command, sizeof out->command, db_text(at, 1));
	out->state = mended_state_from_name(db_text(at, 2));
	if (out->state == 0)
		out->state = MENDED_BEGUN;
	now_text(out->journal, sizeof out->journal, db_text(at, 3));
	if (is_a_state(db_text(at, 4)))
		(void)text_copy(out->before, sizeof out->before, db_text(at, 4));
	if (is_a_state(db_text(at, 5)))
		(void)text_copy(out->after, sizeof out->after, db_text(at, 5));
}

static enum err
read_plan(struct case_file *c, sqlite3_stmt *at, struct mended *out)
{
	const char *json = db_text(at, 6);

	plan_free(GIVE(c->mended_plan));
	enum err err = plan_from_json(json, &c->mended_plan);
	if (err == ERR_MEMORY)
		return err;
	out->plan = c->mended_plan;
	for (size_t i = 0; out->plan && i < out->plan->count; i++) {
		enum change_state state = out->plan->at[i].state;

		out->changes++;
		out->done += state == CHANGE_DONE || state == CHANGE_VERIFIED ||
		             state == CHANGE_NOT_NEEDED;
	}
	return OK;
}

static enum err
walk(struct case_file *c, sqlite3_stmt *at, mends_each *each, void *with)
{
	bool more = false;

	for (;;) {
		TRY(db_step(&c->db, at, &more));
		if (!more)
			return OK;
		read_one(at, &c->mended);
		TRY(read_plan(c, at, &c->mended));
		TRY(each(with, &c->mended));
	}
}

enum err
mends_of(struct case_file *c, const uint8_t key[ADDRESS_KEY], mends_each *each,
         void *with)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;

	if (!c->has_mends)
		return OK;
	TRY(db_prepare(&c->db,
	               "SELECT " COLUMNS " FROM mend WHERE key = ?1 ORDER BY id DESC",
	               &at));
	db_bind_bytes(at, 1, case_key(key));
	return walk(c, at, each, with);
}

static enum err
take(void *with, const struct mended *m)
{
	const struct mended **out = with;

	*out = m;
	return OK;
}

enum err
mends_newest(struct case_file *c, const uint8_t key[ADDRESS_KEY],
             const struct mended **out)
{
	*out = NULL;
	if (!c->has_mends)
		return OK;
	if (!c->newest)
		TRY(db_prepare(&c->db,
		               "SELECT " COLUMNS " FROM mend WHERE key = ?1 "
		               "ORDER BY id DESC LIMIT 1",
		               &c->newest));
	db_bind_bytes(c->newest, 1, case_key(key));
	enum err err = walk(c, c->newest, take, out);
	(void)sqlite3_reset(c->newest);
	return err;
}

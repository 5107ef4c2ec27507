/*
 * Rows as they come.  Each goes into the transaction that is open until the
 * next case_commit; the statements are prepared once.
 */
#include <string.h>

#include "base/json.h"
#include "keep/case_file.h"
#include "keep/case_hold.h"

static enum err
prepare(struct case_file *c, sqlite3_stmt **statement, const char *sql)
{
	if (c->db.failed)
		return ERR_REFUSED;
	return *statement ? OK : db_prepare(&c->db, sql, statement);
}

static void
write_json(struct case_file *c, const struct verdict *v, const struct row *row,
           const struct findings *more)
{
	struct json j;

	buf_clear(&c->verdict);
	json_init(&j, &c->verdict);
	verdict_json(&j, v);

	buf_clear(&c->findings);
	json_init(&j, &c->findings);
	json_open(&j, '[');
	for (size_t i = 0; i < row->findings.count; i++)
		finding_json(&j, &row->findings.at[i]);
	for (size_t i = 0; i < more->count; i++)
		finding_json(&j, &more->at[i]);
	json_close(&j, ']');
}

static void
write_statuses(struct case_file *c, const struct statuses *all)
{
	struct json j;

	buf_clear(&c->statuses);
	json_init(&j, &c->statuses);
	json_open(&j, '[');
	for (size_t i = 0; all && i < all->count; i++)
		status_json(&j, &all->at[i]);
	json_close(&j, ']');
}

static enum err
insert(struct case_file *c, const struct verdict *v, const char *readings)
{
	TRY(prepare(c, &c->add,
	            "INSERT INTO host (key, run, state, time_ms, name, verdict, "
	            "findings, readings, statuses) "
	            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
	            "ON CONFLICT (key, run) DO UPDATE SET state = excluded.state, "
	            "time_ms = excluded.time_ms, name = excluded.name, "
	            "verdict = excluded.verdict, findings = excluded.findings, "
	            "readings = excluded.readings, statuses = excluded.statuses"));
	TRY(case_pend(c));
	db_bind_bytes(c->add, 1, case_key(v->key));
	(void)sqlite3_bind_int64(c->add, 2, c->run);
	(void)sqlite3_bind_int(c->add, 3, (int)v->state);
	(void)sqlite3_bind_int64(c->add, 4, v->time_ms);
	db_bind_text(c->add, 5, v->name.utf8);
	db_bind_text(c->add, 6, buf_string(&c->verdict));
	db_bind_text(c->add, 7, buf_string(&c->findings));
	db_bind_text(c->add, 8, readings);
	db_bind_text(c->add, 9, buf_string(&c->statuses));
	return db_run(&c->db, c->add);
}

enum err
case_add(struct case_file *c, const struct row *row, const char *readings)
{
	struct verdict v = row->verdict;
	OWN(own_mem) struct findings *more = NULL;

	if (v.state == STATE_ABSENT)
		return case_add_absent(c, &v);
	more = calloc(1, sizeof *more);
	if (!more)
		return ERR_MEMORY;
	TRY(case_hold(c, row, &v, more));
	write_json(c, &v, row, more);
	write_statuses(c, row->statuses);
	if (c->verdict.bad || c->findings.bad || c->statuses.bad)
		return ERR_MEMORY;
	return insert(c, &v, readings);
}

static void
join_reasons(char out[REASONS_MOST * TRACE_ROOM], const struct verdict *v)
{
	size_t at = 0;

	for (size_t i = 0; i < v->reason_count && i < REASONS_MOST; i++) {
		size_t len = strnlen(v->reasons[i], TRACE_ROOM - 1);

		if (i > 0)
			out[at++] = ' ';
		memcpy(out + at, v->reasons[i], len);
		at += len;
	}
	out[at] = 0;
}

/* The number of these reasons, of which there are few. */
static enum err
number_of_why(struct case_file *c, const struct verdict *v, int64_t *id)
{
	struct case_why why = { .id = 0 };
	OWN(own_statement) sqlite3_stmt *add = NULL;
	bool row = false;

	join_reasons(why.reasons, v);
	for (size_t i = 0; i < c->why_count && i < WHYS_KEPT; i++) {
		if (strcmp(c->whys[i].reasons, why.reasons) == 0) {
			*id = c->whys[i].id;
			return OK;
		}
	}
	TRY(db_prepare(&c->db,
	               "INSERT INTO why (reasons, why, next) VALUES (?1, ?2, ?3) "
	               "ON CONFLICT (reasons) DO UPDATE SET why = excluded.why, "
	               "next = excluded.next RETURNING id",
	               &add));
	db_bind_text(add, 1, why.reasons);
	db_bind_text(add, 2, v->why);
	db_bind_text(add, 3, v->next);
	TRY(db_step(&c->db, add, &row));
	why.id = *id = sqlite3_column_int64(add, 0);
	c->whys[c->why_count++ % WHYS_KEPT] = why;
	return OK;
}

enum err
case_add_absent(struct case_file *c, const struct verdict *v)
{
	int64_t after_ms = v->time_ms - c->started_ms;
	int64_t why = 0;

	TRY(prepare(c, &c->add_absent,
	            "INSERT INTO absent (key, run, why, after_s) "
	            "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE SET "
	            "run = excluded.run, why = excluded.why, "
	            "after_s = excluded.after_s"));
	TRY(case_pend(c));
	TRY(number_of_why(c, v, &why));
	db_bind_bytes(c->add_absent, 1, case_key(v->key));
	(void)sqlite3_bind_int64(c->add_absent, 2, c->run);
	(void)sqlite3_bind_int64(c->add_absent, 3, why);
	(void)sqlite3_bind_int64(c->add_absent, 4, after_ms > 0 ? after_ms / 1000 : 0);
	return db_run(&c->db, c->add_absent);
}

enum err
case_has(struct case_file *c, const uint8_t key[ADDRESS_KEY], bool *has)
{
	*has = false;
	TRY(prepare(c, &c->has,
	            "SELECT 1 FROM absent JOIN run ON run.id = absent.run "
	            "WHERE key = ?1 AND root = ?2 UNION ALL "
	            "SELECT 1 FROM host JOIN run ON run.id = host.run "
	            "WHERE key = ?1 AND root = ?2"));
	db_bind_bytes(c->has, 1, case_key(key));
	(void)sqlite3_bind_int64(c->has, 2, c->root);
	TRY(db_step(&c->db, c->has, has));
	(void)sqlite3_reset(c->has);
	return OK;
}

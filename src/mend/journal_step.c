#include <limits.h>
#include <string.h>

#include "base/own.h"
#include "mend/journal_file.h"

void
step_row_free(struct step_row *s)
{
	buf_free(&s->facts);
}

enum err
journal_add_step(struct journal *j, struct step_row *s)
{
	OWN(own_statement) sqlite3_stmt *add = NULL;
	int64_t last = 0;

	TRY(journal_pend(j));
	TRY(journal_wrote(j, db_number(&j->db, "SELECT max(id) FROM step", &last)));
	if (last >= JOURNAL_STEPS_MOST)
		return journal_wrote(j, journal_damaged(j, "it has too many steps"));
	TRY(db_prepare(&j->db,
	               "INSERT INTO step (id, kind, state, path, facts) "
	               "VALUES (?1, ?2, ?3, ?4, ?5)",
	               &add));
	(void)sqlite3_bind_int64(add, 1, last + 1);
	(void)sqlite3_bind_int64(add, 2, s->kind);
	(void)sqlite3_bind_int64(add, 3, s->state);
	db_bind_text(add, 4, s->path);
	db_bind_bytes(add, 5, buf_span(&s->facts));
	TRY(journal_change_one(j, add));
	s->id = last + 1;
	journal_pend_step(j, s->id);
	return OK;
}

enum err
journal_set_step(struct journal *j, int64_t id, int state)
{
	OWN(own_statement) sqlite3_stmt *set = NULL;

	TRY(journal_pend(j));
	TRY(db_prepare(&j->db, "UPDATE step SET state = ?1 WHERE id = ?2", &set));
	(void)sqlite3_bind_int64(set, 1, state);
	(void)sqlite3_bind_int64(set, 2, id);
	return journal_change_one(j, set);
}

enum err
journal_bind(struct journal *j, unsigned change, int64_t step)
{
	OWN(own_statement) sqlite3_stmt *set = NULL;

	TRY(journal_pend(j));
	TRY(db_prepare(&j->db,
	               "UPDATE change SET step = ?1 WHERE id = ?2 "
	               "AND EXISTS (SELECT 1 FROM step WHERE id = ?1)",
	               &set));
	(void)sqlite3_bind_int64(set, 1, step);
	(void)sqlite3_bind_int64(set, 2, change);
	return journal_change_one(j, set);
}

/* ---- reading */

static bool
is_int(int64_t v)
{
	return v >= 0 && v <= INT_MAX;
}

static enum err
read_row(struct journal *j, sqlite3_stmt *row, struct step_row *out)
{
	int64_t kind = sqlite3_column_int64(row, 1);
	int64_t state = sqlite3_column_int64(row, 2);
	const void *facts = sqlite3_column_blob(row, 4);

	*out = (struct step_row){ .id = sqlite3_column_int64(row, 0) };
	buf_init(&out->facts, JOURNAL_FACTS_MOST);
	if (!is_int(kind) || !is_int(state))
		return journal_damaged(j, "a step has no kind or state");
	out->kind = (int)kind;
	out->state = (int)state;
	const char *path = db_text(row, 3);
	/* A NUL would end it early, and what is no UTF-8 comes out otherwise. */
	if (strlen(path) != (size_t)sqlite3_column_bytes(row, 3) ||
	    !text_copy_utf8(out->path, sizeof out->path, path) ||
	    strcmp(out->path, path) != 0)
		return journal_damaged(j, "a step has no path");
	buf_put(&out->facts, facts, (size_t)sqlite3_column_bytes(row, 4));
	if (!out->facts.bad)
		return OK;
	buf_free(&out->facts);
	return journal_damaged(j, "a step has too many facts");
}

/* The row that `sql` finds for one number. */
static enum err
find_row(struct journal *j, const char *sql, int64_t number, struct step_row *out,
         bool *found)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;

	*out = (struct step_row){ .id = 0 };
	TRY(db_prepare(&j->db, sql, &at));
	(void)sqlite3_bind_int64(at, 1, number);
	TRY(db_step(&j->db, at, found));
	return *found ? read_row(j, at, out) : OK;
}

#define ROW "SELECT id, kind, state, path, facts FROM step "

/* No statement is left open between two rows: `take` may write, and commit. */
enum err
journal_steps(struct journal *j, bool backwards,
              enum err (*take)(void *, struct step_row *), void *with)
{
	const char *sql = backwards ? ROW "WHERE id < ?1 ORDER BY id DESC LIMIT 1"
	                            : ROW "WHERE id > ?1 ORDER BY id LIMIT 1";
	struct step_row row = { .id = backwards ? INT64_MAX : 0 };
	bool found = false;

	for (;;) {
		TRY(find_row(j, sql, row.id, &row, &found));
		if (!found)
			return OK;
		enum err err = take(with, &row);
		step_row_free(&row);
		TRY(err);
	}
}

enum err
journal_step_of(struct journal *j, unsigned change, struct step_row *out, bool *found)
{
	return find_row(j, ROW "WHERE id = (SELECT step FROM change WHERE id = ?1)",
	                change, out, found);
}

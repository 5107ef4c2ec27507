#include "keep/past.h"

#include <string.h>

#include "keep/case_file.h"
#include "keep/host_key.h"
#include "keep/now.h"
#include "keep/past_run.h"
#include "sys/address.h"

enum err
past_runs(struct case_file *c, past_each_run *each, void *with)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	struct past_run_row row;
	bool more = false;

	TRY(db_prepare(&c->db, "SELECT " PAST_RUN_COLUMNS "FROM run ORDER BY id", &at));
	for (;;) {
		TRY(db_step(&c->db, at, &more));
		if (!more)
			return OK;
		TRY(past_run_read(c, at, &row));
		enum err err = each(with, &row.past);
		past_run_clear(&row);
		TRY(err);
	}
}

/* That it was absent, if the run in which it was is newer than any of its rows. */
static enum err
tell_absence(struct case_file *c, struct now_absent *absent, past_each_row *each,
             void *with)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	struct row row;
	bool found = false;

	TRY(now_prepare(c));
	TRY(db_prepare(&c->db,
	               "SELECT gone_ms, why FROM now "
	               "WHERE key = ?1 AND gone_ms IS NOT NULL",
	               &at));
	db_bind_bytes(at, 1, case_key(absent->key));
	TRY(db_step(&c->db, at, &found));
	if (!found)
		return OK;
	absent->time_ms = sqlite3_column_int64(at, 0);
	absent->why = sqlite3_column_int64(at, 1);
	TRY(now_absent(c, absent, &row));
	return each(with, &row);
}

enum err
past_rows(struct case_file *c, const char *host, past_each_row *each, void *with)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	struct now_absent of = { .why = 0 };
	struct address address;
	struct row row;
	bool more = false;
	bool readable = false;

	if (address_read(host, &address))
		address_key(of.key, &address);
	else
		host_key_of_name(of.key, host);
	TRY(tell_absence(c, &of, each, with));
	TRY(db_prepare(&c->db, "SELECT id FROM host WHERE key = ?1 ORDER BY run DESC",
	               &at));
	db_bind_bytes(at, 1, case_key(of.key));
	for (;;) {
		TRY(db_step(&c->db, at, &more));
		if (!more)
			return OK;
		int64_t id = sqlite3_column_int64(at, 0);
		TRY(now_load(c, id, &row, &readable));
		if (!readable)
			now_refused(&row, of.key, id);
		TRY(each(with, &row));
	}
}

enum err
past_namesakes(struct case_file *c, const char *name, past_each_row *each, void *with)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	struct row row;
	bool more = false;

	TRY(now_prepare(c));
	TRY(db_prepare(&c->db,
	               "SELECT " NOW_COLUMNS " FROM now WHERE id IN "
	               "(SELECT id FROM main.host WHERE name = ?1 COLLATE NOCASE) "
	               "ORDER BY key",
	               &at));
	db_bind_text(at, 1, name);
	for (;;) {
		TRY(db_step(&c->db, at, &more));
		if (!more)
			return OK;
		TRY(now_row(c, at, &row));
		TRY(each(with, &row));
	}
}

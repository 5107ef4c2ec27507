#include <stdlib.h>
#include <string.h>

#include "keep/case_file.h"
#include "keep/now.h"
#include "keep/past_run.h"
#include "sys/address.h"

/* What a view holds while it is read. */
struct viewing {
	struct case_file *from;
	sqlite3_stmt *at;
	struct past_run_row latest;
	bool reading; /* a read transaction of ours keeps the picture still */
};

static enum err
begin_rows(struct view *view, enum view_order order)
{
	struct viewing *v = view->from;
	struct db *db = &v->from->db;

	(void)sqlite3_finalize(v->at);
	v->at = NULL;
	TRY(db_prepare(db,
	               order == VIEW_WORST_FIRST
	                   ? "SELECT " NOW_COLUMNS " FROM now WHERE state < 6 OR ?1 "
	                     "ORDER BY state, key, id"
	                   : "SELECT " NOW_COLUMNS " FROM now WHERE state < 6 OR ?1 "
	                     "ORDER BY key, id",
	               &v->at));
	(void)sqlite3_bind_int(v->at, 1, view->with_absent);
	return OK;
}

static enum err
next_row(struct view *view, struct row *out, bool *more)
{
	struct viewing *v = view->from;

	*more = false;
	if (!v->at)
		TRY(begin_rows(view, VIEW_WORST_FIRST));
	TRY(db_step(&v->from->db, v->at, more));
	return *more ? now_row(v->from, v->at, out) : OK;
}

static enum err
count_states(struct case_file *c, struct summary *s)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool more = false;

	TRY(db_prepare(&c->db, "SELECT state, count(*) FROM now GROUP BY state", &at));
	for (;;) {
		TRY(db_step(&c->db, at, &more));
		if (!more)
			return OK;
		int64_t state = sqlite3_column_int64(at, 0);
		uint64_t count = (uint64_t)sqlite3_column_int64(at, 1);
		if (state < STATE_INFECTED || state > STATE_COUNT)
			state = STATE_UNKNOWN;
		s->count[state] += count;
		s->targets += count;
	}
}

/* A run that has not ended has lasted at least till its newest row. */
static enum err
seconds_so_far(struct case_file *c, struct past_run *past)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	TRY(db_prepare(
	    &c->db, "SELECT time_ms FROM host WHERE run = ?1 ORDER BY id DESC LIMIT 1",
	    &at));
	(void)sqlite3_bind_int64(at, 1, c->run);
	TRY(db_step(&c->db, at, &row));
	if (!row)
		return OK;
	double ms = (double)sqlite3_column_int64(at, 0) - (double)past->run.started_ms;
	past->summary.seconds = ms > 0 ? ms / 1000 : 0;
	return OK;
}

/* The rows come from all runs, so the time that they took is that of all. */
static enum err
add_seconds_before(struct case_file *c, struct past_run *past)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	TRY(db_prepare(&c->db,
	               "SELECT total(seconds) FROM run WHERE id < ?1 "
	               "AND seconds BETWEEN 0 AND 1e9",
	               &at));
	(void)sqlite3_bind_int64(at, 1, c->run);
	TRY(db_step(&c->db, at, &row));
	past->summary.seconds += row ? sqlite3_column_double(at, 0) : 0;
	return OK;
}

/* Also where a later run, of other targets, went well. */
static enum err
was_interrupted(struct case_file *c, bool *out)
{
	int64_t count = 0;

	TRY(db_number(&c->db, "SELECT count(*) FROM run WHERE " RUN_IS_UNFINISHED,
	              &count));
	*out = count > 0;
	return OK;
}

static enum err
read_latest(struct case_file *c, struct viewing *v)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	bool row = false;

	v->latest.past.run = (struct run){ .version = "", .command = "scan" };
	v->latest.past.summary = (struct summary){ .command = "scan",
		                                   .interrupted = true };
	TRY(db_prepare(&c->db,
	               "SELECT " PAST_RUN_COLUMNS "FROM run ORDER BY id DESC LIMIT 1",
	               &at));
	TRY(db_step(&c->db, at, &row));
	if (!row)
		return OK;
	TRY(past_run_read(c, at, &v->latest));
	if (!v->latest.past.has_ended)
		TRY(seconds_so_far(c, &v->latest.past));
	TRY(was_interrupted(c, &v->latest.past.summary.interrupted));
	return add_seconds_before(c, &v->latest.past);
}

static enum err
open_view(struct case_file *c, struct viewing *v, struct view *out)
{
	TRY(case_commit(c));
	TRY(now_prepare(c));
	TRY(db_exec(&c->db, "BEGIN"));
	v->reading = true;
	TRY(now_check(c));
	TRY(read_latest(c, v));
	out->run = v->latest.past.run;
	out->summary = (struct summary){
		.command = out->run.command,
		.seconds = v->latest.past.summary.seconds,
		.interrupted = v->latest.past.summary.interrupted,
	};
	return count_states(c, &out->summary);
}

enum err
case_view(struct case_file *c, bool with_absent, struct view *out)
{
	struct viewing *v = calloc(1, sizeof *v);

	if (!v)
		return ERR_MEMORY;
	v->from = c;
	*out = (struct view){ .with_absent = with_absent,
		              .from = v,
		              .rewind = begin_rows,
		              .next = next_row };
	enum err err = open_view(c, v, out);
	if (err != OK)
		case_view_end(out);
	return err;
}

void
case_view_end(struct view *view)
{
	struct viewing *v = view->from;

	if (!v)
		return;
	(void)sqlite3_finalize(v->at);
	if (v->reading)
		(void)sqlite3_exec(v->from->db.sql, "COMMIT", NULL, NULL, NULL);
	past_run_clear(&v->latest);
	free(v);
	view->from = NULL;
}

static enum err
find_by_key(struct case_file *c, const struct address *address, struct row *out,
            bool *found)
{
	OWN(own_statement) sqlite3_stmt *at = NULL;
	uint8_t key[ADDRESS_KEY];

	address_key(key, address);
	TRY(db_prepare(&c->db, "SELECT " NOW_COLUMNS " FROM now WHERE key = ?1", &at));
	db_bind_bytes(at, 1, case_key(key));
	TRY(db_step(&c->db, at, found));
	return *found ? now_row(c, at, out) : OK;
}

struct first {
	struct row *row;
	bool found;
};

static enum err
keep_first(void *with, const struct row *row)
{
	struct first *first = with;

	if (!first->found)
		*first->row = *row;
	first->found = true;
	return OK;
}

enum err
case_find(struct case_file *c, const char *host, struct row *out, bool *found)
{
	struct first first = { .row = out };
	struct address address;

	*found = false;
	TRY(case_commit(c));
	TRY(now_prepare(c));
	if (address_read(host, &address))
		return find_by_key(c, &address, out, found);
	TRY(past_namesakes(c, host, keep_first, &first));
	*found = first.found;
	return OK;
}

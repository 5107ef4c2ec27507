#include "keep/now.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "keep/host_key.h"
#include "keep/mends.h"
#include "sys/address.h"

/* The numbers in the SQL below. */
_Static_assert(STATE_SUSPECT == 2 && STATE_UNKNOWN == 3 && STATE_ABSENT == 6, "");

enum err
now_prepare(struct case_file *c)
{
	return db_exec(
	    &c->db, "CREATE TEMP TABLE IF NOT EXISTS refused (id INTEGER PRIMARY KEY);"
		    "CREATE TEMP VIEW IF NOT EXISTS now AS "
		    "SELECT h.id AS id, h.key AS key, "
		    "CASE WHEN h.id IN (SELECT id FROM temp.refused) THEN 3 "
		    "WHEN a.key IS NULL THEN h.state "
		    "WHEN h.state <= 2 THEN 3 ELSE 6 END AS state, "
		    "ifnull((SELECT started_ms FROM main.run WHERE id = a.run), 0) "
		    "+ a.after_s * 1000 AS gone_ms, a.why AS why "
		    "FROM main.host h LEFT JOIN main.absent a ON a.key = h.key AND "
		    "a.run > h.run "
		    "WHERE NOT EXISTS "
		    "(SELECT 1 FROM main.host n WHERE n.key = h.key AND n.run > h.run) "
		    "UNION ALL "
		    "SELECT NULL, a.key, 6, "
		    "ifnull((SELECT started_ms FROM main.run WHERE id = a.run), 0) "
		    "+ a.after_s * 1000, a.why FROM main.absent a "
		    "WHERE NOT EXISTS (SELECT 1 FROM main.host h WHERE h.key = a.key)");
}

void
now_text(char *to, size_t room, const char *from)
{
	size_t len = 0;

	while (*from) {
		char utf8[4];
		uint32_t c = text_next(&from);
		size_t n = text_put(utf8, c < 0x20 || c == 0x7F ? 0xFFFD : c);

		if (len + n >= room)
			break;
		memcpy(to + len, utf8, n);
		len += n;
	}
	to[len] = 0;
}

/* Does this text name the host of the key?  An interface's name is let be. */
static bool
is_at(const char *host, const uint8_t key[ADDRESS_KEY])
{
	char plain[ADDRESS_ROOM];
	struct address a;
	uint8_t its[ADDRESS_KEY];

	if (key[0] == HOST_KEY_NAMED) {
		host_key_of_name(its, host);
		return memcmp(its, key, ADDRESS_KEY) == 0;
	}
	(void)text_copy(plain, sizeof plain, host);
	plain[strcspn(plain, "%")] = 0;
	if (!address_read(plain, &a))
		return false;
	address_key(its, &a);
	return memcmp(its, key, ADDRESS_KEY) == 0;
}

static void
name_by_key(char out[ADDRESS_ROOM], const uint8_t key[ADDRESS_KEY])
{
	struct address a = { .family = key[0] };

	memcpy(a.bytes, key + 1, sizeof a.bytes);
	address_text(out, &a);
}

/* Something in the row is not as we would have written it. */
static bool
is_not_ours(int got)
{
	got &= 0xFF;
	return got == SQLITE_TOOBIG || got == SQLITE_CORRUPT || got == SQLITE_ERROR;
}

/* Takes one element of a JSON array; false where it is not as we write it. */
typedef bool take_element(struct case_file *c, void *into, const char *json);

static enum err
read_array(struct case_file *c, const char *json, take_element *take, void *into,
           bool *readable)
{
	int got = 0;

	*readable = false;
	if (!c->split)
		TRY(db_prepare(&c->db, "SELECT value FROM json_each(?1)", &c->split));
	db_bind_text(c->split, 1, json);
	while ((got = sqlite3_step(c->split)) == SQLITE_ROW) {
		if (!take(c, into, db_text(c->split, 0)))
			break;
	}
	(void)sqlite3_reset(c->split);
	(void)sqlite3_clear_bindings(c->split);
	if (got == SQLITE_DONE)
		*readable = true;
	return got == SQLITE_DONE || got == SQLITE_ROW || is_not_ours(got)
	           ? OK
	           : db_trouble(&c->db);
}

static bool
take_finding(struct case_file *c, void *into, const char *json)
{
	struct findings *out = into;

	(void)c;
	if (out->count == FINDINGS_MOST ||
	    finding_from_json(json, &out->at[out->count]) != OK)
		return false;
	out->count++;
	return true;
}

static bool
take_status(struct case_file *c, void *into, const char *json)
{
	struct status *s = statuses_add(&c->loaded, STATUS_PATCH, NEED_TELLING);

	(void)into;
	return s && status_from_json(json, s) == OK;
}

enum err
now_findings(struct case_file *c, const char *json, struct findings *out,
             bool *readable)
{
	out->count = 0;
	return read_array(c, json, take_finding, out, readable);
}

static enum err
read_statuses(struct case_file *c, const char *json, bool *readable)
{
	c->loaded.count = 0;
	return read_array(c, json, take_status, NULL, readable);
}

/* The row that the statement "load" stands on. */
static enum err
read_row(struct case_file *c, struct row *out, bool *readable)
{
	struct verdict *v = &out->verdict;
	uint8_t key[ADDRESS_KEY];
	struct span kept = span_of(sqlite3_column_blob(c->load, 0),
	                           (size_t)sqlite3_column_bytes(c->load, 0));

	*readable = false;
	if (!case_key_back(kept, key) ||
	    verdict_from_json(db_text(c->load, 2), v) != OK || !is_at(v->host, key) ||
	    (int64_t)v->state != sqlite3_column_int64(c->load, 1))
		return OK;
	memcpy(v->key, key, ADDRESS_KEY);
	TRY(now_findings(c, db_text(c->load, 3), &out->findings, readable));
	if (!*readable)
		return OK;
	TRY(read_statuses(c, db_text(c->load, 4), readable));
	out->statuses = c->loaded.count > 0 ? &c->loaded : NULL;
	return mends_newest(c, key, &out->mended);
}

enum err
now_load(struct case_file *c, int64_t id, struct row *out, bool *readable)
{
	enum err err = OK;

	*readable = false;
	if (!c->load)
		TRY(db_prepare(
		    &c->db,
		    "SELECT key, state, verdict, findings, statuses FROM host "
		    "WHERE id = ?1",
		    &c->load));
	(void)sqlite3_bind_int64(c->load, 1, id);
	int got = sqlite3_step(c->load);
	if (got == SQLITE_ROW)
		err = read_row(c, out, readable);
	else if (got != SQLITE_DONE && !is_not_ours(got))
		err = db_trouble(&c->db);
	(void)sqlite3_reset(c->load);
	return err;
}

static enum err
check_each(struct case_file *c, sqlite3_stmt *all, sqlite3_stmt *refuse)
{
	struct row row;
	bool more = false;
	bool readable = false;

	for (;;) {
		TRY(db_step(&c->db, all, &more));
		if (!more)
			return OK;
		int64_t id = sqlite3_column_int64(all, 0);
		TRY(now_load(c, id, &row, &readable));
		if (readable)
			continue;
		(void)sqlite3_bind_int64(refuse, 1, id);
		TRY(db_run(&c->db, refuse));
	}
}

enum err
now_check(struct case_file *c)
{
	OWN(own_statement) sqlite3_stmt *all = NULL;
	OWN(own_statement) sqlite3_stmt *refuse = NULL;

	TRY(db_exec(&c->db, "DELETE FROM temp.refused"));
	TRY(db_prepare(
	    &c->db,
	    "SELECT id FROM main.host h WHERE id <= ?1 AND NOT EXISTS "
	    "(SELECT 1 FROM main.host n WHERE n.key = h.key AND n.run > h.run)",
	    &all));
	TRY(db_prepare(&c->db, "INSERT INTO temp.refused VALUES (?1)", &refuse));
	(void)sqlite3_bind_int64(all, 1, c->rows_before);
	return check_each(c, all, refuse);
}

/* The reasons, which were joined by blanks. */
static void
split_reasons(const char *joined, struct verdict *v)
{
	while (*joined && v->reason_count < REASONS_MOST) {
		char one[TRACE_ROOM];
		size_t len = strcspn(joined, " ");

		if (len < sizeof one) {
			memcpy(one, joined, len);
			one[len] = 0;
			now_text(v->reasons[v->reason_count++], TRACE_ROOM, one);
		}
		joined += len + strspn(joined + len, " ");
	}
}

static enum err
load_why(struct case_file *c, int64_t why, struct verdict *v)
{
	if (!c->load_why)
		TRY(db_prepare(&c->db,
		               "SELECT reasons, why, next FROM why WHERE id = ?1",
		               &c->load_why));
	(void)sqlite3_bind_int64(c->load_why, 1, why);
	int got = sqlite3_step(c->load_why);
	enum err err = OK;
	if (got == SQLITE_ROW) {
		split_reasons(db_text(c->load_why, 0), v);
		now_text(v->why, sizeof v->why, db_text(c->load_why, 1));
		now_text(v->next, sizeof v->next, db_text(c->load_why, 2));
	} else if (got != SQLITE_DONE && !is_not_ours(got)) {
		err = db_trouble(&c->db);
	}
	(void)sqlite3_reset(c->load_why);
	return err;
}

enum err
now_absent(struct case_file *c, const struct now_absent *absent, struct row *out)
{
	struct verdict *v = &out->verdict;

	*v = (struct verdict){ .state = STATE_ABSENT, .time_ms = absent->time_ms };
	out->findings.count = 0;
	out->statuses = NULL;
	out->mended = NULL;
	memcpy(v->key, absent->key, ADDRESS_KEY);
	name_by_key(v->host, v->key);
	return load_why(c, absent->why, v);
}

/* Puts a reason before those that are there. */
static void
lead_with(struct verdict *v, const char *reason)
{
	if (v->reason_count == REASONS_MOST)
		v->reason_count--;
	memmove(v->reasons[1], v->reasons[0], v->reason_count * TRACE_ROOM);
	(void)text_copy(v->reasons[0], TRACE_ROOM, reason);
	v->reason_count++;
}

/* It was infected or suspect, and nobody was there when it was asked again. */
static void
tell_gone(struct verdict *v, const struct verdict *was)
{
	char then[WHEN_ROOM];
	char now[WHEN_ROOM];

	when_text(then, was->time_ms);
	when_text(now, v->time_ms);
	then[16] = now[16] = 0; /* to the minute */
	then[10] = now[10] = ' ';
	snprintf(
	    v->why, sizeof v->why,
	    "It was %s on %s UTC and not there on %s UTC. Switched off is not clean.",
	    state_name(was->state), then, now);
	(void)text_copy(
	    v->next, sizeof v->next,
	    "Find this machine, keep it off the network, and clean it; then "
	    "scan it again.");
	lead_with(v, "case-gone");
	v->state = STATE_UNKNOWN;
	(void)text_copy(v->host, sizeof v->host, was->host);
	v->os = was->os;
	v->name = was->name;
	v->domain = was->domain;
}

void
now_refused(struct row *out, const uint8_t key[ADDRESS_KEY], int64_t id)
{
	struct verdict *v = &out->verdict;

	*v = (struct verdict){ .state = STATE_UNKNOWN };
	out->findings.count = 0;
	out->statuses = NULL;
	out->mended = NULL;
	memcpy(v->key, key, ADDRESS_KEY);
	if (key[0])
		name_by_key(v->host, key);
	else
		snprintf(v->host, sizeof v->host, "row %lld", (long long)id);
	lead_with(v, "case-odd-row");
	(void)text_copy(v->why, sizeof v->why,
	                "Its row in the case is not as confine writes it: damaged, or "
	                "made by somebody else.");
	(void)text_copy(v->next, sizeof v->next, "Scan this host again.");
}

/* A host that answered once. */
static enum err
row_of_host(struct case_file *c, int64_t id, const struct now_absent *gone,
            struct row *out)
{
	struct verdict was;
	bool readable = false;

	TRY(now_load(c, id, out, &readable));
	if (!readable) {
		now_refused(out, gone->key, id);
		return OK;
	}
	if (gone->time_ms == INT64_MIN)
		return OK;
	was = out->verdict;
	TRY(now_absent(c, gone, out));
	if (was.state == STATE_INFECTED || was.state == STATE_SUSPECT)
		tell_gone(&out->verdict, &was);
	return OK;
}

enum err
now_row(struct case_file *c, sqlite3_stmt *at, struct row *out)
{
	struct now_absent gone = { .time_ms = INT64_MIN };
	struct span kept = span_of(sqlite3_column_blob(at, 1),
	                           (size_t)sqlite3_column_bytes(at, 1));

	if (!case_key_back(kept, gone.key))
		memset(gone.key, 0, sizeof gone.key);
	if (sqlite3_column_type(at, 3) == SQLITE_INTEGER)
		gone.time_ms = sqlite3_column_int64(at, 3);
	gone.why = sqlite3_column_int64(at, 4);
	if (sqlite3_column_type(at, 0) == SQLITE_INTEGER)
		return row_of_host(c, sqlite3_column_int64(at, 0), &gone, out);
	if (gone.key[0] && gone.time_ms != INT64_MIN)
		return now_absent(c, &gone, out);
	now_refused(out, gone.key, 0);
	return OK;
}

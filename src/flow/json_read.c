#include "flow/json_read.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

#include "base/own.h"
#include "base/when.h"

/*
 * One connection in memory for each thread, and a statement for each depth, as
 * a statement that is being stepped cannot be used again.  They live as long as
 * the thread: preparing costs more than a whole walk.
 */
static _Thread_local sqlite3 *db;
static _Thread_local sqlite3_stmt *statements[JSON_READ_DEPTH];
static _Thread_local size_t depth;

static enum err
prepare(sqlite3_stmt **statement)
{
	static const char sql[] = "SELECT key, type, value FROM json_each(?1)";

	if (*statement)
		return OK;
	if (!db && sqlite3_open(":memory:", &db) != SQLITE_OK) {
		sqlite3_close(db);
		db = NULL;
		return ERR_MEMORY;
	}
	if (sqlite3_prepare_v2(db, sql, -1, statement, NULL) != SQLITE_OK)
		return ERR_MEMORY;
	return OK;
}

static enum json_kind
kind_of(const char *type)
{
	static const struct {
		const char *type;
		enum json_kind kind;
	} kinds[] = {
		{ "text", JSON_TEXT },   { "integer", JSON_INT },
		{ "true", JSON_BOOL },   { "false", JSON_BOOL },
		{ "array", JSON_ARRAY }, { "object", JSON_OBJECT },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].type, type) == 0)
			return kinds[i].kind;
	}
	return JSON_OTHER;
}

/* A column as text; NULL is also what a lack of memory gives. */
static const char *
column(sqlite3_stmt *row, int i)
{
	const char *text = (const char *)sqlite3_column_text(row, i);

	return text ? text : "";
}

static struct json_value
value_of(sqlite3_stmt *row)
{
	struct json_value v = {
		.key = sqlite3_column_type(row, 0) == SQLITE_TEXT ? column(row, 0) : "",
		.kind = kind_of(column(row, 1)),
		.text = "",
	};

	/* A whole number beyond 64 bits arrives as a float: not one of ours. */
	if (v.kind == JSON_INT && sqlite3_column_type(row, 2) != SQLITE_INTEGER)
		v.kind = JSON_OTHER;
	if (v.kind == JSON_INT || v.kind == JSON_BOOL)
		v.number = sqlite3_column_int64(row, 2);
	else if (v.kind != JSON_OTHER)
		v.text = column(row, 2);
	return v;
}

/* The members, one after the other. */
static enum err
walk(sqlite3_stmt *statement, json_take *take, void *into)
{
	int got = sqlite3_step(statement);

	while (got == SQLITE_ROW) {
		struct json_value v = value_of(statement);

		if (!take(into, &v))
			return ERR_REFUSED;
		got = sqlite3_step(statement);
	}
	if (got == SQLITE_DONE)
		return OK;
	return got == SQLITE_NOMEM ? ERR_MEMORY : ERR_REFUSED;
}

/* SQLite's reader cuts a text there, and others do not. */
static bool
has_nul(const char *json)
{
	for (const char *c = strchr(json, '\\'); c && c[1]; c = strchr(c + 2, '\\')) {
		if (strncmp(c + 1, "u0000", 5) == 0)
			return true;
	}
	return false;
}

enum err
json_walk(const char *json, enum json_kind kind, json_take *take, void *into)
{
	return json_walk_within(json, JSON_READ_MOST, kind, take, into);
}

enum err
json_walk_within(const char *json, size_t most, enum json_kind kind, json_take *take,
                 void *into)
{
	size_t len = strnlen(json, most + 1);
	const char *first = json + strspn(json, " \t\r\n");

	if (len > most || depth >= JSON_READ_DEPTH)
		return ERR_REFUSED;
	if (has_nul(json) || *first != (kind == JSON_ARRAY ? '[' : '{'))
		return ERR_REFUSED;
	TRY(prepare(&statements[depth]));

	sqlite3_stmt *statement = statements[depth];
	if (sqlite3_bind_text(statement, 1, json, (int)len, SQLITE_STATIC) != SQLITE_OK)
		return ERR_MEMORY;
	depth++;
	enum err err = walk(statement, take, into);
	depth--;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return err;
}

/* Made anew, so that what comes out is always valid UTF-8. */
static bool
copy_clean(char *to, size_t room, const char *from)
{
	size_t len = 0;

	while (*from) {
		char utf8[4];
		size_t n = text_put(utf8, text_next(&from));

		if (len + n >= room)
			return false;
		memcpy(to + len, utf8, n);
		len += n;
	}
	to[len] = 0;
	return true;
}

bool
json_read_text(void *to, size_t room, const struct json_value *v)
{
	return v->kind == JSON_TEXT && copy_clean(to, room, v->text);
}

bool
json_read_key(void *to, size_t room, const struct json_value *v)
{
	return copy_clean(to, room, v->key);
}

bool
json_read_said(void *to, size_t room, const struct json_value *v)
{
	struct said *said = to;

	(void)room;
	*said = said_from_utf8(v->text);
	return v->kind == JSON_TEXT;
}

bool
json_read_int(void *to, size_t room, const struct json_value *v)
{
	int64_t *number = to;

	(void)room;
	*number = v->number;
	return v->kind == JSON_INT;
}

bool
json_read_when(void *to, size_t room, const struct json_value *v)
{
	(void)room;
	return v->kind == JSON_TEXT && when_from_text(v->text, to);
}

static bool
take_variant(void *into, const struct json_value *v)
{
	variants *set = into;
	variants one = 0;

	if (v->kind != JSON_TEXT || strlen(v->text) != 1)
		return false;
	if (!variants_from_text(v->text, &one))
		return false;
	*set |= one;
	return true;
}

bool
json_read_variants(void *to, size_t room, const struct json_value *v)
{
	variants *set = to;

	(void)room;
	*set = 0;
	return v->kind == JSON_ARRAY &&
	       json_walk(v->text, JSON_ARRAY, take_variant, set) == OK;
}

struct filling {
	const struct json_member *members;
	size_t count;
	char *into;
	uint32_t seen; /* a bit for each member */
};

static bool
take_member(void *into, const struct json_value *v)
{
	struct filling *f = into;

	for (size_t i = 0; i < f->count; i++) {
		const struct json_member *m = &f->members[i];

		if (strcmp(m->key, v->key) == 0) {
			if (f->seen >> i & 1)
				return false;
			f->seen |= 1u << i;
			return m->read(f->into + m->offset, m->room, v);
		}
	}
	return true;
}

enum err
json_read_object(const char *json, const struct json_member *members, size_t count,
                 void *into)
{
	return json_read_object_within(json, JSON_READ_MOST, members, count, into);
}

enum err
json_read_object_within(const char *json, size_t most,
                        const struct json_member *members, size_t count, void *into)
{
	struct filling f = { .members = members, .count = count, .into = into };

	assert(count <= JSON_MEMBERS_MOST);
	TRY(json_walk_within(json, most, JSON_OBJECT, take_member, &f));
	for (size_t i = 0; i < count; i++) {
		if (members[i].needed && !(f.seen >> i & 1))
			return ERR_REFUSED;
	}
	return OK;
}

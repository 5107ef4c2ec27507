/*
 * Plans may come from anybody: by mail from another machine, out of a journal on a
 * stick.  What is taken here is well formed and in bounds and fits its hash; whether
 * it may be done is for mend/admit.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "flow/json_read.h"
#include "flow/plan_parts.h"

/* 64 KB of `after` twice over, once in hex and once all escaped, and the rest. */
#define CHANGE_JSON_MOST (512u << 10)
#define NOTES_JSON_MOST (1u << 20)

struct draft {
	struct change change;
	bool has_text; /* `after_text` was there */
	bool out_of_memory;
};

static bool
is_change(void *to, size_t room, const struct json_value *v)
{
	(void)to;
	(void)room;
	return v->kind == JSON_TEXT && strcmp(v->text, "change") == 0;
}

static bool
read_kind(void *to, size_t room, const struct json_value *v)
{
	enum change_kind *kind = to;

	(void)room;
	*kind = change_kind_from_name(v->text);
	return v->kind == JSON_TEXT && *kind != 0;
}

static bool
read_state(void *to, size_t room, const struct json_value *v)
{
	enum change_state *state = to;

	(void)room;
	*state = change_state_from_name(v->text);
	return v->kind == JSON_TEXT && *state != 0;
}

static bool
read_id(void *to, size_t room, const struct json_value *v)
{
	unsigned *id = to;

	(void)room;
	*id = (unsigned)v->number;
	return v->kind == JSON_INT && v->number >= 1 && v->number <= PLAN_CHANGES_MOST;
}

static bool
read_u32(void *to, size_t room, const struct json_value *v)
{
	uint32_t *number = to;

	(void)room;
	*number = (uint32_t)v->number;
	return v->kind == JSON_INT && v->number >= 0 && v->number <= UINT32_MAX;
}

static bool
read_size(void *to, size_t room, const struct json_value *v)
{
	uint64_t *size = to;

	(void)room;
	*size = (uint64_t)v->number;
	return v->kind == JSON_INT && v->number >= 0;
}

/* A lower case digit's worth; 16 for what is none. */
static unsigned
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

static bool
read_sha256(void *to, size_t room, const struct json_value *v)
{
	if (!json_read_text(to, room, v) || strlen(v->text) != SHA256_TEXT - 1)
		return false;
	for (const char *c = v->text; *c; c++) {
		if (nibble(*c) > 15)
			return false;
	}
	return true;
}

static bool
read_after(void *to, size_t room, const struct json_value *v)
{
	struct draft *d = to;
	struct buf *after = &d->change.after;

	(void)room;
	if (v->kind != JSON_TEXT || strlen(v->text) > 2 * (size_t)CHANGE_BYTES_MOST)
		return false;
	for (const char *c = v->text; *c; c += 2) {
		unsigned high = nibble(c[0]);
		unsigned low = nibble(c[1]); /* of the end, too: no digit */

		if (high > 15 || low > 15)
			return false;
		buf_u8(after, (uint8_t)(high << 4 | low));
	}
	d->out_of_memory = after->bad;
	return !after->bad;
}

/* For people only, and so it must not lie to them.  It stands behind `after`. */
static bool
is_after_text(void *to, size_t room, const struct json_value *v)
{
	struct draft *d = to;
	OWN(buf_free) struct buf text = { .ceiling = CHANGE_TEXT_MOST };

	(void)room;
	if (v->kind != JSON_TEXT || d->change.kind == 0)
		return false;
	if (!change_after_text(&d->change, &text))
		return false;
	d->has_text = true;
	return strcmp(buf_string(&text), v->text) == 0;
}

static bool
wants_text(const struct change *c)
{
	OWN(buf_free) struct buf text = { .ceiling = CHANGE_TEXT_MOST };

	return change_parts(c->kind) & PART_AFTER && change_after_text(c, &text);
}

static bool
take_sign(void *into, const struct json_value *v)
{
	struct change *c = into;

	return c->sign_count < SIGNS_MOST &&
	       json_read_text(c->signs[c->sign_count++], SIGN_ROOM, v);
}

static bool
read_signs(void *to, size_t room, const struct json_value *v)
{
	struct draft *d = to;

	(void)room;
	return v->kind == JSON_ARRAY &&
	       json_walk(v->text, JSON_ARRAY, take_sign, &d->change) == OK;
}

/* Each name between backslashes: there, and none of those that lead elsewhere. */
static bool
are_names(const char *path, const char *barred)
{
	while (*path) {
		size_t len = strcspn(path, "\\");

		if (len == 0 || len >= NAME_ROOM || strcspn(path, barred) < len)
			return false;
		if (barred[0] && path[0] == '.' &&
		    (len == 1 || (len == 2 && path[1] == '.')))
			return false;
		path += len;
		if (*path == '\\' && *++path == 0)
			return false;
	}
	return true;
}

/* "C:\WINDOWS\system32\x.dll": no drive alone, no stream, nothing that climbs. */
static bool
is_file_path(const char *path)
{
	if (path[0] < 'A' || path[0] > 'Z' || path[1] != ':' || path[2] != '\\')
		return false;
	return path[3] && are_names(path + 3, "/:");
}

/* A key's name may hold anything but a backslash. */
static bool
is_key_path(const char *path)
{
	if (strncmp(path, "HKLM\\", 5) == 0)
		return path[5] && are_names(path + 5, "");
	return strncmp(path, "HKU\\", 4) == 0 && path[4] && are_names(path + 4, "");
}

static bool
has_what_its_kind_needs(const struct change *c)
{
	unsigned parts = change_parts(c->kind);

	if (parts & PART_KEY ? !is_key_path(c->target) : !is_file_path(c->target))
		return false;
	if (parts & PART_LIKE && !is_file_path(c->like))
		return false;
	return !(parts & PART_STRING) || c->string[0];
}

/* The parts that it has something in. */
static unsigned
filled_parts(const struct change *c)
{
	return (c->name[0] ? PART_NAME : 0u) | (c->string[0] ? PART_STRING : 0u) |
	       (c->like[0] ? PART_LIKE : 0u) | (c->type ? PART_TYPE : 0u) |
	       (c->after.len ? PART_AFTER : 0u) | (c->size ? PART_SIZE : 0u);
}

static bool
fits_kind(const struct change *c)
{
	return has_what_its_kind_needs(c) &&
	       !(filled_parts(c) & ~change_parts(c->kind));
}

#define MEMBER(name) \
	offsetof(struct draft, change.name), sizeof((struct change *)0)->name
#define WHOLE 0, sizeof(struct draft)

static enum err
read_change(const char *json, struct draft *d)
{
	static const struct json_member members[] = {
		{ "type", is_change, WHOLE, true },
		{ "id", read_id, MEMBER(id), true },
		{ "kind", read_kind, MEMBER(kind), true },
		{ "target", json_read_text, MEMBER(target), true },
		{ "why", json_read_text, MEMBER(why), true },
		{ "state", read_state, MEMBER(state), true },
		{ "name", json_read_text, MEMBER(name), false },
		{ "string", json_read_text, MEMBER(string), false },
		{ "like", json_read_text, MEMBER(like), false },
		{ "value_type", read_u32, MEMBER(type), false },
		{ "after", read_after, WHOLE, false },
		{ "after_text", is_after_text, WHOLE, false },
		{ "size", read_size, MEMBER(size), false },
		{ "was", read_sha256, MEMBER(was), false },
		{ "signs", read_signs, WHOLE, true },
		{ "says", json_read_text, MEMBER(says), true },
		{ "from", json_read_text, MEMBER(from), false },
		{ "error", json_read_text, MEMBER(error), false },
	};

	TRY(json_read_object_within(json, CHANGE_JSON_MOST, members,
	                            sizeof members / sizeof *members, d));
	if (!fits_kind(&d->change) || d->has_text != wants_text(&d->change))
		return ERR_REFUSED;
	return OK;
}

/* Its twin, which writes, is change_json in plan.c. */
enum err
change_from_json(const char *json, struct change *out)
{
	struct draft d = { .out_of_memory = false };

	buf_init(&d.change.after, CHANGE_BYTES_MOST);
	enum err err = read_change(json, &d);
	if (err == OK) {
		*out = d.change;
		return OK;
	}
	change_free(&d.change);
	return d.out_of_memory ? ERR_MEMORY : err;
}

/* ---- the whole plan */

struct plan_draft {
	struct plan plan;
	char hash[SHA256_TEXT];
	enum err err; /* of what was refused: why, where it was not the text */
};

static bool
is_plan(void *to, size_t room, const struct json_value *v)
{
	(void)to;
	(void)room;
	return v->kind == JSON_TEXT && strcmp(v->text, "plan") == 0;
}

static bool
is_schema(void *to, size_t room, const struct json_value *v)
{
	(void)to;
	(void)room;
	return v->kind == JSON_INT && v->number == PLAN_SCHEMA;
}

/* In order, and so no id is there twice. */
static bool
take_change(void *into, const struct json_value *v)
{
	struct plan_draft *d = into;
	struct change c;

	if (v->kind != JSON_OBJECT)
		return false;
	d->err = change_from_json(v->text, &c);
	if (d->err != OK)
		return false;
	struct change *added = plan_add(&d->plan, c.kind);
	if (!added || added->id != c.id) {
		bool is_full = d->plan.count == PLAN_CHANGES_MOST;

		d->err = added || is_full ? ERR_REFUSED : ERR_MEMORY;
		change_free(&c);
		return false;
	}
	*added = c;
	return true;
}

static bool
read_changes(void *to, size_t room, const struct json_value *v)
{
	(void)room;
	return v->kind == JSON_ARRAY &&
	       json_walk_within(v->text, PLAN_JSON_MOST, JSON_ARRAY, take_change, to) ==
	           OK;
}

struct notes {
	struct plan_note *at;
	size_t *count;
};

static bool
take_note(void *into, const struct json_value *v)
{
	static const struct json_member members[] = {
		{ "why", json_read_text, offsetof(struct plan_note, why), TRACE_ROOM,
		  false },
		{ "target", json_read_text, offsetof(struct plan_note, target),
		  PATH_ROOM, false },
		{ "says", json_read_text, offsetof(struct plan_note, says),
		  SENTENCE_ROOM, true },
	};
	struct notes *n = into;

	return v->kind == JSON_OBJECT && *n->count < PLAN_NOTES_MOST &&
	       json_read_object(v->text, members, sizeof members / sizeof *members,
	                        &n->at[(*n->count)++]) == OK;
}

static bool
read_notes(struct notes n, const struct json_value *v)
{
	return v->kind == JSON_ARRAY &&
	       json_walk_within(v->text, NOTES_JSON_MOST, JSON_ARRAY, take_note, &n) ==
	           OK;
}

static bool
read_persons(void *to, size_t room, const struct json_value *v)
{
	struct plan_draft *d = to;

	(void)room;
	return read_notes((struct notes){ d->plan.persons, &d->plan.person_count }, v);
}

static bool
read_left(void *to, size_t room, const struct json_value *v)
{
	struct plan_draft *d = to;

	(void)room;
	return read_notes((struct notes){ d->plan.left, &d->plan.left_count }, v);
}

#undef MEMBER
#undef WHOLE
#define MEMBER(name) \
	offsetof(struct plan_draft, plan.name), sizeof((struct plan *)0)->name
#define WHOLE 0, sizeof(struct plan_draft)

static enum err
read_plan(const char *json, struct plan_draft *d)
{
	static const struct json_member members[] = {
		{ "type", is_plan, WHOLE, true },
		{ "schema", is_schema, WHOLE, true },
		{ "host", json_read_text, MEMBER(host), true },
		{ "computer", json_read_text, MEMBER(computer), true },
		{ "os", json_read_text, MEMBER(os), true },
		{ "called", json_read_text, MEMBER(called), true },
		{ "made", json_read_when, MEMBER(made_ms), true },
		{ "changes", read_changes, WHOLE, true },
		{ "persons", read_persons, WHOLE, true },
		{ "left", read_left, WHOLE, true },
		{ "sha256", read_sha256, offsetof(struct plan_draft, hash), SHA256_TEXT,
		  true },
	};

	enum err err = json_read_object_within(json, PLAN_JSON_MOST, members,
	                                       sizeof members / sizeof *members, d);
	return d->err != OK ? d->err : err;
}

static enum err
hold_against_hash(const struct plan_draft *d)
{
	char hash[SHA256_TEXT];

	plan_hash(&d->plan, hash);
	if (!hash[0])
		return ERR_MEMORY;
	return strcmp(hash, d->hash) == 0 ? OK : ERR_REFUSED;
}

/* Its twin, which writes, is plan_json in plan_json.c. */
enum err
plan_from_json(const char *json, struct plan **out)
{
	OWN(own_mem) struct plan_draft *d = calloc(1, sizeof *d);
	struct plan *p = plan_new();
	enum err err = d && p ? read_plan(json, d) : ERR_MEMORY;

	*out = NULL;
	if (err == OK)
		err = hold_against_hash(d);
	if (p && d)
		*p = d->plan; /* what is in it goes with it */
	if (err == OK)
		*out = p;
	else
		plan_free(p);
	return err;
}

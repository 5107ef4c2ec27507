#include "flow/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_put.h"
#include "base/own.h"
#include "flow/plan_parts.h"

static const struct {
	const char *name;
	unsigned parts;
} kinds[] = {
	[CHANGE_SET_VALUE] = { "registry-set-value",
	                       PART_KEY | PART_NAME | PART_TYPE | PART_AFTER },
	[CHANGE_DELETE_VALUE] = { "registry-delete-value", PART_KEY | PART_NAME },
	[CHANGE_REMOVE_STRING] = { "registry-remove-string",
	                           PART_KEY | PART_NAME | PART_STRING },
	[CHANGE_DELETE_KEY] = { "registry-delete-key", PART_KEY },
	[CHANGE_MAKE_KEY] = { "registry-make-key", PART_KEY },
	[CHANGE_QUARANTINE] = { "file-quarantine", PART_SIZE | PART_LIKE },
	[CHANGE_DELETE_TASK] = { "task-delete", PART_SIZE },
	[CHANGE_REMOVE_FOLDER] = { "folder-remove", 0 },
	[CHANGE_MAKE_FOLDER] = { "folder-make", 0 },
	[CHANGE_MAKE_FILE] = { "file-write", PART_AFTER },
	[CHANGE_RESET_ACL] = { "acl-reset", PART_LIKE },
};
_Static_assert(sizeof kinds / sizeof *kinds == CHANGE_KINDS + 1, "a row for each kind");

static const char *const states[] = {
	[CHANGE_PLANNED] = "planned", [CHANGE_NOT_NEEDED] = "not-needed",
	[CHANGE_DONE] = "done",       [CHANGE_VERIFIED] = "verified",
	[CHANGE_FAILED] = "failed",   [CHANGE_UNDONE] = "undone",
};

const char *
change_kind_name(enum change_kind kind)
{
	return kinds[kind].name;
}

enum change_kind
change_kind_from_name(const char *name)
{
	for (size_t i = 1; i <= CHANGE_KINDS; i++) {
		if (strcmp(kinds[i].name, name) == 0)
			return (enum change_kind)i;
	}
	return (enum change_kind)0;
}

const char *
change_state_name(enum change_state state)
{
	return states[state];
}

enum change_state
change_state_from_name(const char *name)
{
	for (size_t i = 1; i < sizeof states / sizeof *states; i++) {
		if (strcmp(states[i], name) == 0)
			return (enum change_state)i;
	}
	return (enum change_state)0;
}

unsigned
change_parts(enum change_kind kind)
{
	return kinds[kind].parts;
}

bool
change_is_registry(enum change_kind kind)
{
	return kinds[kind].parts & PART_KEY;
}

struct plan *
plan_new(void)
{
	return calloc(1, sizeof(struct plan));
}

void
change_free(struct change *c)
{
	buf_free(&c->after);
}

void
plan_free(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		change_free(&p->at[i]);
	free(p->at);
	free(p);
}

#define ROOM_FIRST 16

struct change *
plan_add(struct plan *p, enum change_kind kind)
{
	if (p->count == PLAN_CHANGES_MOST)
		return NULL;
	if (p->count == p->room) {
		size_t room = p->room ? 2 * p->room : ROOM_FIRST;
		struct change *at = realloc(p->at, room * sizeof *at);

		if (!at)
			return NULL;
		p->at = at;
		p->room = room;
	}
	struct change *c = &p->at[p->count++];
	*c = (struct change){ .id = (unsigned)p->count,
		              .kind = kind,
		              .state = CHANGE_PLANNED };
	buf_init(&c->after, CHANGE_BYTES_MOST);
	return c;
}

void
change_sign(struct change *c, const char *sign)
{
	for (size_t i = 0; i < c->sign_count; i++) {
		if (strcmp(c->signs[i], sign) == 0)
			return;
	}
	if (c->sign_count < SIGNS_MOST && strlen(sign) < SIGN_ROOM)
		(void)text_copy(c->signs[c->sign_count++], SIGN_ROOM, sign);
}

static bool
is_noted(const struct plan_note *notes, size_t count, const struct plan_note *n)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(notes[i].why, n->why) == 0 &&
		    strcmp(notes[i].target, n->target) == 0 &&
		    strcmp(notes[i].says, n->says) == 0)
			return true;
	}
	return false;
}

static void
note(struct plan_note *notes, size_t *count, const struct plan_note *n)
{
	if (*count < PLAN_NOTES_MOST && !is_noted(notes, *count, n))
		notes[(*count)++] = *n;
}

void
plan_person(struct plan *p, const char *why, const char *says)
{
	struct plan_note n = { .why = "" };

	(void)text_copy(n.why, sizeof n.why, why);
	text_shorten(n.says, sizeof n.says, says);
	note(p->persons, &p->person_count, &n);
}

void
plan_leave(struct plan *p, const char *why, const char *target, const char *says)
{
	struct plan_note n = { .why = "" };

	(void)text_copy(n.why, sizeof n.why, why);
	text_end(n.target, sizeof n.target, target);
	text_shorten(n.says, sizeof n.says, says);
	note(p->left, &p->left_count, &n);
}

/* ---- as JSON; the other way is in plan_read.c */

static void
put_character(struct buf *out, uint32_t character)
{
	char utf8[4];

	buf_put(out, utf8, text_put(utf8, character));
}

/* Of REG_SZ and the like: at most one zero unit, and that at the end. */
static bool
put_string(struct buf *out, struct span s)
{
	while (s.left >= 2) {
		uint32_t c = text_next_utf16(&s);

		if (c == 0)
			return s.left == 0;
		put_character(out, c);
	}
	return s.left == 0;
}

/* Strings a line each; without a line break of their own, or it would tell a lie. */
static bool
put_strings(struct buf *out, struct span s)
{
	while (s.left >= 2) {
		uint32_t c = text_next_utf16(&s);

		if (c == '\n')
			return false;
		if (c != 0)
			put_character(out, c);
		else if (s.left > 2)
			buf_u8(out, '\n');
	}
	return s.left == 0;
}

static bool
put_plain(struct buf *out, struct span s)
{
	while (s.left > 0) {
		uint8_t c = span_u8(&s);

		if (c > 0x7E || (c < 0x20 && c != '\r' && c != '\n' && c != '\t'))
			return false;
		buf_u8(out, c);
	}
	return true;
}

static bool
put_number(struct buf *out, struct span s)
{
	char text[16];

	if (s.left != 4)
		return false;
	snprintf(text, sizeof text, "%" PRIu32, span_le32(&s));
	buf_text(out, text);
	return true;
}

bool
change_after_text(const struct change *c, struct buf *out)
{
	struct span s = buf_span(&c->after);

	if (!(change_parts(c->kind) & PART_TYPE))
		return put_plain(out, s);
	switch (c->type) {
	case REG_TYPE_SZ:
	case REG_TYPE_EXPAND_SZ: return put_string(out, s);
	case REG_TYPE_MULTI_SZ: return put_strings(out, s);
	case REG_TYPE_DWORD: return put_number(out, s);
	default: return false;
	}
}

static void
put_hex(struct buf *out, struct span s)
{
	static const char digits[] = "0123456789abcdef";

	while (s.left > 0) {
		uint8_t b = span_u8(&s);

		buf_u8(out, (uint8_t)digits[b >> 4]);
		buf_u8(out, (uint8_t)digits[b & 15]);
	}
}

static void
after_json(struct json *j, const struct change *c)
{
	OWN(buf_free) struct buf hex = { .ceiling = 2 * CHANGE_BYTES_MOST + 1 };
	OWN(buf_free) struct buf text = { .ceiling = CHANGE_TEXT_MOST };

	put_hex(&hex, buf_span(&c->after));
	json_put_text(j, "after", buf_string(&hex));
	if (change_after_text(c, &text))
		json_put_text(j, "after_text", buf_string(&text));
	if (c->after.bad || hex.bad || text.bad)
		j->out->bad = true;
}

static void
signs_json(struct json *j, const struct change *c)
{
	json_key(j, "signs");
	json_open(j, '[');
	for (size_t i = 0; i < c->sign_count; i++)
		json_text(j, c->signs[i]);
	json_close(j, ']');
}

/* What comes after the state, in order. */
static void
rest_json(struct json *j, const struct change *c)
{
	unsigned parts = change_parts(c->kind);

	if (parts & PART_NAME)
		json_put_text(j, "name", c->name);
	if (parts & PART_STRING)
		json_put_text(j, "string", c->string);
	if (parts & PART_LIKE)
		json_put_text_if(j, "like", c->like);
	if (parts & PART_TYPE) {
		json_put_int(j, "value_type", c->type);
	}
	if (parts & PART_AFTER)
		after_json(j, c);
	if (parts & PART_SIZE) {
		json_put_count(j, "size", c->size);
	}
	json_put_text_if(j, "was", c->was);
	signs_json(j, c);
	json_put_text(j, "says", c->says);
	json_put_text_if(j, "from", c->from);
}

static void
head_json(struct json *j, const struct change *c)
{
	json_open(j, '{');
	json_put_text(j, "type", "change");
	json_put_int(j, "id", c->id);
	json_put_text(j, "kind", change_kind_name(c->kind));
	json_put_text(j, "target", c->target);
	json_put_text(j, "why", c->why);
}

void
change_deed_json(struct json *j, const struct change *c)
{
	head_json(j, c);
	rest_json(j, c);
	json_close(j, '}');
}

/* Its twin, which reads, is change_from_json in plan_read.c. */
void
change_json(struct json *j, const char *host, const struct change *c)
{
	head_json(j, c);
	json_put_text(j, "state", change_state_name(c->state));
	json_put_text_if(j, "host", host);
	rest_json(j, c);
	json_put_text_if(j, "error", c->error);
	json_close(j, '}');
}

void
plan_notes_json(struct json *j, const struct plan_note *notes, size_t count)
{
	json_open(j, '[');
	for (size_t i = 0; i < count; i++) {
		json_open(j, '{');
		json_put_text_if(j, "why", notes[i].why);
		json_put_text_if(j, "target", notes[i].target);
		json_put_text(j, "says", notes[i].says);
		json_close(j, '}');
	}
	json_close(j, ']');
}

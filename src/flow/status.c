#include "flow/status.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *const kinds[] = {
	[STATUS_AUDIT] = "audit",       [STATUS_AUTORUN] = "autorun",
	[STATUS_PASSWORD] = "password", [STATUS_PATCH] = "patch",
	[STATUS_TASK] = "task",
};

static const char *const needs[] = {
	[NEED_NOTHING] = "in-order",
	[NEED_DOING] = "to-do",
	[NEED_TELLING] = "unknown",
};

const char *
status_kind_name(enum status_kind kind)
{
	return kinds[kind];
}

enum status_kind
status_kind_from_name(const char *name)
{
	for (size_t i = 1; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i], name) == 0)
			return (enum status_kind)i;
	}
	return (enum status_kind)0;
}

const char *
status_need_name(enum status_need need)
{
	return needs[need];
}

enum status_need
status_need_from_name(const char *name)
{
	for (size_t i = 1; i < sizeof needs / sizeof needs[0]; i++) {
		if (strcmp(needs[i], name) == 0)
			return (enum status_need)i;
	}
	return (enum status_need)0;
}

#define ROOM_FIRST 16

struct status *
statuses_add(struct statuses *all, enum status_kind kind, enum status_need need)
{
	if (all->count == STATUSES_MOST)
		return NULL;
	if (all->count == all->room) {
		size_t room = all->room ? 2 * all->room : ROOM_FIRST;
		struct status *at = realloc(all->at, room * sizeof *at);

		if (!at)
			return NULL;
		all->at = at;
		all->room = room;
	}
	struct status *s = &all->at[all->count++];
	*s = (struct status){ .kind = kind, .need = need };
	return s;
}

void
statuses_free(struct statuses *all)
{
	free(all->at);
	*all = (struct statuses){ .count = 0 };
}

/* The next free field, named; NULL where there is none. */
static struct status_field *
field_add(struct status *s, const char *key)
{
	if (s->field_count == STATUS_FIELDS_MOST)
		return NULL;
	struct status_field *f = &s->fields[s->field_count++];
	(void)text_copy(f->key, sizeof f->key, key);
	return f;
}

void
status_text(struct status *s, const char *key, const char *text)
{
	struct status_field *f = field_add(s, key);

	if (!f)
		return;
	f->is = STATUS_TEXT;
	(void)text_copy(f->text, sizeof f->text, text);
}

void
status_number(struct status *s, const char *key, int64_t number)
{
	struct status_field *f = field_add(s, key);

	if (!f)
		return;
	f->is = STATUS_NUMBER;
	f->number = number;
}

void
status_bool(struct status *s, const char *key, bool is)
{
	struct status_field *f = field_add(s, key);

	if (!f)
		return;
	f->is = STATUS_BOOL;
	f->number = is;
}

const struct status_field *
status_field(const struct status *s, const char *key)
{
	for (size_t i = 0; i < s->field_count; i++) {
		if (strcmp(s->fields[i].key, key) == 0)
			return &s->fields[i];
	}
	return NULL;
}

static void
field_json(struct json *j, const struct status_field *f)
{
	json_key(j, f->key);
	if (f->is == STATUS_NUMBER)
		json_int(j, f->number);
	else if (f->is == STATUS_BOOL)
		json_bool(j, f->number != 0);
	else
		json_text(j, f->text);
}

/* Its twin, which reads, is status_from_json in status_read.c. */
void
status_json(struct json *j, const struct status *s)
{
	json_open(j, '{');
	json_key(j, "type");
	json_text(j, status_kind_name(s->kind));
	if (s->host[0]) {
		json_key(j, "host");
		json_text(j, s->host);
	}
	for (size_t i = 0; i < s->field_count; i++)
		field_json(j, &s->fields[i]);
	json_key(j, "need");
	json_text(j, status_need_name(s->need));
	json_key(j, "says");
	json_text(j, s->says);
	json_key(j, "next");
	json_text(j, s->next);
	json_close(j, '}');
}

int
statuses_exit_code(const struct statuses *all)
{
	int code = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].need == NEED_DOING)
			return 1;
		if (all->at[i].need == NEED_TELLING)
			code = 3;
	}
	return code;
}

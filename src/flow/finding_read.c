#include <string.h>

#include "flow/finding.h"
#include "flow/json_read.h"

static bool
is_finding(void *to, size_t room, const struct json_value *v)
{
	(void)to;
	(void)room;
	return v->kind == JSON_TEXT && strcmp(v->text, "finding") == 0;
}

static bool
read_grade(void *to, size_t room, const struct json_value *v)
{
	enum grade *grade = to;

	(void)room;
	*grade = grade_from_name(v->text);
	return v->kind == JSON_TEXT && *grade != 0;
}

static bool
take_field(void *into, const struct json_value *v)
{
	struct finding *f = into;
	char key[FIELD_KEY_ROOM];

	if (f->field_count >= FIELDS_MOST || !json_read_key(key, sizeof key, v))
		return false;
	if (v->kind == JSON_INT)
		finding_number(f, key, v->number);
	else if (v->kind == JSON_TEXT)
		finding_text(f, key, v->text);
	else
		return false;
	return true;
}

static bool
read_fields(void *to, size_t room, const struct json_value *v)
{
	struct finding *f = to;

	(void)room;
	f->field_count = 0;
	return v->kind == JSON_OBJECT &&
	       json_walk(v->text, JSON_OBJECT, take_field, f) == OK;
}

#define MEMBER(name) offsetof(struct finding, name), sizeof((struct finding *)0)->name
#define WHOLE 0, sizeof(struct finding)

/* Its twin, which writes, is finding_json in finding.c. */
enum err
finding_from_json(const char *json, struct finding *out)
{
	static const struct json_member members[] = {
		{ "type", is_finding, WHOLE, true },
		{ "time", json_read_when, MEMBER(time_ms), true },
		{ "host", json_read_text, MEMBER(host), true },
		{ "detector", json_read_text, MEMBER(detector), true },
		{ "trace", json_read_text, MEMBER(trace), true },
		{ "grade", read_grade, MEMBER(grade), true },
		{ "variants", json_read_variants, MEMBER(variants), false },
		{ "fields", read_fields, WHOLE, false },
		{ "where", json_read_text, MEMBER(where), false },
	};
	struct finding f = { .time_ms = 0 };

	TRY(json_read_object(json, members, sizeof members / sizeof members[0], &f));
	*out = f;
	return OK;
}

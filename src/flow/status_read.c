#include <string.h>

#include "flow/json_read.h"
#include "flow/status.h"

/* Members that are not fields: those that every status has. */
static bool
take_common(struct status *s, const struct json_value *v, bool *taken)
{
	*taken = true;
	if (strcmp(v->key, "type") == 0) {
		s->kind = status_kind_from_name(v->text);
		return v->kind == JSON_TEXT && s->kind != 0;
	}
	if (strcmp(v->key, "need") == 0) {
		s->need = status_need_from_name(v->text);
		return v->kind == JSON_TEXT && s->need != 0;
	}
	if (strcmp(v->key, "host") == 0)
		return json_read_text(s->host, sizeof s->host, v);
	if (strcmp(v->key, "says") == 0)
		return json_read_text(s->says, sizeof s->says, v);
	if (strcmp(v->key, "next") == 0)
		return json_read_text(s->next, sizeof s->next, v);
	*taken = false;
	return true;
}

static bool
take(void *into, const struct json_value *v)
{
	struct status *s = into;
	char key[STATUS_KEY_ROOM];
	char text[STATUS_TEXT_ROOM];
	bool taken = false;

	if (!take_common(s, v, &taken) || taken)
		return taken;
	if (s->field_count == STATUS_FIELDS_MOST || !json_read_key(key, sizeof key, v))
		return false;
	if (v->kind == JSON_INT) {
		status_number(s, key, v->number);
		return true;
	}
	if (v->kind == JSON_BOOL) {
		status_bool(s, key, v->number != 0);
		return true;
	}
	if (v->kind != JSON_TEXT || !json_read_text(text, sizeof text, v))
		return false;
	status_text(s, key, text);
	return true;
}

/* Its twin, which writes, is status_json in status.c. */
enum err
status_from_json(const char *json, struct status *out)
{
	struct status s = { .field_count = 0 };

	TRY(json_walk(json, JSON_OBJECT, take, &s));
	if (s.kind == 0 || s.need == 0)
		return ERR_REFUSED;
	*out = s;
	return OK;
}

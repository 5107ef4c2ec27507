#include <string.h>

#include "flow/json_read.h"
#include "flow/verdict.h"

/* An absent host is written in two keys, that come in any order. */
struct half {
	struct verdict verdict;
	bool absent;
};

static bool
is_verdict(void *to, size_t room, const struct json_value *v)
{
	(void)to;
	(void)room;
	return v->kind == JSON_TEXT && strcmp(v->text, "verdict") == 0;
}

static bool
read_state(void *to, size_t room, const struct json_value *v)
{
	enum state *state = to;

	(void)room;
	*state = state_from_name(v->text);
	return v->kind == JSON_TEXT && *state != 0 && *state != STATE_ABSENT;
}

static bool
take_reason(void *into, const struct json_value *v)
{
	struct verdict *verdict = into;

	return verdict->reason_count < REASONS_MOST &&
	       json_read_text(verdict->reasons[verdict->reason_count++], TRACE_ROOM, v);
}

static bool
read_reasons(void *to, size_t room, const struct json_value *v)
{
	struct half *h = to;

	(void)room;
	h->verdict.reason_count = 0;
	return v->kind == JSON_ARRAY &&
	       json_walk(v->text, JSON_ARRAY, take_reason, &h->verdict) == OK;
}

static bool
take_not_asked(void *into, const struct json_value *v)
{
	struct verdict *verdict = into;

	return verdict->not_asked_count < NOT_ASKED_MOST &&
	       json_read_text(verdict->not_asked[verdict->not_asked_count++],
	                      SENTENCE_ROOM, v);
}

static bool
read_not_asked(void *to, size_t room, const struct json_value *v)
{
	struct half *h = to;

	(void)room;
	h->verdict.not_asked_count = 0;
	return v->kind == JSON_ARRAY &&
	       json_walk(v->text, JSON_ARRAY, take_not_asked, &h->verdict) == OK;
}

static bool
read_skew(void *to, size_t room, const struct json_value *v)
{
	struct half *h = to;

	(void)room;
	h->verdict.has_skew = true;
	return json_read_int(&h->verdict.skew_s, sizeof h->verdict.skew_s, v);
}

static bool
read_bool(void *to, size_t room, const struct json_value *v)
{
	bool *is = to;

	(void)room;
	*is = v->number != 0;
	return v->kind == JSON_BOOL;
}

#define MEMBER(name) \
	offsetof(struct half, verdict.name), sizeof((struct verdict *)0)->name
#define WHOLE 0, sizeof(struct half)

/* Its twin, which writes, is verdict_json in verdict.c. */
enum err
verdict_from_json(const char *json, struct verdict *out)
{
	static const struct json_member members[] = {
		{ "type", is_verdict, WHOLE, true },
		{ "time", json_read_when, MEMBER(time_ms), true },
		{ "host", json_read_text, MEMBER(host), true },
		{ "state", read_state, MEMBER(state), true },
		{ "variants", json_read_variants, MEMBER(variants), false },
		{ "os", json_read_said, MEMBER(os), false },
		{ "name", json_read_said, MEMBER(name), false },
		{ "reasons", read_reasons, WHOLE, false },
		{ "next", json_read_text, MEMBER(next), false },
		{ "why", json_read_text, MEMBER(why), false },
		{ "domain", json_read_said, MEMBER(domain), false },
		{ "took_ms", json_read_int, MEMBER(took_ms), false },
		{ "clock_skew_s", read_skew, WHOLE, false },
		{ "inside", read_bool, MEMBER(inside), false },
		{ "not_asked", read_not_asked, WHOLE, false },
		{ "absent", read_bool, offsetof(struct half, absent), sizeof(bool),
		  false },
	};
	struct half h = { .absent = false };

	TRY(json_read_object(json, members, sizeof members / sizeof members[0], &h));
	if (h.absent && h.verdict.state != STATE_UNKNOWN)
		return ERR_REFUSED;
	if (h.absent)
		h.verdict.state = STATE_ABSENT;
	*out = h.verdict;
	return OK;
}

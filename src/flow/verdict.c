#include "flow/verdict.h"

#include <string.h>

static const char *const names[] = {
	[STATE_INFECTED] = "infected", [STATE_SUSPECT] = "suspect",
	[STATE_UNKNOWN] = "unknown",   [STATE_NO_SIGN] = "no-sign",
	[STATE_CLEAN] = "clean",       [STATE_ABSENT] = "absent",
};

const char *
state_name(enum state state)
{
	return state >= STATE_INFECTED && state <= STATE_ABSENT ? names[state]
	                                                        : "unknown";
}

enum state
state_from_name(const char *name)
{
	for (size_t i = STATE_INFECTED; i <= STATE_ABSENT; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum state)i;
	}
	return (enum state)0;
}

static void
reasons_json(struct json *j, const struct verdict *v)
{
	json_open(j, '[');
	for (size_t i = 0; i < v->reason_count && i < REASONS_MOST; i++)
		json_text(j, v->reasons[i]);
	json_close(j, ']');
}

static void
inside_json(struct json *j, const struct verdict *v)
{
	json_key(j, "inside");
	json_bool(j, true);
	json_key(j, "not_asked");
	json_open(j, '[');
	for (size_t i = 0; i < v->not_asked_count && i < NOT_ASKED_MOST; i++)
		json_text(j, v->not_asked[i]);
	json_close(j, ']');
}

/* The keys that came after the first ones, and go behind them. */
static void
later_keys_json(struct json *j, const struct verdict *v)
{
	json_key(j, "why");
	json_text(j, v->why);
	json_key(j, "domain");
	json_said(j, &v->domain);
	json_key(j, "took_ms");
	json_int(j, v->took_ms);
	if (v->has_skew) {
		json_key(j, "clock_skew_s");
		json_int(j, v->skew_s);
	}
	if (v->state == STATE_ABSENT) {
		json_key(j, "absent");
		json_bool(j, true);
	}
	if (v->inside)
		inside_json(j, v);
}

/* Its twin, which reads, is verdict_from_json in verdict_read.c. */
void
verdict_json(struct json *j, const struct verdict *v)
{
	bool absent = v->state == STATE_ABSENT;

	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "verdict");
	json_key(j, "time");
	json_when(j, v->time_ms);
	json_key(j, "host");
	json_text(j, v->host);
	json_key(j, "state");
	json_text(j, state_name(absent ? STATE_UNKNOWN : v->state));
	json_key(j, "variants");
	variants_json(j, v->variants);
	json_key(j, "os");
	json_said(j, &v->os);
	json_key(j, "name");
	json_said(j, &v->name);
	json_key(j, "reasons");
	reasons_json(j, v);
	json_key(j, "next");
	json_text(j, v->next);
	later_keys_json(j, v);
	json_close(j, '}');
}

#include "flow/run.h"

#include <stddef.h>

#define SCHEMA 1 /* of the JSON Lines; keys may be added without raising it */

void
run_json(struct json *j, const struct run *r)
{
	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "run");
	json_key(j, "schema");
	json_int(j, SCHEMA);
	json_key(j, "version");
	json_text(j, r->version);
	json_key(j, "command");
	json_open(j, '[');
	for (int i = 0; i < r->argc; i++)
		json_text(j, r->argv[i]);
	json_close(j, ']');
	json_key(j, "started");
	json_when(j, r->started_ms);
	json_close(j, '}');
}

void
summary_json(struct json *j, const struct summary *s)
{
	static const enum state order[] = {
		STATE_INFECTED, STATE_SUSPECT, STATE_NO_SIGN,
		STATE_CLEAN,    STATE_UNKNOWN, STATE_ABSENT,
	};

	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "summary");
	json_key(j, "command");
	json_text(j, s->command);
	json_key(j, "targets");
	json_int(j, (int64_t)s->targets);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		json_key(j, state_name(order[i]));
		json_int(j, (int64_t)s->count[order[i]]);
	}
	json_key(j, "seconds");
	json_real(j, s->seconds);
	if (s->interrupted) {
		json_key(j, "interrupted");
		json_bool(j, true);
	}
	json_close(j, '}');
}

int
summary_exit_code(const struct summary *s)
{
	if (s->count[STATE_INFECTED] > 0 || s->count[STATE_SUSPECT] > 0)
		return 1;
	if (s->count[STATE_UNKNOWN] > 0 || s->interrupted)
		return 3;
	/* Absent hosts alone: nothing was looked at, so nothing is in order. */
	return s->count[STATE_NO_SIGN] + s->count[STATE_CLEAN] > 0 ? 0 : 3;
}

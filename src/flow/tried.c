#include "flow/tried.h"

static void
put(struct json *j, const struct tried *t)
{
	json_text(j, t->name);
	json_key(j, "failures");
	json_int(j, (int64_t)t->failures);
	json_key(j, "sources");
	json_int(j, t->sources);
	json_key(j, "first");
	json_when(j, t->first_ms);
	json_key(j, "last");
	json_when(j, t->last_ms);
}

void
tried_account_json(struct json *j, const struct tried *t)
{
	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "account");
	json_key(j, "account");
	put(j, t);
	json_key(j, "locked");
	json_bool(j, t->is_locked);
	json_key(j, "successes");
	json_bool(j, t->got_in);
	json_close(j, '}');
}

void
tried_target_json(struct json *j, const struct tried *t)
{
	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "target");
	json_key(j, "machine");
	put(j, t);
	json_close(j, '}');
}

#include "flow/tried.h"

#include "base/json_put.h"

static void
put(struct json *j, const struct tried *t)
{
	json_text(j, t->name);
	json_put_count(j, "failures", t->failures);
	json_put_int(j, "sources", t->sources);
	json_key(j, "first");
	json_when(j, t->first_ms);
	json_key(j, "last");
	json_when(j, t->last_ms);
}

void
tried_account_json(struct json *j, const struct tried *t)
{
	json_open(j, '{');
	json_put_text(j, "type", "account");
	json_key(j, "account");
	put(j, t);
	json_put_bool(j, "locked", t->is_locked);
	json_put_bool(j, "successes", t->got_in);
	json_close(j, '}');
}

void
tried_target_json(struct json *j, const struct tried *t)
{
	json_open(j, '{');
	json_put_text(j, "type", "target");
	json_key(j, "machine");
	put(j, t);
	json_close(j, '}');
}

#include "flow/attacker.h"

#include <stdio.h>

#include "base/json_put.h"
bool
attacker_is_one(const struct attacker *a)
{
	return a->score >= ATTACKER_SCORE;
}

bool
attacker_is_settled(const struct attacker *a)
{
	return a->host[0] && a->host_state == STATE_CLEAN;
}

void
attacker_called(const struct attacker *a, char out[2 * ATTEMPT_TEXT])
{
	size_t room = 2 * ATTEMPT_TEXT;

	if (a->workstation[0] && a->address[0])
		(void)snprintf(out, room, "%s (%s)", a->workstation, a->address);
	else if (a->workstation[0] || a->address[0])
		(void)snprintf(out, room, "%s%s", a->workstation, a->address);
	else
		(void)snprintf(out, room, "somebody on %s", a->unknown_on);
}

static void
put_lists(struct json *j, const struct attacker *a)
{
	json_key(j, "reasons");
	json_open(j, '[');
	for (size_t i = 0; i < a->reason_count; i++)
		json_text(j, a->reasons[i]);
	json_close(j, ']');
	json_key(j, "targets");
	json_open(j, '[');
	for (size_t i = 0; i < a->targets_shown; i++)
		json_text(j, a->targets[i].name);
	json_close(j, ']');
	if (a->target_count > a->targets_shown)
		json_put_count(j, "target_count", a->target_count);
}

void
attacker_json(struct json *j, const struct attacker *a)
{
	json_open(j, '{');
	json_put_text(j, "type", attacker_is_one(a) ? "attacker" : "source");
	json_put_text_or_null(j, "workstation", a->workstation);
	json_put_text_or_null(j, "address", a->address);
	json_put_count(j, "failures", a->failures);
	json_put_count(j, "accounts", a->accounts);
	json_key(j, "first");
	json_when(j, a->first_ms);
	json_key(j, "last");
	json_when(j, a->last_ms);
	json_key(j, "began");
	json_when(j, a->began_ms);
	json_key(j, "score");
	json_real(j, a->score);
	put_lists(j, a);
	if (a->unknown_on[0])
		json_put_text_or_null(j, "unknown_on", a->unknown_on);
	if (a->names > 1)
		json_put_count(j, "names", a->names);
	json_put_flag(j, "forged_names", a->is_forged);
	json_put_flag(j, "odd_name", a->is_odd);
	if (a->claimed[0])
		json_put_text_or_null(j, "claimed", a->claimed);
	json_put_flag(j, "shared_source", a->is_shared);
	json_put_flag(j, "itself", a->is_itself);
	json_put_flag(j, "got_in", a->got_in);
	json_put_text_if(j, "at_job", a->task_on);
	if (a->recovered > 0)
		json_put_count(j, "recovered", a->recovered);
	if (a->host[0]) {
		json_put_text_or_null(j, "host", a->host);
		json_put_text_or_null(j, "state", state_name(a->host_state));
	}
	json_close(j, '}');
}

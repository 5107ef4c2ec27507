/*
 * The event log shall tell who guesses passwords: logons with success and failure, and
 * a log that is not overwritten within minutes.  Nothing is recorded less than before.
 */
#include <stdio.h>

#include "base/own.h"
#include "base/text.h"
#include "format/audit_policy.h"
#include "mend/plan_parts.h"
#include "mend/settings.h"

#define POLICY "HKLM\\SECURITY\\Policy\\PolAdtEv"

static enum err
plan_policy(struct planner *p)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	OWN(buf_free) struct buf wanted = { .ceiling = CHANGE_BYTES_MOST };
	enum heard heard = machine_key(p->in.machine, POLICY, &k);
	const struct reg_value *v = heard == HEARD ? reg_value(&k, "") : NULL;

	if (heard != HEARD && heard != HEARD_NOTHING) {
		planner_unread(p, "", POLICY, machine_why(p->in.machine));
		return machine_failed(p->in.machine) ? ERR_MEMORY : OK;
	}
	if (!v || audit_policy_strengthen(v->bytes, &wanted) != HEARD) {
		planner_leave(p, "", POLICY,
		              "Left alone: it is not there, or not as any Windows "
		              "writes it; use auditpol or secpol.msc on the machine.");
		return OK;
	}
	if (span_is(v->bytes, wanted.at, wanted.len))
		return OK;
	struct change *c = planner_add(p, CHANGE_SET_VALUE, POLICY, WHY_ASKED);
	if (!c)
		return planner_full(p);
	c->type = v->type;
	buf_put(&c->after, wanted.at, wanted.len);
	change_says(c, "Record logons that succeed and that fail, and what becomes of "
	               "accounts");
	return planner_settle(p, NULL);
}

static enum err
set_number(struct planner *p, const char *key, const char *name, uint32_t number)
{
	struct change *c = planner_add(p, CHANGE_SET_VALUE, key, WHY_ASKED);

	if (!c)
		return planner_full(p);
	(void)text_copy(c->name, sizeof c->name, name);
	change_u32(c, number);
	if (number > 0)
		change_says(c, "Let the Security log grow to %u KB", number / 1024);
	else
		change_says(c, "Let the Security log overwrite its oldest events when "
		               "it is full");
	return planner_settle(p, NULL);
}

/* False: it is not there, or cannot be read, which the plan then says. */
static bool
number_of(struct planner *p, const char *key, const char *name, uint32_t *out)
{
	enum heard heard = machine_u32(p->in.machine, key, name, out);

	if (heard != HEARD && heard != HEARD_NOTHING)
		planner_unread(p, "", key, machine_why(p->in.machine));
	return heard == HEARD;
}

static enum err
plan_log(struct planner *p)
{
	char key[PATH_ROOM];
	uint32_t now = 0;

	if (!path_join(key, sizeof key, p->in.windows->sets[0], LOG_KEY))
		return OK;
	if (number_of(p, key, LOG_SIZE, &now) && now < LOG_FAIR)
		TRY(set_number(p, key, LOG_SIZE, LOG_FAIR));
	if (number_of(p, key, LOG_KEEPS, &now) && now != 0)
		TRY(set_number(p, key, LOG_KEEPS, 0));
	return OK;
}

/* With it, recording failures would stop the machine in the first storm. */
static bool
stops_when_full(struct planner *p)
{
	char key[PATH_ROOM];
	uint32_t crash = 0;

	(void)snprintf(key, sizeof key, "%s\\Control\\Lsa", p->in.windows->sets[0]);
	if (!number_of(p, key, "CrashOnAuditFail", &crash))
		return p->plan->unread; /* then nobody knows, and it stays as it is */
	if (crash == 0)
		return false;
	planner_leave(p, "", key,
	              "Left alone: this machine stops when its Security log is full, "
	              "and a storm of the worm fills it. Decide on CrashOnAuditFail "
	              "first.");
	return true;
}

static enum err
plan_all(struct planner *p)
{
	if (p->in.windows->set_count == 0) {
		planner_unread(
		    p, "", "HKLM\\SYSTEM",
		    "Left alone: the hive SYSTEM could not be read, so nobody "
		    "knows whether this machine stops when its log is full.");
		return OK;
	}
	if (stops_when_full(p))
		return OK;
	TRY(plan_log(p));
	TRY(plan_policy(p));
	if (p->plan->count > 0)
		plan_person(p->plan, "",
		            "In a domain a group policy sets auditing again within "
		            "hours: switch it on there too.");
	return OK;
}

enum err
plan_audit(const struct inside *in, struct plan *out)
{
	struct planner *p = NULL;

	if (!in->windows->there)
		return OK;
	TRY(planner_open(in, NULL, NULL, out, &p));
	return planner_close(p, plan_all(p));
}

/*
 * Autorun is closed by the one setting that needs no update and covers every drive:
 * autorun.inf is mapped to a place of the registry that does not exist.  What else
 * closes it (NoDriveTypeAutoRun with its correction) stays as somebody has set it, so
 * that opening it again is taking away exactly what was put there.
 */
#include "base/own.h"
#include "base/text.h"
#include "mend/plan_parts.h"
#include "mend/settings.h"

static enum err
close_it(struct planner *p, const char *key)
{
	struct change *c = planner_add(p, CHANGE_SET_VALUE, key, WHY_ASKED);

	if (!c)
		return planner_full(p);
	change_text(c, REG_TYPE_SZ, MAPPING_NOWHERE);
	change_says(c, "Let Windows never read autorun.inf, from whatever drive");
	change_from(c, "Microsoft's advice");
	return planner_settle(p, NULL);
}

/* Where nothing else is in the key, the whole key, as Microsoft's file does. */
static enum err
open_it(struct planner *p, const char *key, const struct reg_key *k)
{
	bool is_alone = k->value_count == 1 && k->subkey_count == 0;
	struct change *c = planner_add(
	    p, is_alone ? CHANGE_DELETE_KEY : CHANGE_DELETE_VALUE, key, WHY_ASKED);

	if (!c)
		return planner_full(p);
	change_says(c, "Let Windows read autorun.inf again");
	return planner_settle(p, NULL);
}

static enum err
plan_mapping(struct planner *p, bool disable)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char key[PATH_ROOM];
	char now[64] = "";

	software_key(0, "HKLM\\SOFTWARE", MAPPING_KEY, key);
	enum heard heard = machine_key(p->in.machine, key, &k);
	if (heard != HEARD && heard != HEARD_NOTHING) {
		planner_unread(p, "", key, machine_why(p->in.machine));
		return machine_failed(p->in.machine) ? ERR_MEMORY : OK;
	}
	bool is_closed = reg_text(reg_value(&k, ""), now, sizeof now) &&
	                 text_same(now, MAPPING_NOWHERE);
	if (disable && !is_closed)
		TRY(close_it(p, key));
	else if (!disable && is_closed)
		TRY(open_it(p, key, &k));
	if (p->plan->count > 0)
		plan_person(p->plan, "",
		            "Restart the machine: who is logged on sees it only then.");
	return OK;
}

enum err
plan_autorun(const struct inside *in, bool disable, struct plan *out)
{
	struct planner *p = NULL;

	if (!in->windows->there)
		return OK;
	TRY(planner_open(in, NULL, NULL, out, &p));
	return planner_close(p, plan_mapping(p, disable));
}

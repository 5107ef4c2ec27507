/* What starts the worm at logon. */
#include <string.h>

#include "look/run_values.h"
#include "mend/plan_parts.h"

static enum err
take_value(void *with, const struct run_value *v)
{
	struct planner *p = with;
	bool stays = true;

	if (v->file.is == FILE_IS_SUSPECT && !p->wishes.suspects) {
		planner_leave(p, v->trace, v->key,
		              "Left alone: what it starts is suspect only; have that "
		              "file looked at. --suspects takes both away.");
		return OK;
	}
	struct change *c = planner_add(p, CHANGE_DELETE_VALUE, v->key, v->trace);
	if (!c)
		return planner_full(p);
	(void)text_copy(c->name, sizeof c->name, v->value->name);
	change_sign(c, "rundll32-form");
	change_sign_traits(c, v->file.traits & ~(unsigned)TRAIT_NAMED);
	if (v->file.is == FILE_IS_ABSENT)
		change_sign(c, "computed-name");
	change_says(c, "Delete the start value %.100s, which starts %.100s at logon",
	            v->value->name, v->path);
	TRY(planner_settle(p, &stays));
	if (stays && v->file.is != FILE_IS_ABSENT)
		planner_file(p, v->path, v->trace, &v->file, false);
	return OK;
}

enum err
plan_run_values(struct planner *p)
{
	return run_values_each(&p->in, take_value, p);
}

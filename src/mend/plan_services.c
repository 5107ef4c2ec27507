/*
 * The worm's services: first the member of netsvcs, so that svchost does not start it
 * again, then its key in every control set that has it, then its file.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/services.h"
#include "mend/plan_parts.h"

static void
sign(struct change *c, const struct service_judged *s)
{
	if (s->is_member)
		change_sign(c, "netsvcs-member");
	if (s->starts_svchost)
		change_sign(c, "svchost-command");
	if (!s->key) {
		change_sign(c, "no-key");
		return;
	}
	change_sign_traits(c, s->target.file.traits & ~(unsigned)TRAIT_NAMED);
	if (s->target.said[0] && s->target.file.is == FILE_IS_ABSENT)
		change_sign(c, "dll-gone");
	if (s->target.has_computed_name)
		change_sign(c, "computed-name");
	if (s->signs.is_locked)
		change_sign(c, "key-locked");
	if (s->signs.has_display_words)
		change_sign(c, "display-words");
	if (s->signs.copied_from[0])
		change_sign(c, "copied-description");
}

/* Each spelling of the name that netsvcs has. */
static enum err
take_members(struct planner *p, const struct service_judged *s)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char member[NAME_ROOM];

	if (machine_key(p->in.machine, SVCHOST_KEY, &k) != HEARD)
		return machine_failed(p->in.machine) ? ERR_MEMORY : OK;
	const struct reg_value *v = reg_value(&k, SVCHOST_GROUP);
	if (!v)
		return OK;
	struct span rest = v->bytes;
	while (reg_multi_next(&rest, member, sizeof member)) {
		if (!text_same(member, s->name))
			continue;
		struct change *c = planner_add(p, CHANGE_REMOVE_STRING, SVCHOST_KEY,
		                               s->trace);
		if (!c)
			return planner_full(p);
		(void)text_copy(c->name, sizeof c->name, v->name);
		(void)text_copy(c->string, sizeof c->string, member);
		sign(c, s);
		change_says(c, "Take the service %.100s out of the netsvcs group",
		            member);
		TRY(planner_settle(p, NULL));
	}
	return OK;
}

static enum err
take_away(struct planner *p, const struct service_judged *s)
{
	bool stays = true;

	if (s->is_member)
		TRY(take_members(p, s));
	if (!s->key)
		return OK;
	struct change *c = planner_add(p, CHANGE_DELETE_KEY, s->path, s->trace);
	if (!c)
		return planner_full(p);
	sign(c, s);
	change_says(c, "Delete the service %.100s of %s, with all below", s->name,
	            strrchr(s->set, '\\') + 1);
	TRY(planner_settle(p, &stays));
	if (stays && s->target.path[0] && s->target.file.is != FILE_IS_ABSENT)
		planner_file(p, s->target.path, s->trace, &s->target.file, false);
	return OK;
}

static bool
is_wanted(const struct planner *p, const struct service_judged *s)
{
	if (strcmp(s->trace, "svc-worm") == 0)
		return true;
	if (strcmp(s->trace, "svc-residue") != 0)
		return p->wishes.suspects;
	/* A second sign: beside its being foreign and gone in part. */
	bool has_second = s->key && (service_signs_count(&s->signs) > 0 ||
	                             s->target.has_computed_name);
	return p->wishes.residue || (p->is_infected && has_second);
}

static enum err
take_service(void *with, const struct service_judged *s)
{
	struct planner *p = with;
	bool is_residue = s->trace && strcmp(s->trace, "svc-residue") == 0;

	if (!s->trace)
		return OK;
	if (is_wanted(p, s))
		return take_away(p, s);
	planner_leave(
	    p, s->trace, s->key ? s->path : SVCHOST_KEY,
	    is_residue
		? "Left alone: it starts nothing, and products that were removed leave "
		  "the same behind; --residue takes it away."
		: "Left alone: it is suspect only; find out which product it belongs "
		  "to. --suspects takes it away, with its file, into quarantine.");
	return OK;
}

enum err
plan_services(struct planner *p)
{
	return services_each(&p->in, take_service, p);
}

/*
 * The worm's service: a member of svchost's netsvcs group that Windows does not bring,
 * a service key with svchost's command line, its ServiceDll, and that file.
 *
 * Every control set is walked, since Windows falls back to the last good one; every
 * service that Windows does not bring to the group is followed, whether the group
 * names it or only its own command line does.  The judge (services_judge.c) decides
 * by the file, never by a name.
 *
 * What it cannot tell: a worm that takes the name of a service that Windows brings
 * (the sweep of files still sees its file).  Sources: specification 2.1, 2.2 and 8.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/netsvcs.h"
#include "look/services_parts.h"

#define MEMBERS_MOST 1024  /* Windows has about 50 */
#define SERVICES_MOST 4096 /* Windows has about 500 */
#define JUDGED_MOST 256    /* that Windows does not bring */
#define SEARCHES_MOST 16
#define RESIDUES_MOST 16
#define UNREAD_MOST 16

/* Those that Windows does not bring. */
struct members {
	char (*name)[SERVICE_MEMBER_ROOM];
	bool *has_key; /* in any control set */
	size_t count;
};

static void
members_free(struct members *m)
{
	free(m->name);
	free(m->has_key);
}

static bool
too_many(const struct inside *in, const char *place, size_t most)
{
	(void)machine_because(in->machine, HEARD_ODD,
	                      "more than %zu entries, which no Windows has; the rest "
	                      "was not looked at",
	                      most);
	return look_unread(in, SERVICES_DETECTOR, place, HEARD_ODD) == OK;
}

/* ---- the group */

static enum err
fill_members(const struct inside *in, const struct reg_value *value,
             struct members *out)
{
	char name[SERVICE_MEMBER_ROOM];
	struct span rest = value->bytes;

	out->name = calloc(MEMBERS_MOST, sizeof out->name[0]);
	out->has_key = calloc(MEMBERS_MOST, sizeof out->has_key[0]);
	if (!out->name || !out->has_key)
		return ERR_MEMORY;
	while (reg_multi_next(&rest, name, sizeof name)) {
		if (!name[0] || netsvcs_is_usual(in->windows, name))
			continue;
		if (out->count == MEMBERS_MOST)
			return too_many(in, SVCHOST_KEY, MEMBERS_MOST) ? OK
			                                               : ERR_MEMORY;
		memcpy(out->name[out->count++], name, sizeof name);
	}
	return OK;
}

static enum err
find_members(const struct inside *in, struct members *out)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

	TRY(look_key(in, SERVICES_DETECTOR, SVCHOST_KEY, &k));
	const struct reg_value *value = reg_value(&k, SVCHOST_GROUP);
	if (!value)
		return OK;
	if (value->type == REG_TYPE_MULTI_SZ)
		return fill_members(in, value, out);
	(void)machine_because(in->machine, HEARD_ODD,
	                      "the value %s is not of the type that it ought to be",
	                      SVCHOST_GROUP);
	return look_unread(in, SERVICES_DETECTOR, SVCHOST_KEY, HEARD_ODD);
}

/* Notes that it has a key; false where it is none of them. */
static bool
is_member(struct members *m, const char *name)
{
	bool is = false;

	for (size_t i = 0; i < m->count; i++) {
		if (text_same(m->name[i], name))
			is = m->has_key[i] = true;
	}
	return is;
}

/* ---- services */

struct walk {
	const struct inside *in;
	struct members members;
	struct services_budget budget;
	service_seen *seen;
	void *with;
};

static enum err
judge_service(struct walk *w, const char *folder, struct service_judged *s)
{
	s->starts_svchost = service_starts_svchost(w->in->windows, s->key);
	if (!s->is_member && !s->starts_svchost)
		return OK;
	if (w->budget.judged == 0)
		return OK;
	w->budget.judged--;
	if (w->budget.judged == 0)
		return too_many(w->in, folder, JUDGED_MOST) ? OK : ERR_MEMORY;
	TRY(service_judge(w->in, &w->budget, s));
	return w->seen(w->with, s);
}

static enum err
look_at_service(struct walk *w, const char *set, const char *folder, const char *name)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char path[PATH_ROOM];
	struct service_judged s = { .set = set, .name = name, .path = path, .key = &k };

	if (netsvcs_is_usual(w->in->windows, name) ||
	    !path_join(path, sizeof path, folder, name))
		return OK;
	s.is_member = is_member(&w->members, name);
	enum heard heard = machine_key(w->in->machine, path, &k);
	if (heard == HEARD)
		return judge_service(w, folder, &s);
	if (heard == HEARD_NOTHING || w->budget.unread == 0)
		return machine_failed(w->in->machine) ? ERR_MEMORY : OK;
	w->budget.unread--;
	return look_unread(w->in, SERVICES_DETECTOR, path, heard);
}

static enum err
look_at_set(struct walk *w, const char *set)
{
	OWN(reg_key_free) struct reg_key services = { .value_count = 0 };
	char path[PATH_ROOM];

	(void)path_join(path, sizeof path, set, "Services");
	TRY(look_key(w->in, SERVICES_DETECTOR, path, &services));
	for (size_t i = 0; i < services.subkey_count; i++) {
		if (i == SERVICES_MOST)
			return too_many(w->in, path, SERVICES_MOST) ? OK : ERR_MEMORY;
		TRY(look_at_service(w, set, path, services.subkeys[i]));
	}
	return OK;
}

/*
 * Members whose service key is gone.  Many of Windows' own never had one, and those of
 * another Windows stay after an upgrade; of a Windows that we have no list of, nothing
 * can be said.
 */
static enum err
tell_residues(const struct walk *w)
{
	if (w->in->windows->kind == WINDOWS_OTHER || w->in->windows->set_count == 0)
		return OK;
	for (size_t i = 0; i < w->members.count; i++) {
		const struct service_judged s = { .set = "",
			                          .name = w->members.name[i],
			                          .path = "",
			                          .is_member = true,
			                          .trace = "svc-residue" };

		if (!w->members.has_key[i] && !netsvcs_member_find(s.name))
			TRY(w->seen(w->with, &s));
	}
	return OK;
}

static enum err
walk(struct walk *w)
{
	enum err err = find_members(w->in, &w->members);

	for (size_t i = 0; err == OK && i < w->in->windows->set_count; i++)
		err = look_at_set(w, w->in->windows->sets[i]);
	if (err == OK)
		err = tell_residues(w);
	members_free(&w->members);
	return err;
}

static const struct services_budget whole_budget = { .judged = JUDGED_MOST,
	                                             .searches = SEARCHES_MOST,
	                                             .residues = RESIDUES_MOST,
	                                             .unread = UNREAD_MOST };

enum err
services_each(const struct inside *in, service_seen *seen, void *with)
{
	struct walk w = {
		.in = in, .budget = whole_budget, .seen = seen, .with = with
	};

	return walk(&w);
}

/* ---- the detector */

struct telling {
	struct walk w;
	char members[SAID_ROOM]; /* of the group, without a key: in one finding */
};

static void
add_member(struct telling *t, const char *name)
{
	size_t len = strlen(t->members);

	if (len < sizeof t->members - 1)
		(void)snprintf(t->members + len, sizeof t->members - len, "%s%s",
		               len > 0 ? " " : "", name);
}

static enum err
take_service(void *with, const struct service_judged *s)
{
	struct telling *t = with;

	if (s->key)
		service_tell(t->w.in, s, &t->w.budget);
	else
		add_member(t, s->name);
	return OK;
}

enum err
look_services(const struct inside *in)
{
	struct telling t = {
		.w = { .in = in, .budget = whole_budget, .seen = take_service }
	};

	t.w.with = &t;
	TRY(walk(&t.w));
	if (!t.members[0])
		return OK;
	struct finding *f = look_at_value(in, "svc-residue", SVCHOST_KEY,
	                                  SVCHOST_GROUP);
	finding_text(f, "members", t.members);
	finding_text(f, "left", "no service key of that name");
	return OK;
}

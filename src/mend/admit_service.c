/*
 * Services of the netsvcs group.  One that any Windows brings is never touched, by its
 * name alone; then its command line must be exactly that of the group, and its DLL a
 * file that may be the worm's at all.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/netsvcs.h"
#include "know/stock.h"
#include "look/run_values.h"
#include "mend/admit_parts.h"

#define TYPE_DRIVERS 0x0Bu /* kernel, file system, recognizer */

static enum err
ask_name(struct asked *a, const char *name)
{
	if (stock_is_service(name) || netsvcs_member_find(name))
		return refuse(a, "a service of that name comes with Windows, or is "
		                 "known to be somebody's");
	return OK;
}

/* ---- a key */

static enum err
ask_form(struct asked *a, const struct service_judged *s)
{
	uint32_t type = 0;

	if (reg_u32(reg_value(s->key, "Type"), &type) && (type & TYPE_DRIVERS))
		return refuse(a, "it is a driver");
	if (s->starts_svchost)
		return OK;
	if (s->key->value_count == 0 && s->signs.is_locked)
		return OK; /* what a cleaner left */
	return refuse(a, "its command line is not that of the netsvcs group");
}

static enum err
ask_dll(struct asked *a, const struct service_judged *s)
{
	const struct service_target *t = &s->target;

	if (!t->said[0]) {
		a->signs++; /* svchost's, and nothing for it to load */
		return OK;
	}
	if (!t->path[0] || t->file.is == FILE_IS_UNREAD)
		return refuse_unknown(a, "its DLL could not be looked at: %.400s",
		                      t->file.because);
	TRY(ask_program(a, t->path, &t->file));
	if (t->file.is == FILE_IS_ABSENT)
		a->signs++; /* it is gone */
	return OK;
}

/* Counts the signs of one key; refuses where it cannot be the worm's. */
static enum err
ask_service(struct asked *a, const char *set, const char *name, const char *path)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	struct services_budget budget = { .searches = 1 };
	struct service_judged s = { .set = set, .name = name, .path = path, .key = &k };
	enum heard heard = machine_key(a->in->machine, path, &k);

	if (heard == HEARD_NOTHING)
		return refuse(a, "there is no such service");
	if (heard != HEARD)
		return refuse_unread(a);
	s.starts_svchost = service_starts_svchost(a->in->windows, &k);
	TRY(service_judge(a->in, &budget, &s));
	TRY(ask_form(a, &s));
	a->signs = s.starts_svchost; /* in the group, and not of Windows */
	TRY(ask_dll(a, &s));
	a->signs += (unsigned)s.signs.is_locked + s.signs.has_display_words +
	            (s.signs.copied_from[0] != '\0');
	return OK;
}

/* "HKLM\SYSTEM\ControlSet001\Services\<name>" */
enum err
admit_service(struct asked *a, const char *name)
{
	const struct installation *w = a->in->windows;

	if (strchr(name, '\\'))
		return refuse(a, "of a foreign service only the whole key is taken "
		                 "away");
	TRY(ask_name(a, name));
	for (size_t i = 0; i < w->set_count; i++) {
		if (!path_below(a->change->target, w->sets[i]))
			continue;
		TRY(ask_service(a, w->sets[i], name, a->change->target));
		return by_signs(a);
	}
	return refuse(a, "it lies in no control set");
}

/* ---- a member of the group */

/* HEARD: it is; HEARD_NOTHING: it is not. */
static enum heard
is_member(struct machine *m, const char *string)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char member[NAME_ROOM];
	enum heard heard = machine_key(m, SVCHOST_KEY, &k);

	if (heard != HEARD)
		return heard;
	const struct reg_value *v = reg_value(&k, SVCHOST_GROUP);
	if (!v || v->type != REG_TYPE_MULTI_SZ)
		return HEARD_NOTHING;
	struct span rest = v->bytes;
	while (reg_multi_next(&rest, member, sizeof member)) {
		if (member[0] && strcmp(member, string) == 0)
			return HEARD;
	}
	return HEARD_NOTHING;
}

/* Its key in every set that has one must be the worm's. */
static enum err
ask_keys(struct asked *a, const char *name)
{
	const struct installation *w = a->in->windows;
	unsigned most = 0;
	bool any = false;

	for (size_t i = 0; i < w->set_count; i++) {
		OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
		char path[PATH_ROOM];

		(void)snprintf(path, sizeof path, "%s\\Services\\%.500s", w->sets[i],
		               name);
		enum heard heard = machine_key(a->in->machine, path, &k);
		if (heard == HEARD_NOTHING)
			continue;
		if (heard != HEARD)
			return refuse_unread(a);
		any = true;
		TRY(ask_service(a, w->sets[i], name, path));
		TRY(by_signs(a));
		most = a->signs > most ? a->signs : most;
	}
	/* Foreign, and nothing behind it: what a cleaner left. */
	a->signs = any ? most : 2;
	return OK;
}

enum err
admit_member(struct asked *a)
{
	const struct change *c = a->change;

	if (c->kind != CHANGE_REMOVE_STRING || !text_same(c->name, SVCHOST_GROUP))
		return refuse(a, "there only a member of netsvcs is taken away");
	if (strchr(c->string, '\\') || !c->string[0])
		return refuse(a, "it is no name of a service");
	TRY(ask_name(a, c->string));
	enum heard member = is_member(a->in->machine, c->string);
	if (member == HEARD_NOTHING)
		return refuse(a, "netsvcs has no member that is spelled so");
	if (member != HEARD)
		return refuse_unread(a);
	if (a->in->windows->set_count == 0)
		return refuse(a, "this machine has no services that could be looked "
		                 "at");
	TRY(ask_keys(a, c->string));
	return by_signs(a);
}

/* ---- who loads a file */

struct loading {
	const char *path;
	bool found;
};

static enum err
take_service(void *with, const struct service_judged *s)
{
	struct loading *l = with;

	if (!s->key || !s->starts_svchost || stock_is_service(s->name) ||
	    !text_same(s->target.path, l->path))
		return OK;
	l->found = true;
	return ERR_LIMIT;
}

static enum err
take_value(void *with, const struct run_value *v)
{
	struct loading *l = with;

	if (!text_same(v->path, l->path))
		return OK;
	l->found = true;
	return ERR_LIMIT;
}

bool
the_registry_starts(const struct inside *in, const char *path)
{
	struct loading l = { .path = path };
	enum err err = services_each(in, take_service, &l);

	if (err == OK)
		err = run_values_each(in, take_value, &l);
	if (err == ERR_MEMORY)
		in->machine->failed = true;
	return l.found;
}

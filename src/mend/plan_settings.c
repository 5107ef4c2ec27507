/*
 * Settings that the worm changed, each put back to what Windows has.  Administrators
 * and other programs change them too, so they are only touched on a machine that is
 * infected; on others they are named, and left.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/plan_parts.h"
#include "mend/settings.h"

#define NOT_INFECTED                                                                  \
	"Left alone: others change this setting too, and nothing on this machine is " \
	"surely the worm's. Ask who administers it."

/* ---- the choice to see hidden files */

static enum err
plan_showall(struct planner *p)
{
	for (size_t half = 0; half < SOFTWARE_HALVES; half++) {
		char key[PATH_ROOM];
		uint32_t is = 1;

		software_key(half, "HKLM\\SOFTWARE", SHOWALL_KEY, key);
		if (machine_u32(p->in.machine, key, SHOWALL_VALUE, &is) != HEARD ||
		    is != 0)
			continue;
		struct change *c = planner_add(p, CHANGE_SET_VALUE, key, "showall-off");
		if (!c)
			return planner_full(p);
		(void)text_copy(c->name, sizeof c->name, SHOWALL_VALUE);
		change_u32(c, 1);
		change_sign(c, "infected");
		change_says(c, "Let Explorer show hidden files again where a user "
		               "wants that");
		change_from(c, "Windows' default");
		TRY(planner_settle(p, NULL));
	}
	return OK;
}

/* ---- the limit of connections */

static enum err
plan_tcp(struct planner *p)
{
	const struct installation *w = p->in.windows;

	for (size_t i = 0; i < w->set_count; i++) {
		char key[PATH_ROOM];
		uint32_t is = 0;

		if (!path_join(key, sizeof key, w->sets[i], TCP_KEY) ||
		    machine_u32(p->in.machine, key, TCP_VALUE, &is) != HEARD ||
		    is != TCP_CONNECTIONS)
			continue;
		struct change *c = planner_add(p, CHANGE_DELETE_VALUE, key, "tcpnum");
		if (!c)
			return planner_full(p);
		(void)text_copy(c->name, sizeof c->name, TCP_VALUE);
		change_sign(c, "infected");
		change_says(c, "Delete the limit of TCP connections that the worm set; "
		               "Windows' own holds then");
		TRY(planner_settle(p, NULL));
	}
	return OK;
}

/* ---- the worm's notes */

static enum err
plan_note_of(struct planner *p, const char *key, const char *name)
{
	uint32_t ignored = 0;

	if (machine_u32(p->in.machine, key, name, &ignored) != HEARD)
		return OK;
	struct change *c = planner_add(p, CHANGE_DELETE_VALUE, key, "applets");
	if (!c)
		return planner_full(p);
	(void)text_copy(c->name, sizeof c->name, name);
	change_sign(c, p->is_infected ? "infected" : "dl-and-ds");
	change_says(c, "Delete the worm's note %s", name);
	return planner_settle(p, NULL);
}

static enum err
plan_notes_of(struct planner *p, const char *software)
{
	for (size_t half = 0; half < SOFTWARE_HALVES; half++) {
		char key[PATH_ROOM];

		software_key(half, software, VERSION_KEY "\\Applets", key);
		TRY(plan_note_of(p, key, "dl"));
		TRY(plan_note_of(p, key, "ds"));
	}
	return OK;
}

static enum err
plan_applets(struct planner *p)
{
	const struct machine *m = p->in.machine;

	TRY(plan_notes_of(p, "HKLM\\SOFTWARE"));
	for (size_t i = 0; i < m->user_count; i++) {
		char software[PATH_ROOM];

		if (path_join(software, sizeof software, m->users[i].root, "Software"))
			TRY(plan_notes_of(p, software));
	}
	return OK;
}

/* ---- Windows Defender, and Vista's Security Center */

/* What Windows' setup writes, where it is gone. */
struct default_text {
	const char *key; /* below HKLM\SOFTWARE */
	const char *name;
	uint32_t type;
	const char *text;
	const char *says;
};

static enum err
plan_text(struct planner *p, const char *trace, const struct default_text *d)
{
	char key[PATH_ROOM];

	software_key(0, "HKLM\\SOFTWARE", d->key, key);
	struct change *c = planner_add(p, CHANGE_SET_VALUE, key, trace);
	if (!c)
		return planner_full(p);
	(void)text_copy(c->name, sizeof c->name, d->name);
	change_text(c, d->type, d->text);
	change_sign(c, "infected");
	change_says(c, "%s", d->says);
	change_from(c, "what Vista and Server 2008 write there at setup");
	return planner_settle(p, NULL);
}

static enum err
plan_defender(struct planner *p)
{
	static const struct default_text defender = {
		RUN_KEY, DEFENDER_VALUE, REG_TYPE_EXPAND_SZ, DEFENDER_COMMAND,
		"Start Windows Defender at logon again"
	};

	return plan_text(p, "defender-run-gone", &defender);
}

static enum err
plan_notifier(struct planner *p)
{
	static const struct default_text notifier = {
		NOTIFIER_KEY, "AutoStart", REG_TYPE_SZ, "",
		"Let the Security Center warn again"
	};

	return plan_text(p, "wsc-gone", &notifier);
}

/* ---- in order */

static const struct {
	const char *trace;
	enum err (*plan)(struct planner *);
	bool alone; /* also where the machine is not infected: the gate decides */
} settings[] = {
	{ "applets", plan_applets, true },
	{ "showall-off", plan_showall, false },
	{ "tcpnum", plan_tcp, false },
	{ "services-disabled", plan_starts, false },
	{ "safeboot-gone", plan_safeboot, false },
	{ "defender-run-gone", plan_defender, false },
	{ "wsc-gone", plan_notifier, false },
};

enum err
plan_settings(struct planner *p)
{
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		if (!planner_found(p, settings[i].trace))
			continue;
		if (p->is_infected || settings[i].alone)
			TRY(settings[i].plan(p));
		else
			planner_leave(p, settings[i].trace, "", NOT_INFECTED);
	}
	return OK;
}

/*
 * Services that the worm disabled start again as they did: in another control set of
 * the machine, in a backup of its own, or as Windows has it (specification 2.5).  What
 * a group policy decides is not fought, and Windows Defender is not started beside
 * another virus scanner.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "know/antivirus.h"
#include "know/disabled_services.h"
#include "mend/backups.h"
#include "mend/plan_parts.h"

#define TRACE "services-disabled"
#define POLICIES "HKLM\\SOFTWARE\\Policies\\Microsoft\\"

struct source {
	uint32_t start;
	bool is_delayed;
	char from[SENTENCE_ROOM];
};

static bool
read_start(struct planner *p, const char *set, const char *service, struct source *out)
{
	char key[PATH_ROOM];
	uint32_t delayed = 0;

	(void)snprintf(key, sizeof key, "%s\\Services\\%s", set, service);
	out->is_delayed = machine_u32(p->in.machine, key, "DelayedAutostart",
	                              &delayed) == HEARD &&
	                  delayed != 0;
	return machine_u32(p->in.machine, key, "Start", &out->start) == HEARD &&
	       (out->start == START_AUTOMATIC || out->start == START_MANUAL);
}

static bool
find_in_sets(struct planner *p, const char *service, struct source *out)
{
	const struct installation *w = p->in.windows;

	for (size_t i = 1; i < w->set_count; i++) {
		if (!read_start(p, w->sets[i], service, out))
			continue;
		(void)snprintf(out->from, sizeof out->from,
		               "%s of this machine, where it is not disabled",
		               strrchr(w->sets[i], '\\') + 1);
		return true;
	}
	return false;
}

static bool
find_in_backups(struct planner *p, const char *service, struct source *out)
{
	struct backup backups[BACKUPS_MOST];
	size_t count = backups_find(&p->in, backups);

	for (size_t i = 0; i < count; i++) {
		if (!read_start(p, backups[i].set, service, out))
			continue;
		(void)snprintf(out->from, sizeof out->from,
		               "the backup %.150s of this machine", backups[i].file);
		return true;
	}
	return false;
}

static bool
find_by_windows(struct planner *p, const struct disabled_service *d, struct source *out)
{
	enum service_start usual = disabled_service_start(d, p->in.windows->kind);

	if (usual != START_AUTOMATIC && usual != START_MANUAL && usual != START_DELAYED)
		return false;
	out->is_delayed = usual == START_DELAYED;
	out->start = usual == START_MANUAL ? START_MANUAL : START_AUTOMATIC;
	(void)snprintf(out->from, sizeof out->from, "the default of %.100s",
	               p->in.windows->os);
	return true;
}

/* ---- what forbids it */

/* Why a policy forbids it, or may; NULL where there is none. */
static const char *
policy_on(struct planner *p, const char *name)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char key[PATH_ROOM];

	(void)snprintf(key, sizeof key, POLICIES "%s", name);
	enum heard heard = machine_key(p->in.machine, key, &k);
	if (heard != HEARD && heard != HEARD_NOTHING)
		return "Left disabled: whether a group policy decides about it could "
		       "not be read.";
	return k.value_count > 0 || k.subkey_count > 0
	           ? "Left disabled: a group policy decides about it; ask who makes "
	             "the policy."
	           : NULL;
}

/* Another virus scanner that is not disabled; NULL for none. */
static const char *
other_scanner(struct planner *p)
{
	for (size_t i = 0; i < antivirus_services_count; i++) {
		char key[PATH_ROOM];
		uint32_t start = 0;

		(void)snprintf(key, sizeof key, "%s\\Services\\%s",
		               p->in.windows->sets[0], antivirus_services[i].service);
		if (machine_u32(p->in.machine, key, "Start", &start) == HEARD &&
		    start < START_DISABLED)
			return antivirus_services[i].product;
	}
	return NULL;
}

/* Says why, where it stays disabled. */
static bool
is_forbidden(struct planner *p, const struct disabled_service *d, const char *key)
{
	char says[SENTENCE_ROOM];
	bool updates = text_same(d->service, "wuauserv") ||
	               text_same(d->service, "BITS");
	bool defender = text_same(d->service, "WinDefend");
	const char *scanner = defender ? other_scanner(p) : NULL;
	const char *policy = updates    ? policy_on(p, "Windows\\WindowsUpdate")
	                     : defender ? policy_on(p, "Windows Defender")
	                                : NULL;

	(void)snprintf(says, sizeof says,
	               "Left disabled: %.80s is on this machine, and two virus "
	               "scanners get in each other's way.",
	               scanner ? scanner : "");
	if (scanner || policy)
		planner_leave(p, TRACE, key, scanner ? says : policy);
	return scanner || policy;
}

/* ---- the changes */

static enum err
set_number(struct planner *p, const char *key, const char *name, uint32_t number,
           const struct source *source)
{
	struct change *c = planner_add(p, CHANGE_SET_VALUE, key, TRACE);

	if (!c)
		return planner_full(p);
	(void)text_copy(c->name, sizeof c->name, name);
	change_u32(c, number);
	change_sign(c, "infected");
	change_says(c, "Let %.60s start %s again", strrchr(key, '\\') + 1,
	            source->is_delayed              ? "by itself, but later,"
	            : source->start == START_MANUAL ? "when it is needed"
	                                            : "by itself");
	change_from(c, "%s", source->from);
	return planner_settle(p, NULL);
}

static enum err
plan_start(struct planner *p, const struct disabled_service *d)
{
	struct source source = { .start = 0 };
	char key[PATH_ROOM];
	uint32_t now = 0;

	(void)snprintf(key, sizeof key, "%s\\Services\\%s", p->in.windows->sets[0],
	               d->service);
	if (machine_u32(p->in.machine, key, "Start", &now) != HEARD ||
	    now != START_DISABLED || is_forbidden(p, d, key))
		return OK;
	if (!find_in_sets(p, d->service, &source) &&
	    !find_in_backups(p, d->service, &source) &&
	    !find_by_windows(p, d, &source)) {
		planner_leave(p, TRACE, key,
		              "Left disabled: how it started before is not known; set "
		              "it as on another machine of the same Windows.");
		return OK;
	}
	/* The delay first: the gate asks for a service that is disabled. */
	if (source.is_delayed && p->in.windows->major >= 6)
		TRY(set_number(p, key, "DelayedAutostart", 1, &source));
	return set_number(p, key, "Start", source.start, &source);
}

enum err
plan_starts(struct planner *p)
{
	if (p->in.windows->set_count == 0)
		return OK;
	for (size_t i = 0; i < disabled_services_count; i++) {
		if (disabled_service_is_on(&disabled_services[i], p->in.windows->kind))
			TRY(plan_start(p, &disabled_services[i]));
	}
	return OK;
}

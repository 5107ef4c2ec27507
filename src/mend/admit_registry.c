/*
 * The few places of the registry where anything may be changed, each with its own
 * rule.  What is not named here is refused.
 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/recycler.h"
#include "look/run_values.h"
#include "mend/admit_parts.h"
#include "mend/at_jobs.h"

#define WINDOWS_KEY "Microsoft\\Windows\\CurrentVersion"
#define HKLM_SOFTWARE "HKLM\\SOFTWARE"

/* ---- a Run value */

static enum err
ask_value(struct asked *a, const struct machine_user *user, const char *command)
{
	struct rundll_call call;
	struct file_judged file;
	char path[PATH_ROOM];

	if (!run_value_has_the_form(command, &call))
		return refuse(a, "it does not start anything in the worm's form");
	a->signs++;
	if (!look_expand(a->in->windows, user, call.target, path, sizeof path))
		return refuse(a, "what it starts is on no drive of this machine");
	worm_file_judge(a->in, path, WITHOUT_HASH, &file);
	return ask_program(a, path, &file);
}

static enum err
admit_run(struct asked *a, const struct machine_user *user)
{
	const struct change *c = a->change;
	char command[PATH_ROOM];

	if (c->kind != CHANGE_DELETE_VALUE)
		return refuse(a, "there values of the worm's form are taken away, and "
		                 "nothing else");
	enum heard heard = machine_text(a->in->machine, c->target, c->name, command,
	                                sizeof command);
	if (heard == HEARD_NOTHING)
		return refuse(a, "there is no such value");
	if (heard != HEARD)
		return refuse_unread(a);
	TRY(ask_value(a, user, command));
	return by_signs(a);
}

/* ---- what Explorer remembers of a drive */

struct shell { /* what one of its verbs starts */
	bool from_bin;
	bool made_up;
	bool worm_name;
};

static void
read_verb(struct machine *m, const char *shell, const char *verb, struct shell *out)
{
	char key[PATH_ROOM];
	char command[PATH_ROOM];
	struct rundll_call call;
	struct recycler_target target;
	int len = snprintf(key, sizeof key, "%s\\%s\\Command", shell, verb);

	if (len < 0 || (size_t)len >= sizeof key ||
	    machine_text(m, key, "", command, sizeof command) != HEARD ||
	    !rundll_call_read(command, &call) ||
	    !recycler_target_read(call.target, &target))
		return;
	out->from_bin = true;
	out->made_up = out->made_up || target.is_made_up;
	out->worm_name = out->worm_name || target.has_worm_name;
}

/* "…\MountPoints2\<drive>\Shell" */
static enum err
admit_mount(struct asked *a, const char *rest)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	const char *below = strchr(rest, '\\');
	struct shell shell = { .from_bin = false };

	if (a->change->kind != CHANGE_DELETE_KEY || !below ||
	    !text_same(below + 1, "Shell"))
		return refuse(a, "there only what a drive's autorun.inf left is taken "
		                 "away");
	enum heard heard = machine_key(a->in->machine, a->change->target, &k);
	if (heard == HEARD_NOTHING)
		return refuse(a, "there is no such key");
	if (heard != HEARD)
		return refuse_unread(a);
	for (size_t i = 0; i < k.subkey_count; i++)
		read_verb(a->in->machine, a->change->target, k.subkeys[i], &shell);
	a->signs = (unsigned)shell.from_bin + shell.made_up + shell.worm_name;
	return by_signs(a);
}

/* ---- the worm's notes */

static enum err
admit_applets(struct asked *a)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	const struct change *c = a->change;
	uint32_t number = 0;

	if (c->kind != CHANGE_DELETE_VALUE ||
	    (!text_same(c->name, "dl") && !text_same(c->name, "ds")))
		return refuse(a, "there only the values dl and ds are taken away");
	enum heard heard = machine_key(a->in->machine, c->target, &k);
	if (heard != HEARD && heard != HEARD_NOTHING)
		return refuse_unread(a);
	if (!reg_u32(reg_value(&k, c->name), &number))
		return refuse(a, "there is no such number");
	a->signs = 1;
	if (reg_u32(reg_value(&k, "dl"), &number) &&
	    reg_u32(reg_value(&k, "ds"), &number))
		a->signs++; /* both, as the worm makes them */
	else
		TRY(ask_infected(a));
	return by_signs(a);
}

/* ---- which place it is */

/* Below the software of the machine or of a user. */
static enum err
admit_software(struct asked *a, const struct machine_user *user, const char *rest)
{
	static const char *const mounts[] = {
		WINDOWS_KEY "\\Explorer\\MountPoints2",
		WINDOWS_KEY "\\Explorer\\MountPoints",
	};
	const char *narrow = path_below(rest, "Wow6432Node");

	rest = narrow ? narrow : rest;
	for (size_t i = 0; user && i < sizeof mounts / sizeof mounts[0]; i++) {
		const char *drive = path_below(rest, mounts[i]);

		if (drive)
			return admit_mount(a, drive);
	}
	if (text_same(rest, WINDOWS_KEY "\\Applets"))
		return admit_applets(a);
	if (text_same(rest, WINDOWS_KEY "\\Run") && a->change->kind != CHANGE_SET_VALUE)
		return admit_run(a, user);
	if (!user)
		return admit_of_windows(a, rest);
	return refuse(a, "nothing is changed in this place of the registry");
}

static enum err
admit_hklm(struct asked *a)
{
	const char *target = a->change->target;
	const char *task = path_below(target, TASK_CACHE);
	const char *rest = path_below(target, HKLM_SOFTWARE);

	if (text_same(target, SVCHOST_KEY))
		return admit_member(a);
	if (task)
		return admit_task_key(a, task);
	if (rest)
		return admit_software(a, NULL, rest);
	if (text_same(target, "HKLM\\SECURITY\\Policy\\PolAdtEv"))
		return admit_audit(a);
	for (size_t i = 0; i < a->in->windows->set_count; i++) {
		rest = path_below(target, a->in->windows->sets[i]);
		if (rest)
			return admit_of_set(a, rest);
	}
	return refuse(a, "nothing is changed in this place of the registry");
}

enum err
admit_registry(struct asked *a)
{
	const struct machine *m = a->in->machine;

	if (!a->in->windows->there)
		return refuse(a, "there is no Windows on this machine");
	if (path_below(a->change->target, "HKLM"))
		return admit_hklm(a);
	for (size_t i = 0; i < m->user_count; i++) {
		char software[PATH_ROOM];
		const char *rest = NULL;

		if (path_join(software, sizeof software, m->users[i].root, "Software"))
			rest = path_below(a->change->target, software);
		if (rest)
			return admit_software(a, &m->users[i], rest);
	}
	return refuse(a, "nothing is changed in this place of the registry");
}

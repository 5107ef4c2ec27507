/*
 * Whose hives there are: the users that ProfileList names, the one that stands for
 * nobody (.DEFAULT), and folders beside their profiles that hold a hive as well,
 * left by users that were removed or by the template for new ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/offline_parts.h"

#define PROFILE_LIST \
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"

/* A roaming profile that may not be changed has the other name. */
static const char *const hive_names[] = { "NTUSER.DAT", "NTUSER.MAN" };

/* ---- paths */

/* "%SystemRoot%\system32\…" as a path of this machine; false where it is too long. */
static bool
expand(const struct offline *o, const char *text, char to[PATH_ROOM])
{
	const struct machine *m = &o->machine;
	char drive[3] = { m->windows[0], ':', '\0' };
	const struct {
		const char *name;
		const char *is;
	} variables[] = {
		{ "%SystemDrive%", drive },
		{ "%SystemRoot%", m->windows },
		{ "%windir%", m->windows },
	};

	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
		if (!text_begins(text, variables[i].name))
			continue;
		int len = snprintf(to, PATH_ROOM, "%s%s", variables[i].is,
		                   text + strlen(variables[i].name));
		return len >= 0 && len < PATH_ROOM;
	}
	return text_copy(to, PATH_ROOM, text);
}

static enum heard
stat_of(struct offline *o, const char *path, struct file_facts *facts)
{
	return o->machine.ops->stat(&o->machine, path, facts);
}

/* ---- adding */

static bool
is_known(const struct offline *o, const char *profile)
{
	const struct machine *m = &o->machine;

	for (size_t i = 0; i < m->user_count; i++) {
		if (text_same(m->users[i].profile, profile))
			return true;
	}
	return false;
}

static bool
is_taken(const struct offline *o, const char *root)
{
	for (size_t i = 0; i < o->hive_count; i++) {
		if (text_same(o->hives[i].root, root))
			return true;
	}
	return false;
}

/* A user whose hive is in the file `path`, which is there.  Of two profiles of one
 * name the second one has a number. */
static void
add_user(struct offline *o, const char *name, const char *profile, const char *path)
{
	struct machine *m = &o->machine;
	char root[NAME_ROOM + 32];

	(void)snprintf(root, sizeof root, "HKU\\%s", name);
	for (unsigned number = 2; is_taken(o, root); number++)
		(void)snprintf(root, sizeof root, "HKU\\%s (%u)", name, number);
	if (m->user_count == MACHINE_USERS_MOST) {
		o->users_too_many++;
		return;
	}
	if (!offline_add_hive(o, root, path)) {
		offline_tell_damage(o, path,
		                    "its name is too long, and it was not looked at; "
		                    "look at a copy of it under a shorter name");
		return;
	}
	struct machine_user *u = &m->users[m->user_count++];
	(void)text_copy_utf8(u->root, sizeof u->root, root);
	(void)text_copy_utf8(u->profile, sizeof u->profile, profile);
}

/* The hive of a profile folder; no hive, no user. */
static void
add_profile(struct offline *o, const char *name, const char *profile)
{
	char path[PATH_ROOM];
	struct file_facts facts;

	if (is_known(o, profile))
		return;
	for (size_t i = 0; i < sizeof hive_names / sizeof hive_names[0]; i++) {
		if (!path_join(path, sizeof path, profile, hive_names[i]))
			return;
		enum heard heard = stat_of(o, path, &facts);
		if (heard == HEARD_NOTHING)
			continue;
		if (heard == HEARD)
			add_user(o, name, profile, path);
		else
			offline_tell_damage(o, path, "%s", machine_why(&o->machine));
		return;
	}
}

/* ---- who */

static void
add_listed(struct offline *o, const char *sid)
{
	char key[PATH_ROOM];
	char text[PATH_ROOM];
	char profile[PATH_ROOM];

	if (!path_join(key, sizeof key, PROFILE_LIST, sid))
		return;
	enum heard heard = machine_text(&o->machine, key, "ProfileImagePath", text,
	                                sizeof text);
	if (heard == HEARD_NOTHING)
		return;
	if (heard != HEARD || !expand(o, text, profile)) {
		offline_tell_damage(
		    o, key,
		    "where this user's profile lies cannot be told; find "
		    "it, and look at a copy of it");
		return;
	}
	/* On a server of the network: no part of this machine. */
	if (text_begins(profile, "\\\\"))
		return;
	add_profile(o, sid, profile);
}

/* The link that Vista has in place of "Documents and Settings" is no such folder. */
static void
add_beside(struct offline *o, const char *folder)
{
	struct machine *m = &o->machine;
	struct file_facts facts;
	struct file_list l = { .count = 0 };
	enum heard heard = stat_of(o, folder, &facts);

	if (heard == HEARD && !facts.is_folder)
		return;
	if (heard == HEARD)
		heard = m->ops->list(m, folder, &l);
	if (heard != HEARD && heard != HEARD_NOTHING)
		offline_tell_damage(o, folder, "%s", machine_why(m));
	for (size_t i = 0; i < l.count; i++) {
		char profile[PATH_ROOM];

		if (l.at[i].is_folder &&
		    path_join(profile, sizeof profile, folder, l.at[i].name))
			add_profile(o, l.at[i].name, profile);
	}
	file_list_free(&l);
}

static int
by_name(const void *a, const void *b)
{
	const struct machine_user *one = a;
	const struct machine_user *other = b;

	return strcmp(one->root, other->root);
}

void
offline_find_users(struct offline *o)
{
	struct machine *m = &o->machine;
	struct reg_key list;
	char text[PATH_ROOM];
	char path[PATH_ROOM];
	struct file_facts facts;

	enum heard heard = machine_key(m, PROFILE_LIST, &list);
	for (size_t i = 0; i < list.subkey_count; i++)
		add_listed(o, list.subkeys[i]);
	if (heard != HEARD && heard != HEARD_NOTHING &&
	    o->hives[HIVE_SOFTWARE].heard == HEARD)
		offline_tell_damage(o, PROFILE_LIST, "%s", machine_why(m));
	reg_key_free(&list);
	if (path_join(path, sizeof path, m->windows, "System32\\config\\default") &&
	    stat_of(o, path, &facts) != HEARD_NOTHING)
		add_user(o, ".DEFAULT", "", path);

	size_t listed = m->user_count;
	if (machine_text(m, PROFILE_LIST, "ProfilesDirectory", text, sizeof text) ==
	        HEARD &&
	    expand(o, text, path))
		add_beside(o, path);
	(void)expand(o, "%SystemDrive%\\Documents and Settings", path);
	add_beside(o, path);
	(void)expand(o, "%SystemDrive%\\Users", path);
	add_beside(o, path);
	(void)expand(o, "%SystemRoot%\\Profiles", path);
	add_beside(o, path);
	if (o->users_too_many > 0)
		offline_tell_damage(o, PROFILE_LIST,
		                    "%zu users' hives were not looked at, since there "
		                    "are more than %d; delete the profiles that nobody "
		                    "uses, and look again",
		                    o->users_too_many, MACHINE_USERS_MOST);
	/* A folder lists its names in any order; the same disk tells the same. */
	qsort(m->users + listed, m->user_count - listed, sizeof *m->users, by_name);
}

/*
 * MountPoints2: Explorer keeps, for each user and each drive that he had, what the
 * drive's autorun.inf wanted to be started.  So this tells that such a drive was in
 * this machine, and nothing on whether the worm got in.
 */
#include <stdio.h>

#include "base/own.h"
#include "look/removable.h"
#include "look/rundll.h"

#define DETECTOR "removable"
#define EXPLORER "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
#define DRIVES_MOST 1024 /* a user; a busy one has some fifty */

struct walk {
	const struct inside *in;
	mount_seen *seen;
	void *with;
};

/* Is the command of a drive's verb of the worm's form? */
static enum heard
is_worms(struct machine *m, const char *verb, char command[PATH_ROOM], bool *is)
{
	char key[PATH_ROOM];
	struct rundll_call call;
	struct recycler_target target;

	*is = false;
	if (!path_join(key, sizeof key, verb, "Command"))
		return HEARD_NOTHING;
	enum heard heard = machine_text(m, key, "", command, PATH_ROOM);
	*is = heard == HEARD && rundll_call_read(command, &call) &&
	      recycler_target_read(call.target, &target);
	return heard;
}

/* One drive; *broken where something was there that could not be read. */
static enum err
look_at_drive(const struct walk *w, const char *mounts, const char *drive, bool *broken)
{
	OWN(reg_key_free) struct reg_key shell = { .value_count = 0 };
	char key[PATH_ROOM];
	char verb[PATH_ROOM];
	char command[PATH_ROOM];
	bool is = false;
	int len = snprintf(key, sizeof key, "%s\\%s\\Shell", mounts, drive);

	if (len < 0 || (size_t)len >= sizeof key)
		return OK;
	enum heard heard = machine_key(w->in->machine, key, &shell);
	/* One sign a drive is enough. */
	for (size_t i = 0; i < shell.subkey_count && !is; i++) {
		if (!path_join(verb, sizeof verb, key, shell.subkeys[i]))
			continue;
		enum heard asked = is_worms(w->in->machine, verb, command, &is);
		if (asked != HEARD && asked != HEARD_NOTHING) {
			heard = asked;
			break;
		}
	}
	*broken = heard != HEARD && heard != HEARD_NOTHING;
	TRY(look_unread(w->in, DETECTOR, key, heard));
	const struct mount_found found = { key, verb, command };
	return is ? w->seen(w->with, &found) : OK;
}

static enum err
look_at_mounts(const struct walk *w, const char *root, const char *name)
{
	OWN(reg_key_free) struct reg_key mounts = { .value_count = 0 };
	char key[PATH_ROOM];
	bool broken = false; /* then it is further on as well */

	snprintf(key, sizeof key, "%s\\" EXPLORER "\\%s", root, name);
	enum heard heard = machine_key(w->in->machine, key, &mounts);
	TRY(look_unread(w->in, DETECTOR, key, heard));
	for (size_t i = 0; i < mounts.subkey_count && i < DRIVES_MOST && !broken; i++)
		TRY(look_at_drive(w, key, mounts.subkeys[i], &broken));
	return OK;
}

enum err
removable_mounts_each(const struct inside *in, const char *root, mount_seen *seen,
                      void *with)
{
	const struct walk w = { .in = in, .seen = seen, .with = with };

	TRY(look_at_mounts(&w, root, "MountPoints2"));
	return look_at_mounts(&w, root, "MountPoints"); /* Windows 2000 */
}

/* ---- the detector */

struct telling { /* of one user */
	size_t count;
	char place[PATH_ROOM];   /* the first */
	char command[PATH_ROOM]; /* what it would start */
};

static enum err
tell(void *with, const struct mount_found *found)
{
	struct telling *t = with;

	if (t->count++ > 0)
		return OK;
	(void)path_join(t->place, sizeof t->place, found->verb, "Command");
	(void)text_copy(t->command, sizeof t->command, found->command);
	return OK;
}

enum err
removable_mounts(const struct inside *in)
{
	for (size_t i = 0; i < in->machine->user_count; i++) {
		struct telling t = { .count = 0 };

		TRY(removable_mounts_each(in, in->machine->users[i].root, tell, &t));
		if (t.count == 0)
			continue;
		struct finding *f = look_at_value(in, "mountpoint", t.place, "");
		finding_text(f, "command", t.command);
		finding_number(f, "drives", (int64_t)t.count);
	}
	return OK;
}

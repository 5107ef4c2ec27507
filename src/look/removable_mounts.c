/*
 * MountPoints2: Explorer keeps, for each user and each drive that he had, what the
 * drive's autorun.inf wanted to be started.  So this tells that such a drive was in
 * this machine, and nothing on whether the worm got in.
 */
#include <stdio.h>

#include "base/own.h"
#include "look/recycler.h"
#include "look/removable.h"
#include "look/rundll.h"

#define DETECTOR "removable"
#define EXPLORER "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
#define DRIVES_MOST 1024 /* a user; a busy one has some fifty */

struct mounts { /* of one user */
	const struct inside *in;
	size_t count;
	char place[PATH_ROOM];   /* the first */
	char command[PATH_ROOM]; /* what it would start */
};

static enum heard
look_at_verb(struct mounts *u, const char *shell, const char *verb)
{
	char key[PATH_ROOM];
	char command[PATH_ROOM];
	struct rundll_call call;
	struct recycler_target target;
	int len = snprintf(key, sizeof key, "%s\\%s\\Command", shell, verb);

	if (len < 0 || (size_t)len >= sizeof key)
		return HEARD_NOTHING;
	enum heard heard = machine_text(u->in->machine, key, "", command,
	                                sizeof command);
	if (heard != HEARD || !rundll_call_read(command, &call) ||
	    !recycler_target_read(call.target, &target))
		return heard;
	if (u->count++ == 0) {
		(void)text_copy(u->place, sizeof u->place, key);
		(void)text_copy(u->command, sizeof u->command, command);
	}
	return HEARD;
}

/* One drive; true where something was there that could not be read. */
static bool
look_at_drive(struct mounts *u, const char *mounts, const char *drive, enum err *err)
{
	OWN(reg_key_free) struct reg_key shell = { .value_count = 0 };
	char key[PATH_ROOM];
	size_t before = u->count;
	int len = snprintf(key, sizeof key, "%s\\%s\\Shell", mounts, drive);

	if (len < 0 || (size_t)len >= sizeof key)
		return false;
	enum heard heard = machine_key(u->in->machine, key, &shell);
	/* One sign a drive is enough. */
	for (size_t i = 0; i < shell.subkey_count && u->count == before; i++) {
		enum heard verb = look_at_verb(u, key, shell.subkeys[i]);

		if (verb != HEARD && verb != HEARD_NOTHING) {
			heard = verb;
			break;
		}
	}
	*err = look_unread(u->in, DETECTOR, key, heard);
	return heard != HEARD && heard != HEARD_NOTHING;
}

static enum err
look_at_user(const struct inside *in, const char *root, const char *name)
{
	OWN(reg_key_free) struct reg_key mounts = { .value_count = 0 };
	struct mounts u = { .in = in };
	char key[PATH_ROOM];
	enum err err = OK;

	snprintf(key, sizeof key, "%s\\" EXPLORER "\\%s", root, name);
	enum heard heard = machine_key(in->machine, key, &mounts);
	TRY(look_unread(in, DETECTOR, key, heard));
	for (size_t i = 0; i < mounts.subkey_count && i < DRIVES_MOST; i++) {
		/* A hive that is broken here is broken further on as well. */
		if (look_at_drive(&u, key, mounts.subkeys[i], &err))
			break;
	}
	TRY(err);
	if (u.count == 0)
		return OK;
	struct finding *f = look_at_value(in, "mountpoint", u.place, "");
	finding_text(f, "command", u.command);
	finding_number(f, "drives", (int64_t)u.count);
	return OK;
}

enum err
removable_mounts(const struct inside *in)
{
	for (size_t i = 0; i < in->machine->user_count; i++) {
		const char *root = in->machine->users[i].root;

		TRY(look_at_user(in, root, "MountPoints2"));
		TRY(look_at_user(in, root, "MountPoints")); /* Windows 2000 */
	}
	return OK;
}

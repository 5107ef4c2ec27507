/*
 * Drives: the worm's autorun.inf with the program that it starts, and the made-up bin
 * where nothing else is in it.  Other bins hold what users have thrown away, and are
 * not looked into.  And what Explorer remembers of such drives.
 */
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/removable.h"
#include "mend/plan_parts.h"

static enum err
take_autorun(struct planner *p, const struct removable_found *f)
{
	struct change *c = planner_add(p, CHANGE_QUARANTINE, f->place, f->trace);

	if (!c)
		return planner_full(p);
	if (f->command)
		change_sign(c, "rundll32-recycler");
	if (f->target.is_made_up)
		change_sign(c, "made-up-bin");
	if (f->target.has_worm_name)
		change_sign(c, "worm-name");
	if (!f->command)
		change_sign(c, "noise");
	change_says(c, "Put the drive's autorun.inf into quarantine");
	return planner_settle(p, NULL);
}

static enum err
take_found(void *with, const struct removable_found *f)
{
	struct planner *p = with;
	bool is_worm = strcmp(f->trace, "autorun-worm") == 0;
	bool is_program = strcmp(f->trace, "recycler-pe") == 0;

	if (is_program && (f->file.is == FILE_IS_WORM || p->is_infected ||
	                   p->wishes.suspects || planner_has_file(p, f->place))) {
		planner_file(p, f->place, f->trace, &f->file, false);
		return OK;
	}
	if (is_worm || (!is_program && p->wishes.suspects)) {
		TRY(take_autorun(p, f));
		if (f->target_is_program)
			planner_file(p, f->target_path, f->trace, &f->file, false);
		return OK;
	}
	if (is_program)
		planner_file(p, f->place, f->trace, &f->file, true);
	else
		planner_leave(p, f->trace, f->place,
		              "Left alone: what it starts was not seen to be the "
		              "worm. --suspects takes it away.");
	return OK;
}

enum err
plan_drive(struct planner *p, const struct machine_drive *drive)
{
	return removable_each(&p->in, drive, take_found, p);
}

enum err
plan_drives(struct planner *p)
{
	for (size_t i = 0; i < p->in.machine->drive_count; i++)
		TRY(plan_drive(p, &p->in.machine->drives[i]));
	return OK;
}

/* ---- bins that are empty when their programs are gone */

static bool
will_be_empty(struct planner *p, const char *folder)
{
	OWN(file_list_free) struct file_list list = { .count = 0 };
	char path[PATH_ROOM];

	if (machine_list(p->in.machine, folder, &list) != HEARD)
		return false;
	for (size_t i = 0; i < list.count; i++) {
		if (!path_join(path, sizeof path, folder, list.at[i].name) ||
		    !planner_has(p, CHANGE_QUARANTINE, path))
			return false;
	}
	return true;
}

static enum err
take_bin(struct planner *p, const char *folder, const char *why)
{
	struct change *c = NULL;

	if (!will_be_empty(p, folder))
		return machine_failed(p->in.machine) ? ERR_MEMORY : OK;
	c = planner_add(p, CHANGE_REMOVE_FOLDER, folder, why);
	if (!c)
		return planner_full(p);
	change_sign(c, "made-up-bin");
	change_says(c, "Remove the folder that only looks like a waste bin, once it is "
	               "empty");
	return planner_settle(p, NULL);
}

enum err
plan_bins(struct planner *p)
{
	size_t count = p->plan->count;

	for (size_t i = 0; i < count; i++) {
		const struct change *c = &p->plan->at[i];
		struct recycler_target target;
		char folder[PATH_ROOM];
		char why[TRACE_ROOM];

		if (c->kind != CHANGE_QUARANTINE || !c->target[0] ||
		    !recycler_target_read(c->target, &target) || !target.is_made_up)
			continue;
		(void)text_copy(folder, sizeof folder, c->target);
		(void)text_copy(why, sizeof why, c->why);
		*strrchr(folder, '\\') = '\0';
		TRY(take_bin(p, folder, why));
	}
	return OK;
}

/* ---- what Explorer remembers */

static enum err
take_mount(void *with, const struct mount_found *f)
{
	struct planner *p = with;
	struct change *c = planner_add(p, CHANGE_DELETE_KEY, f->shell, "mountpoint");

	if (!c)
		return planner_full(p);
	change_sign(c, "rundll32-recycler");
	change_says(c, "Make Explorer forget what a drive wanted to start: %.120s",
	            f->command);
	return planner_settle(p, NULL);
}

enum err
plan_mounts(struct planner *p)
{
	for (size_t i = 0; i < p->in.machine->user_count; i++)
		TRY(removable_mounts_each(&p->in, p->in.machine->users[i].root,
		                          take_mount, p));
	return OK;
}

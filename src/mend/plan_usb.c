/* One drive alone: taken clean of the worm, or vaccinated against it. */
#include "base/text.h"
#include "mend/plan_parts.h"
#include "mend/vaccine.h"

static enum err
clean(struct planner *p, const struct machine_drive *drive)
{
	TRY(plan_drive(p, drive));
	TRY(plan_quarantine(p));
	return plan_bins(p);
}

enum err
plan_usb(const struct inside *in, const struct machine_drive *drive,
         const struct plan_wishes *wishes, struct plan *out)
{
	struct planner *p = NULL;

	TRY(planner_open(in, NULL, wishes, out, &p));
	return planner_close(p, clean(p, drive));
}

static enum err
vaccinate(struct planner *p, const struct machine_drive *drive)
{
	char path[PATH_ROOM];
	bool stays = false;
	struct change *c = NULL;

	if (!path_join(path, sizeof path, drive->root, "autorun.inf"))
		return OK;
	c = planner_add(p, CHANGE_MAKE_FOLDER, path, WHY_ASKED);
	if (!c)
		return planner_full(p);
	change_says(c, "Make a folder autorun.inf, so that no worm can write a file of "
	               "that name");
	TRY(planner_settle(p, &stays));
	if (!stays) {
		planner_leave(p, "", path,
		              "Left alone: there is an autorun.inf already. If it is a "
		              "folder, the drive is vaccinated; a file has to go "
		              "first.");
		return OK;
	}
	if (!path_join(path, sizeof path, drive->root, VACCINE_CHILD))
		return OK;
	c = planner_add(p, CHANGE_MAKE_FILE, path, WHY_ASKED);
	if (!c)
		return planner_full(p);
	buf_text(&c->after, VACCINE_TEXT);
	change_says(c, "Put a file into it, so that it cannot simply be removed");
	return planner_settle(p, NULL);
}

enum err
plan_vaccine(const struct inside *in, const struct machine_drive *drive,
             struct plan *out)
{
	struct planner *p = NULL;

	TRY(planner_open(in, NULL, NULL, out, &p));
	enum err err = vaccinate(p, drive);
	if (err == OK && out->count > 0)
		plan_person(out, "",
		            "What renames folders, or empties them first, gets past "
		            "the vaccine; the update and a closed Autorun are better.");
	return planner_close(p, err);
}

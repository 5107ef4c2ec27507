/*
 * Tasks, in all their places: the .job file, the XML of Vista and later, and the keys
 * of the TaskCache.  A job is taken away where evidence says so, or all that were made
 * by way of AT where somebody asks for that, as `at /delete /yes` does.
 */
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/schedlgu.h"
#include "mend/plan_parts.h"

struct jobs {
	struct planner *p;
	bool all_at;
	struct task_judged judged;
};

static enum err
take_file(struct jobs *j, const char *path, const char *why, const char *name)
{
	struct change *c = planner_add(j->p, CHANGE_DELETE_TASK, path, why);

	if (!c)
		return planner_full(j->p);
	change_sign(c, "at-service");
	change_sign(c, j->all_at ? "at-name" : "rundll32-form");
	if (!j->all_at)
		change_sign_traits(c, j->judged.file.traits & ~(unsigned)TRAIT_NAMED);
	change_says(c, "Delete the task %.40s: %.160s", name, j->judged.line);
	return planner_settle(j->p, NULL);
}

static enum err
take_key(struct jobs *j, const char *path, const char *why, const char *name)
{
	struct change *c = planner_add(j->p, CHANGE_DELETE_KEY, path, why);

	if (!c)
		return planner_full(j->p);
	change_sign(c, "at-service");
	change_sign(c, j->all_at ? "at-name" : "rundll32-form");
	change_says(c, "Delete what the registry has of the task %.40s", name);
	return planner_settle(j->p, NULL);
}

/* All parts of it, whichever of them was met. */
static enum err
take_job(struct jobs *j, const struct task *task, const char *why)
{
	struct at_job_places places;

	/* On Vista and later it comes again, by its other file. */
	if (planner_has(j->p, CHANGE_DELETE_TASK, task->place))
		return OK;
	if (!schedlgu_is_at_job(task->name, "")) {
		planner_leave(j->p, why, task->place,
		              "Left alone: a task made by way of AT has another name, "
		              "and so may be somebody's; look at it, and delete it.");
		return OK;
	}
	at_job_places(&j->p->in, task->name, &places);
	for (size_t i = 0; i < AT_JOB_FILES; i++)
		TRY(take_file(j, places.files[i], why, task->name));
	for (size_t i = 0; i < AT_JOB_KEYS; i++) {
		if (places.keys[i][0])
			TRY(take_key(j, places.keys[i], why, task->name));
	}
	return OK;
}

static enum err
take_by_evidence(struct jobs *j, const struct task *task)
{
	const struct task_judged *judged = &j->judged;
	bool is_worm = judged->is == TASK_IS_WORM;
	const char *why = is_worm ? "task-worm" : "task-shape";

	if (judged->is == TASK_IS_OTHER)
		return OK;
	if (judged->is == TASK_IS_UNDECIDED) {
		planner_unread(j->p, "task-unread", task->place,
		               "Left alone: what it starts could not be read, so it "
		               "cannot be told from an honest task.");
		return OK;
	}
	TRY(take_job(j, task, why));
	if (is_worm || (judged->file.is == FILE_IS_SUSPECT && j->p->wishes.suspects))
		planner_file(j->p, judged->path, why, &judged->file, false);
	return OK;
}

static enum err
take_task(void *with, const struct task *task)
{
	struct jobs *j = with;

	if (task->heard != HEARD) {
		planner_unread(j->p, "task-unread", task->place,
		               "Left alone: it could not be read; look at it by hand, "
		               "and delete it if nobody knows it.");
		return OK;
	}
	task_judge(&j->p->in, task, &j->judged);
	if (!j->all_at)
		return take_by_evidence(j, task);
	return task->is_at ? take_job(j, task, WHY_ASKED) : OK;
}

enum err
plan_task_jobs(struct planner *p, bool all_at)
{
	OWN(own_mem) struct jobs *j = calloc(1, sizeof *j);

	if (!j)
		return ERR_MEMORY;
	j->p = p;
	j->all_at = all_at;
	return task_list_each(&p->in, take_task, j);
}

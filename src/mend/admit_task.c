/*
 * At jobs.  What is taken away must have been made by way of the AT service; where it
 * goes as the worm's, it must have the form of the worm's jobs too, and start a file
 * that is the worm's, or may be, or is gone.  Who asked for all At jobs to go
 * (`at /delete /yes`) has named a kind of task that nothing of Windows is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/schedlgu.h"
#include "format/task_cache.h"
#include "look/task_list.h"
#include "mend/admit_parts.h"
#include "mend/at_jobs.h"

static enum err
ask_task(struct asked *a)
{
	const struct task *task = &a->gate->task;
	struct task_judged *judged = &a->gate->judged;
	bool by_wish = strcmp(a->change->why, WHY_ASKED) == 0;

	if (task->heard != HEARD)
		return refuse_unknown(a, "it could not be read: %.400s", task->because);
	if (!task->is_at)
		return refuse(a, "it was not made by way of the AT service");
	a->signs++;
	if (by_wish) {
		a->signs++; /* its name, At and a number, by which it is asked for */
		return OK;
	}
	task_judge(a->in, task, judged);
	if (machine_failed(a->in->machine))
		return ERR_MEMORY;
	switch (judged->is) {
	case TASK_IS_WORM:
	case TASK_IS_SUSPECT: a->signs++; return OK; /* its form */
	case TASK_IS_UNDECIDED:
		return refuse_unknown(a, "%.440s", judged->file.because);
	default: return refuse(a, "it has not the form of the worm's jobs");
	}
}

enum err
admit_task_file(struct asked *a)
{
	bool there = false;

	if (!at_job_is_file(a->in, a->change->target))
		return refuse(a, "it is not the file of an At job");
	TRY(task_list_read(a->in, a->change->target, &a->gate->task, &there));
	if (!there)
		return refuse(a, "there is no such task");
	TRY(ask_task(a));
	return by_signs(a);
}

/* ---- the registry's part */

/* All that is left of it elsewhere must be such a job too. */
static enum err
look_by_name(struct asked *a, const char *name)
{
	struct task *task = &a->gate->task;
	struct at_job_places places;
	bool any = false;
	bool there = false;

	at_job_places(a->in, name, &places);
	for (size_t i = 0; i < AT_JOB_FILES; i++) {
		TRY(task_list_read(a->in, places.files[i], task, &there));
		if (!there)
			continue;
		any = true;
		a->signs = 0;
		TRY(ask_task(a));
	}
	if (any)
		return OK;
	TRY(at_job_of_key(a->in, name, task, &there));
	if (!there)
		return refuse(a, "there is no such task");
	return ask_task(a);
}

/* The keys of one job come one after the other. */
static enum err
ask_by_name(struct asked *a, const char *name)
{
	struct gate *g = a->gate;

	if (text_same(g->job, name) && strcmp(g->job_why, a->change->why) == 0) {
		a->signs = g->job_signs;
		return OK;
	}
	TRY(look_by_name(a, name));
	(void)text_copy(g->job, sizeof g->job, name);
	(void)text_copy(g->job_why, sizeof g->job_why, a->change->why);
	g->job_signs = a->signs;
	return OK;
}

/* "Tasks\{…}", "Plain\{…}": whose number it is. */
static enum err
ask_by_id(struct asked *a, const char *id)
{
	char key[PATH_ROOM];
	char name[NAME_ROOM];
	char theirs[AT_JOB_ID_ROOM];

	(void)snprintf(key, sizeof key, TASK_CACHE "\\Tasks\\%.100s", id);
	enum heard heard = machine_text(a->in->machine, key, "Path", name, sizeof name);
	if (heard != HEARD)
		return refuse(a, "the registry does not say whose task it is");
	if (name[0] != '\\' || !schedlgu_is_at_job(name + 1, ""))
		return refuse(a, "it is not that of an At job");
	if (!at_job_id(a->in, name + 1, theirs) || !text_same(theirs, id))
		return refuse(a, "it is not the number of that At job");
	return ask_by_name(a, name + 1);
}

enum err
admit_task_key(struct asked *a, const char *rest)
{
	static const char *const kinds[] = { "Tasks", "Plain", "Logon", "Boot" };
	const char *name = path_below(rest, "Tree");

	if (a->change->kind != CHANGE_DELETE_KEY)
		return refuse(a, "a task is taken away whole, and not changed");
	if (name && schedlgu_is_at_job(name, "")) {
		TRY(ask_by_name(a, name));
		return by_signs(a);
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const char *id = path_below(rest, kinds[i]);

		if (!id || !at_job_id_has_the_form(id))
			continue;
		TRY(ask_by_id(a, id));
		return by_signs(a);
	}
	return refuse(a, "it is not the key of an At job");
}

/* ---- who starts a file */

struct starting {
	const struct inside *in;
	const char *path;
	struct task_judged judged;
	bool found;
};

static enum err
take_task(void *with, const struct task *task)
{
	struct starting *s = with;

	task_judge(s->in, task, &s->judged);
	if (s->judged.is == TASK_IS_OTHER || !text_same(s->judged.path, s->path))
		return OK;
	s->found = true;
	return ERR_LIMIT;
}

bool
a_task_starts(const struct inside *in, const char *path)
{
	OWN(own_mem) struct starting *s = calloc(1, sizeof *s);

	if (!s) {
		in->machine->failed = true;
		return false;
	}
	s->in = in;
	s->path = path;
	if (task_list_each(in, take_task, s) == ERR_MEMORY)
		in->machine->failed = true;
	return s->found;
}

/* defence_tasks: every scheduled task as a status, for `tasks list` and `check`. */
#include <stdio.h>

#include "base/own.h"
#include "base/text.h"
#include "format/security_descriptor.h"
#include "look/defences.h"
#include "look/task_list.h"

#define RIGHT_WRITE_DATA 0x00000002u /* of a folder: put files into it */

struct listing {
	const struct inside *in;
	struct statuses *out;
	struct task_judged judged;
};

static const char *
verdict_name(const struct task *task, enum task_is is)
{
	if (task->heard != HEARD)
		return "unread";
	switch (is) {
	case TASK_IS_WORM: return "worm";
	case TASK_IS_SUSPECT: return "suspect";
	case TASK_IS_UNDECIDED: return "unread";
	default: return "other";
	}
}

/* Of an At job on Vista and later there are two files, which go together. */
static const char *
where(const struct inside *in, const struct task *task)
{
	char folder[PATH_ROOM];
	bool is_xml = path_join(folder, sizeof folder, in->windows->system32,
	                        "Tasks") &&
	              text_begins(task->place, folder);

	return task->is_at && is_xml ? ", in System32\\Tasks," : "";
}

static void
say_how(struct status *s, const struct task *task, const struct listing *l)
{
	const struct task_judged *judged = &l->judged;
	const char *in_tasks = where(l->in, task);

	switch (judged->is) {
	case TASK_IS_WORM:
		snprintf(s->says, sizeof s->says,
		         "%.80s%s starts the worm by way of the AT service: %.160s",
		         task->name, in_tasks, judged->line);
		snprintf(
		    s->next, sizeof s->next,
		    "Delete the task and the file %.200s; confine check shows what "
		    "else is to be removed.",
		    judged->path);
		return;
	case TASK_IS_SUSPECT:
		snprintf(s->says, sizeof s->says,
		         "%.80s%s has the form of the worm's tasks, and what it "
		         "would start is %s: %.160s",
		         task->name, in_tasks,
		         judged->file.is == FILE_IS_ABSENT ? "gone" : "suspect",
		         judged->line);
		snprintf(
		    s->next, sizeof s->next,
		    "Delete the task, and look at the machine with confine check.");
		return;
	case TASK_IS_UNDECIDED:
		snprintf(s->says, sizeof s->says,
		         "%.80s has the form of the worm's tasks, and what it would "
		         "start cannot be read: %.200s",
		         task->name, judged->file.because);
		snprintf(s->next, sizeof s->next,
		         "Make %.200s readable, or look at an image of the disk.",
		         judged->path);
		return;
	default:
		snprintf(s->says, sizeof s->says, "%.100s%s: %.240s", task->name,
		         task->is_at ? " (AT)" : "",
		         judged->line[0] ? judged->line : "starts no program");
	}
}

static void
put_fields(struct status *s, const struct task *task, const char *verdict)
{
	status_text(s, "name", task->name);
	status_text(s, "kind", task->is_at ? "at" : "task");
	status_text(s, "command", task->command);
	status_text(s, "arguments", task->arguments);
	status_text(s, "author", task->author);
	status_text(s, "comment", task->comment);
	status_text(s, "schedule", task->schedule);
	status_text(s, "last_run", task->last_run);
	status_text(s, "file", task->place);
	status_text(s, "verdict", verdict);
}

/* The last line that there is room for. */
static enum err
tell_cut(const struct listing *l)
{
	struct status *s = statuses_add(l->out, STATUS_TASK, NEED_TELLING);

	if (!s)
		return ERR_MEMORY;
	status_text(s, "name", "more");
	snprintf(s->says, sizeof s->says,
	         "further tasks are not listed: there is room for %d, and no Windows "
	         "has so many",
	         STATUSES_MOST);
	snprintf(s->next, sizeof s->next,
	         "Look at what fills the folders of tasks, then look again.");
	return OK;
}

static enum err
take_task(void *with, const struct task *task)
{
	struct listing *l = with;
	enum status_need need = NEED_NOTHING;

	if (l->out->count >= STATUSES_MOST - 1)
		return l->out->count == STATUSES_MOST ? OK : tell_cut(l);
	if (task->heard == HEARD)
		task_judge(l->in, task, &l->judged);
	const char *verdict = verdict_name(task, l->judged.is);
	if (verdict[0] == 'w' || verdict[0] == 's')
		need = NEED_DOING;
	else if (verdict[0] == 'u')
		need = NEED_TELLING;
	struct status *s = statuses_add(l->out, STATUS_TASK, need);
	if (!s)
		return ERR_MEMORY;
	put_fields(s, task, verdict);
	if (task->heard == HEARD) {
		say_how(s, task, l);
		return OK;
	}
	snprintf(s->says, sizeof s->says, "%.100s could not be read: %.300s",
	         task->name[0] ? task->name : task->place, task->because);
	snprintf(s->next, sizeof s->next, "Look at %.300s by hand.", task->place);
	return OK;
}

/*
 * Microsoft's advice of 2009 was to take everybody's right to write to the folder, by
 * policy, until the worm was gone.  That is no work of the worm's; but it stays in
 * force until somebody gives the right back.
 */
static enum err
tell_locked_folder(const struct inside *in, struct statuses *out)
{
	OWN(buf_free) struct buf bytes = { .ceiling = 65536 };
	struct security_descriptor d;
	char folder[PATH_ROOM];

	task_list_folder(in, folder);
	if (!in->machine->can.file_security ||
	    machine_security(in->machine, folder, &bytes) != HEARD ||
	    security_descriptor_read(buf_span(&bytes), &d) != HEARD || d.is_open ||
	    (d.administrators & RIGHT_WRITE_DATA))
		return OK;
	struct status *s = statuses_add(out, STATUS_TASK, NEED_NOTHING);
	if (!s)
		return out->count == STATUSES_MOST ? OK : ERR_MEMORY;
	status_text(s, "name", "Tasks");
	status_text(s, "kind", "folder");
	status_text(s, "file", folder);
	status_text(s, "verdict", "locked");
	snprintf(s->says, sizeof s->says,
	         "%.200s is closed to administrators: most likely by the policy that "
	         "Microsoft advised against the worm, not by the worm",
	         folder);
	snprintf(s->next, sizeof s->next,
	         "When all machines are disinfected, take the policy back and give "
	         "administrators and SYSTEM full control again.");
	return OK;
}

enum err
defence_tasks(const struct inside *in, struct statuses *out)
{
	struct listing l = { .in = in, .out = out };

	if (!in->windows->there)
		return OK;
	TRY(task_list_each(in, take_task, &l));
	return tell_locked_folder(in, out);
}

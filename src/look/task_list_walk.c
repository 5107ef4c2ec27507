#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/job.h"
#include "format/schedlgu.h"
#include "format/task_cache.h"
#include "look/task_list.h"

/* "Created by NetScheduleJobAdd.": the words may be in the language of the Windows. */
#define AT_FUNCTION "NetScheduleJobAdd"
#define AT_USER "@AtServiceAccount"
#define SCHEDULE "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule"
#define FOLDERS_DEEP 8  /* Windows 7 goes four deep */
#define TASKS_MOST 4096 /* Windows 7 has about 90 */

struct walk {
	const struct inside *in;
	task_seen *seen;
	void *with;
	size_t count;
	char top[PATH_ROOM]; /* System32\Tasks: names are told from there */
	struct task task;    /* filled in again for each */
	struct task_xml xml;
};

static enum err
tell(struct walk *w)
{
	if (machine_failed(w->in->machine))
		return ERR_MEMORY;
	return w->seen(w->with, &w->task);
}

/* A new one at `place`, of which nothing is known yet. */
static void
begin(struct walk *w, const char *name, const char *place)
{
	w->task = (struct task){ .heard = HEARD };
	(void)text_copy(w->task.name, sizeof w->task.name, name);
	(void)text_copy(w->task.place, sizeof w->task.place, place);
}

static enum err
tell_unread(struct walk *w, enum heard heard, const char *because)
{
	w->task.heard = heard;
	(void)text_copy(w->task.because, sizeof w->task.because, because);
	return tell(w);
}

/* "SYSTEM" or "WORKGROUP\HOST$". */
static bool
is_machine_itself(const char *author)
{
	size_t len = strlen(author);

	return text_same(author, "SYSTEM") ||
	       (len > 0 && author[len - 1] == '$' && strchr(author, '\\'));
}

static bool
is_made_by_at(const struct task *task)
{
	return is_machine_itself(task->author) &&
	       strstr(task->comment, AT_FUNCTION) != NULL;
}

/* ---- .job files */

static void
say_job_schedule(const struct job *job, char *to, size_t room)
{
	static const char *const rhythms[] = {
		[JOB_ONCE] = "once",
		[JOB_DAILY] = "daily",
		[JOB_WEEKLY] = "weekly",
		[JOB_MONTHLY] = "on days of the month",
		[JOB_MONTHLY_WEEKDAY] = "monthly",
		[JOB_IDLE] = "when idle",
		[JOB_BOOT] = "at start",
		[JOB_LOGON] = "at logon",
	};
	const struct job_trigger *t = &job->trigger;
	char again[40] = "";

	if (job->trigger_count == 0)
		return;
	if (t->interval > 0)
		snprintf(again, sizeof again, ", every %u minutes", t->interval);
	if (t->rhythm >= sizeof rhythms / sizeof rhythms[0])
		snprintf(to, room, "by a rhythm of kind %u", t->rhythm);
	else if (t->rhythm >= JOB_IDLE)
		snprintf(to, room, "%s%s", rhythms[t->rhythm], again);
	else
		snprintf(to, room, "%s at %02u:%02u%s, from %04u-%02u-%02u",
		         rhythms[t->rhythm], t->begins.hour, t->begins.minute, again,
		         t->begins.year, t->begins.month, t->begins.day);
}

static void
fill_from_job(const struct job *job, struct task *task)
{
	const struct job_time *t = &job->last_run;

	(void)text_from_utf16(job->application, task->command, sizeof task->command);
	(void)text_from_utf16(job->parameters, task->arguments, sizeof task->arguments);
	(void)text_from_utf16(job->author, task->author, sizeof task->author);
	(void)text_from_utf16(job->comment, task->comment, sizeof task->comment);
	say_job_schedule(job, task->schedule, sizeof task->schedule);
	if (job->has_run)
		snprintf(task->last_run, sizeof task->last_run,
		         "%04u-%02u-%02u %02u:%02u:%02u", t->year, t->month, t->day,
		         t->hour, t->minute, t->second);
	task->is_at = is_made_by_at(task);
}

static enum err
take_job(struct walk *w, const struct file_entry *entry, const char *place)
{
	OWN(buf_free) struct buf bytes = { .ceiling = JOB_BYTES_MOST + 1 };
	struct job job;
	char name[NAME_ROOM];

	(void)text_copy(name, sizeof name, entry->name);
	name[strlen(name) - strlen(".job")] = '\0';
	begin(w, name, place);
	enum heard heard = machine_head(w->in->machine, place, JOB_BYTES_MOST + 1,
	                                &bytes);
	if (heard == HEARD_NOTHING)
		return OK;
	if (heard != HEARD)
		return tell_unread(w, heard, machine_why(w->in->machine));
	heard = job_read(buf_span(&bytes), &job);
	if (heard == HEARD_SHORT)
		return tell_unread(w, heard,
		                   "it is cut off, so what it starts cannot be told; "
		                   "delete the task if nobody knows it");
	if (heard != HEARD)
		return tell_unread(w, heard,
		                   "it is not as a .job file is, so what it starts "
		                   "cannot be told; delete it if nobody knows it");
	fill_from_job(&job, &w->task);
	return tell(w);
}

/* ---- XML files */

static void
fill_from_xml(struct walk *w, bool is_at_name)
{
	const struct task_xml *xml = &w->xml;
	struct task *task = &w->task;

	(void)text_copy(task->author, sizeof task->author, xml->author);
	(void)text_copy(task->comment, sizeof task->comment, xml->description);
	task->is_disabled = xml->is_disabled;
	task->is_at = is_made_by_at(task) ||
	              (is_at_name && text_same(xml->user, AT_USER));
	if (xml->trigger_count > 0)
		snprintf(task->schedule, sizeof task->schedule, "%s%s%s", xml->trigger,
		         xml->begins[0] ? " from " : "", xml->begins);
}

static enum err
take_xml(struct walk *w, const char *place)
{
	OWN(buf_free) struct buf bytes = { .ceiling = TASK_XML_BYTES_MOST + 1 };

	begin(w, place + strlen(w->top) + 1, place);
	enum heard heard = machine_head(w->in->machine, place, TASK_XML_BYTES_MOST + 1,
	                                &bytes);
	if (heard == HEARD_NOTHING)
		return OK;
	if (heard != HEARD)
		return tell_unread(w, heard, machine_why(w->in->machine));
	heard = task_xml_read(buf_span(&bytes), &w->xml);
	if (heard != HEARD)
		return tell_unread(
		    w, heard,
		    heard == HEARD_SHORT
			? "it is cut off, so what it starts cannot be "
			  "told; delete the task if nobody knows it"
			: "it is not as Windows writes a task, so what "
			  "it starts cannot be told; look at it by hand");
	/* AT puts its jobs at the top, and so is the name the whole of it. */
	fill_from_xml(w, schedlgu_is_at_job(w->task.name, ""));
	if (w->xml.exec_count == 0)
		return tell(w);
	for (size_t i = 0; i < w->xml.exec_count; i++) {
		const struct task_xml_action *exec = &w->xml.exec[i];

		(void)text_copy(w->task.command, sizeof w->task.command, exec->command);
		(void)text_copy(w->task.arguments, sizeof w->task.arguments,
		                exec->arguments);
		TRY(tell(w));
	}
	return OK;
}

/* ---- folders */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* At2 before At10. */
static int
by_name(const void *a, const void *b)
{
	const char *x = (*(const struct file_entry *const *)a)->name;
	const char *y = (*(const struct file_entry *const *)b)->name;

	while (*x && *x == *y && !is_digit(*x)) {
		x++;
		y++;
	}
	size_t digits_x = strspn(x, "0123456789");
	size_t digits_y = strspn(y, "0123456789");
	if (digits_x != digits_y)
		return digits_x < digits_y ? -1 : 1;
	return strcmp(x, y);
}

/* A link or a device under such a name cannot be read, which is then said. */
static bool
is_job(const struct file_entry *e)
{
	size_t len = strlen(e->name);

	return !e->is_folder && len > 4 && text_same(e->name + len - 4, ".job");
}

/* Explorer leaves such files everywhere; the Scheduler passes over them too. */
static bool
is_task_file(const struct file_entry *e)
{
	return !e->is_folder && !text_same(e->name, "desktop.ini");
}

static enum err walk_folder(struct walk *w, const char *folder, unsigned depth);

static enum err
take_entry(struct walk *w, const struct file_entry *e, const char *folder,
           unsigned depth)
{
	bool is_xml = w->top[0] != '\0';
	char place[PATH_ROOM];

	if (!path_join(place, sizeof place, folder, e->name))
		return OK;
	if (is_xml && e->is_folder)
		return walk_folder(w, place, depth + 1);
	if (is_xml ? !is_task_file(e) : !is_job(e))
		return OK;
	if (w->count++ < TASKS_MOST)
		return is_xml ? take_xml(w, place) : take_job(w, e, place);
	if (w->count > TASKS_MOST + 1)
		return OK;
	begin(w, e->name, place);
	return tell_unread(w, NOT_ASKED,
	                   "this and further tasks were not looked at: there are more "
	                   "than 4096, which is not as it ought to be");
}

static enum err
walk_folder(struct walk *w, const char *folder, unsigned depth)
{
	OWN(file_list_free) struct file_list files = { .count = 0 };
	OWN(own_mem) const struct file_entry **sorted = NULL;
	enum heard heard = machine_list(w->in->machine, folder, &files);

	if (heard == HEARD_NOTHING || (heard == HEARD && files.count == 0))
		return OK;
	if (heard != HEARD || depth > FOLDERS_DEEP) {
		begin(w, "", folder);
		return tell_unread(w, heard != HEARD ? heard : NOT_ASKED,
		                   heard != HEARD ? machine_why(w->in->machine)
		                                  : "it lies deeper than any task; "
		                                    "look into it by hand");
	}
	sorted = calloc(files.count, sizeof *sorted);
	if (!sorted)
		return ERR_MEMORY;
	for (size_t i = 0; i < files.count; i++)
		sorted[i] = &files.at[i];
	qsort(sorted, files.count, sizeof *sorted, by_name);
	for (size_t i = 0; i < files.count; i++)
		TRY(take_entry(w, sorted[i], folder, depth));
	return OK;
}

/* ---- the registry */

static void
fill_from_key(struct walk *w, const char *id)
{
	OWN(reg_key_free) struct reg_key key = { .value_count = 0 };
	struct task_cache_action action = { .command = { .left = 0 } };
	char path[PATH_ROOM];
	struct task *task = &w->task;

	snprintf(path, sizeof path, "%s\\TaskCache\\Tasks\\%s", SCHEDULE, id);
	task->heard = machine_key(w->in->machine, path, &key);
	const struct reg_value *actions = reg_value(&key, "Actions");
	if (task->heard == HEARD && actions)
		task->heard = task_cache_read(actions->bytes, &action);
	else if (task->heard == HEARD)
		task->heard = HEARD_NOTHING;
	if (task->heard == HEARD) {
		(void)text_from_utf16(action.command, task->command,
		                      sizeof task->command);
		(void)text_from_utf16(action.arguments, task->arguments,
		                      sizeof task->arguments);
		task->is_at = true; /* by its name: there is nothing else */
	}
	const char *why = machine_why(w->in->machine);
	(void)text_copy(task->because, sizeof task->because,
	                why[0] ? why
	                       : "its actions are written in a way that is not known; "
	                         "look at the task on the machine");
}

/* Of a task whose file is gone nothing but this is left. */
static enum err
take_key(struct walk *w, const char *name)
{
	struct file_facts facts;
	char path[PATH_ROOM];
	char id[64];

	if (!path_join(path, sizeof path, w->top, name) ||
	    machine_stat(w->in->machine, path, &facts) != HEARD_NOTHING)
		return OK;
	snprintf(path, sizeof path, "%s\\TaskCache\\Tree\\%s", SCHEDULE, name);
	begin(w, name, path);
	enum heard heard = machine_text(w->in->machine, path, "Id", id, sizeof id);
	if (heard == HEARD_NOTHING)
		return OK; /* a folder of tasks */
	if (heard != HEARD)
		return tell_unread(w, heard, machine_why(w->in->machine));
	fill_from_key(w, id);
	return w->task.heard == HEARD_NOTHING ? OK : tell(w);
}

static enum err
walk_registry(struct walk *w)
{
	OWN(reg_key_free) struct reg_key tree = { .value_count = 0 };
	enum heard heard = machine_key(w->in->machine, SCHEDULE "\\TaskCache\\Tree",
	                               &tree);

	if (heard != HEARD && heard != HEARD_NOTHING) {
		begin(w, "", SCHEDULE "\\TaskCache\\Tree");
		return tell_unread(w, heard, machine_why(w->in->machine));
	}
	for (size_t i = 0; i < tree.subkey_count && i < TASKS_MOST; i++) {
		if (schedlgu_is_at_job(tree.subkeys[i], ""))
			TRY(take_key(w, tree.subkeys[i]));
	}
	return OK;
}

void
task_list_folder(const struct inside *in, char to[PATH_ROOM])
{
	char text[PATH_ROOM];
	enum heard heard = machine_text(in->machine,
	                                "HKLM\\SOFTWARE\\Microsoft\\SchedulingAgent",
	                                "TasksFolder", text, sizeof text);

	if (heard != HEARD || !look_expand(in->windows, NULL, text, to, PATH_ROOM))
		(void)path_join(to, PATH_ROOM, in->windows->root, "Tasks");
}

enum err
task_list_each(const struct inside *in, task_seen *seen, void *with)
{
	OWN(own_mem) struct walk *w = calloc(1, sizeof *w);
	char folder[PATH_ROOM];

	if (!in->windows->there)
		return OK;
	if (!w)
		return ERR_MEMORY;
	w->in = in;
	w->seen = seen;
	w->with = with;
	task_list_folder(in, folder);
	TRY(walk_folder(w, folder, 0));
	if (!path_join(w->top, sizeof w->top, in->windows->system32, "Tasks"))
		return OK;
	TRY(walk_folder(w, w->top, 0));
	return walk_registry(w);
}

struct first {
	struct task *out;
	bool there;
};

static enum err
take_first(void *with, const struct task *task)
{
	struct first *f = with;

	if (!f->there)
		*f->out = *task;
	f->there = true;
	return OK;
}

enum err
task_list_read(const struct inside *in, const char *place, struct task *out,
               bool *there)
{
	OWN(own_mem) struct walk *w = calloc(1, sizeof *w);
	struct first first = { .out = out };
	char folder[PATH_ROOM];
	const char *name = strrchr(place, '\\');

	*there = false;
	if (!in->windows->there || !name)
		return OK;
	if (!w)
		return ERR_MEMORY;
	w->in = in;
	w->seen = take_first;
	w->with = &first;
	const struct file_entry entry = { .name = name + 1, .is_file = true };
	size_t len = (size_t)(name - place);
	task_list_folder(in, folder);
	if (strlen(folder) == len && text_begins(place, folder) && is_job(&entry)) {
		TRY(take_job(w, &entry, place));
	} else if (path_join(w->top, sizeof w->top, in->windows->system32, "Tasks") &&
	           text_begins(place, w->top) && place[strlen(w->top)] == '\\') {
		TRY(take_xml(w, place));
	}
	*there = first.there;
	return OK;
}

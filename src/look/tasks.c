/*
 * Tasks that the worm left: variant B (C and E too) starts its copy on another
 * machine by way of the AT service, hour after hour, so that twenty-four jobs with
 * one command are common.  They make one finding.
 *
 * What fools it: nothing known has that form by honest means; AT itself is used by
 * backup scripts and by administrators, with other programs.  What it cannot see: a
 * job that somebody edited afterwards (it is an ordinary task then), and jobs that
 * were deleted, of which only the log may tell.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "format/schedlgu.h"
#include "look/task_list.h"

#define DETECTOR "tasks"
#define GROUPS_MOST 24 /* different commands; each infected neighbour makes one */
#define UNREAD_MOST 8

#define NUMBERS_MOST 1024 /* of At jobs, to tell them apart */

struct group { /* tasks that start the same */
	uint8_t seen[NUMBERS_MOST / 8];
	char place[PATH_ROOM];
	char names[SAID_ROOM];
	size_t count;
	struct task_judged judged;
};

struct seen {
	const struct inside *in;
	struct task_judged judged;
	struct group *groups;
	size_t group_count;
	size_t more;   /* tasks of the worm's form beyond the groups */
	size_t unread; /* findings of task-unread */
};

/* On Vista and later each At job lies in two places or three. */
static bool
is_again(struct group *g, const char *name)
{
	unsigned long number = 0;

	if (!schedlgu_is_at_job(name, ""))
		return false;
	number = strtoul(name + 2, NULL, 10);
	if (number >= NUMBERS_MOST)
		return false;
	uint8_t bit = (uint8_t)(1u << number % 8);
	bool again = g->seen[number / 8] & bit;
	g->seen[number / 8] |= bit;
	return again;
}

static void
add_name(struct group *g, const char *name)
{
	size_t len = strlen(g->names);

	if (is_again(g, name))
		return;
	g->count++;
	if (len + strlen(name) + 2 < sizeof g->names)
		snprintf(g->names + len, sizeof g->names - len, "%s%s", len ? " " : "",
		         name);
}

/* Where there is no more room, one that starts the worm takes that of another. */
static struct group *
give_way(struct seen *s)
{
	for (size_t i = s->group_count; i > 0; i--) {
		struct group *g = &s->groups[i - 1];

		if (g->judged.is == TASK_IS_WORM)
			continue;
		s->more += g->count;
		*g = (struct group){ .count = 0 };
		return g;
	}
	return NULL;
}

static struct group *
group_of(struct seen *s)
{
	for (size_t i = 0; i < s->group_count; i++) {
		if (strcmp(s->groups[i].judged.line, s->judged.line) == 0)
			return &s->groups[i];
	}
	if (s->group_count < GROUPS_MOST)
		return &s->groups[s->group_count++];
	return s->judged.is == TASK_IS_WORM ? give_way(s) : NULL;
}

static void
unread(struct seen *s, const struct task *task, const char *because)
{
	if (s->unread++ >= UNREAD_MOST)
		return;
	struct finding *f = look_found(s->in, "task-unread", task->place);
	finding_text(f, "because", because);
	if (task->heard == HEARD)
		finding_text(f, "command", s->judged.line);
}

static enum err
take_task(void *with, const struct task *task)
{
	struct seen *s = with;

	if (task->heard != HEARD) {
		unread(s, task, task->because);
		return OK;
	}
	task_judge(s->in, task, &s->judged);
	if (s->judged.is == TASK_IS_OTHER)
		return OK;
	struct group *g = group_of(s);
	if (!g) {
		s->more++;
		return OK;
	}
	if (g->count == 0) {
		(void)text_copy(g->place, sizeof g->place, task->place);
		g->judged = s->judged;
		if (g->judged.is == TASK_IS_UNDECIDED)
			unread(s, task, g->judged.file.because);
	}
	add_name(g, task->name);
	return OK;
}

static void
tell_groups(const struct seen *s)
{
	struct finding *f = NULL;

	for (size_t i = 0; i < s->group_count; i++) {
		const struct group *g = &s->groups[i];
		bool is_worm = g->judged.is == TASK_IS_WORM;

		if (g->judged.is == TASK_IS_UNDECIDED)
			continue;
		f = look_found(s->in, is_worm ? "task-worm" : "task-shape", g->place);
		finding_text(f, "command", g->judged.line);
		finding_number(f, "tasks", (int64_t)g->count);
		finding_text(f, "names", g->names);
		if (g->judged.file.is == FILE_IS_ABSENT)
			finding_text(f, "target", "not there");
		else
			finding_text(f, "target", g->judged.path);
		if (g->judged.file.is != FILE_IS_ABSENT)
			worm_file_evidence(f, &g->judged.file);
	}
	if (f && s->more > 0)
		finding_number(f, "more", (int64_t)s->more);
}

/* ---- the log */

static enum err
look_at_log(const struct inside *in, const char *path)
{
	OWN(buf_free) struct buf bytes = { .ceiling = SCHEDLGU_BYTES_MOST + 1 };
	struct schedlgu log;
	enum heard heard = machine_head(in->machine, path, SCHEDLGU_BYTES_MOST + 1,
	                                &bytes);

	TRY(look_unread(in, DETECTOR, path, heard));
	/* A log of another form is no riddle: it only is no sign. */
	if (heard != HEARD ||
	    schedlgu_read(buf_span(&bytes), "rundll32.exe", &log) != HEARD ||
	    log.count == 0)
		return OK;
	struct finding *f = look_found(in, "task-log", path);
	finding_text(f, "job", log.job);
	finding_number(f, "entries", (int64_t)log.count);
	finding_text(f, "oldest", log.oldest);
	finding_text(f, "newest", log.newest);
	return OK;
}

/* Where it lies by default, on XP and elsewhere, and where this machine says. */
static enum err
look_at_logs(const struct inside *in)
{
	char paths[3][PATH_ROOM] = { "", "", "" };
	char folder[PATH_ROOM];
	char text[PATH_ROOM];

	task_list_folder(in, folder);
	(void)path_join(paths[0], PATH_ROOM, folder, "SchedLgU.Txt");
	(void)path_join(paths[1], PATH_ROOM, in->windows->root, "SchedLgU.Txt");
	if (machine_text(in->machine, "HKLM\\SOFTWARE\\Microsoft\\SchedulingAgent",
	                 "LogPath", text, sizeof text) != HEARD ||
	    !look_expand(in->windows, NULL, text, paths[2], PATH_ROOM) ||
	    text_same(paths[2], paths[0]) || text_same(paths[2], paths[1]))
		paths[2][0] = '\0';
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		if (paths[i][0])
			TRY(look_at_log(in, paths[i]));
	}
	return OK;
}

enum err
look_tasks(const struct inside *in)
{
	OWN(own_mem) struct group *groups = calloc(GROUPS_MOST, sizeof *groups);
	struct seen s = { .in = in, .groups = groups };

	if (!groups)
		return ERR_MEMORY;
	if (!in->windows->there)
		return OK;
	TRY(task_list_each(in, take_task, &s));
	tell_groups(&s);
	return look_at_logs(in);
}

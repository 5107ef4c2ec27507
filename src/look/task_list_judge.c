/*
 * Is a task the worm's?  It must have been made by way of the AT service, which is
 * how the worm makes them from another machine, and let rundll32 start a file with
 * nothing but a short name and a function, all of lower-case letters.  Then the file
 * decides: one that is there and is not the worm's, or that has the function, acquits
 * the task.
 *
 * The AT service starts its jobs in System32, where the worm puts its copy.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "format/pe_exports.h"
#include "look/rundll.h"
#include "look/task_list.h"

void
task_line(const struct task *task, char to[TASK_LINE_ROOM])
{
	snprintf(to, TASK_LINE_ROOM, "%s%s%s", task->command,
	         task->arguments[0] ? " " : "", task->arguments);
}

struct opened {
	struct machine *machine;
	struct machine_file file;
};

static enum heard
read_opened(void *with, uint64_t offset, void *to, size_t len, size_t *got)
{
	struct opened *o = with;

	return machine_read(o->machine, &o->file,
	                    (struct machine_want){ offset, to, len }, got);
}

/* What the task calls is there: then somebody has written the DLL to be called. */
static bool
has_function(const struct inside *in, const char *path, const char *function)
{
	struct opened o = { .machine = in->machine };
	struct pe pe;
	bool has = false;

	if (machine_open(in->machine, path, &o.file) != HEARD)
		return false;
	struct pe_source source = { .read = read_opened,
		                    .with = &o,
		                    .size = o.file.size };
	if (pe_read(&source, &pe) == PE_OK)
		(void)pe_exports(&source, &pe, function, &has);
	machine_close_file(in->machine, &o.file);
	return has;
}

/* The first of the folders that holds it; else what is said of the first. */
static void
judge_file(const struct inside *in, const char *name, struct task_judged *out)
{
	char wow64[PATH_ROOM];
	const char *folders[] = { in->windows->system32, wow64, in->windows->root };

	if (!path_join(wow64, sizeof wow64, in->windows->root, "SysWOW64"))
		return;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		struct file_judged judged = { .is = FILE_IS_ABSENT };
		char path[PATH_ROOM];

		if (!path_join(path, sizeof path, folders[i], name))
			continue;
		worm_file_judge(in, path, TRAIT_NAMED, &judged);
		if (i > 0 && judged.is == FILE_IS_ABSENT)
			continue;
		out->file = judged;
		(void)text_copy(out->path, sizeof out->path, path);
		if (judged.is != FILE_IS_ABSENT)
			return;
	}
}

static enum task_is
judge(const struct inside *in, const struct task *task, struct task_judged *out)
{
	struct rundll_call call;

	if (task->heard != HEARD || !task->is_at ||
	    !rundll_call_read(out->line, &call) || !rundll_call_is_bare(&call))
		return TASK_IS_OTHER;
	out->file = (struct file_judged){ .is = FILE_IS_ABSENT };
	judge_file(in, call.target, out);
	switch (out->file.is) {
	case FILE_IS_WORM: return TASK_IS_WORM;
	case FILE_IS_ABSENT: return TASK_IS_SUSPECT;
	case FILE_IS_SUSPECT:
		return has_function(in, out->path, call.function) ? TASK_IS_OTHER
		                                                  : TASK_IS_SUSPECT;
	case FILE_IS_UNREAD: return TASK_IS_UNDECIDED;
	default: return TASK_IS_OTHER;
	}
}

void
task_judge(const struct inside *in, const struct task *task, struct task_judged *out)
{
	char line[TASK_LINE_ROOM];
	bool was_at = out->is != 0 && out->is != TASK_IS_OTHER;

	task_line(task, line);
	/* Only the form's verdict may be reused: it hangs on the line alone. */
	if (was_at && task->is_at && task->heard == HEARD &&
	    strcmp(line, out->line) == 0)
		return;
	(void)text_copy(out->line, sizeof out->line, line);
	out->is = judge(in, task, out);
}

#include "cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/own.h"
#include "cmd/status_command.h"
#include "look/defences.h"
#include "mend/plan_for.h"

struct tasks_options {
	struct mend_options mend;
	bool all_at;
};

static const struct option_row rows[] = {
	MEND_OPTION_ROWS(struct tasks_options, mend),
	{ "all-at", 0, OPTION_FLAG, offsetof(struct tasks_options, all_at), 0, 0, NULL,
	  "delete: every job made by way of At, as at /delete /yes does" },
};

/* Nothing to list is no good news where there is no Windows to list it from. */
static enum err
tell_no_windows(struct statuses *out)
{
	struct status *s = statuses_add(out, STATUS_TASK, NEED_TELLING);

	if (!s)
		return ERR_MEMORY;
	snprintf(s->says, sizeof s->says, "There is no Windows here, and so no tasks.");
	snprintf(s->next, sizeof s->next,
	         "Name the root of a Windows volume, or the Windows folder on it.");
	return OK;
}

static enum err
ask(const struct inside *in, struct statuses *out)
{
	return in->windows->there ? defence_tasks(in, out) : tell_no_windows(out);
}

static enum err
plan(const struct inside *in, struct plan *out, void *with)
{
	const bool *all_at = with;

	return plan_tasks(in, *all_at, out);
}

static int
run(int argc, char **argv)
{
	struct tasks_options options = { .all_at = false };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words)
		return 2;
	int code = options_read(&cmd_tasks, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	const struct status_verb verbs[] = {
		{ "list", ask, NULL, NULL },
		{ "delete", ask, plan, &options.all_at },
	};
	return status_command_run(&cmd_tasks, &options.mend,
	                          &(struct status_words){ argv, words, count }, verbs,
	                          sizeof verbs / sizeof verbs[0]);
}

const struct command cmd_tasks = {
	.name = "tasks",
	.run = run,
	.does = "At jobs and other tasks of a machine; delete the worm's",
	.usage = "tasks list|delete [OPTIONS] MACHINE",
	.about =
	    "The worm starts its copy on other machines by At jobs, hour after hour. "
	    "list shows every scheduled task: .job files, the tasks of Vista and "
	    "later, and At jobs of which only the registry still knows. Those of the "
	    "worm's form are judged by the file that they start; others are only "
	    "listed, since backup scripts and administrators use At too.\n"
	    "\n"
	    "delete removes those of the worm, by that evidence, in each place where a "
	    "task is kept; --all-at every job made by way of At, whatever it starts. "
	    "They can be put back: see confine undo.",
	.examples = "confine tasks list /mnt/c\n"
		    "confine tasks list ward3.img -o tasks.csv\n"
		    "confine tasks delete /mnt/c --dry-run\n"
		    "confine tasks delete /mnt/c --all-at --case ward.case\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

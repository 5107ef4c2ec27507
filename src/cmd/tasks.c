#include "cmd/commands.h"

#include <stdio.h>

#include "cmd/status_command.h"
#include "look/defences.h"

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
ask(const struct inside *in, struct statuses *out, void *with)
{
	(void)with;
	return in->windows->there ? defence_tasks(in, out) : tell_no_windows(out);
}

static int
run(int argc, char **argv)
{
	return status_command_run(&cmd_tasks, argc, argv, "list", ask);
}

const struct command cmd_tasks = {
	.name = "tasks",
	.run = run,
	.does = "At jobs and other scheduled tasks of a machine",
	.usage = "tasks list [OPTIONS] MACHINE",
	.about =
	    "The worm starts its copy on other machines by At jobs, hour after hour. "
	    "This lists every scheduled task: .job files, the tasks of Vista and "
	    "later, and At jobs of which only the registry still knows. Those of the "
	    "worm's form are judged by the file that they start; others are only "
	    "listed, since backup scripts and administrators use At too. Nothing is "
	    "changed.",
	.examples = "confine tasks list /mnt/c\n"
		    "confine tasks list ward3.img -o tasks.csv\n",
	.options = status_command_rows,
	.option_count = STATUS_COMMAND_ROWS,
};

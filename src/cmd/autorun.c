#include "cmd/commands.h"

#include "cmd/status_command.h"
#include "look/defences.h"

static enum err
ask(const struct inside *in, struct statuses *out, void *with)
{
	(void)with;
	return defence_autorun(in, out);
}

static int
run(int argc, char **argv)
{
	return status_command_run(&cmd_autorun, argc, argv, "status", ask);
}

const struct command cmd_autorun = {
	.name = "autorun",
	.run = run,
	.does = "does a machine start what lies on a stick",
	.usage = "autorun status [OPTIONS] MACHINE",
	.about =
	    "The worm starts from USB sticks by autorun.inf. Three settings stop that, "
	    "and each leaves something open on some Windows: IniFileMapping, "
	    "NoDriveTypeAutoRun, HonorAutorunSetting. This reads them, says what they "
	    "cover together, and what to set. Nothing is changed.",
	.examples = "confine autorun status /mnt/c\n"
		    "confine autorun status ward3.img -v\n",
	.options = status_command_rows,
	.option_count = STATUS_COMMAND_ROWS,
};

#include "cmd/commands.h"

#include "cmd/status_command.h"
#include "look/defences.h"

static enum err
ask(const struct inside *in, struct statuses *out, void *with)
{
	(void)with;
	return defence_audit(in, out);
}

static int
run(int argc, char **argv)
{
	return status_command_run(&cmd_audit, argc, argv, "status", ask);
}

const struct command cmd_audit = {
	.name = "audit",
	.run = run,
	.does = "does a machine record who guesses passwords on it",
	.usage = "audit status [OPTIONS] MACHINE",
	.about =
	    "The next attacker is found in the Security log of the machines that it "
	    "attacks, if these write failed logons down. Windows XP records nothing "
	    "unless told to. This reads the policy from the SECURITY hive of any "
	    "Windows, says what is recorded, and how to switch on what is not. "
	    "Nothing is changed.",
	.examples = "confine audit status /mnt/c\n"
		    "confine audit status ward3.img --format json\n",
	.options = status_command_rows,
	.option_count = STATUS_COMMAND_ROWS,
};

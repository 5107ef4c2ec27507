#include "cmd/commands.h"

#include <stdlib.h>

#include "base/own.h"
#include "cmd/status_command.h"
#include "look/defences.h"
#include "mend/plan_for.h"

static const struct option_row rows[] = {
	MEND_OPTION_ROWS(
	    struct { struct mend_options m; }, m),
};

static enum err
plan(const struct inside *in, struct plan *out, void *with)
{
	(void)with;
	return plan_audit(in, out);
}

static int
run(int argc, char **argv)
{
	static const struct status_verb verbs[] = {
		{ "status", defence_audit, NULL, NULL },
		{ "enable", defence_audit, plan, NULL },
	};
	struct mend_options options = { .yes = false };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words)
		return 2;
	int code = options_read(&cmd_audit, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	return status_command_run(&cmd_audit, &options,
	                          &(struct status_words){ argv, words, count }, verbs,
	                          sizeof verbs / sizeof verbs[0]);
}

const struct command cmd_audit = {
	.name = "audit",
	.run = run,
	.does = "does a machine record who guesses passwords; let it",
	.usage = "audit status|enable [OPTIONS] MACHINE",
	.about =
	    "The next attacker is found in the Security log of the machines that it "
	    "attacks, if these write failed logons down. Windows XP records nothing "
	    "unless told to. status reads the policy from the SECURITY hive of any "
	    "Windows, says what is recorded, and how to switch on what is not. enable "
	    "switches it on in the hive of a machine that does not run; that can be "
	    "undone: see confine undo.",
	.examples = "confine audit status /mnt/c\n"
		    "confine audit status ward3.img --format json\n"
		    "confine audit enable /mnt/c --case ward.case\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

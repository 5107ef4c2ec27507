#include "cmd/status_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

const struct option_row status_command_rows[STATUS_COMMAND_ROWS] = {
	MACHINE_OPTION_ROWS(
	    struct { struct machine_options m; }, m),
};

int
status_command_run(const struct command *command, int argc, char **argv,
                   const char *verb, status_ask *ask)
{
	struct machine_options options = { .format = NULL };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words)
		return 2;
	int code = options_read(command, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	if (count == 2 && strcmp(words[0], verb) == 0)
		return machine_status_run(command, argv, &options, words[1],
		                          (struct machine_question){ ask, NULL });
	fprintf(stderr,
	        "confine %s: say what to do, and on which machine: confine %s %s "
	        "/mnt/c\n",
	        command->name, command->name, verb);
	return 2;
}

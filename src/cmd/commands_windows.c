#include "cmd/commands.h"

#include <stddef.h>

/* Those that need nothing of Linux. */
/* clang-format off */
const struct command *const commands[] = {
	&cmd_explain,
	&cmd_selftest,
	NULL,
};
/* clang-format on */

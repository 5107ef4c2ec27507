#include "cmd/commands.h"

#include <stddef.h>

/* In the order of the documentation. */
/* clang-format off */
const struct command *const commands[] = {
	&cmd_scan,
	&cmd_check,
	&cmd_clean,
	&cmd_undo,
	&cmd_usb,
	&cmd_patches,
	&cmd_autorun,
	&cmd_tasks,
	&cmd_audit,
	&cmd_passwords,
	&cmd_logons,
	&cmd_case,
	&cmd_report,
	&cmd_explain,
	&cmd_selftest,
	&cmd_lab,
	NULL,
};
/* clang-format on */

/* Commands of the form NAME VERB MACHINE that ask for statuses and nothing else. */
#ifndef CMD_STATUS_COMMAND_H
#define CMD_STATUS_COMMAND_H

#include "cmd/machine_run.h"

#define STATUS_COMMAND_ROWS 6
extern const struct option_row status_command_rows[STATUS_COMMAND_ROWS];

typedef enum err status_ask(const struct inside *, struct statuses *out, void *with);

/* `verb` is the only one that there is. */
int status_command_run(const struct command *, int argc, char **argv, const char *verb,
                       status_ask *ask);

#endif

/* `undo --list`: the journals of a folder or a case, and the changes of one. */
#ifndef CMD_UNDO_LIST_H
#define CMD_UNDO_LIST_H

#include "cmd/machine_run.h"

/*
 * What is at `path`: a journal, whose changes are told; a case or a folder, whose
 * journals are.  NULL: the folder where journals go unless said.  The exit code.
 */
int undo_list(const struct machine_options *, const struct run_words *,
              const char *path);

#endif

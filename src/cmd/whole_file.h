/* A file of ours that is written as a whole or not at all. */
#ifndef CMD_WHOLE_FILE_H
#define CMD_WHOLE_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"

struct whole_file {
	struct span bytes;
	bool replace; /* what is there already; else that is refused */
};

/* Under another name, synced, and renamed.  What is wrong has been said. */
CHECKED enum err whole_file_write(const char *command, const char *path,
                                  const struct whole_file *);

#endif

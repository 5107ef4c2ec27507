/*
 * A file taken as it is: a memory image, a page or hibernation file, a crash dump.
 * A machine with no Windows and no drive, whose only file is called RAW_FILE.
 */
#ifndef REACH_RAW_H
#define REACH_RAW_H

#include "flow/machine.h"

#define RAW_FILE "\\"

/* ERR_REFUSED: what is wrong has been written to `why`.  "-": standard input. */
CHECKED enum err raw_open(const char *path, struct machine **out, char why[WHY_ROOM]);

#endif

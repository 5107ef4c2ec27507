/*
 * A machine that does not run: its volumes, with the hives that lie on them.
 */
#ifndef REACH_OFFLINE_H
#define REACH_OFFLINE_H

#include "flow/machine.h"

/*
 * A mounted volume, a folder that holds a Windows (as "C:\" or with its own
 * WINDOWS inside), any other folder, or an image.  Without a Windows on it
 * machine->windows is "".  ERR_REFUSED: what is wrong has been written to `why`.
 * *out NULL and OK: a file that is no image of a disk; reach/raw.h may read it.
 */
CHECKED enum err offline_open(const char *path, struct machine **out,
                              char why[WHY_ROOM]);

#endif

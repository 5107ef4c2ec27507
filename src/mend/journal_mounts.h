/*
 * One folder may be seen at several places (bind mounts): where two of them lie in
 * their file system tells whether one is inside the other.
 */
#ifndef MEND_JOURNAL_MOUNTS_H
#define MEND_JOURNAL_MOUNTS_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Two folders of one device, open: is `folder` the folder `root` or below it, by
 * whatever mounts they were reached?  ERR_SYSTEM where the system does not tell.
 */
CHECKED enum err mounts_is_below(int folder, int root, bool *is);

#endif

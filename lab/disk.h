/*
 * A harmless disk of a Windows, infected by all that can be seen, or clean: files and
 * hives made from scratch.  There is no code of the worm in them.
 */
#ifndef LAB_DISK_H
#define LAB_DISK_H

#include "base/err.h"
#include "lab/disk_plan.h"

/*
 * Into `folder`, which is empty or not there yet.  Says on standard output what was
 * made; what failed has been said when this does not return OK.
 */
CHECKED enum err lab_disk(const char *folder, const struct disk_wish *wish);

#endif

/*
 * Copies of the SYSTEM hive that Windows keeps on the machine itself: of its setup
 * (repair), of its own backups (RegBack), of restore points.  What the worm took out
 * of the registry may still be in them.
 */
#ifndef MEND_BACKUPS_H
#define MEND_BACKUPS_H

#include "look/inside.h"

struct backup {
	char set[64];         /* its control set: "HKLM\confine-1\ControlSet001" */
	char file[PATH_ROOM]; /* where it lies */
};
#define BACKUPS_MOST 5

/* Those that can be read, the best first; returns how many. */
size_t backups_find(const struct inside *, struct backup out[BACKUPS_MOST]);

#endif

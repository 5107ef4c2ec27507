/*
 * A machine that does not run: its volumes, with the hives that lie on them.
 */
#ifndef REACH_OFFLINE_H
#define REACH_OFFLINE_H

#include "flow/machine.h"
#include "reach/volume.h"

/*
 * A mounted volume, a folder that holds a Windows (WINDOWS, WINNT, or another folder
 * in it), Windows' own folder (then the folder above it is the drive), any other
 * folder, or an image.  Without a Windows on it machine->windows is "".
 *
 * Windows' drive has the letter that its SystemRoot says, or C where it does not
 * say; further volumes of an image have those after it.  Without a Windows they are
 * X, Y, Z and on from A.  Every hive but SECURITY and SAM has been opened once when
 * this returns, so that machine->damaged is complete.
 *
 * ERR_REFUSED: what is wrong has been written to `why`.  *out NULL and OK: a file
 * that is no image of a disk; reach/raw.h may read it.
 */
CHECKED enum err offline_open(const char *path, struct machine **out,
                              char why[WHY_ROOM]);

/*
 * Where a drive of it lies; the descriptor stays the machine's.  False: it is no
 * machine of offline_open, or has no such drive.
 */
bool offline_drive_place(struct machine *, size_t drive, struct volume_place *out);

/* Names on its drives have changed: they are read again when asked for. */
void offline_forget(struct machine *);

/* Where a key of it lies: the hive's file, and the key's path below the hive's root. */
struct offline_hive {
	char file[PATH_ROOM]; /* "C:\WINDOWS\System32\config\SYSTEM" */
	char below[PATH_ROOM];
};

/* False where no hive of it has such a key, or it is no machine of offline_open's. */
bool offline_hive_of(const struct machine *, const char *key, struct offline_hive *out);

#endif

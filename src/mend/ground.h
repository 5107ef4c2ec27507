/*
 * The ground: the drive of a machine that may be changed.  It is the only way to a
 * descriptor that can write to a machine, and only mend may include it.
 *
 * Everything is reached from the root's descriptor downwards, a name at a time, by any
 * spelling of its letters (reach/volume_tree_folders.h), never through a link, onto
 * another mount, or into a device.  What is changed is the open thing that was looked
 * at, not a name looked up twice.
 */
#ifndef MEND_GROUND_H
#define MEND_GROUND_H

#include <sys/stat.h>

#include "flow/machine.h"
#include "mend/kept.h"

struct ground;

/*
 * Opens the drives of a machine that lies in a folder or a mounted volume.  Refused,
 * with what is wrong and what to do in `why`: an image (it has to be mounted; the words
 * have the command), a file system that is mounted read-only or that we may not write
 * to, a volume with an NTFS that is hibernated (hiberfil.sys that begins with "hibr",
 * "HIBR", "wake" or "WAKE"), was left by fast start, or was not closed by Windows, as
 * far as the mount tells it (ntfs-3g mounts those read-only).
 */
CHECKED enum err ground_open(struct machine *, struct ground **out, char why[WHY_ROOM]);
void ground_free(struct ground *); /* NULL is fine */

int ground_root(const struct ground *); /* a descriptor of the drive's root, ours */
const char *ground_called(const struct ground *);
const struct kept_way *ground_keeps(const struct ground *); /* what its mount keeps */

/* A place on it: the folder, open, and the name in it as the folder spells it. */
struct spot {
	int folder;
	char name[NAME_ROOM];
	bool there; /* else `name` is as it was asked for */
	int thing;  /* what is there, opened by O_PATH and so not for reading; or -1 */
	struct stat stat;
	char path[PATH_ROOM]; /* "C:\…" as it is spelled on the volume */
};

/*
 * Finds "C:\WINDOWS\system32\x.dll".  Its folder must be there; itself it need not be.
 * Not HEARD: `why` has a sentence.  To be closed by spot_close in any case.
 */
enum heard ground_find(struct ground *, const char *path, struct spot *out,
                       char why[WHY_ROOM]);
void spot_close(struct spot *);

/* Forgets what is known of folders: to be called when names in them have changed. */
void ground_forget(struct ground *);

#endif

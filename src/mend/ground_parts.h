/* What the files ground*.c share. */
#ifndef MEND_GROUND_PARTS_H
#define MEND_GROUND_PARTS_H

#include "mend/ground.h"
#include "reach/volume.h"

/* "PATH: what; what to do", cut to fit; returns ERR_REFUSED. */
enum err ground_refuse(char why[WHY_ROOM], const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The words that refuse an image, with the command that mounts it. */
enum err ground_refuse_image(const char *path, const struct volume_place *,
                             char why[WHY_ROOM]);

/*
 * May the volume beneath an open root be written to?  Refused in words where it is
 * hibernated, marked as dirty, mounted read-only or not ours to write to.
 */
CHECKED enum err ground_try_volume(const char *path, int root, char why[WHY_ROOM]);

/* The mount that a descriptor lies on, out of /proc; false: nobody can tell. */
struct mounted {
	char point[PATH_ROOM];
	char source[PATH_ROOM]; /* "/dev/sdb1", or an image */
	char type[64];
};
bool ground_mounted(int fd, struct mounted *out);

#endif

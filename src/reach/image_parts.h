/* In the cage: how a disk is divided, and which file systems are on it. */
#ifndef REACH_IMAGE_PARTS_H
#define REACH_IMAGE_PARTS_H

#include "reach/image_media.h"

/*
 * Fills `parts` in; volumes[i] is the open file system of parts->at[i], or NULL.
 * No part at all: this is no disk, or, where there is a table, that is damaged.
 */
void parts_find(struct media *, struct image_parts *parts,
                TSK_FS_INFO *volumes[IMAGE_PARTS_MOST]);

#endif

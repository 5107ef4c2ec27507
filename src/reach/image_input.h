/* The files of a disk image, opened. */
#ifndef REACH_IMAGE_INPUT_H
#define REACH_IMAGE_INPUT_H

#include <stddef.h>

#include "base/err.h"
#include "flow/machine.h"
#include "reach/cage.h"

struct image_input {
	int fds[CAGE_INPUTS_MOST];
	size_t count;
};

/*
 * The file, or whole disk, and the further segments of an E01 beside it.
 * ERR_REFUSED: what is wrong has been written to `why`; so it has for kinds of
 * images that are not read, whose bytes would tell nothing.
 */
CHECKED enum err image_input_open(const char *path, struct image_input *out,
                                  char why[WHY_ROOM]);
void image_input_close(struct image_input *);

/* Writes "PATH: WHAT" and gives ERR_REFUSED. */
enum err image_refuse(char why[WHY_ROOM], const char *path, const char *what);

#endif

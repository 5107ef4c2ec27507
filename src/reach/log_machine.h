/*
 * The event logs of a machine that does not run: of the Windows in a folder, or on the
 * volumes of a disk's image, those that lie where Windows keeps them, and no others.
 */
#ifndef REACH_LOG_MACHINE_H
#define REACH_LOG_MACHINE_H

#include <stdbool.h>

#include "reach/log_walk.h"

/* *is_one is false where no Windows is in the folder: then nothing was told. */
CHECKED enum err log_machine_folder(const struct log_walk *, const char *path,
                                    bool *is_one);

/* The same of a file or a disk: where it is no image of a disk. */
CHECKED enum err log_machine_image(const struct log_walk *, const char *path,
                                   bool *is_one);

#endif

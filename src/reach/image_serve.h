/* The child's end of a disk image: what answers the questions of image_ask.h. */
#ifndef REACH_IMAGE_SERVE_H
#define REACH_IMAGE_SERVE_H

#include <stddef.h>

#include "reach/cage.h"

/* arg: a locale_t, for capital letters. */
int image_serve(const int *in_fds, size_t in_count, struct cage_line *, void *arg);

/* Largest answer that it gives. */
#define IMAGE_ANSWER_MOST (64u << 20)

#endif

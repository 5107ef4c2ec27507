/*
 * A disk image with the cage that decodes it, shared by its volumes.  A decoder that
 * died over one damaged file is started again for the next, a few times.
 */
#ifndef REACH_IMAGE_H
#define REACH_IMAGE_H

#include <locale.h>
#include <stdbool.h>

#include "base/err.h"
#include "reach/image_ask.h"
#include "reach/volume.h"

struct image;

/* Opens the file with its further segments, and asks how it is divided. */
CHECKED enum err image_open(const char *path, struct image **out, char why[WHY_ROOM]);

const struct image_parts *image_parts(const struct image *);
const char *image_called(const struct image *); /* the last part of its path */
locale_t image_letters(const struct image *);   /* as names_fold_path wants them */

struct image_reply {
	struct image_head head;
	struct buf bytes;   /* what came; the caller frees it, also where nothing did */
	struct span body;   /* of it, what follows the head */
	char why[WHY_ROOM]; /* where not HEARD: what became of the child */
};

/* Puts a question.  HEARD: reply->head tells how it went. */
enum heard image_put(struct image *, const struct image_question *,
                     struct image_reply *);

/* Adds a holder; the last image_drop ends the child. */
struct image *image_hold(struct image *);
void image_drop(struct image *);

#endif

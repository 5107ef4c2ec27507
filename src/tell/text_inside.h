/* What was found inside machines, for people at a terminal: a part for each. */
#ifndef TELL_TEXT_INSIDE_H
#define TELL_TEXT_INSIDE_H

#include <stdbool.h>

#include "tell/tell.h"

/*
 * Is all of it what a look inside found?  A case whose newest run is a check may
 * hold a network as well.
 */
CHECKED enum err text_inside_is_for(struct view *, const struct style *, bool *is);

enum err text_inside_page(FILE *, struct view *, const struct style *);

/* Parts of it: what a machine is and why; and the signs, with their places. */
void text_inside_headline(FILE *, const struct verdict *, const struct style *);
void text_inside_signs(FILE *, const struct findings *, const struct style *);

#endif

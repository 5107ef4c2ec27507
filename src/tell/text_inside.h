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

#endif

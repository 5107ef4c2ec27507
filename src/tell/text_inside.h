/* What was found inside machines, for people at a terminal: a part for each. */
#ifndef TELL_TEXT_INSIDE_H
#define TELL_TEXT_INSIDE_H

#include <stdbool.h>

#include "tell/tell.h"

/* Is it a run of a command that looks inside (and not at a network)? */
bool text_inside_is_for(const struct run *);

enum err text_inside_page(FILE *, struct view *, const struct style *);

#endif

/* The page on machines that were looked at from inside. */
#ifndef TELL_HTML_INSIDE_H
#define TELL_HTML_INSIDE_H

#include "tell/tell.h"

enum err html_inside_page(FILE *, struct view *, const struct style *);

#endif

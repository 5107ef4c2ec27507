/* The page on machines that were looked at from inside. */
#ifndef TELL_HTML_INSIDE_H
#define TELL_HTML_INSIDE_H

#include "tell/tell.h"

enum err html_inside_page(FILE *, struct view *, const struct style *);

/* One machine of it, as a section; and what the signs of two looks mean (the second
 * may be NULL). */
void html_inside_machine(FILE *, const struct row *);
CHECKED enum err html_inside_signs(FILE *, const struct row *before,
                                   const struct row *after);

#endif

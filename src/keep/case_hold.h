/*
 * What a case does not let a new row take back: a look inside that found the worm, and
 * logs that name the host as one that guesses passwords.
 */
#ifndef KEEP_CASE_HOLD_H
#define KEEP_CASE_HOLD_H

#include "flow/view.h"
#include "keep/case_file.h"

/* What came before is added to `more`, and *v, which was `row`'s, is judged by it. */
CHECKED enum err case_hold(struct case_file *, const struct row *, struct verdict *v,
                           struct findings *more);

#endif

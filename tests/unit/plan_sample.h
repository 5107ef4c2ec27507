/*
 * A plan with a change of every kind, for the tests of what is written and kept.
 */
#ifndef TESTS_UNIT_PLAN_SAMPLE_H
#define TESTS_UNIT_PLAN_SAMPLE_H

#include "flow/plan.h"

/* To be freed. */
struct plan *plan_sample(void);

/* The whole plan as JSON.  To be freed. */
char *plan_text(const struct plan *);

/* One change of it as a line, for the host "10.0.3.7".  To be freed. */
char *change_text(const struct change *);

/* `text` with the first `from` replaced, which must be there.  To be freed. */
char *text_with(const char *text, const char *from, const char *to);

#endif

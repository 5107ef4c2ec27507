/* A view whose rows lie in an array: what a case gives out, without a case. */
#ifndef TESTS_UNIT_ARRAY_VIEW_H
#define TESTS_UNIT_ARRAY_VIEW_H

#include <stddef.h>

#include "flow/view.h"

struct array_view {
	struct view view;
	struct row *rows; /* sorted anew by each rewind */
	size_t count;
	size_t at;
	unsigned rewinds;
	size_t fail_at; /* next fails before this row; SIZE_MAX for never */
};

/* Counts the states into the summary; the rows stay the caller's. */
void array_view_init(struct array_view *, struct row *rows, size_t count);

#endif

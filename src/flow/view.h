/*
 * What a report is made from: the rows of a case, wherever they lie.  keep/
 * gives one out, tell/ reads it, and neither knows the other.
 */
#ifndef FLOW_VIEW_H
#define FLOW_VIEW_H

#include <stdbool.h>

#include "base/err.h"
#include "flow/finding.h"
#include "flow/mended.h"
#include "flow/run.h"
#include "flow/status.h"
#include "flow/verdict.h"

/* One host with what was found on it. */
struct row {
	struct verdict verdict;
	struct findings findings;
	const struct statuses *statuses; /* its defences; NULL: they were not asked */
	const struct mended *mended;     /* its last change; NULL: there was none */
};

enum view_order {
	VIEW_WORST_FIRST, /* by state, then by address */
	VIEW_BY_ADDRESS,
};

struct view {
	struct run run;
	struct summary summary;
	bool with_absent; /* --all: rows of absent hosts are given out too */
	void *from;       /* the giver's own */

	/* Starts over.  Any number of times. */
	enum err (*rewind)(struct view *, enum view_order);

	/* The next row, into *out; *more is false, and *out untouched, at the end. */
	enum err (*next)(struct view *, struct row *out, bool *more);
};

#endif

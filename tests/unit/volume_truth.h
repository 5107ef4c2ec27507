/*
 * The oracle: may a change be made on a volume, by what its maker knows to be true of
 * it?  Written from the specification, not from the gate.
 */
#ifndef VOLUME_TRUTH_H
#define VOLUME_TRUTH_H

#include "flow/plan.h"
#include "volume_made.h"

struct truth {
	const struct made *made;
	bool is_infected; /* as the detectors and the judge have it */
	const struct change *change;
};

/* Fails the test where another member of netsvcs would not stay as it is. */
bool truth_may_be(const struct truth *);

/* NULL where there is none. */
const struct made_file *truth_file(const struct made *, const char *path);

/* All of it on standard error, for who has to find the fault. */
void truth_tell(const struct made *);

#endif

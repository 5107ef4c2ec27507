/*
 * Where a child of the cage is born that needs nothing of what we have in memory: a
 * small process of ours, forked before we had much.  A fork of our own costs a page
 * fault for each page that either side writes to afterwards, again for every child; and
 * what is not there, a decoder that was taken over cannot read.
 */
#ifndef REACH_CAGE_NURSERY_H
#define REACH_CAGE_NURSERY_H

#include <sys/types.h>

#include "reach/cage.h"

/*
 * A child of ours, as by fork, with a copy of the service's `arg` and `line_fd` as its
 * line.  0: there was none to be had this way.
 */
pid_t cage_nursery_bear(const struct cage_service *, int line_fd);

/* It ends with us in any case; after this the next child gets another one. */
void cage_nursery_end(void);

#endif

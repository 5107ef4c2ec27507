/*
 * An event log that comes out of a pipe: it is read from any place, and so has to be
 * a file first.  Up to 64 MB of it stay in memory, more goes to a temporary file that
 * has no name.
 */
#ifndef REACH_LOG_SPOOL_H
#define REACH_LOG_SPOOL_H

#include "flow/log_told.h"
#include "reach/log_pulse.h"

/*
 * Reads `from` to its end; of what begins like no event log no more than it takes to
 * know that.
 * *fd: the caller closes it; -1: `why` says why there is none.
 */
CHECKED enum err log_spool(int from, struct log_pulse *, int *fd, char why[WHY_ROOM]);

#endif

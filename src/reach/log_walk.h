/*
 * Finds event logs: files that were named, files below folders, what comes out of
 * pipes.  Below a folder the order is that of the names' bytes; links are not followed
 * there, and what is no event log is passed over in silence.  What was named and is
 * none, and what cannot be read, is told.
 */
#ifndef REACH_LOG_WALK_H
#define REACH_LOG_WALK_H

#include <stddef.h>

#include "flow/log_told.h"
#include "reach/log_pulse.h"

struct log_walk {
	/*
	 * One of them, with path, kind and bytes; `fd` is for the taker to close.  -1:
	 * it cannot be read, or is no event log, and `why` says why.
	 */
	enum err (*found)(void *with, int fd, const struct log_told *);
	/* Those that were found take room until they are read: now is the time. */
	enum err (*settle)(void *with);
	void *with;
	struct log_pulse *pulse;
};

/* ERR_REFUSED: the user stopped it.  Else what `found` failed with, or we. */
CHECKED enum err log_walk(const struct log_walk *, const char *const *paths,
                          size_t count);

#endif

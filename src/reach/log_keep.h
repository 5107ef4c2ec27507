/*
 * Bytes that come one after the other, and have to be a file, as event logs are read
 * from any place.  Some of them stay in memory, more go to a temporary file that has
 * no name.  Where nothing but zeros comes, no room is taken.
 */
#ifndef REACH_LOG_KEEP_H
#define REACH_LOG_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "reach/log_pulse.h"

/* Of one out of many: as many wait at once as a cage has inputs. */
#define LOG_KEEP_OF_MANY (2u << 20)
/* Of all that wait: what comes then is read first. */
#define LOG_KEEP_WAITING (128u << 20)

struct log_keep {
	int fd; /* -1: none */
	uint64_t len;
	uint64_t memory_most;
	bool is_in_memory;
};

/* ERR_SYSTEM with errno. */
CHECKED enum err log_keep_begin(struct log_keep *, uint64_t memory_most);

/* *kept is false where there is no room, and errno says why; only the pulse fails. */
CHECKED enum err log_keep_put(struct log_keep *, struct span, struct log_pulse *,
                              bool *kept);

/* The file, for the caller to close; -1 with errno where that fails. */
int log_keep_end(struct log_keep *);

void log_keep_drop(struct log_keep *); /* also of one that has ended */

#endif

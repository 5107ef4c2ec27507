/*
 * The cage: foreign bytes that need somebody else's library are decoded in a
 * child process that holds an input descriptor and a pipe, and may open
 * nothing (seccomp, Landlock).  A decoder that dies is an odd reading; the run
 * goes on.
 */
#ifndef REACH_CAGE_H
#define REACH_CAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/heard.h"

struct cage_limits {
	unsigned seconds; /* of wall time, and of CPU time; 0: 60 */
	size_t memory;    /* bytes on top of what the parent has; 0: 512 MB */
	size_t output;    /* bytes that may come back */
};

struct cage_work {
	/*
	 * Returns 0 when it has decoded.  It sees a copy of all our memory, and
	 * ends without exit handlers: what it wrote through stdio it must flush.
	 */
	int (*decode)(int in_fd, int out_fd, void *arg);
	int in_fd; /* stays open here; -1: none */
	void *arg;
	struct cage_limits limits;
};

/*
 * Decodes in the cage; what is written to out_fd is appended to `answer`.  *heard
 * is HEARD when `decode` returned 0, HEARD_ODD when it returned something else or
 * died, HEARD_NOTHING when it ran out of time, HEARD_SHORT when the output limit
 * was met.  No child is left behind.  ERR_SYSTEM where there was none to be had.
 */
CHECKED enum err cage_run(const struct cage_work *, struct buf *answer,
                          enum heard *heard);

/* What of the cage is in force here: for selftest.  Tried out, not guessed. */
struct cage_state {
	bool seccomp;
	bool landlock;
	int landlock_abi; /* 0: the kernel has none */
};

void cage_probe(struct cage_state *out);

#endif

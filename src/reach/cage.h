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
	unsigned seconds;  /* of wall time */
	size_t memory;     /* bytes of address space, 0: 512 MB */
	size_t output;     /* bytes that may come back */
};

/*
 * Runs `decode(in_fd, out_fd, arg)` in the cage; what it writes to out_fd is
 * appended to `answer`.  *heard is HEARD when it returned 0, HEARD_ODD when it
 * returned something else or died, HEARD_NOTHING when it ran out of time,
 * HEARD_SHORT when the output limit was met.
 */
CHECKED enum err cage_run(int (*decode)(int in_fd, int out_fd, void *arg), int in_fd,
                          void *arg, const struct cage_limits *, struct buf *answer,
                          enum heard *heard);

/* What of the cage is in force here: for selftest.  Tried out, not guessed. */
struct cage_state {
	bool seccomp;
	bool landlock;
	int landlock_abi; /* 0: the kernel has none */
};

void cage_probe(struct cage_state *out);

#endif

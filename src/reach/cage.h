/*
 * The cage: foreign bytes that need somebody else's library are decoded in a
 * child process that holds what it was given, a line to us, and may open
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

struct cage_line; /* the child's end of a conversation */

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

/*
 * The same for a conversation: `serve` hears questions and says one answer to each,
 * and the parent asks them one by one.  The child ends with cage_end, or with us.
 */
struct cage;

extern const char CAGE_MEMFD_NAME[];

#define CAGE_INPUTS_MOST 32
#define CAGE_GIVEN_MOST 250 /* the kernel passes 253 at once */
struct cage_service {
	/* Serves until cage_hear gives false; in_fds[i] are the inputs' descriptors. */
	int (*serve)(const int *in_fds, size_t in_count, struct cage_line *, void *arg);
	int in_fds[CAGE_INPUTS_MOST]; /* -1 stays -1 */
	size_t in_count;
	void *arg;
	/*
	 * Not 0: `arg` is that many bytes without a pointer into our memory, and the
	 * child sees a copy of them, of its inputs, and of nothing else that we have
	 * (reach/cage_nursery.h).  0: of all our memory, as of cage_work.
	 */
	size_t arg_len;
	/* What walls would keep from it later, or NULL: called where the child is born,
	 * before it is, with the effect to stay.  False: there is no child. */
	bool (*prepare)(void);
	struct cage_limits limits; /* seconds: for each answer */
	/* The first input is a memfd and may be opened, for reading, by the name
	 * CAGE_MEMFD_NAME: for libraries that take a name and nothing else. */
	bool opens_memfd;
	/* And for writing, too, by a library that makes its file anew: how long it may
	 * become.  0: it may not. */
	size_t memfd_most;
	/* Descriptors come with a question (cage_give), later ones in their place. */
	bool takes;
};

CHECKED enum err cage_start(const struct cage_service *, struct cage **out);

/*
 * Puts a question and appends the answer; neither may be longer than limits.output.
 * *heard as of cage_run (HEARD_SHORT also for a child that spoke unasked); once it is
 * not HEARD the child is gone, and so is every later answer (with the same *heard).
 * ERR_LIMIT: the question is too long, and was not put.
 */
CHECKED enum err cage_ask(struct cage *, struct span question, struct buf *answer,
                          enum heard *heard);

/* The same with descriptors, which stay open here; for a service that takes them. */
struct cage_gift {
	const int *fds;
	size_t count; /* at most CAGE_GIVEN_MOST */
};
CHECKED enum err cage_give(struct cage *, struct cage_gift, struct span question,
                           struct buf *answer, enum heard *heard);
void cage_end(struct cage *); /* NULL is fine */

/*
 * The first half of cage_end: it dies while we do something else, and cage_end has
 * little to wait for.  Nothing more may be asked.  NULL is fine.
 */
void cage_dismiss(struct cage *);

/* In the child: the next question (valid till the next call); and its answer. */
bool cage_hear(struct cage_line *, struct span *question);
bool cage_say(struct cage_line *, struct span answer);

/* What was given last; it is gone when more is given. */
struct cage_gift cage_given(const struct cage_line *);

/* What of the cage is in force here: for selftest.  Tried out, not guessed. */
struct cage_state {
	bool seccomp;
	bool landlock;
	int landlock_abi; /* 0: the kernel has none */
};

void cage_probe(struct cage_state *out);

#endif

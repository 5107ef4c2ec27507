/*
 * The child in the cage, for both ways of using it: how it locks itself in, and how
 * the parent waits for it.  Only the cage itself includes this.
 */
#ifndef REACH_CAGE_CHILD_H
#define REACH_CAGE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "reach/cage.h"
#include "reach/cage_walls.h"

/* How a child ends. */
enum cage_outcome {
	OUTCOME_DECODED = 0,
	OUTCOME_ODD = 1,
	OUTCOME_NO_CAGE = 2, /* it could not lock itself in */
};

/* What a child is born with.  Its inputs move to 3, 4, ..., the line behind them. */
struct cage_birth {
	const int *in_fds; /* -1: none in this place */
	size_t in_count;
	int line_fd; /* to the parent */
	const struct cage_limits *limits;
	enum cage_leave leave;
	size_t memfd_most;
	bool is_talk; /* seconds are an answer's: the parent alone holds them */
};

/* Where they are then. */
#define CAGE_INPUT_FD 3
int cage_line_fd(const struct cage_birth *);

/* In the parent, before the fork: makes what the walls need.  ERR_SYSTEM with errno. */
CHECKED enum err cage_prepare(enum cage_leave);

/*
 * In the child: gives up all but what it was born with, and raises the walls.  Ends
 * the process where that cannot be done.
 */
void cage_settle(const struct cage_birth *, pid_t parent);

/* What a child of this service has to be left with. */
enum cage_leave cage_leave_of(const struct cage_service *);

/* In the child of a conversation: all of its life (cage_talk.c). */
_Noreturn void cage_live(const struct cage_service *, int line_fd, pid_t parent);

int64_t cage_deadline(const struct cage_limits *); /* from now on, clock_steady */

/* Waits for one of `events` (or the other side's end) until the deadline. */
bool cage_is_ready(int fd, short events, int64_t deadline_ms);

/* True when it has ended by itself before the deadline; *status says how. */
bool cage_has_ended(pid_t child, int64_t deadline_ms, int *status);

/* Kills and reaps it. */
void cage_kill(pid_t child);

/*
 * What the status of an ended child means for *heard, which its answer has made
 * HEARD.  ERR_SYSTEM where it had no cage.
 */
CHECKED enum err cage_judge(int status, enum heard *heard);

#endif

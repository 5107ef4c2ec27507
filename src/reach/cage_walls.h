/*
 * The two walls of the cage, each around the calling process for the rest of its
 * life.  A third, of limits and closed descriptors, is in cage_child.c.
 */
#ifndef REACH_CAGE_WALLS_H
#define REACH_CAGE_WALLS_H

#include <stdbool.h>

/* The version of Landlock that this kernel has, or 0. */
int cage_landlock_version(void);

/* No file by name, no TCP, no signal to the outside.  False where not in force. */
bool cage_raise_landlock(void);

/* What is left to a child. */
enum cage_leave {
	LEAVE_THE_LEAST, /* reading, writing and memory */
	LEAVE_OPENING, /* also the name CAGE_MEMFD_NAME may be opened, for reading, and
	                  * the first input be made shorter */
	LEAVE_WRITING, /* also as a file is opened that is written from its beginning */
	LEAVE_TAKING,  /* but the least: descriptors may come over the line */
	LEAVES
};

/* Any other system call ends the process. */
bool cage_raise_seccomp(enum cage_leave);

/*
 * Makes that filter: before the fork, so that it is made once and not by every child.
 * Not made, it cannot be raised.
 */
bool cage_make_seccomp(enum cage_leave);

#endif

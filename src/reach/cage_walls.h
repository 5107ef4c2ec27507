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

/*
 * Any system call but reading, writing and memory ends the process.  Where
 * `may_open` is not NULL, that one name may be opened too, for reading, and the first
 * input be made shorter; `anew`: it may also be opened as a file is that is written
 * from its beginning.
 */
bool cage_raise_seccomp(const char *may_open, bool anew);

/*
 * Makes that filter: before the fork, so that it is made once and not by every child.
 * Not made, it cannot be raised.
 */
bool cage_make_seccomp(const char *may_open, bool anew);

#endif

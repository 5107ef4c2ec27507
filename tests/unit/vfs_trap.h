/*
 * A layer under SQLite that counts what reaches the disk (writes, syncs, truncations,
 * deletions, openings) and makes the one at a chosen place go wrong.
 */
#ifndef TESTS_UNIT_VFS_TRAP_H
#define TESTS_UNIT_VFS_TRAP_H

#include <stdbool.h>

enum trap_how {
	TRAP_NOTHING = 1, /* only counts */
	TRAP_ONCE,        /* that call fails */
	TRAP_ALWAYS,      /* that one and all that follow */
	TRAP_KILL,        /* the process dies before it */
	TRAP_KILL_HALF,   /* the process dies when half of it is written */
};

/* From now on every new connection goes through the trap. */
void trap_set(enum trap_how, unsigned at);
/* One more call of the program's own: does it go wrong?  (Kills by itself.) */
bool trap_call(void);
unsigned trap_calls(void);

#endif

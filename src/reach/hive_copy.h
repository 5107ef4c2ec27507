/* A copy of a registry hive in memory of its own, outside of this process's. */
#ifndef REACH_HIVE_COPY_H
#define REACH_HIVE_COPY_H

#include "flow/machine.h"

#define HIVE_MOST (512u << 20)

/*
 * From the first byte on, wherever the descriptor stands.  HEARD: *memfd is the
 * caller's.  Else it is -1, and `why` tells.
 */
enum heard hive_copy(int from, int *memfd, uint64_t *len, char why[WHY_ROOM]);

/*
 * Where a copy has become shorter than the one that it was made of, it gets what that
 * has behind its end.  False for want of memory.
 */
bool hive_fill_up(int memfd, int from);

/* Of a file that can tell; 0 also for -1. */
uint64_t hive_length(int fd);

#endif

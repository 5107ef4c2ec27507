/* Writes of which nothing is left over, whatever interrupts them. */
#ifndef SYS_WRITE_ALL_H
#define SYS_WRITE_ALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* Where the descriptor stands.  False: errno says why. */
bool write_all(int fd, struct span bytes);

/* The same, at a place of its own. */
bool write_all_at(int fd, struct span bytes, uint64_t offset);

#endif

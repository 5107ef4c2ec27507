/* Random bytes from the system. */
#ifndef SYS_RANDOM_H
#define SYS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

CHECKED enum err random_bytes(void *to, size_t len);
uint64_t random_u64(void); /* 0 if the system has none: never happens after boot */

#endif

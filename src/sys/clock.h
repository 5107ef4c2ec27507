/* The two clocks. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdint.h>

/* Wall clock, UTC, milliseconds since 1970. */
int64_t clock_now(void);

/* Milliseconds from some fixed moment; never goes back. */
int64_t clock_steady(void);

#endif

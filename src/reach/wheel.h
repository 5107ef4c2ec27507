/*
 * Deadlines: a binary heap over slots that know their own place in it, so that a
 * deadline can be moved or dropped in a handful of steps.
 */
#ifndef REACH_WHEEL_H
#define REACH_WHEEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define WHEEL_NOWHERE UINT32_MAX

struct alarm {
	int64_t at_ms;
	uint32_t place; /* in the heap; WHEEL_NOWHERE when not set */
};

struct wheel {
	struct alarm **heap;
	uint32_t count;
	uint32_t room;
};

CHECKED enum err wheel_init(struct wheel *w, uint32_t room);
void wheel_free(struct wheel *w);

/* Sets or moves; there is always room for as many as wheel_init was told. */
void wheel_set(struct wheel *w, struct alarm *a, int64_t at_ms);
void wheel_drop(struct wheel *w, struct alarm *a);

/* The earliest, or NULL. */
struct alarm *wheel_first(const struct wheel *w);

#endif

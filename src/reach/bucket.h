/*
 * A pace: so many a second, without bursts of more than a twentieth of a second.
 */
#ifndef REACH_BUCKET_H
#define REACH_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	uint64_t rate; /* a second; 0: no limit */
	int64_t filled_ms;
	uint64_t held; /* thousandths */
};

void bucket_init(struct bucket *b, uint64_t rate, int64_t now_ms);

/* Takes one, if there is one. */
bool bucket_take(struct bucket *b, int64_t now_ms);

/* Milliseconds until there is one: 0 if there is one now. */
uint32_t bucket_wait(struct bucket *b, int64_t now_ms);

#endif

/*
 * Repeatable draws: the same seed gives the same sequence on every machine.
 * Not for secrets.
 */
#ifndef LAB_DICE_H
#define LAB_DICE_H

#include <stdint.h>

/* Spreads a number over all 64 bits (the finalizer of splitmix64). */
static inline uint64_t
dice_mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
	x = (x ^ x >> 27) * 0x94D049BB133111EBu;
	return x ^ x >> 31;
}

/* The next draw; *state moves on. */
static inline uint64_t
dice_next(uint64_t *state)
{
	*state += 0x9E3779B97F4A7C15u;
	return dice_mix(*state);
}

#endif

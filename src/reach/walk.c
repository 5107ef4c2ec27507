/*
 * The order of a scan.  The indices of a shard (shard, shard + shards, …) are
 * numbered from 0, and the numbers are put in an order that looks random by a
 * Feistel network over the next power of two: it maps that range one to one
 * onto itself, so nothing has to be remembered.  What it maps past the end is
 * mapped again until it falls inside ("cycle walking"), which is one to one as
 * well, and takes two turns at most on average.
 */
#include <assert.h>

#include "reach/targets.h"

#define ROUNDS 4
#define LEAST_BITS 2 /* both halves have one */

/* Spreads every bit over all: the finalizer of SplitMix64 (Steele et al., 2014). */
static uint64_t
stir(uint64_t v)
{
	v = (v ^ v >> 30) * 0xBF58476D1CE4E5B9;
	v = (v ^ v >> 27) * 0x94D049BB133111EB;
	return v ^ v >> 31;
}

void
walk_begin(struct walk *w, const struct targets *t, uint64_t seed, uint32_t shard,
           uint32_t shards)
{
	uint64_t all = targets_count(t);
	uint32_t bits = LEAST_BITS;

	assert(shard < shards);
	*w = (struct walk){ .targets = t, .shard = shard, .shards = shards };
	w->key = stir(seed + 0x9E3779B97F4A7C15);
	w->count = all > shard ? (all - shard - 1) / shards + 1 : 0;
	while (bits < 63 && 1ULL << bits < w->count)
		bits++;
	w->low_bits = bits / 2;
	w->high_bits = bits - w->low_bits;
}

/* `bits` bits that depend on all of v, the key and the round. */
static uint64_t
round_bits(const struct walk *w, unsigned round, uint64_t v, uint32_t bits)
{
	v = (v + w->key + round) * 0x9E3779B97F4A7C15;
	return ((v ^ v >> 32) * 0xD6E8FEB86659FD93) >> (64 - bits);
}

/* Each half in turn is changed by what the other one holds. */
static uint64_t
feistel(const struct walk *w, uint64_t v)
{
	uint64_t low = v & ((1ULL << w->low_bits) - 1);
	uint64_t high = v >> w->low_bits;

	for (unsigned round = 0; round < ROUNDS; round += 2) {
		high ^= round_bits(w, round, low, w->high_bits);
		low ^= round_bits(w, round + 1, high, w->low_bits);
	}
	return high << w->low_bits | low;
}

bool
walk_next(struct walk *w, struct address *out)
{
	while (w->at < w->count) {
		uint64_t v = feistel(w, w->at++);

		while (v >= w->count)
			v = feistel(w, v);
		if (targets_at(w->targets, v * w->shards + w->shard, out))
			return true;
	}
	return false;
}

/*
 * Words of a log by their place in it, for where millions are looked at: the same
 * reads as span_at and span_le32, which are calls, and which no compiler here makes one
 * load of.  Zero outside.
 */
#ifndef FORMAT_EVT_BYTES_H
#define FORMAT_EVT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/span.h"

#define EVT_SWAPPED (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)

static inline bool
evt_is_in(struct span s, size_t at, size_t len)
{
	return s.left >= len && at <= s.left - len;
}

static inline uint16_t
evt_u16(struct span s, size_t at)
{
	uint16_t word = 0;

	if (evt_is_in(s, at, sizeof word))
		memcpy(&word, &s.at[at], sizeof word);
	return EVT_SWAPPED ? __builtin_bswap16(word) : word;
}

static inline uint32_t
evt_u32(struct span s, size_t at)
{
	uint32_t word = 0;

	if (evt_is_in(s, at, sizeof word))
		memcpy(&word, &s.at[at], sizeof word);
	return EVT_SWAPPED ? __builtin_bswap32(word) : word;
}

/* What stands so in memory. */
static inline uint64_t
evt_word(uint64_t word)
{
	return EVT_SWAPPED ? __builtin_bswap64(word) : word;
}

static inline uint64_t
evt_u64(struct span s, size_t at)
{
	uint64_t word = 0;

	if (evt_is_in(s, at, sizeof word))
		memcpy(&word, &s.at[at], sizeof word);
	return evt_word(word);
}

#endif

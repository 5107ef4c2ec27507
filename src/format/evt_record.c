#include "format/evt_record.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "format/evt_bytes.h"

#define COUNT_AT 26
#define STRINGS_AT 36
#define SECURITY_LEN 18           /* the name with its zero */
#define STEP (2 * EVT_STEP_UNITS) /* bytes */

#ifdef __SSE2__

/* Units that are zero: 0xffff each, the others 0. */
static inline __m128i
zero_units(const uint8_t *bytes)
{
	__m128i units;

	memcpy(&units, bytes, sizeof units);
	return _mm_cmpeq_epi16(units, _mm_setzero_si128());
}

/* A bit for each of sixteen units that is zero, the lowest for the first. */
static inline uint32_t
zero_mask(const uint8_t bytes[32])
{
	__m128i both = _mm_packs_epi16(zero_units(bytes), zero_units(bytes + 16));

	return (uint32_t)_mm_movemask_epi8(both);
}

#else

/* Of each of four units. */
#define LOW_BITS 0x7fff7fff7fff7fffu
/* Times bits 0 to 3 of each unit, each from another word: the highest 16 bits, word
 * by word.  No two products fall on one bit. */
#define TOGETHER 0x0001000200040008u

/* The highest bit of each of four units that is zero. */
static inline uint64_t
zero_units(const uint8_t *bytes)
{
	uint64_t units;

	memcpy(&units, bytes, sizeof units);
	units = evt_word(units);
	return ~(((units & LOW_BITS) + LOW_BITS) | units) & ~LOW_BITS;
}

/* A bit for each of sixteen units that is zero, the lowest for the first. */
static inline uint32_t
zero_mask(const uint8_t bytes[32])
{
	uint64_t bits = zero_units(bytes + 0) >> 15 | zero_units(bytes + 8) >> 11 |
	                zero_units(bytes + 16) >> 7 | zero_units(bytes + 24) >> 3;

	return (uint32_t)(bits * TOGETHER >> 48);
}

#endif

/* The same of the 32 units at a place; behind the end there is none. */
static inline uint32_t
zeros_at(struct span s, size_t at)
{
	uint8_t padded[STEP];
	const uint8_t *bytes = s.at + at;

	if (s.left - at < STEP) {
		memset(padded, 0xff, STEP);
		memcpy(padded, bytes, s.left - at);
		bytes = padded;
	}
	return zero_mask(bytes + 0) | zero_mask(bytes + 32) << 16;
}

/*
 * Finds where `count` strings end; false: they do not all.  That is sought for 32 units
 * at once: strings are short, and no processor guesses in which word the next one ends.
 */
static bool
find_ends(struct span in, size_t count, struct evt_strings *out)
{
	size_t done = 0;

	out->in = in;
	out->count = count;
	out->begin[0] = out->end[0] = 0;
	out->begin[1] = 0;
	for (size_t at = 0; at < in.left && done < count; at += STEP) {
		for (uint32_t zeros = zeros_at(in, at); zeros != 0;
		     zeros &= zeros - 1) {
			uint32_t end = (uint32_t)at +
			               2 * (uint32_t)__builtin_ctz(zeros);

			out->end[++done] = end;
			out->begin[done + 1] = end + 2;
		}
	}
	return done >= count;
}

/* From `at` to the length at the end; bad where it is not behind the fixed part. */
static struct span
record_texts(struct span record, size_t at)
{
	if (at < EVT_NAMES_AT || record.left < EVT_NAMES_AT + 4 || at > record.left - 4)
		return (struct span){ .bad = true };
	return (struct span){ .at = &record.at[at], .left = record.left - 4 - at };
}

bool
evt_record_computer(struct span record, struct span *name)
{
	struct span in = record_texts(record, EVT_NAMES_AT + SECURITY_LEN);

	for (size_t at = 0; at < in.left; at += STEP) {
		uint32_t zeros = zeros_at(in, at);

		if (zeros != 0) {
			name->at = in.at;
			name->left = at + 2 * (size_t)__builtin_ctz(zeros);
			name->bad = false;
			return true;
		}
	}
	return false;
}

bool
evt_record_names(struct span record, struct evt_strings *names)
{
	return find_ends(record_texts(record, EVT_NAMES_AT), 2, names);
}

bool
evt_record_strings(struct span record, struct evt_strings *strings)
{
	size_t count = evt_u16(record, COUNT_AT);
	struct span in = { .at = record.at };

	if (count > EVT_STRINGS_MOST)
		return false;
	if (count > 0)
		in = record_texts(record, evt_u32(record, STRINGS_AT));
	return find_ends(in, count, strings);
}

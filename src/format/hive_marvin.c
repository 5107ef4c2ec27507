#include "format/hive_marvin.h"

/* The eight bytes of the specification, read as one number. */
#define SEED_LOW 0x7a4e55c5u
#define SEED_HIGH 0x82ef4d88u
#define END_MARK 0x80u /* behind the last byte */

struct marvin {
	uint32_t low, high;
};

static uint32_t
turned(uint32_t v, unsigned left)
{
	return v << left | v >> (32 - left);
}

static void
mix(struct marvin *m, uint32_t word)
{
	m->low += word;
	m->high ^= m->low;
	m->low = turned(m->low, 20) + m->high;
	m->high = turned(m->high, 9) ^ m->low;
	m->low = turned(m->low, 27) + m->high;
	m->high = turned(m->high, 19);
}

uint64_t
hive_marvin(struct span s)
{
	struct marvin m = { SEED_LOW, SEED_HIGH };

	while (s.left >= 4)
		mix(&m, span_le32(&s));
	mix(&m, END_MARK);
	mix(&m, 0);
	return (uint64_t)m.high << 32 | m.low;
}

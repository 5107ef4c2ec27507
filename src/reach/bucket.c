#include "reach/bucket.h"

#define BURST_PART 20 /* of a second */

static uint64_t
ceiling(const struct bucket *b)
{
	uint64_t burst = b->rate * 1000 / BURST_PART;

	return burst < 1000 ? 1000 : burst;
}

static void
fill(struct bucket *b, int64_t now_ms)
{
	if (now_ms <= b->filled_ms)
		return;
	b->held += (uint64_t)(now_ms - b->filled_ms) * b->rate;
	if (b->held > ceiling(b))
		b->held = ceiling(b);
	b->filled_ms = now_ms;
}

void
bucket_init(struct bucket *b, uint64_t rate, int64_t now_ms)
{
	*b = (struct bucket){ .rate = rate, .filled_ms = now_ms, .held = 1000 };
}

bool
bucket_take(struct bucket *b, int64_t now_ms)
{
	if (b->rate == 0)
		return true;
	fill(b, now_ms);
	if (b->held < 1000)
		return false;
	b->held -= 1000;
	return true;
}

uint32_t
bucket_wait(struct bucket *b, int64_t now_ms)
{
	if (b->rate == 0)
		return 0;
	fill(b, now_ms);
	if (b->held >= 1000)
		return 0;
	uint64_t wait = (1000 - b->held + b->rate - 1) / b->rate;
	return wait > 60000 ? 60000 : (uint32_t)wait;
}

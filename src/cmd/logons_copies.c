#include "cmd/logons_copies.h"

#include <stdlib.h>

#define FNV_BEGIN 0xCBF29CE484222325u
#define FNV_TIMES 0x100000001B3u
#define SLOTS (2u * LOGONS_COPIES_MOST) /* a power of two, so that one is free */

static uint64_t
mix(uint64_t sum, uint64_t with)
{
	for (size_t i = 0; i < sizeof with; i++)
		sum = (sum ^ (with >> 8 * i & 0xFF)) * FNV_TIMES;
	return sum;
}

/* Two logs of one machine that agree in all of this hold the same. */
static uint64_t
in_short(const struct log_told *log)
{
	uint64_t sum = FNV_BEGIN;

	for (const char *c = log->computer; *c; c++)
		sum = mix(sum, (unsigned char)*c);
	sum = mix(sum, (uint64_t)log->first_ms);
	sum = mix(sum, (uint64_t)log->last_ms);
	sum = mix(sum, log->records);
	sum = mix(sum, log->recovered);
	sum = mix(sum, log->security);
	sum = mix(sum, log->attempts);
	return mix(sum, log->failures);
}

void
logons_copies_free(struct logons_copies *c)
{
	free(c->at);
	*c = (struct logons_copies){ .count = 0 };
}

/* Where it is, or would be. */
static uint64_t *
slot_of(struct logons_copies *c, uint64_t sum)
{
	size_t at = sum % SLOTS;

	while (c->at[at] != 0 && c->at[at] != sum)
		at = (at + 1) % SLOTS;
	return &c->at[at];
}

enum err
logons_copies_take(struct logons_copies *c, const struct log_told *log, bool *is_copy)
{
	uint64_t sum = in_short(log) | 1; /* 0 is an empty slot */

	*is_copy = false;
	if (log->kind == LOG_IS_NONE || log->attempts == 0)
		return OK;
	if (!c->at)
		c->at = calloc(SLOTS, sizeof *c->at);
	if (!c->at)
		return ERR_MEMORY;
	uint64_t *slot = slot_of(c, sum);
	*is_copy = *slot == sum;
	if (*slot == 0 && c->count < LOGONS_COPIES_MOST) {
		*slot = sum;
		c->count++;
	}
	return OK;
}

/*
 * Replays logs into a hive: two bytes of length in units of 16 bytes and a log, the
 * same again, and then the hive.  Checksums and hashes are made right first, or
 * nothing would be applied.  A second replay has nothing left to do.
 */
#include <stdlib.h>
#include <string.h>

#include "format/hive_log.h"
#include "format/hive_marvin.h"

#define ROOM 262144
#define ENTRY_HEAD 40

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
put_le(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static void
mend_base(uint8_t *base, size_t len)
{
	uint8_t sum[4] = { 0 };

	if (len < HIVE_BASE)
		return;
	for (size_t i = 0; i < 508; i++)
		sum[i % 4] ^= base[i];
	memcpy(base + 508, sum, 4);
}

/* Entry by entry, as far as their lengths make sense. */
static void
mend_entries(uint8_t *log, size_t len)
{
	size_t at = HIVE_BASE;

	while (at + ENTRY_HEAD <= len) {
		struct span head = span_of(log + at + 4, 4);
		size_t size = span_le32(&head);
		struct span body = span_of(log + at, len - at);

		if (size < ENTRY_HEAD || size > len - at || size % 4 != 0)
			break;
		put_le(log + at + 24,
		       hive_marvin(span_at(body, ENTRY_HEAD, size - ENTRY_HEAD)), 8);
		put_le(log + at + 32, hive_marvin(span_at(body, 0, 32)), 8);
		at += size;
	}
}

/* In memory of its own, so that reading behind it is seen. */
static uint8_t *
log_next(struct span *s, struct span *out)
{
	size_t len = (size_t)span_le16(s) * 16;
	struct span log = span_cut(s, len < s->left ? len : s->left);
	uint8_t *own = malloc(log.left + 1);

	if (!own)
		abort();
	*out = span_of(own, span_copy(log, own, log.left));
	mend_base(own, out->left);
	mend_entries(own, out->left);
	return own;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span logs[HIVE_LOGS_MOST] = { span_of(NULL, 0) };
	struct span s = span_of(bytes, len);
	struct hive_replay told;

	if (len < 4 || len > ROOM / 2)
		return 0;
	uint8_t *first = log_next(&s, &logs[1]);
	uint8_t *second = log_next(&s, &logs[2]);
	uint8_t *hive = calloc(1, ROOM);
	if (!hive)
		abort();
	struct hive_image image = { hive, span_copy(s, hive, ROOM), ROOM };
	enum heard heard = hive_log_replay(&image, logs, &told);
	if (image.len > image.room || (told.replayed && !told.dirty))
		abort();
	if (heard == HEARD && (told.replayed || told.rebuilt)) {
		(void)hive_log_replay(&image, logs, &told);
		if (told.dirty)
			abort();
	}
	free(hive);
	free(first);
	free(second);
	return 0;
}

/*
 * A window on bytes that somebody else owns.  The first read past the end marks
 * it bad for good, and reads from a bad span give zero: so a decoder reads
 * straight down and asks once, at its end.
 *
 * One read per statement: C gives two reads in one expression no order.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *at;
	size_t left; /* bytes */
	bool bad;
};

struct span span_of(const void *at, size_t len);

/* Takes `len` bytes off the front. */
struct span span_cut(struct span *s, size_t len);

/* `len` bytes at `offset` of a span that is left as it was; bad if outside. */
struct span span_at(struct span whole, size_t offset, size_t len);

uint8_t span_u8(struct span *s);
uint16_t span_le16(struct span *s);
uint32_t span_le32(struct span *s);
uint64_t span_le64(struct span *s);
uint16_t span_be16(struct span *s);
uint32_t span_be32(struct span *s);

/* Are these the same bytes?  A bad span equals nothing. */
bool span_is(struct span s, const void *bytes, size_t len);

/* Nothing but zeros, or nothing. */
bool span_is_zero(struct span s);

/* Copies what is there, at most `room` bytes; returns how many. */
size_t span_copy(struct span s, void *to, size_t room);

/* Offset of the first occurrence of `bytes`, or SIZE_MAX. */
size_t span_find(struct span s, const void *bytes, size_t len);

#endif

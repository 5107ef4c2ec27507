/*
 * A growing run of bytes that we write.  Born with its ceiling; the first write
 * that fails (ceiling, memory) marks it bad for good and later ones do nothing,
 * so an encoder writes straight down and asks once, at its end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct buf {
	uint8_t *at;
	size_t len;
	size_t room;
	size_t ceiling;
	bool bad;
};

/* Allocates nothing yet. */
void buf_init(struct buf *b, size_t ceiling);

/* Frees the bytes; the buffer may be used again. */
void buf_free(struct buf *b);

/* Forgets the bytes and keeps the memory.  Also takes `bad` back. */
void buf_clear(struct buf *b);

void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_zero(struct buf *b, size_t len);
void buf_text(struct buf *b, const char *text); /* without its terminator */
void buf_u8(struct buf *b, uint8_t v);
void buf_le16(struct buf *b, uint16_t v);
void buf_le32(struct buf *b, uint32_t v);
void buf_le64(struct buf *b, uint64_t v);
void buf_be16(struct buf *b, uint16_t v);
void buf_be32(struct buf *b, uint32_t v);

/* Fills in a length that was not known when its place was written. */
void buf_patch_le16(struct buf *b, size_t offset, uint16_t v);
void buf_patch_le32(struct buf *b, size_t offset, uint32_t v);
void buf_patch_be32(struct buf *b, size_t offset, uint32_t v);

/* Drops the first `len` bytes. */
void buf_eat(struct buf *b, size_t len);

struct span buf_span(const struct buf *b);

/* The bytes as a C string; "" where the buffer is bad.  Valid till the next call. */
const char *buf_string(struct buf *b);

#endif

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256

void
buf_init(struct buf *b, size_t ceiling)
{
	*b = (struct buf){ .ceiling = ceiling };
}

void
buf_free(struct buf *b)
{
	free(b->at);
	buf_init(b, b->ceiling);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->bad = false;
}

/* Room for `len` more bytes; says whether there is. */
static bool
grow(struct buf *b, size_t len)
{
	if (b->bad || len > b->ceiling - b->len) {
		b->bad = true;
		return false;
	}
	if (b->len + len <= b->room)
		return true;

	size_t room = b->room ? b->room : FIRST_ROOM;
	while (room < b->len + len)
		room *= 2;
	if (room > b->ceiling)
		room = b->ceiling;
	uint8_t *at = realloc(b->at, room);
	if (!at) {
		b->bad = true;
		return false;
	}
	b->at = at;
	b->room = room;
	return true;
}

void
buf_put(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0 || !grow(b, len))
		return;
	memcpy(b->at + b->len, bytes, len);
	b->len += len;
}

void
buf_zero(struct buf *b, size_t len)
{
	if (len == 0 || !grow(b, len))
		return;
	memset(b->at + b->len, 0, len);
	b->len += len;
}

void
buf_text(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void
buf_u8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, 1);
}

void
buf_le16(struct buf *b, uint16_t v)
{
	buf_put(b, (uint8_t[2]){ (uint8_t)v, (uint8_t)(v >> 8) }, 2);
}

void
buf_le32(struct buf *b, uint32_t v)
{
	buf_le16(b, (uint16_t)v);
	buf_le16(b, (uint16_t)(v >> 16));
}

void
buf_le64(struct buf *b, uint64_t v)
{
	buf_le32(b, (uint32_t)v);
	buf_le32(b, (uint32_t)(v >> 32));
}

void
buf_be16(struct buf *b, uint16_t v)
{
	buf_put(b, (uint8_t[2]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

void
buf_be32(struct buf *b, uint32_t v)
{
	buf_be16(b, (uint16_t)(v >> 16));
	buf_be16(b, (uint16_t)v);
}

void
buf_patch_le16(struct buf *b, size_t offset, uint16_t v)
{
	if (b->bad || offset + 2 > b->len)
		return;
	b->at[offset] = (uint8_t)v;
	b->at[offset + 1] = (uint8_t)(v >> 8);
}

void
buf_patch_le32(struct buf *b, size_t offset, uint32_t v)
{
	if (b->bad || offset + 4 > b->len)
		return;
	for (size_t i = 0; i < 4; i++)
		b->at[offset + i] = (uint8_t)(v >> 8 * i);
}

void
buf_patch_be32(struct buf *b, size_t offset, uint32_t v)
{
	if (b->bad || offset + 4 > b->len)
		return;
	for (size_t i = 0; i < 4; i++)
		b->at[offset + i] = (uint8_t)(v >> (24 - 8 * i));
}

void
buf_eat(struct buf *b, size_t len)
{
	if (len >= b->len) {
		b->len = 0;
		return;
	}
	memmove(b->at, b->at + len, b->len - len);
	b->len -= len;
}

struct span
buf_span(const struct buf *b)
{
	struct span s = span_of(b->at, b->len);
	s.bad = b->bad;
	return s;
}

const char *
buf_string(struct buf *b)
{
	if (!grow(b, 1)) /* room for the terminator, which is not counted */
		return "";
	b->at[b->len] = 0;
	return (const char *)b->at;
}

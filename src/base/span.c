#include "base/span.h"

#include <string.h>

struct span
span_of(const void *at, size_t len)
{
	return (struct span){ .at = at, .left = len };
}

struct span
span_cut(struct span *s, size_t len)
{
	if (s->bad || len > s->left) {
		s->bad = true;
		return (struct span){ .bad = true };
	}
	struct span cut = { .at = s->at, .left = len };
	if (len > 0)
		s->at += len;
	s->left -= len;
	return cut;
}

struct span
span_at(struct span whole, size_t offset, size_t len)
{
	(void)span_cut(&whole, offset);
	return span_cut(&whole, len);
}

uint8_t
span_u8(struct span *s)
{
	struct span b = span_cut(s, 1);
	return b.bad ? 0 : b.at[0];
}

uint16_t
span_le16(struct span *s)
{
	struct span b = span_cut(s, 2);
	if (b.bad)
		return 0;
	return (uint16_t)(b.at[0] | b.at[1] << 8);
}

uint32_t
span_le32(struct span *s)
{
	struct span b = span_cut(s, 4);
	return b.bad ? 0
	             : (uint32_t)b.at[0] | (uint32_t)b.at[1] << 8 |
	                   (uint32_t)b.at[2] << 16 | (uint32_t)b.at[3] << 24;
}

uint64_t
span_le64(struct span *s)
{
	struct span b = span_cut(s, 8);
	uint64_t low = span_le32(&b);
	uint64_t high = span_le32(&b);
	return low | high << 32;
}

uint16_t
span_be16(struct span *s)
{
	struct span b = span_cut(s, 2);
	if (b.bad)
		return 0;
	return (uint16_t)(b.at[0] << 8 | b.at[1]);
}

uint32_t
span_be32(struct span *s)
{
	uint32_t high = span_be16(s);
	uint32_t low = span_be16(s);
	return high << 16 | low;
}

bool
span_is(struct span s, const void *bytes, size_t len)
{
	return !s.bad && s.left == len && (len == 0 || memcmp(s.at, bytes, len) == 0);
}

bool
span_is_zero(struct span s)
{
	return s.left == 0 || (s.at[0] == 0 && memcmp(s.at, s.at + 1, s.left - 1) == 0);
}

size_t
span_copy(struct span s, void *to, size_t room)
{
	size_t len = s.left < room ? s.left : room;

	if (s.bad || len == 0)
		return 0;
	memcpy(to, s.at, len);
	return len;
}

size_t
span_find(struct span s, const void *bytes, size_t len)
{
	if (s.bad || len == 0)
		return SIZE_MAX;
	const uint8_t *from = s.at;
	const uint8_t *first;

	/* By its first byte: that search is the fast one of the C library. */
	while (s.left >= len &&
	       (first = memchr(s.at, *(const uint8_t *)bytes, s.left - len + 1))) {
		if (memcmp(first, bytes, len) == 0)
			return (size_t)(first - from);
		(void)span_cut(&s, (size_t)(first - s.at) + 1);
	}
	return SIZE_MAX;
}

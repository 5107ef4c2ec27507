#include "base/text.h"

#include <string.h>

#define REPLACEMENT 0xFFFDu

size_t
text_put(char out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

uint32_t
text_next(const char **at)
{
	/* Lowest character that may take 2, 3 and 4 bytes: shorter is a lie. */
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *b = (const unsigned char *)*at;
	size_t len = b[0] < 0x80         ? 1
	             : b[0] >> 5 == 0x06 ? 2
	             : b[0] >> 4 == 0x0E ? 3
	             : b[0] >> 3 == 0x1E ? 4
	                                 : 0;

	*at += 1;
	if (len == 0)
		return REPLACEMENT;
	if (len == 1)
		return b[0];
	uint32_t c = b[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (b[i] >> 6 != 0x02)
			return REPLACEMENT;
		c = c << 6 | (b[i] & 0x3Fu);
	}
	if (c < lowest[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return REPLACEMENT;
	*at += len - 1;
	return c;
}

bool
text_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || /* ALM */
	       c == 0x200E || c == 0x200F ||                          /* LRM, RLM */
	       (c >= 0x2028 && c <= 0x202E) || /* separators, embeddings */
	       (c >= 0x2066 && c <= 0x2069) || /* isolates */
	       (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

/* Appends a character if it fits whole; says whether it did. */
static bool
add(struct said *s, size_t *len, uint32_t character)
{
	char utf8[4];
	size_t n = text_put(utf8, character);

	if (*len + n >= SAID_ROOM)
		return false;
	memcpy(s->utf8 + *len, utf8, n);
	*len += n;
	return true;
}

uint32_t
text_next_utf16(struct span *utf16)
{
	uint32_t c = span_le16(utf16);

	if (c >= 0xD800 && c <= 0xDBFF && utf16->left >= 2) {
		struct span ahead = *utf16;
		uint32_t low = span_le16(&ahead);

		if (low >= 0xDC00 && low <= 0xDFFF) {
			*utf16 = ahead;
			return 0x10000 + ((c & 0x3FF) << 10) + (low & 0x3FF);
		}
	}
	return c >= 0xD800 && c <= 0xDFFF ? REPLACEMENT : c;
}

/* Plain letters at the beginning, which nearly all names are through and through. */
static size_t
take_ascii(struct span *utf16, char *to, size_t room)
{
	const uint8_t *at = utf16->at;
	size_t most = utf16->left / 2 < room ? utf16->left / 2 : room - 1;
	size_t len = 0;

	while (len < most && at[2 * len + 1] == 0 &&
	       (uint8_t)(at[2 * len] - 1) < 0x80 - 1) {
		to[len] = (char)at[2 * len];
		len++;
	}
	(void)span_cut(utf16, 2 * len);
	return len;
}

bool
text_from_utf16(struct span utf16, char *to, size_t room)
{
	size_t len = utf16.bad ? 0 : take_ascii(&utf16, to, room);
	bool whole = true;

	while (utf16.left >= 2 && !utf16.bad && whole) {
		uint32_t c = text_next_utf16(&utf16);
		char utf8[4];
		size_t n = text_put(utf8, c);

		if (c == 0)
			break;
		whole = len + n < room;
		if (whole)
			memcpy(to + len, utf8, n);
		len += whole ? n : 0;
	}
	to[len] = 0;
	return whole;
}

struct said
said_from_utf16(struct span utf16)
{
	struct said s = { { 0 } };
	size_t len = 0;

	while (utf16.left >= 2 && !utf16.bad) {
		uint32_t c = text_next_utf16(&utf16);

		if (c == 0 || !add(&s, &len, c))
			break;
	}
	return s;
}

struct said
said_from_oem(struct span oem)
{
	struct said s = { { 0 } };
	size_t len = 0;

	while (oem.left > 0 && !oem.bad) {
		uint32_t c = span_u8(&oem);

		if (c == 0 || !add(&s, &len, c < 0x80 ? c : REPLACEMENT))
			break;
	}
	return s;
}

struct said
said_from_utf8(const char *text)
{
	struct said s = { { 0 } };
	size_t len = 0;

	while (*text) {
		if (!add(&s, &len, text_next(&text)))
			break;
	}
	return s;
}

bool
said_is_empty(const struct said *s)
{
	return s->utf8[0] == 0;
}

void
buf_utf16(struct buf *b, const char *utf8)
{
	while (*utf8) {
		uint32_t c = text_next(&utf8);

		if (c >= 0x10000) {
			buf_le16(b, (uint16_t)(0xD800 + ((c - 0x10000) >> 10)));
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		buf_le16(b, (uint16_t)c);
	}
}

bool
text_copy(char *to, size_t room, const char *from)
{
	size_t len = strlen(from);
	size_t fits = len < room ? len : room - 1;

	memcpy(to, from, fits);
	to[fits] = 0;
	return fits == len;
}

bool
text_copy_utf8(char *to, size_t room, const char *from)
{
	size_t len = 0;
	bool whole = true;

	while (*from && whole) {
		char utf8[4];
		size_t n = text_put(utf8, text_next(&from));

		whole = len + n < room;
		if (whole)
			memcpy(to + len, utf8, n);
		len += whole ? n : 0;
	}
	to[len] = 0;
	return whole;
}

#define ELLIPSIS "\xE2\x80\xA6"

void
text_shorten(char *to, size_t room, const char *from)
{
	if (text_copy_utf8(to, room, from))
		return;
	(void)text_copy_utf8(to, room - (sizeof ELLIPSIS - 1), from);
	memcpy(to + strlen(to), ELLIPSIS, sizeof ELLIPSIS);
}

void
text_end(char *to, size_t room, const char *from)
{
	size_t fits = room - sizeof ELLIPSIS;
	size_t len = strlen(from);

	if (text_copy_utf8(to, room, from))
		return;
	from += len > fits ? len - fits : 0;
	memcpy(to, ELLIPSIS, sizeof ELLIPSIS);
	to += sizeof ELLIPSIS - 1;
	room -= sizeof ELLIPSIS - 1;
	while (((unsigned char)*from & 0xC0) == 0x80)
		from++;
	/* What is no UTF-8 grows: then there is less of it. */
	while (!text_copy_utf8(to, room, from))
		(void)text_next(&from);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_begins(const char *text, const char *beginning)
{
	for (; *beginning; text++, beginning++) {
		if (lower(*text) != lower(*beginning))
			return false;
	}
	return true;
}

bool
text_same(const char *a, const char *b)
{
	for (; lower(*a) == lower(*b); a++, b++) {
		if (*a == '\0')
			return true;
	}
	return false;
}

void
text_hex(char *to, size_t room, struct span bytes)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = 0;

	while (bytes.left > 0 && len + 2 < room) {
		uint8_t b = span_u8(&bytes);

		to[len++] = digits[b >> 4];
		to[len++] = digits[b & 15];
	}
	if (room > 0)
		to[len] = 0;
}

#include "format/event_letters.h"

#include "base/text.h"

enum event_letters
event_letters_of(struct span beginning, size_t *mark)
{
	struct span s = beginning;
	uint16_t first = span_le16(&s);
	uint8_t third = span_u8(&s);

	*mark = 0;
	if (!s.bad && first == 0xBBEF && third == 0xBF)
		*mark = 3;
	if (beginning.left < 2 || *mark)
		return LETTERS_BYTES;
	if (first == 0xFEFF || first == 0xFFFE) {
		*mark = 2;
		return first == 0xFEFF ? LETTERS_UTF16LE : LETTERS_UTF16BE;
	}
	if ((first & 0xFF) != 0 && first >> 8 == 0)
		return LETTERS_UTF16LE;
	return (first & 0xFF) == 0 && first >> 8 != 0 ? LETTERS_UTF16BE : LETTERS_BYTES;
}

static bool
is_first_half(uint16_t unit)
{
	return unit >= 0xD800 && unit < 0xDC00;
}

/* One character, and how many bytes it takes; 0: it is not all there. */
static size_t
next(struct span s, bool is_big, bool is_last, uint32_t *character)
{
	uint8_t units[4] = { 0 };
	size_t len = s.left < sizeof units ? s.left & ~(size_t)1 : sizeof units;

	for (size_t i = 0; i < len; i++)
		units[i] = s.at[is_big ? i ^ 1 : i];
	if (len < 2 ||
	    (len < 4 && !is_last && is_first_half((uint16_t)(units[1] << 8))))
		return 0;
	struct span one = span_of(units, len);
	*character = text_next_utf16(&one);
	return len - one.left;
}

size_t
event_letters_take(enum event_letters letters, struct span text, bool is_last,
                   struct buf *out)
{
	size_t done = 0;
	size_t len = 0;
	uint32_t c = 0;
	char utf8[4];

	if (letters == LETTERS_BYTES) {
		buf_put(out, text.at, text.left);
		return text.left;
	}
	while ((len = next(text, letters == LETTERS_UTF16BE, is_last, &c)) > 0) {
		buf_put(out, utf8, text_put(utf8, c));
		(void)span_cut(&text, len);
		done += len;
	}
	return is_last ? done + text.left : done;
}

#include "tell/safe.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

size_t
safe_spell(char out[SAFE_ROOM], uint32_t c)
{
	size_t len = 0;

	if (!text_is_control(c)) {
		len = text_put(out, c);
		out[len] = 0;
		return len;
	}
	switch (c) {
	case '\t': return (size_t)snprintf(out, SAFE_ROOM, "\\t");
	case '\n': return (size_t)snprintf(out, SAFE_ROOM, "\\n");
	case '\r': return (size_t)snprintf(out, SAFE_ROOM, "\\r");
	default: break;
	}
	return (size_t)snprintf(out, SAFE_ROOM, c < 0x100 ? "\\x%02x" : "\\u%04x",
	                        (unsigned)c);
}

void
safe_text(FILE *f, const char *utf8)
{
	char spelled[SAFE_ROOM];

	while (*utf8) {
		size_t len = safe_spell(spelled, text_next(&utf8));

		fwrite(spelled, 1, len, f);
	}
}

struct range {
	uint32_t first;
	uint32_t last;
};

static bool
is_in(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

/*
 * Blocks of the Unicode standard, not single characters: a column that is off
 * by one on a rare name is fine, a table of thousands of rows is not.
 */
static unsigned
columns_of(uint32_t c)
{
	static const struct range none[] = {
		{ 0x0300, 0x036F },   { 0x0483, 0x0489 }, { 0x0591, 0x05BD },
		{ 0x0610, 0x061A },   { 0x064B, 0x065F }, { 0x1AB0, 0x1AFF },
		{ 0x1DC0, 0x1DFF },   { 0x200B, 0x200D }, { 0x20D0, 0x20FF },
		{ 0xFE00, 0xFE0F },   { 0xFE20, 0xFE2F }, { 0xFEFF, 0xFEFF },
		{ 0xE0000, 0xE01EF },
	};
	static const struct range two[] = {
		{ 0x1100, 0x115F },   { 0x2E80, 0x303E },   { 0x3041, 0xA4CF },
		{ 0xA960, 0xA97F },   { 0xAC00, 0xD7A3 },   { 0xF900, 0xFAFF },
		{ 0xFE30, 0xFE6F },   { 0xFF00, 0xFF60 },   { 0xFFE0, 0xFFE6 },
		{ 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF }, { 0x1F900, 0x1F9FF },
		{ 0x20000, 0x3FFFD },
	};

	if (is_in(none, sizeof none / sizeof *none, c))
		return 0;
	return is_in(two, sizeof two / sizeof *two, c) ? 2 : 1;
}

/* The next character, spelled, and its columns. */
static unsigned
next_spelled(const char **at, char spelled[SAFE_ROOM])
{
	uint32_t c = text_next(at);
	size_t len = safe_spell(spelled, c);

	return text_is_control(c) ? (unsigned)len : columns_of(c);
}

unsigned
safe_width(const char *utf8)
{
	char spelled[SAFE_ROOM];
	unsigned width = 0;

	while (*utf8)
		width += next_spelled(&utf8, spelled);
	return width;
}

void
safe_cell(FILE *f, const char *utf8, unsigned columns)
{
	char spelled[SAFE_ROOM];
	bool is_cut = safe_width(utf8) > columns;
	unsigned room = is_cut && columns > 0 ? columns - 1 : columns;
	unsigned used = 0;

	while (*utf8) {
		unsigned width = next_spelled(&utf8, spelled);

		if (used + width > room)
			break;
		fputs(spelled, f);
		used += width;
	}
	if (is_cut && columns > 0) {
		fputs("…", f);
		used++;
	}
	fprintf(f, "%*s", (int)(columns - used), "");
}

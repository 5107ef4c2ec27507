#include "cmd/print.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "sys/platform.h"

#define WIDTH_USUAL 80u
#define WIDTH_LEAST 40u
#define WIDTH_MOST 100u /* longer lines tire the eye */

unsigned
print_width(FILE *f)
{
	unsigned columns = platform_columns(f);

	if (columns == 0)
		return WIDTH_USUAL;
	if (columns < WIDTH_LEAST)
		return WIDTH_LEAST;
	return columns < WIDTH_MOST ? columns : WIDTH_MOST;
}

/* How a typewriter writes a character that is not on it. */
static const char *
plain(uint32_t c)
{
	switch (c) {
	case 0x2013:
	case 0x2212: return "-";
	case 0x2018:
	case 0x2019: return "'";
	case 0x201C:
	case 0x201D: return "\"";
	case 0x2026: return "...";
	case 0x2192: return "->";
	case 0xA7: return "section ";
	case 0xE4: return "ae";
	case 0xE9: return "e";
	case 0xF6: return "oe";
	case 0xFC: return "ue";
	default: return "?";
	}
}

static void
print_plain(FILE *f, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		uint32_t c = text_next(&text);

		if (c < 0x80)
			fputc((int)c, f);
		else
			fputs(plain(c), f);
	}
}

static void
print_bytes(FILE *f, const char *text, size_t len)
{
	if (platform_takes_utf8(f))
		fwrite(text, 1, len, f);
	else
		print_plain(f, text, len);
}

void
print_text(FILE *f, const char *text)
{
	print_bytes(f, text, strlen(text));
}

void
print_spaces(FILE *f, unsigned count)
{
	fprintf(f, "%*s", (int)count, "");
}

/* Characters in the first `len` bytes. */
static unsigned
count_columns(const char *text, size_t len)
{
	unsigned count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

unsigned
print_columns(const char *text)
{
	return count_columns(text, strlen(text));
}

/* As print_wrapped, of the first `len` bytes. */
static void
print_words(FILE *f, struct span text, unsigned at, unsigned indent)
{
	unsigned width = print_width(f);
	const char *word = (const char *)text.at;
	const char *end = word + text.left;
	bool first = true;

	while (word < end) {
		size_t len = strcspn(word, " \n");
		if (len > (size_t)(end - word))
			len = (size_t)(end - word);
		if (len == 0) {
			word++;
			continue;
		}
		unsigned columns = count_columns(word, len);

		if (!first && at + 1 + columns > width) {
			fputc('\n', f);
			print_spaces(f, indent);
			at = indent;
		} else if (!first) {
			fputc(' ', f);
			at++;
		}
		print_bytes(f, word, len);
		at += columns;
		first = false;
		word += len;
	}
	fputc('\n', f);
}

void
print_wrapped(FILE *f, const char *text, unsigned at, unsigned indent)
{
	print_words(f, span_of(text, strlen(text)), at, indent);
}

void
print_paragraphs(FILE *f, const char *text, unsigned indent)
{
	for (bool first = true; *text; first = false) {
		size_t len = strcspn(text, "\n");

		if (!first)
			fputc('\n', f);
		print_spaces(f, indent);
		print_words(f, span_of(text, len), indent, indent);
		text += len;
		text += strspn(text, "\n");
	}
}

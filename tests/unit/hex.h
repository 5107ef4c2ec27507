/* Bytes written as hexadecimal digits, in the tables and in tests/data/smb. */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"

#define HEX_MOST 1024

struct hex {
	uint8_t at[HEX_MOST];
	size_t len;
};

static inline unsigned
hex_digit(int c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, tolower(c));

	return at && c ? (unsigned)(at - digits) : 0;
}

/* Adds the bytes of a line, blanks between them or not. */
static inline void
hex_add(struct hex *h, const char *line)
{
	for (; *line && h->len < sizeof h->at; line++) {
		if (!isxdigit((unsigned char)line[0]))
			continue;
		unsigned byte = hex_digit(line[0]) << 4 | hex_digit(line[1]);
		h->at[h->len++] = (uint8_t)byte;
		line++;
	}
}

static inline struct hex
hex_of(const char *text)
{
	struct hex h = { .len = 0 };

	hex_add(&h, text);
	return h;
}

/* tests/data/smb/NAME.hex; none, and so a test that fails, where it is not there. */
static inline struct hex
hex_file(const char *name)
{
	struct hex h = { .len = 0 };
	char line[256];

	snprintf(line, sizeof line, "%s/smb/%s.hex", TEST_DATA, name);
	FILE *f = fopen(line, "r");
	while (f && fgets(line, sizeof line, f)) {
		if (line[0] != '#')
			hex_add(&h, line);
	}
	if (f)
		fclose(f);
	return h;
}

static inline struct span
hex_span(const struct hex *h)
{
	return span_of(h->at, h->len);
}

/* Without its transport header. */
static inline struct span
hex_message(const struct hex *h)
{
	return span_at(hex_span(h), 4, h->len - 4);
}

#endif

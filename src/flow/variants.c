#include "flow/variants.h"

#include <stddef.h>

static const char letters[VARIANT_COUNT] = { 'A', 'B', 'C', 'D', 'E' };

void
variants_text(char out[VARIANTS_ROOM], variants v)
{
	size_t len = 0;

	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		if (!(v >> i & 1))
			continue;
		if (len > 0)
			out[len++] = ',';
		out[len++] = letters[i];
	}
	out[len] = 0;
}

void
variants_words(char out[VARIANTS_ROOM], variants v)
{
	size_t len = 0;

	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		bool is_last = v >> i == 1;

		if (!(v >> i & 1))
			continue;
		for (const char *c = len == 0 ? "" : is_last ? " or " : ", "; *c; c++)
			out[len++] = *c;
		out[len++] = letters[i];
	}
	out[len] = 0;
}

static variants
one(char letter)
{
	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		if (letters[i] == letter)
			return (variants)(1u << i);
	}
	return 0;
}

static const char *
skip_blanks(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

bool
variants_from_text(const char *text, variants *out)
{
	variants set = 0;

	text = skip_blanks(text);
	while (*text) {
		variants v = one(*text);

		if (v == 0)
			return false;
		set |= v;
		text = skip_blanks(text + 1);
		if (*text == 0)
			break;
		if (*text != ',')
			return false;
		text = skip_blanks(text + 1);
		if (*text == 0)
			return false; /* a comma that nothing follows */
	}
	*out = set;
	return true;
}

void
variants_json(struct json *j, variants v)
{
	json_open(j, '[');
	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		if (v >> i & 1)
			json_text(j, (char[]){ letters[i], 0 });
	}
	json_close(j, ']');
}

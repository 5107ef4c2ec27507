#include "know/service_names.h"

#include <string.h>

#include "base/text.h"

static bool
is_end(const char *text)
{
	for (size_t i = 0; i < service_name_words_count; i++) {
		if (service_name_words[i].part == WORD_ENDS &&
		    text_same(service_name_words[i].word, text))
			return true;
	}
	return false;
}

bool
service_name_is_glued(const char *name)
{
	for (size_t i = 0; i < service_name_words_count; i++) {
		const struct service_name_word *w = &service_name_words[i];

		if (w->part == WORD_BEGINS && text_begins(name, w->word) &&
		    is_end(name + strlen(w->word)))
			return true;
	}
	return false;
}

/* The row of a word of `len` letters, as it is written; -1 for none. */
static int
display_word(const char *text, size_t len)
{
	for (size_t i = 0; i < display_name_words_count; i++) {
		if (strlen(display_name_words[i].word) == len &&
		    memcmp(display_name_words[i].word, text, len) == 0)
			return (int)i;
	}
	return -1;
}

bool
display_name_is_of_words(const char *name)
{
	const char *blank = strchr(name, ' ');

	if (!blank)
		return false;
	int first = display_word(name, (size_t)(blank - name));
	int second = display_word(blank + 1, strlen(blank + 1));
	return first >= 0 && second >= 0 && first != second;
}

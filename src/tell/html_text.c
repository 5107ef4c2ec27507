#include "tell/html_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/when.h"
#include "tell/safe.h"

void
html_text(FILE *f, const char *utf8)
{
	char spelled[SAFE_ROOM];

	while (*utf8) {
		uint32_t c = text_next(&utf8);

		switch (c) {
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '&': fputs("&amp;", f); break;
		case '"': fputs("&quot;", f); break;
		case '\'': fputs("&#39;", f); break;
		default: safe_spell(spelled, c); fputs(spelled, f);
		}
	}
}

void
html_foreign(FILE *f, const char *utf8)
{
	if (!utf8[0])
		return;
	fputs("<bdi>", f);
	html_text(f, utf8);
	fputs("</bdi>", f);
}

void
html_said(FILE *f, const struct said *s)
{
	html_foreign(f, s->utf8);
}

void
html_cut(FILE *f, const char *utf8, unsigned columns)
{
	bool is_cut = safe_width(utf8) > columns;
	unsigned room = columns - is_cut;

	while (*utf8) {
		char one[5];
		size_t len = text_put(one, text_next(&utf8));

		one[len] = '\0';
		if (safe_width(one) > room)
			break;
		room -= safe_width(one);
		html_text(f, one);
	}
	fputs(is_cut ? "…" : "", f);
}

void
html_count(FILE *f, uint64_t n)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			fputc(',', f);
		fputc(digits[i], f);
	}
}

void
html_counted(FILE *f, uint64_t n, const char *one, const char *many)
{
	html_count(f, n);
	fputc(' ', f);
	html_text(f, n == 1 ? one : many);
}

void
html_time(FILE *f, int64_t unix_ms)
{
	char text[WHEN_ROOM];

	when_text(text, unix_ms);
	fprintf(f, "<time datetime=\"%s\">%.10s %.5s UTC</time>", text, text,
	        text + 11);
}

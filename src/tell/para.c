#include "tell/para.h"

#include <string.h>

#include "base/text.h"
#include "tell/safe.h"

struct para
para_begin(FILE *f, const char *first, unsigned indent)
{
	unsigned width = safe_width(first);
	unsigned fill = width < indent ? indent - width : 0;

	fprintf(f, "%s%*s", first, (int)fill, "");
	return (struct para){ f, indent, width + fill };
}

static void
new_line(struct para *p)
{
	fprintf(p->out, "\n%*s", (int)p->indent, "");
	p->column = p->indent;
}

/* A word that no line holds: character by character. */
static void
break_word(struct para *p, const char *utf8)
{
	while (*utf8) {
		char one[SAFE_ROOM] = { 0 };

		text_put(one, text_next(&utf8));
		unsigned width = safe_width(one);
		if (p->column + width > PARA_COLUMNS)
			new_line(p);
		safe_text(p->out, one);
		p->column += width;
	}
}

void
para_word(struct para *p, const char *utf8)
{
	unsigned width = safe_width(utf8);
	unsigned blank = p->column > p->indent;

	if (p->column + blank + width > PARA_COLUMNS && blank) {
		new_line(p);
		blank = 0;
	}
	fprintf(p->out, "%*s", (int)blank, "");
	p->column += blank;
	if (p->column + width > PARA_COLUMNS) {
		break_word(p, utf8);
		return;
	}
	safe_text(p->out, utf8);
	p->column += width;
}

void
para_words(struct para *p, const char *utf8)
{
	char word[512];

	for (;;) {
		utf8 += strspn(utf8, " ");
		size_t len = strcspn(utf8, " ");
		if (len == 0)
			return;
		size_t fits = len < sizeof word ? len : sizeof word - 1;
		memcpy(word, utf8, fits);
		word[fits] = 0;
		para_word(p, word);
		utf8 += fits;
	}
}

void
para_end(struct para *p)
{
	fputc('\n', p->out);
	p->column = 0;
}

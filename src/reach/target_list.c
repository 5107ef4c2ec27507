#include "reach/target_list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "reach/target_spec.h"

#define SHOWN_MOST 60 /* characters of a foreign text on an error line */
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Foreign text in quotes: one line, nothing that moves a terminal's cursor. */
static void
put_quoted(const char *text)
{
	size_t shown = 0;

	fputc('"', stderr);
	for (; *text && shown < SHOWN_MOST; text++, shown++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c > 0x7E || c == '"' || c == '\\')
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
	fputs(*text ? "...\"" : "\"", stderr);
}

enum err
target_list_refuse(const struct target_place *p, const char *text, const char *why)
{
	fputs("confine: ", stderr);
	if (p->file)
		fprintf(stderr, "%s:", p->file);
	if (p->line)
		fprintf(stderr, "%lu:", p->line);
	if (p->file)
		fputc(' ', stderr);
	put_quoted(text);
	fprintf(stderr, ": %s\n", why);
	return ERR_REFUSED;
}

struct list {
	FILE *file;
	struct target_place place;
	char word[TARGET_SPEC_ROOM];
	size_t len;
	bool in_comment;
	target_list_word *take;
	void *arg;
};

/* The word that has come so far is complete. */
static enum err
end_word(struct list *l)
{
	const char *word = l->word;

	l->word[l->len] = 0;
	l->len = 0;
	if (l->place.line == 1 && strncmp(word, BYTE_ORDER_MARK, 3) == 0)
		word += 3;
	return *word ? l->take(l->arg, &l->place, word) : OK;
}

static enum err
take_byte(struct list *l, char c)
{
	if (c == 0) {
		l->word[l->len] = 0;
		return target_list_refuse(&l->place, l->word,
		                          "a zero byte follows, so this is no plain "
		                          "text; save the list as UTF-8 or ASCII");
	}
	if (c == '#')
		l->in_comment = true;
	if (!l->in_comment && !strchr(" \t\r\n\v\f", c)) {
		if (l->len + 1 < sizeof l->word) {
			l->word[l->len++] = c;
			return OK;
		}
		l->word[l->len] = 0;
		return target_list_refuse(&l->place, l->word,
		                          "too long; write one target a line");
	}
	if (l->len > 0)
		TRY(end_word(l));
	if (c == '\n') {
		l->in_comment = false;
		l->place.line++;
	}
	return OK;
}

static enum err
cannot_read(const char *name)
{
	fprintf(
	    stderr,
	    "confine: cannot read %s: %s; name a list of targets that can be read\n",
	    name, strerror(errno));
	return ERR_REFUSED;
}

static enum err
read_list(struct list *l)
{
	int c = 0;

	while ((c = getc_unlocked(l->file)) != EOF)
		TRY(take_byte(l, (char)c));
	if (ferror(l->file))
		return cannot_read(l->place.file);
	return l->len > 0 ? end_word(l) : OK;
}

enum err
target_list_read(const char *path, target_list_word *word, void *arg)
{
	struct list l = { .take = word, .arg = arg, .place = { path, 1 } };

	if (strcmp(path, "-") == 0) {
		l.file = stdin;
		l.place.file = "standard input";
		return read_list(&l);
	}
	OWN(own_file) FILE *file = fopen(path, "re");
	if (!file)
		return cannot_read(path);
	l.file = file;
	return read_list(&l);
}

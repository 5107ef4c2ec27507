#include "cmd/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/help.h"
#include "cmd/nearest.h"

/* One reading of one command line. */
struct reader {
	const struct command *command;
	char **next; /* the words that are still to be read */
	void *into;
};

/* The one line that a wrong command line gets; returns the exit code. */
static int __attribute__((format(printf, 2, 3)))
wrong(const struct reader *r, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "confine %s: ", r->command->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return 2;
}

static int
unknown(const struct reader *r, const char *word)
{
	const struct command *c = r->command;
	int len = (int)strcspn(word, "=");
	char typed[OPTION_ROOM];
	char names[OPTIONS_MOST][OPTION_ROOM];

	snprintf(typed, sizeof typed, "%.*s", len, word);
	struct nearest near = nearest_to(typed);
	for (size_t i = 0; i < c->option_count && i < OPTIONS_MOST; i++) {
		option_shown(names[i], &c->options[i]);
		nearest_offer(&near, names[i]);
	}
	/* Of one letter every other one is the nearest. */
	if (near.name && len > 2)
		return wrong(r, "there is no option %.*s; did you mean %s?", len, word,
		             near.name);
	return wrong(r, "there is no option %.*s; see confine %s --help", len, word,
	             c->name);
}

static const struct option_row *
find_name(const struct command *c, const char *name, size_t len)
{
	for (size_t i = 0; i < c->option_count; i++) {
		const char *has = c->options[i].name;

		if (has && strlen(has) == len && strncmp(has, name, len) == 0)
			return &c->options[i];
	}
	return NULL;
}

static const struct option_row *
find_letter(const struct command *c, char letter)
{
	for (size_t i = 0; i < c->option_count; i++) {
		if (c->options[i].letter == letter)
			return &c->options[i];
	}
	return NULL;
}

static bool
takes_value(const struct option_row *row)
{
	return row->kind != OPTION_FLAG && row->kind != OPTION_COUNT;
}

static void *
member(const struct reader *r, const struct option_row *row)
{
	return (char *)r->into + row->offset;
}

static void
set_flag(const struct reader *r, const struct option_row *row)
{
	if (row->kind == OPTION_FLAG)
		*(bool *)member(r, row) = true;
	else
		++*(unsigned *)member(r, row);
}

static int
set_number(const struct reader *r, const struct option_row *row, const char *value)
{
	uint64_t most = row->most ? row->most : UINT64_MAX;
	char shown[OPTION_ROOM];
	char *end = NULL;

	errno = 0;
	uint64_t number = strtoull(value, &end, 10);
	/* strtoull takes blanks and signs; we do not. */
	bool good = isdigit((unsigned char)value[0]) && *end == 0 && errno == 0;
	if (good && number >= row->least && number <= most) {
		*(uint64_t *)member(r, row) = number;
		return OPTIONS_GO_ON;
	}
	option_shown(shown, row);
	if (!row->most)
		return wrong(r, "%s %s: write a whole number, at least %" PRIu64, shown,
		             value, row->least);
	return wrong(r, "%s %s: write a whole number from %" PRIu64 " to %" PRIu64,
	             shown, value, row->least, row->most);
}

static int
set_list(const struct reader *r, const struct option_row *row, const char *value)
{
	struct words *list = member(r, row);
	char shown[OPTION_ROOM];

	if (list->count < WORDS_MOST) {
		list->at[list->count++] = value;
		return OPTIONS_GO_ON;
	}
	option_shown(shown, row);
	return wrong(r, "%s is given more than %d times; give it fewer times", shown,
	             WORDS_MOST);
}

static bool
is_among(const char *choices, const char *value)
{
	size_t len = strlen(value);

	while (*choices) {
		size_t has = strcspn(choices, "|");

		if (has == len && strncmp(choices, value, len) == 0)
			return true;
		choices += has + (choices[has] == '|');
	}
	return false;
}

static int
set_text(const struct reader *r, const struct option_row *row, const char *value)
{
	char shown[OPTION_ROOM];

	if (option_is_choice(row) && !is_among(row->value, value)) {
		option_shown(shown, row);
		return wrong(r, "%s %s: write one of %s", shown, value, row->value);
	}
	*(const char **)member(r, row) = value;
	return OPTIONS_GO_ON;
}

/* The value that belongs to an option: attached to it, or the next word. */
static int
set_value(struct reader *r, const struct option_row *row, const char *attached)
{
	const char *value = attached ? attached : *r->next;
	char shown[OPTION_ROOM];

	option_shown(shown, row);
	if (!value || !*value)
		return wrong(r, "%s needs a value: %s %s", shown, shown, row->value);
	if (!attached) {
		if (value[0] == '-' && value[1])
			return wrong(r, "%s needs a value before %s: %s %s", shown,
			             value, shown, row->value);
		r->next++;
	}
	switch (row->kind) {
	case OPTION_NUMBER: return set_number(r, row, value);
	case OPTION_LIST: return set_list(r, row, value);
	default: return set_text(r, row, value);
	}
}

/* "-vq", "-oFILE", "-o" with FILE behind it. */
static int
read_letters(struct reader *r, const char *word)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct option_row *row = find_letter(r->command, *letter);

		if (!row && *letter == 'h') {
			command_help(r->command);
			return 0;
		}
		if (!row)
			return unknown(r, word);
		if (takes_value(row))
			return set_value(r, row, letter[1] ? letter + 1 : NULL);
		set_flag(r, row);
	}
	return OPTIONS_GO_ON;
}

/* A word that begins with a dash, and is neither "-" nor "--". */
static int
read_option(struct reader *r, const char *word)
{
	bool two_dashes = word[1] == '-';
	const char *name = word + 1 + two_dashes;
	size_t len = strcspn(name, "=");
	const struct option_row *row = find_name(r->command, name, len);
	const char *attached = name[len] ? name + len + 1 : NULL;
	char shown[OPTION_ROOM];

	if (two_dashes && strcmp(name, "help") == 0) {
		command_help(r->command);
		return 0;
	}
	if (row && !two_dashes && !option_has_one_dash(row))
		row = NULL; /* "-rate": four letters */
	if (!row)
		return two_dashes ? unknown(r, word) : read_letters(r, word);
	if (takes_value(row))
		return set_value(r, row, attached);
	option_shown(shown, row);
	if (attached)
		return wrong(r, "%s takes no value; write %s alone", shown, shown);
	set_flag(r, row);
	return OPTIONS_GO_ON;
}

int
options_read(const struct command *command, char **argv, void *into, char **words,
             size_t *word_count)
{
	struct reader r = { .command = command, .next = argv + 1, .into = into };
	bool ended = false;

	*word_count = 0;
	while (*r.next) {
		char *word = *r.next++;

		if (ended || word[0] != '-' || !word[1]) {
			words[(*word_count)++] = word;
			continue;
		}
		ended = strcmp(word, "--") == 0;
		if (ended)
			continue;
		int code = read_option(&r, word);
		if (code != OPTIONS_GO_ON)
			return code;
	}
	return OPTIONS_GO_ON;
}

#include "cmd/help.h"

#include <string.h>

#include "cmd/print.h"

#define LEFT_MOST 30u /* wider options get a line of their own */
#define LEFT_ROOM 96

bool
option_has_one_dash(const struct option_row *row)
{
	return row->name && strpbrk(row->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

void
option_shown(char out[OPTION_ROOM], const struct option_row *row)
{
	if (row->name)
		snprintf(out, OPTION_ROOM, "%s%s",
		         option_has_one_dash(row) ? "-" : "--", row->name);
	else
		snprintf(out, OPTION_ROOM, "-%c", row->letter);
}

bool
option_is_choice(const struct option_row *row)
{
	const char *v = row->value;

	return row->kind == OPTION_TEXT && v && strchr(v, '|') &&
	       v[strspn(v, "abcdefghijklmnopqrstuvwxyz0123456789-|")] == 0;
}

/* "-o, --output FILE" */
static void
left_of(char out[LEFT_ROOM], const struct option_row *row)
{
	char shown[OPTION_ROOM];
	const char *value = row->value ? row->value : "";

	option_shown(shown, row);
	if (row->letter && row->name)
		snprintf(out, LEFT_ROOM, "-%c, %s %s", row->letter, shown, value);
	else
		snprintf(out, LEFT_ROOM, "%s%s %s", row->letter ? "" : "    ", shown,
		         value);
	size_t len = strlen(out);
	if (out[len - 1] == ' ')
		out[len - 1] = 0;
}

/* Two columns: `left` from column 2, `right` wrapped from column 4 + `left_width`. */
static void
print_row(const char *left, const char *right, unsigned left_width)
{
	unsigned at = print_columns(left);
	unsigned right_at = left_width + 4;

	print_spaces(stdout, 2);
	print_text(stdout, left);
	if (at > left_width) {
		fputc('\n', stdout);
		print_spaces(stdout, right_at);
	} else {
		print_spaces(stdout, right_at - 2 - at);
	}
	print_wrapped(stdout, right, right_at, right_at);
}

static void
print_options(const struct command *c)
{
	static const struct option_row help = { .name = "help",
		                                .letter = 'h',
		                                .does = "show this text" };
	char left[LEFT_ROOM];
	unsigned width = 0;

	for (size_t i = 0; i < c->option_count; i++) {
		left_of(left, &c->options[i]);
		unsigned columns = print_columns(left);

		if (columns > width && columns <= LEFT_MOST)
			width = columns;
	}
	left_of(left, &help);
	if (width < print_columns(left))
		width = print_columns(left);

	print_text(stdout, "\nOptions:\n");
	for (size_t i = 0; i < c->option_count; i++) {
		left_of(left, &c->options[i]);
		print_row(left, c->options[i].does, width);
	}
	left_of(left, &help);
	print_row(left, help.does, width);
}

/* The first line of a text, cut to `room`; moves on behind it. */
static void
take_line(const char **text, char *line, size_t room)
{
	size_t len = strcspn(*text, "\n");

	snprintf(line, room, "%.*s", (int)len, *text);
	*text += len + ((*text)[len] == '\n');
}

/* Lines of "command    # what it does". */
static void
print_examples(const char *examples)
{
	char line[256];

	print_text(stdout, "\nExamples:\n");
	while (*examples) {
		take_line(&examples, line, sizeof line);
		char *what = strstr(line, " # ");
		size_t len = what ? (size_t)(what - line) : strlen(line);

		while (len > 0 && line[len - 1] == ' ')
			len--;
		line[len] = 0;
		print_spaces(stdout, 2);
		print_text(stdout, line);
		fputc('\n', stdout);
		if (!what)
			continue;
		print_spaces(stdout, 6);
		print_wrapped(stdout, what + 3, 6, 6);
	}
}

void
command_help(const struct command *c)
{
	const char *usage = c->usage;
	const char *word = "Usage: confine ";
	char line[160];

	while (*usage) {
		take_line(&usage, line, sizeof line);
		print_text(stdout, word);
		print_wrapped(stdout, line, 15, 17);
		word = "       confine ";
	}
	fputc('\n', stdout);
	print_paragraphs(stdout, c->about, 0);
	print_options(c);
	if (c->examples && *c->examples)
		print_examples(c->examples);
}

void
help_short(FILE *f)
{
	print_text(f, "Usage: confine COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n");
	for (const struct command *const *c = commands; *c; c++)
		fprintf(f, "  %-10s %s\n", (*c)->name, (*c)->does);
	print_text(f, "\nconfine COMMAND --help says more about each.\n");
}

void
help_long(FILE *f)
{
	print_paragraphs(
	    f,
	    "confine finds the Conficker worm, harms nothing on its way, and says how "
	    "sure it is and why.  It changes nothing unless it is told to.",
	    0);
	fputc('\n', f);
	help_short(f);
	print_text(f, "\nOptions:\n"
	              "  -h, --help         show this text\n"
	              "      --version      show the version\n"
	              "      --completion bash\n"
	              "                     write the completion for bash\n"
	              "\nExit codes:\n"
	              "  0  looked, and nothing is infected or suspect\n"
	              "  1  something is infected or suspect\n"
	              "  2  could not do what was asked; one line says why\n"
	              "  3  nothing infected found, but something stays unknown\n");
}

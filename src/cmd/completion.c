#include "cmd/completion.h"

#include <string.h>

#include "cmd/help.h"

/* "status|next|show" at the beginning of the usage, behind the name. */
static size_t
words_of(const struct command *c, const char **words)
{
	const char *at = c->usage + strlen(c->name);

	at += strspn(at, " ");
	size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz-|");
	*words = at;
	return at[len] == ' ' || at[len] == 0 || at[len] == '\n' ? len : 0;
}

/* The words of "a|b|c", parted by blanks. */
static void
put_choices(FILE *f, const char *choices, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fputc(choices[i] == '|' ? ' ' : choices[i], f);
}

static void
put_command(FILE *f, const struct command *c)
{
	char shown[OPTION_ROOM];
	const char *words = NULL;
	size_t len = words_of(c, &words);

	fprintf(f, "\t%s) words='", c->name);
	put_choices(f, words, len);
	if (strcmp(c->name, "explain") == 0)
		fputs("'$(confine explain 2>/dev/null | "
		      "sed -n 's/^  \\([a-z0-9-]*\\) .*/\\1/p')'",
		      f);
	fputs("' options='--help", f);
	for (size_t i = 0; i < c->option_count; i++) {
		option_shown(shown, &c->options[i]);
		fprintf(f, " %s", shown);
	}
	fputs("' ;;\n", f);
}

/* "scan --color) words='auto always never' ;;" */
static void
put_values(FILE *f, const struct command *c)
{
	char shown[OPTION_ROOM];

	for (size_t i = 0; i < c->option_count; i++) {
		const struct option_row *row = &c->options[i];

		if (!option_is_choice(row))
			continue;
		option_shown(shown, row);
		fprintf(f, "\t\"%s %s\") words='", c->name, shown);
		put_choices(f, row->value, strlen(row->value));
		fputs("' options= ;;\n", f);
	}
}

void
completion_bash(FILE *f)
{
	fputs("# bash completion for confine, written by: confine --completion bash\n"
	      "_confine() {\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} words= options=\n"
	      "\tcase ${COMP_WORDS[1]} in\n",
	      f);
	for (const struct command *const *c = commands; *c; c++)
		put_command(f, *c);
	fputs("\tesac\n"
	      "\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[COMP_CWORD-1]}\" in\n",
	      f);
	for (const struct command *const *c = commands; *c; c++)
		put_values(f, *c);
	fputs("\tesac\n"
	      "\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
	      "\t\twords='",
	      f);
	for (const struct command *const *c = commands; *c; c++)
		fprintf(f, "%s ", (*c)->name);
	fputs("' options='--help --version --completion'\n"
	      "\tfi\n"
	      "\tcase $word in -*) words=$options ;; esac\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
	      "}\n"
	      "complete -o default -F _confine confine\n",
	      f);
}

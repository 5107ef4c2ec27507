/*
 * Options of a command as a table, from which parsing, --help, the man page's
 * list and the shell completion are made.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG,   /* bool */
	OPTION_COUNT,  /* unsigned: -vv */
	OPTION_TEXT,   /* const char * */
	OPTION_NUMBER, /* uint64_t, between least and most */
	OPTION_LIST,   /* struct words: may be given again */
};

#define WORDS_MOST 64
struct words {
	const char *at[WORDS_MOST];
	size_t count;
};

struct option_row {
	const char *name; /* "rate", for --rate and --rate=N; "iL" for -iL; or NULL */
	char letter;      /* 'o' for -o, or 0 */
	enum option_kind kind;
	size_t offset;        /* of the member in the command's options struct */
	uint64_t least, most; /* of a number; most 0: no limit */
	/*
	 * "N", "FILE": what help calls the value.  Small letters with bars between,
	 * "auto|always|never", are a choice, and options_read holds the user to it.
	 */
	const char *value;
	const char *does; /* one line of help */
};

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
	const char *does;                  /* one line */
	const char *usage;                 /* "scan [OPTIONS] TARGET…" */
	const char *about;                 /* a paragraph or two */
	const char *examples;              /* lines of "command    # what it does" */
	const struct option_row *options;
	size_t option_count;
};

/*
 * Reads argv (after argv[0], up to its NULL) into `into` (the command's options
 * struct, defaults filled in) and `words` (what is no option; they point into
 * argv, whose length is room enough).  Options may stand anywhere, "--" ends
 * them, -h and --help print help to standard output.
 * Returns -1 to go on, otherwise the exit code: 0 after help, 2 with one line
 * on standard error (unknown option with the nearest name, bad number …).
 */
#define OPTIONS_GO_ON (-1)
int options_read(const struct command *, char **argv, void *into, char **words,
                 size_t *word_count);

/* What --help says, on standard output. */
void command_help(const struct command *);

/* All commands in the order of the documentation; ends with NULL. */
extern const struct command *const commands[];

#endif

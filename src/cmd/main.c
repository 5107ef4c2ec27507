#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/completion.h"
#include "cmd/help.h"
#include "cmd/nearest.h"
#include "cmd/options.h"

static const struct command *
find(const char *name)
{
	for (const struct command *const *c = commands; *c; c++) {
		if (strcmp((*c)->name, name) == 0)
			return *c;
	}
	return NULL;
}

static int
unknown(const char *word)
{
	struct nearest near = nearest_to(word);
	const char *kind = word[0] == '-' ? "option" : "command";

	for (const struct command *const *c = commands; *c; c++)
		nearest_offer(&near, (*c)->name);
	nearest_offer(&near, "--completion");
	nearest_offer(&near, "--help");
	nearest_offer(&near, "--version");
	if (near.name)
		fprintf(stderr, "confine: there is no %s %s; did you mean %s?\n", kind,
		        word, near.name);
	else
		fprintf(stderr, "confine: there is no %s %s; see confine --help\n",
		        kind, word);
	return 2;
}

static int
completion(const char *shell)
{
	if (!shell || strcmp(shell, "bash") != 0) {
		fputs(
		    "confine: --completion knows one shell; write --completion bash\n",
		    stderr);
		return 2;
	}
	completion_bash(stdout);
	return 0;
}

static int
run(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!word) {
		help_short(stderr);
		return 2;
	}
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
		help_long(stdout);
		return 0;
	}
	if (strcmp(word, "--version") == 0) {
		puts("confine " CONFINE_VERSION);
		return 0;
	}
	if (strcmp(word, "--completion") == 0)
		return completion(argv[2]);
	const struct command *c = find(word);
	return c ? c->run(argc - 1, argv + 1) : unknown(word);
}

int
main(int argc, char **argv)
{
	int code = run(argc, argv);

	/* A result that did not reach its reader is no result; 2 has said why. */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (code != 2)
		fprintf(stderr,
		        "confine: cannot write to standard output: %s; "
		        "make room, or name a file with -o\n",
		        strerror(errno));
	return 2;
}

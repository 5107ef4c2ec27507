/*
 * What all commands that look at a machine share: its options, opening it however
 * it is named, and the outputs.
 */
#ifndef CMD_MACHINE_RUN_H
#define CMD_MACHINE_RUN_H

#include "cmd/options.h"
#include "flow/run.h"
#include "flow/status.h"
#include "look/inside.h"

struct machine_options {
	const char *format;
	struct words outputs;
	const char *color;
	const char *case_path;
	unsigned verbose;
	bool quiet;
	bool no_progress;
};

/* Rows of the options table of a command whose options struct has `member`. */
#define MACHINE_OPTION_ROWS(type, member) \
	MACHINE_OPTION_ROWS_OF(type, member, "text|json|csv|xml|html")

/* The same of one that is not written in all formats. */
#define MACHINE_OPTION_ROWS_OF(type, member, formats)                                  \
	{ "format", 0, OPTION_TEXT, offsetof(type, member.format),                     \
	  0,        0, formats,     "how to write it (text on a terminal)" },          \
	    { "output",                                                                \
	      'o',                                                                     \
	      OPTION_LIST,                                                             \
	      offsetof(type, member.outputs),                                          \
	      0,                                                                       \
	      0,                                                                       \
	      "FILE",                                                                  \
	      "write to a file as well, by its suffix; - is standard output" },        \
	    { "color", 0, OPTION_TEXT,         offsetof(type, member.color),           \
	      0,       0, "auto|always|never", "colours (auto; NO_COLOR is heeded)" }, \
	    { "quiet", 'q', OPTION_FLAG, offsetof(type, member.quiet),                 \
	      0,       0,   NULL,        "no advice on standard error" },              \
	    { "verbose", 'v', OPTION_COUNT, offsetof(type, member.verbose),            \
	      0,         0,   NULL,         "more: the evidence" },                    \
	{                                                                              \
		"no-progress", 0, OPTION_FLAG, offsetof(type, member.no_progress), 0,  \
		    0, NULL, "no progress line"                                        \
	}

/*
 * Opens what the user named: a folder, an image, or (where raw is meant to be
 * taken) any other file.  Says on standard error what is wrong, in one line, and
 * gives ERR_REFUSED (exit code 2).
 */
CHECKED enum err machine_named(const char *command, const char *path, bool raw,
                               struct machine **out);

/* What a status command asks: `ask` adds to `out`. */
struct machine_question {
	enum err (*ask)(const struct inside *, struct statuses *out, void *with);
	void *with;
};

/*
 * A whole status command: opens `path`, finds its Windows, asks, writes run,
 * statuses and summary in the wanted formats, gives the exit code.  argv: the
 * command's own, for the run line.
 */
int machine_status_run(const struct command *, char **argv,
                       const struct machine_options *, const char *path,
                       struct machine_question);

/* The same for statuses that need no machine (passwords). */
int status_run(const struct command *, char **argv, const struct machine_options *,
               const struct statuses *);

/* ---- for commands that do more than ask for statuses */

/* What it is called in results: its computer name, or the path it was named by. */
void machine_label(const struct machine *, const struct installation *,
                   char out[ADDRESS_ROOM]);

/* The verdict on one of several that could not be opened; why has been said. */
void machine_unopened(const char *path, struct verdict *out);

/*
 * A line on standard error.  Names on a disk, a drive's label in a path: either may
 * hold what would act on a terminal, and is spelled out.
 */
void machine_complain(const char *command, const char *path, const char *why);

/* A line for each hive that is damaged, where advice is wanted, from the `from`th on;
 * how many there are. */
size_t machine_say_damage(const struct command *, const struct machine_options *,
                          const struct machine *, size_t from);

/* The run's line: argv with our name before it. */
#define RUN_WORDS_MOST 4096
struct run_words {
	struct run run;
	int64_t began_ms; /* steady */
	char *argv[RUN_WORDS_MOST + 1];
};

void run_begin(struct run_words *, const char *command, char **argv);
double run_seconds(const struct run_words *);

static inline void
own_machine(struct machine **m)
{
	machine_free(*m);
}

#endif

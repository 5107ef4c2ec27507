#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "cmd/case_command.h"
#include "cmd/commands.h"
#include "cmd/outputs.h"
#include "keep/case.h"

struct report_options {
	const char *case_path;
	struct words outputs;
	const char *format;
	bool all;
	const char *color;
	unsigned verbose;
};

#define AT(member) offsetof(struct report_options, member)

/* clang-format off */
static const struct option_row rows[] = {
	{ "case", 0, OPTION_TEXT, AT(case_path), 0, 0, "FILE",
	  "the case (confine-case.db unless said)" },
	{ "output", 'o', OPTION_LIST, AT(outputs), 0, 0, "FILE",
	  "write there; the ending tells the format, - is standard output" },
	{ "format", 0, OPTION_TEXT, AT(format), 0, 0, "text|json|csv|xml|html",
	  "of standard output (text on a terminal, else json)" },
	{ "all", 0, OPTION_FLAG, AT(all), 0, 0, NULL,
	  "also a line for every absent host" },
	{ "color", 0, OPTION_TEXT, AT(color), 0, 0, "auto|always|never",
	  "colour in text" },
	{ "verbose", 'v', OPTION_COUNT, AT(verbose), 0, 0, NULL,
	  "text: show the evidence below each host" },
};
/* clang-format on */

static enum err
write_view(struct view *view, const struct report_options *options,
           const struct style *style)
{
	struct outputs outputs;
	enum err err = outputs_open(&outputs, &options->outputs, options->format);

	if (err == OK)
		err = outputs_view(&outputs, view, style);
	outputs_close(&outputs);
	return err;
}

/* On a terminal, where a file alone would leave silence and an exit code of 1. */
static void
say_written(const struct report_options *options, const struct summary *s)
{
	const struct words *files = &options->outputs;

	for (size_t i = 0; i < files->count && isatty(STDERR_FILENO); i++) {
		if (strcmp(files->at[i], "-") == 0)
			continue;
		fprintf(stderr,
		        "%s: %" PRIu64 " address%s, %" PRIu64 " infected, %" PRIu64
		        " suspect, %" PRIu64 " unknown\n",
		        files->at[i], s->targets, s->targets == 1 ? "" : "es",
		        s->count[STATE_INFECTED], s->count[STATE_SUSPECT],
		        s->count[STATE_UNKNOWN]);
	}
}

static int
report(const struct report_options *options)
{
	OWN(own_case) struct case_file *c = NULL;
	struct view view;
	const char *path = case_path(options->case_path);

	if (!path || case_open(path, CASE_READ, &c) != OK ||
	    case_view(c, options->all, &view) != OK)
		return 2;
	struct style style = { .color = outputs_color(options->color),
		               .all = options->all,
		               .verbose = (int)options->verbose,
		               .case_name = path };
	enum err err = write_view(&view, options, &style);
	int code = err == OK ? summary_exit_code(&view.summary) : 2;
	if (err == OK)
		say_written(options, &view.summary);
	case_view_end(&view);
	return code;
}

static int
run(int argc, char **argv)
{
	struct report_options options = { .format = NULL };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words) {
		fputs("confine report: no memory to begin with; free some\n", stderr);
		return 2;
	}
	int code = options_read(&cmd_report, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	if (count == 0)
		return report(&options);
	fprintf(
	    stderr,
	    "confine report: %s is one word too many; the case is named with --case\n",
	    words[0]);
	return 2;
}

const struct command cmd_report = {
	.name = "report",
	.run = run,
	.does = "write the report of a case",
	.usage = "report [OPTIONS]",
	.about =
	    "Writes what a case holds in any format, or in several at once: the "
	    "newest row of every host, the worst first. Nothing is asked of any "
	    "host.\n"
	    "Exit codes: 0 nothing found, 1 something infected or suspect, 2 could "
	    "not be done, 3 nothing found but at least one host is unknown.",
	.examples =
	    "confine report --case ward.case -o ward.html    # a page to hand on\n"
	    "confine report --case ward.case --all -o all.csv    # every address\n"
	    "confine report    # confine-case.db, on the terminal\n",
	.options = rows,
	.option_count = sizeof rows / sizeof *rows,
};

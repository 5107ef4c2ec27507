#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/when.h"
#include "cmd/case_command.h"
#include "cmd/commands.h"
#include "cmd/nearest.h"
#include "sys/clock.h"

#define USUAL_CASE "confine-case.db"

/* What the run's first line calls us, wherever we lie. */
static char program[] = "confine";

struct case_options {
	const char *path;
	const char *format;
};

/* clang-format off */
static const struct option_row rows[] = {
	{ "case", 0, OPTION_TEXT, offsetof(struct case_options, path), 0, 0, "FILE",
	  "the case (" USUAL_CASE " unless said)" },
	{ "format", 0, OPTION_TEXT, offsetof(struct case_options, format), 0, 0,
	  "text|json", "for people, or JSON Lines" },
};
/* clang-format on */

static const struct {
	const char *name;
	int (*run)(struct case_file *, const struct case_ask *); /* NULL: not yet */
} subcommands[] = {
	{ "status", case_status }, { "show", case_show }, { "next", NULL },
	{ "set", NULL },           { "merge", NULL },     { "close", NULL },
};
#define SUBCOMMANDS (sizeof subcommands / sizeof *subcommands)

const char *
case_path(const char *said)
{
	FILE *f = NULL;

	if (said)
		return said;
	f = fopen(USUAL_CASE, "rb");
	if (f) {
		fclose(f);
		return USUAL_CASE;
	}
	fputs("confine: no case to read: there is no " USUAL_CASE " here; name one "
	      "with --case FILE, or make one: `confine scan --case FILE TARGET`\n",
	      stderr);
	return NULL;
}

void
case_moment(char out[MOMENT_ROOM], int64_t unix_ms)
{
	char when[WHEN_ROOM];

	when_text(when, unix_ms);
	snprintf(out, MOMENT_ROOM, "%.10s %.8s UTC", when, when + 11);
}

int
case_cannot_write(void)
{
	fprintf(
	    stderr,
	    "confine: cannot write to standard output: %s; free some space, or send "
	    "it elsewhere\n",
	    strerror(errno));
	return 2;
}

static int
no_subcommand(const char *name)
{
	struct nearest near = nearest_to(name ? name : "");

	for (size_t i = 0; i < SUBCOMMANDS; i++) {
		if (subcommands[i].run)
			nearest_offer(&near, subcommands[i].name);
	}
	if (name && near.name)
		fprintf(stderr, "confine case: there is no %s; did you mean %s?\n",
		        name, near.name);
	else
		fputs("confine case: say status, or show and a host\n", stderr);
	return 2;
}

static int
answer(int (*run)(struct case_file *, const struct case_ask *), struct case_ask *ask,
       const char *said)
{
	OWN(own_case) struct case_file *c = NULL;

	if (run == case_show && ask->host_count == 0) {
		fputs(
		    "confine case show: name a host, by its address or its own name\n",
		    stderr);
		return 2;
	}
	if (run == case_status && ask->host_count > 0) {
		fprintf(
		    stderr,
		    "confine case status: %s is one word too many; for one host, see "
		    "confine case show\n",
		    ask->hosts[0]);
		return 2;
	}
	ask->path = case_path(said);
	if (!ask->path || case_open(ask->path, CASE_READ, &c) != OK)
		return 2;
	int code = run(c, ask);
	return fflush(stdout) != 0 || ferror(stdout) ? case_cannot_write() : code;
}

static int
run(int argc, char **argv)
{
	struct case_options options = { .format = "text" };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	OWN(own_mem) char **full = calloc((size_t)argc + 2, sizeof *full);
	size_t count = 0;

	if (!words || !full) {
		fputs("confine case: no memory to begin with; free some\n", stderr);
		return 2;
	}
	int code = options_read(&cmd_case, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	full[0] = program;
	memcpy(full + 1, argv, (size_t)argc * sizeof *full);
	struct case_ask ask = {
		.json = strcmp(options.format, "json") == 0,
		.run = { clock_now(), CONFINE_VERSION, "case", full, argc + 1 },
		.hosts = words + 1,
		.host_count = count > 0 ? count - 1 : 0,
	};
	for (size_t i = 0; count > 0 && i < SUBCOMMANDS; i++) {
		if (strcmp(subcommands[i].name, words[0]) != 0)
			continue;
		if (subcommands[i].run)
			return answer(subcommands[i].run, &ask, options.path);
		fprintf(
		    stderr,
		    "confine case: %s is not in this version yet; use status or show\n",
		    words[0]);
		return 2;
	}
	return no_subcommand(count > 0 ? words[0] : NULL);
}

const struct command cmd_case = {
	.name = "case",
	.run = run,
	.does = "where every host stands, and what to do next",
	.usage = "case status|show [OPTIONS] [HOST...]",
	.about =
	    "Reads the case that scan and check have recorded with --case. Nothing is "
	    "changed, and nothing is asked of any host, so it may be done while a scan "
	    "runs.\n"
	    "status counts the hosts, lists the runs, names the infected and suspect "
	    "hosts, and says for the unknown ones why, and what to do. show tells all "
	    "that is known of a host, named by its address or by its own name: the "
	    "verdict, every finding with its evidence, how the defences of a machine "
	    "stand that was looked at from inside, and what earlier runs saw.\n"
	    "A host that was infected and is not there any more counts as unknown.\n"
	    "Exit codes: 0 nothing found, 1 something infected or suspect, 2 could "
	    "not be done, 3 nothing found but at least one host is unknown.",
	.examples =
	    "confine case status --case ward.case    # where we stand\n"
	    "confine case show 10.0.0.7 --case ward.case    # all about one host\n"
	    "confine case show WARD-3    # by its name, out of " USUAL_CASE "\n",
	.options = rows,
	.option_count = sizeof rows / sizeof *rows,
};

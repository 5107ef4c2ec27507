#include "cmd/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "cmd/status_command.h"
#include "cmd/whole_file.h"
#include "format/reg_write.h"
#include "look/defences.h"
#include "mend/plan_for.h"

struct autorun_options {
	struct mend_options mend;
	const char *reg_path;
	const char *reg_version;
};

#define AT(member) offsetof(struct autorun_options, member)

static const struct option_row rows[] = {
	MEND_OPTION_ROWS(struct autorun_options, mend),
	{ "reg", 0, OPTION_TEXT, AT(reg_path), 0, 0, "FILE",
	  "disable, enable: write a .reg file instead, for a machine that runs" },
	{ "reg-version", 0, OPTION_TEXT, AT(reg_version), 0, 0, "4|5",
	  "of that file: 4 for every Windows (unless said), 5 for 2000 and later" },
};

static enum err
plan(const struct inside *in, struct plan *out, void *with)
{
	const bool *disable = with;

	return plan_autorun(in, *disable, out);
}

/* Double-clicked on a machine that runs, or handed out by its administrators. */
static int
write_reg(const struct autorun_options *o, bool disable)
{
	OWN(buf_free) struct buf text = { .ceiling = REG_WRITE_MOST };
	const char *path = o->reg_path;
	const char *dot = strrchr(path, '.');
	bool unicode = o->reg_version && strcmp(o->reg_version, "5") == 0;

	if (!dot || strcmp(dot, ".reg") != 0 || dot == path || dot[-1] == '/') {
		machine_complain(cmd_autorun.name, path,
		                 "Windows takes only what ends in .reg; name it so");
		return 2;
	}
	reg_write_autorun(&text, disable, unicode);
	if (text.bad) {
		fputs("confine autorun: out of memory\n", stderr);
		return 2;
	}
	if (whole_file_write(cmd_autorun.name, path,
	                     &(struct whole_file){ .bytes = buf_span(&text),
	                                           .replace = o->mend.yes }) != OK)
		return 2;
	if (!o->mend.machine.quiet)
		fprintf(stderr,
		        "confine autorun: on the machine, as an administrator: regedit "
		        "/s, and the file's name; then restart it, or log off all "
		        "users\n");
	return 0;
}

static int
run(int argc, char **argv)
{
	static bool yes = true;
	static bool no = false;
	static const struct status_verb verbs[] = {
		{ "status", defence_autorun, NULL, NULL },
		{ "disable", defence_autorun, plan, &yes },
		{ "enable", defence_autorun, plan, &no },
	};
	struct autorun_options options = { .reg_path = NULL };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words)
		return 2;
	int code = options_read(&cmd_autorun, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	if (!options.reg_path)
		return status_command_run(&cmd_autorun, &options.mend,
		                          &(struct status_words){ argv, words, count },
		                          verbs, sizeof verbs / sizeof verbs[0]);
	if (count == 1 && strcmp(words[0], "disable") == 0)
		return write_reg(&options, true);
	if (count == 1 && strcmp(words[0], "enable") == 0)
		return write_reg(&options, false);
	fputs("confine autorun: --reg needs no machine: confine autorun disable --reg "
	      "DisableAutorun.reg\n",
	      stderr);
	return 2;
}

const struct command cmd_autorun = {
	.name = "autorun",
	.run = run,
	.does = "does a machine start what lies on a stick; turn that off or on",
	.usage = "autorun status|disable|enable [OPTIONS] MACHINE",
	.about =
	    "The worm starts from USB sticks by autorun.inf. Three settings stop that, "
	    "and each leaves something open on some Windows: IniFileMapping, "
	    "NoDriveTypeAutoRun, HonorAutorunSetting. status reads them, says what "
	    "they cover together, and what to set; disable sets them, enable takes "
	    "IniFileMapping back, in the hives of a machine that does not run. What "
	    "was changed can be undone: see confine undo.\n"
	    "\n"
	    "With --reg, disable and enable write a file for regedit instead, and need "
	    "no machine.",
	.examples = "confine autorun status /mnt/c\n"
		    "confine autorun disable /mnt/c --dry-run\n"
		    "confine autorun disable /mnt/c --case ward.case\n"
		    "confine autorun disable --reg DisableAutorun.reg\n"
		    "confine autorun enable --reg ReenableAutorun.reg\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

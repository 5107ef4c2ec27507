/* Command lines that let rundll32 call a function of a DLL: the worm's way to start. */
#ifndef LOOK_RUNDLL_H
#define LOOK_RUNDLL_H

#include <stdbool.h>

#include "flow/machine.h"

struct rundll_call {
	char target[PATH_ROOM];   /* the DLL as it is written, without quotes */
	char function[NAME_ROOM]; /* what stands behind the comma; "" for none */
	bool has_arguments;       /* and something behind that */
};

/*
 * `rundll32.exe x.dll,function`: the program with or without path, suffix and quotes.
 * Also where Shell32's own ShellExec_RunDLL is made to start it, as Explorer notes
 * it for a drive.  False where another program is started.
 */
bool rundll_call_read(const char *command, struct rundll_call *out);

/*
 * Is the whole command of the worm's form for a task: rundll32, "name.ext,letters",
 * all of them lower-case letters, and nothing else?
 */
bool rundll_call_is_bare(const struct rundll_call *);

/* Nothing but letters a to z, one at least. */
bool rundll_only_letters(const char *text, size_t len);

#endif

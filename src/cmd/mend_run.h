/*
 * The road of every command that changes a machine: look, plan, show, ask, journal,
 * carry out, look again, tell.  What differs from command to command is how it looks
 * and what it plans.
 */
#ifndef CMD_MEND_RUN_H
#define CMD_MEND_RUN_H

#include "cmd/inspect.h"
#include "cmd/machine_run.h"
#include "flow/plan.h"

struct mend_options {
	struct machine_options machine;
	const char *host; /* which of the case it is; NULL: by its name */
	const char *plan_path;
	const char *journal_dir;
	bool yes;
	bool dry_run;
};

#define MEND_ROW(name, kind, at, value, does)        \
	{                                            \
		name, 0, kind, at, 0, 0, value, does \
	}

/* Rows of the options table of a command whose options struct has `member`. */
#define MEND_OPTION_ROWS(type, member)                                               \
	MACHINE_OPTION_ROWS(type, member.machine),                                   \
	    MEND_ROW("case", OPTION_TEXT, offsetof(type, member.machine.case_path),  \
	             "FILE", "remember in a case what was changed"),                 \
	    MEND_ROW("dry-run", OPTION_FLAG, offsetof(type, member.dry_run), NULL,   \
	             "show the changes and make none"),                              \
	    MEND_ROW("yes", OPTION_FLAG, offsetof(type, member.yes), NULL,           \
	             "do not ask; needed where nobody is at a terminal"),            \
	    MEND_ROW("journal-dir", OPTION_TEXT, offsetof(type, member.journal_dir), \
	             "DIR", "keep what undo needs there (beside the case, or here)")

/* What one command wants.  Its functions give ERR_MEMORY only. */
struct mend_kind {
	const struct command *command;
	bool judges; /* its looks have verdicts, not statuses alone */
	/* judged after what scans saw: the verdict is left to inspect_judge */
	bool is_clean;
	bool needs_windows;
	enum err (*look)(struct machine *, struct watch *, struct inspected *,
	                 void *with);
	enum err (*plan)(const struct inside *, const struct inspected *,
	                 struct plan *out, void *with);
	void *with;
};

/*
 * All of it; the exit code.  0: done and verified, or nothing to do; 1: still
 * infected, or (--dry-run) something to do; 2: failed, and left as it was; 3: done,
 * and it could not be verified.
 */
int mend_run(const struct mend_kind *, char **argv, const struct mend_options *,
             const char *path);

#endif

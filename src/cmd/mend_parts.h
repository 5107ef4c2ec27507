/* What mend_run.c is made of, and undo shares. */
#ifndef CMD_MEND_PARTS_H
#define CMD_MEND_PARTS_H

#include "cmd/mend_run.h"
#include "flow/mended.h"
#include "keep/case.h"
#include "tell/tell.h"

/* ---- mend_ask.c */

/*
 * "Carry out these 14 changes? [y/N]": shows the plan and asks, on a terminal.  False
 * where it is not to be done, which has been said: the answer was no, Ctrl-C was
 * pressed, or nobody is there and `yes` was not given.
 */
struct mend_question {
	const struct command *command;
	const struct plan *plan;
	const char *deed; /* "Carry out" */
	bool yes;
};
bool mend_ask(const struct mend_question *);

/* ---- mend_file.c: a plan as a file */

CHECKED enum err mend_file_write(const struct command *, const char *path,
                                 const struct plan *);

/*
 * Narrows `fresh` down to the changes of the plan in the file.  ERR_REFUSED, with a
 * line for each, where the file has one that `fresh` has not just so.
 */
CHECKED enum err mend_file_narrow(const struct command *, const char *path,
                                  struct plan *fresh);

/* ---- mend_case.c */

/* Where journals go: --journal-dir, FILE.d beside the case, or confine-journal. */
void mend_journal_dir(char out[PATH_ROOM], const struct mend_options *);

/* The plan, before the first change; *id names it. */
CHECKED enum err mend_case_begin(struct case_file *, const uint8_t key[ADDRESS_KEY],
                                 const struct mended *, int64_t *id);
CHECKED enum err mend_case_end(struct case_file *, int64_t id, const struct mended *);

/* ---- mend_next.c */

/* What is to be typed next, in the order of the loop: patch, tasks, passwords,
 * Autorun, auditing, check again, undo. */
void mend_next(struct told_changes *, const struct mend_options *, const char *path);

/* Adds one: its words (NULL ends them) as a shell takes them, and the case, if it is to
 * be named (else NULL). */
void mend_step(struct told_changes *, const char *why, const char *const words[],
               const char *case_path);

#endif

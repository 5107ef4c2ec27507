/*
 * Where results go: any number of files and formats in one run.
 */
#ifndef CMD_OUTPUTS_H
#define CMD_OUTPUTS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "cmd/options.h"
#include "flow/run.h"
#include "flow/view.h"
#include "tell/tell.h"

#define OUTPUTS_MOST 16

struct output {
	const struct format *format;
	const char *path; /* NULL: standard output */
	char *part;       /* what a page is written to before it is renamed */
	FILE *file;
	bool made;   /* by us, and there is nothing in it yet */
	bool failed; /* which has been said */
};

struct outputs {
	struct output at[OUTPUTS_MOST];
	size_t count;
};

/*
 * Opens what -o and --format ask for; without either, standard output: text on a
 * terminal, JSON Lines elsewhere.  A page is written beside its place and
 * renamed, so that there is never half of one; of other files nothing is lost
 * before outputs_begin.  What is wrong has been said.
 */
CHECKED enum err outputs_open(struct outputs *o, const struct words *files,
                              const char *format);

/* Those that are written as the hosts come. */
CHECKED enum err outputs_begin(struct outputs *o, const struct run *run);
CHECKED enum err outputs_row(struct outputs *o, const struct row *row);

/* Ends all that can be ended, also where one of them has failed. */
CHECKED enum err outputs_end(struct outputs *o, const struct summary *summary);

/* Does somebody read one of them as it is written, on a terminal? */
bool outputs_on_screen(const struct outputs *o);

/* Is there one that needs everything first? */
bool outputs_want_view(const struct outputs *o);
CHECKED enum err outputs_pages(struct outputs *o, struct view *view,
                               const struct style *style);

/* Everything at once, in all formats: for what is known already. */
CHECKED enum err outputs_view(struct outputs *o, struct view *view,
                              const struct style *style);

/* A whole document of statuses, in all formats. */
CHECKED enum err outputs_statuses(struct outputs *o, const struct told_statuses *,
                                  const struct style *style);

/* A whole document on what was changed, in all formats. */
CHECKED enum err outputs_changes(struct outputs *o, const struct told_changes *,
                                 const struct style *);

/* Event logs: before the first, as each is read, and all that came of them.  Of the
 * formats that cannot, outputs_can_logons has said so. */
CHECKED enum err outputs_can_logons(const struct outputs *o);
CHECKED enum err outputs_logons_begin(struct outputs *o, const struct run *run);
CHECKED enum err outputs_log(struct outputs *o, const struct log_told *log);
CHECKED enum err outputs_logons(struct outputs *o, const struct told_logons *,
                                const struct style *);

/* Closes; what is not finished by then is removed. */
void outputs_close(struct outputs *o);

/* auto, always or never (NULL: auto), NO_COLOR, and is it a terminal? */
bool outputs_color(const char *wish);

#endif

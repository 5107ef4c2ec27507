/*
 * The case: the memory, a SQLite file.  Rows are written as they come; after
 * case_commit a kill -9 loses nothing that was added before it.
 */
#ifndef KEEP_CASE_H
#define KEEP_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "flow/run.h"
#include "flow/view.h"

struct case_file;

enum case_mode {
	CASE_WRITE,     /* opens, or makes one */
	CASE_READ,      /* must exist; nothing is written */
	CASE_TEMPORARY, /* path is NULL: for sorting, gone when closed */
};

/*
 * On failure one line is on standard error that says what is wrong and what to
 * do (not a case, of another version, no permission, disk full), and the result
 * is ERR_REFUSED.  An existing file that is not a case is never touched.
 */
CHECKED enum err case_open(const char *path, enum case_mode, struct case_file **out);

/* Is there a case at `path`, by the head of the file?  Says nothing. */
bool case_is_one(const char *path);

/* Writes what is pending and closes.  A failure has been printed. */
CHECKED enum err case_close(struct case_file *);
void own_case(struct case_file **); /* for OWN: closes, ignoring failure */

/* A run of a command.  `spec` is what --resume needs, opaque here: JSON text. */
CHECKED enum err case_begin_run(struct case_file *, const struct run *,
                                const char *spec);

/*
 * The same, for --resume: a run that goes on with the latest run of its command
 * (the latest that was broken off, if any was) and has its spec.  case_has then
 * knows the hosts of that one too, and of those that it went on with.  Without an
 * earlier run it is refused, with a line.
 */
CHECKED enum err case_resume_run(struct case_file *, const struct run *);

CHECKED enum err case_end_run(struct case_file *, const struct summary *);

/* The spec of that run of `command`, to be freed; NULL where there is none. */
CHECKED enum err case_last_spec(struct case_file *, const char *command, char **spec);

/*
 * Adds or replaces the row of a host (the newest run's row counts; the older
 * ones stay as history).  `readings` is a JSON array, kept so that the host can
 * be judged again; may be "[]".
 */
CHECKED enum err case_add(struct case_file *, const struct row *, const char *readings);

/* A host that was not there: its address and why, nothing else. */
CHECKED enum err case_add_absent(struct case_file *, const struct verdict *);

/* Has this host a row (absent or not) in the latest run or one it goes on with? */
CHECKED enum err case_has(struct case_file *, const uint8_t key[ADDRESS_KEY],
                          bool *has);

CHECKED enum err case_commit(struct case_file *);

/* A view of the current row of every host; run and summary filled in. */
CHECKED enum err case_view(struct case_file *, bool with_absent, struct view *out);
void case_view_end(struct view *);

/* One host: by address text or by name.  False in *found where it is not there. */
CHECKED enum err case_find(struct case_file *, const char *host, struct row *out,
                           bool *found);

#endif

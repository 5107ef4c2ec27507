/*
 * The detectors of a machine looked at from inside.  Each is one function in a file
 * of its own: it asks the machine, adds findings, and never prints, judges or
 * changes.  What is not there is quiet; what is there and cannot be read is an
 * undetermined finding (look_unread); what this way of reaching the machine does
 * not have (machine->can) is passed over, and the report names it.
 */
#ifndef LOOK_INSIDE_H
#define LOOK_INSIDE_H

#include "flow/finding.h"
#include "flow/installation.h"
#include "flow/machine.h"

struct inside {
	struct machine *machine;
	const struct installation *windows; /* never NULL; ->there may be false */
	struct findings *out;
};

/* Runs every detector of the table; findings get `host` and `time_ms`. */
enum err look_inside(struct machine *, const struct installation *, const char *host,
                     int64_t time_ms, struct findings *out);

/* The table, in the order in which people want their reasons. */
enum err look_files(const struct inside *);  /* worm_files.c: the file rule, swept */
enum err look_memory(const struct inside *); /* memory.c: keys in page files, dumps */
enum err look_removable(const struct inside *); /* removable.c: autorun.inf, RECYCLER */
enum err look_run_values(const struct inside *);
enum err look_services(const struct inside *);
enum err look_settings(const struct inside *);
enum err look_tasks(const struct inside *);

/*
 * A finding of `trace` (a row of traces.tsv) at `place`; never NULL.  A place that
 * is too long ends in an ellipsis.  For a value of a key: look_at_value.
 */
struct finding *look_found(const struct inside *, const char *trace, const char *place);
struct finding *look_at_value(const struct inside *, const char *trace, const char *key,
                              const char *value);

/*
 * `detector` could not read `place`: an undetermined finding whose evidence
 * "because" is machine_why.  HEARD and HEARD_NOTHING add none.
 */
enum err look_unread(const struct inside *, const char *detector, const char *place,
                     enum heard heard);

/*
 * A key with its values; empty where it is not there or could not be read, which
 * then is a finding of `detector`.  To be freed in any case.
 */
CHECKED enum err look_key(const struct inside *, const char *detector, const char *path,
                          struct reg_key *out);

/*
 * A path as a service, a task or a Run value writes it ("%SystemRoot%\…",
 * "\??\C:\…", "\SystemRoot\…", "system32\…", "x.dll", quotes around it) as a path
 * of this machine.  False where it is on no drive of this machine (another letter,
 * a UNC path), `to` then holds it as it was.  user: for %USERPROFILE%, or NULL.
 */
bool look_expand(const struct installation *, const struct machine_user *user,
                 const char *text, char *to, size_t room);

#endif

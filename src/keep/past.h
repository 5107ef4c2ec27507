/*
 * What a case remembers of earlier: its runs, and the older rows of a host.
 */
#ifndef KEEP_PAST_H
#define KEEP_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/run.h"
#include "flow/view.h"
#include "keep/case.h"

struct past_run {
	struct run run;
	struct summary summary; /* its own, as it ended; interrupted if it did not */
	bool has_ended;
	bool is_running;
	int64_t first_ms; /* when the first of those that it goes on with began */
};

/* An error that `each` gives ends the walk and comes back from it. */
typedef enum err past_each_run(void *, const struct past_run *);
typedef enum err past_each_row(void *, const struct row *);

/* All runs, oldest first.  What is handed out lasts as long as the call. */
CHECKED enum err past_runs(struct case_file *, past_each_run *each, void *with);

/*
 * Every row of one host (by its address, or as it is called where it has none), newest
 * first, as it was written; that it was absent is remembered only of the newest run.
 */
CHECKED enum err past_rows(struct case_file *, const char *host, past_each_row *each,
                           void *with);

/* The hosts that call themselves so, by their newest rows, in order of address. */
CHECKED enum err past_namesakes(struct case_file *, const char *name,
                                past_each_row *each, void *with);

#endif

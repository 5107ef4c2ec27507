/*
 * The output formats.  A format formats, it decides nothing: all see the same
 * facts.  JSON Lines and CSV are written as the hosts come; the others are
 * pages, made from a view once everything is known, in sorted order.
 */
#ifndef TELL_TELL_H
#define TELL_TELL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "flow/audited.h"
#include "flow/logons.h"
#include "flow/plan.h"
#include "flow/run.h"
#include "flow/spread.h"
#include "flow/status.h"
#include "flow/tried.h"
#include "flow/view.h"

struct style {
	bool color;            /* text: escape sequences are wanted */
	bool all;              /* absent hosts get their rows too */
	int verbose;           /* text: -v shows the evidence below each host */
	const char *case_name; /* what the next command should name, or NULL */
};

/* What a status command has to tell. */
struct told_statuses {
	const struct run *run;
	const struct statuses *statuses;
	const struct verdict *of; /* the machine: host, name, os; NULL where none */
	double seconds;
};

/* A command to type next, and why. */
struct next_step {
	char command[2 * PATH_ROOM];
	const char *why;
};
#define NEXT_STEPS_MOST 12

/* What a command has to tell that changed a machine, or would. */
struct told_changes {
	const struct run *run;
	const struct plan *plan; /* with the states of its changes */
	char host[ADDRESS_ROOM];
	/* A sentence on all of it: "14 changes were carried out and read back." */
	char outcome[WHY_ROOM];
	const char *journal;      /* what undo takes; "" where there is none */
	const struct row *before; /* as it was looked at; NULL: it was not */
	const struct row *after;  /* NULL: it was not looked at again */
	bool is_undo; /* the plan's notes are of what was done, not of this */
	bool judged;  /* those two have verdicts, and not statuses alone */
	struct next_step steps[NEXT_STEPS_MOST];
	size_t step_count;
	bool interrupted;
	double seconds;
};

/* What `logons` has to tell: who guesses passwords, most likely first. */
struct told_logons {
	const struct run *run;
	const struct attacker *at; /* attackers, and behind them other sources */
	size_t count;
	size_t attackers; /* of these */
	const struct logons_totals *totals;
	const struct log_told *logs; /* of which something is to be said */
	size_t log_count;
	const struct log_told *whole; /* some of those that were read whole */
	size_t whole_count;
	const struct spread *spread; /* of attackers, in order of time */
	size_t spread_count;
	const struct tried *accounts; /* that are guessed most */
	size_t account_count;
	uint64_t account_total;      /* with those that are not told */
	const struct tried *targets; /* that are attacked most */
	size_t target_count;
	uint64_t target_total;
	const struct audited *unaudited; /* machines that write no failures down */
	size_t unaudited_count;
	uint64_t top; /* how many are shown */
	double seconds;
};

struct format {
	const char *name;   /* "json", as --format takes it */
	const char *suffix; /* ".jsonl": what -o chooses it by */
	/* Either these three … */
	enum err (*begin)(FILE *, const struct run *);
	enum err (*row)(FILE *, const struct row *);
	enum err (*end)(FILE *, const struct summary *);
	/* … or this one. */
	enum err (*page)(FILE *, struct view *, const struct style *);
	/* And, for the commands that ask for statuses alone, a whole document. */
	enum err (*statuses)(FILE *, const struct told_statuses *,
	                     const struct style *);
	/* And for those that change something. */
	enum err (*changes)(FILE *, const struct told_changes *, const struct style *);
	/* And for event logs: these two as they are read, or NULL; then the rest. */
	enum err (*logons_begin)(FILE *, const struct run *);
	enum err (*log)(FILE *, const struct log_told *);
	enum err (*logons)(FILE *, const struct told_logons *, const struct style *);
};

/* NULL where there is none.  By name: "text", "json", "csv", "xml", "html". */
const struct format *format_by_name(const char *name);
const struct format *format_by_suffix(const char *file_name);

/* Writes a whole view in a format of either kind. */
CHECKED enum err tell_view(const struct format *, FILE *, struct view *,
                           const struct style *);

#endif

/* What a run of `logons` found out besides its attackers. */
#ifndef FLOW_LOGONS_H
#define FLOW_LOGONS_H

#include "flow/attacker.h"
#include "flow/log_told.h"

struct logons_totals {
	uint64_t logs;   /* that were read, at least in part */
	uint64_t unread; /* named, or in a folder, and not read at all */
	uint64_t marred; /* of the logs: cut, damaged, or of something else */
	uint64_t bytes;
	uint64_t records;
	uint64_t recovered;
	uint64_t security; /* records about security, of both */
	uint64_t undecodable;
	uint64_t failures;          /* to log on, of whatever kind and from wherever */
	uint64_t local;             /* of these: no other machine has a part in it */
	uint64_t twice;             /* of these: told twice, and counted once */
	uint64_t passed_over;       /* attempts that there was no room for */
	uint64_t untold_attackers;  /* beyond those that are told one by one */
	uint64_t unaudited;         /* machines that do not write failures down */
	bool machines_untold;       /* of some it is not known: they were too many */
	uint64_t before, after;     /* attempts outside of --since and --until */
	int64_t first_ms, last_ms;  /* that the logs cover; 0: nothing */
	int64_t cleared_ms;         /* the last time that one was cleared; 0: never */
	int64_t since_ms, until_ms; /* that were asked for; the ends of time: neither */
	uint64_t copies;            /* logs that hold the same as one before */
	char first_copy[PATH_ROOM]; /* of these */
	bool is_interrupted;
};

/* Do the logs begin too late, or end before, for what was asked for? */
bool logons_are_uncovered(const struct logons_totals *);

void logons_add(struct logons_totals *, const struct log_told *);

/* {"type":"log",…} and the summary. */
void log_told_json(struct json *, const struct log_told *);
struct logons_sum {
	const struct logons_totals *totals;
	uint64_t attackers;
	double seconds;
};
void logons_summary_json(struct json *, const struct logons_sum *);

/* 1: there is an attacker; 3: none is seen, but not all could be read; 2: nothing
 * was. */
int logons_exit_code(const struct logons_sum *);

/* For `machines_untold`. */
#define LOGONS_MACHINES_UNTOLD                                                   \
	"There are too many machines to know of each whether it records failed " \
	"logons: read the logs of fewer at once."

/* For `copies`, behind the path of the first and before how many more. */
#define LOGONS_COPIES                                                                 \
	"holds the same as another log that was read, and its attempts count again: " \
	"name only one of them"

/* Why there is no attacker, in a sentence. */
void logons_empty_because(const struct logons_totals *, char out[WHY_ROOM]);

#endif

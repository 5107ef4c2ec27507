/*
 * A machine that guesses passwords, by what event logs tell of it: what `logons` says.
 */
#ifndef FLOW_ATTACKER_H
#define FLOW_ATTACKER_H

#include "base/json.h"
#include "flow/attempt.h"
#include "flow/verdict.h"

#define ATTACKER_REASONS 24
#define REASON_ROOM 48
#define TARGETS_MOST 32 /* shown; all are counted */
#define SPARKS 48

/* A machine that it tried, and what this one did to it; by all of them: tried.h. */
struct victim {
	char name[ATTEMPT_TEXT];
	uint64_t failures;
	int64_t first_ms;
};

struct attacker {
	/* "" where it is not known; never made up. */
	char workstation[ATTEMPT_TEXT];
	char address[ADDRESS_ROOM];
	/* What it calls itself, where that is a machine that it attacks: forged or
	 * relayed, if another has that name, and then it is not the workstation. */
	char claimed[ATTEMPT_TEXT];
	char unknown_on[ATTEMPT_TEXT]; /* neither: the machine that was tried */
	uint64_t failures;             /* guesses, each once */
	uint64_t accounts;             /* that were tried */
	uint64_t names;                /* that it called itself */
	uint64_t recovered;            /* of the failures */
	uint64_t target_count;
	struct victim targets[TARGETS_MOST]; /* the most tried is the first */
	size_t targets_shown;
	int64_t first_ms, last_ms;
	int64_t locked_ms; /* the first account that was locked; 0: none */
	int64_t got_in_ms; /* the first time that it got in; 0: never */
	int64_t task_ms;   /* the first At job, on a machine that it got into, */
	char task_on[ATTEMPT_TEXT]; /* which is this one; "": there was none */
	double score;               /* 0 to 1 */
	int64_t began_ms; /* in earnest: its first minute with many, or first_ms */
	uint32_t source;  /* the judge's own number */
	int points;
	bool is_forged; /* another name each time */
	bool is_odd;    /* no machine can have the name that it gives */
	bool is_shared; /* many people work through it: the culprit is behind it */
	bool is_itself; /* the machine of the log: seen trying, not being tried */
	bool got_in;    /* with a password that it had been guessing */
	char reasons[ATTACKER_REASONS][REASON_ROOM]; /* "rate:1354/min" */
	size_t reason_count;
	uint32_t sparks[SPARKS]; /* failures over its time, in equal parts */
	char host[ADDRESS_ROOM]; /* that it is in the case; "": there is none */
	enum state host_state;   /* of that one, now */
};

#define ATTACKER_SCORE 0.5 /* from here on */

bool attacker_is_one(const struct attacker *);

/* Its host in the case was looked at from inside since, and is clean. */
bool attacker_is_settled(const struct attacker *);

/* "WARD-3 (10.0.3.7)", "10.0.3.7", "somebody on FILESRV". */
void attacker_called(const struct attacker *, char out[2 * ATTEMPT_TEXT]);

/* {"type":"attacker",…}, or "source" where it is none. */
void attacker_json(struct json *, const struct attacker *);

#endif

/*
 * Whether a machine writes failed logons down, as far as its own logs show: who attacks
 * a machine that does not is unknown.
 */
#ifndef FLOW_AUDITED_H
#define FLOW_AUDITED_H

#include "base/json.h"
#include "flow/attempt.h"
#include "flow/machine.h"

enum audited_how {
	AUDITED_WELL = 1,        /* it does, or nothing speaks against it */
	AUDITED_NOT,             /* its policy was changed so */
	AUDITED_NOT_FOR_A_WHILE, /* so, and back since */
	AUDITED_ONLY_LOCKOUTS,   /* accounts were locked, and no failure is told */
	AUDITED_ONLY_SUCCESSES,  /* the same, but the lock-outs are in another log */
	AUDITED_NO_LOGONS,       /* no logon of any kind */
};

struct audited {
	char machine[PATH_ROOM]; /* or the path of its log, where nothing names it */
	enum audited_how how;
	uint64_t successes, failures, lockouts;
	int64_t first_ms, last_ms; /* of these; 0: none */
	int64_t failed_ms;         /* the last failure; 0: none */
	int64_t off_ms, on_ms;     /* the policy was changed so; 0: never */
};

/* "no", "for-a-while", "only-lockouts", "only-successes", "no-logons", "yes". */
const char *audited_name(enum audited_how);

/* Why nothing can be said of the machine, in a sentence that goes on behind its name;
 * "" where it is audited. */
void audited_because(const struct audited *, char out[WHY_ROOM]);

/* {"type":"audit","machine":…,"failures_recorded":"no",…} */
void audited_json(struct json *, const struct audited *);

/* How failures are recorded from now on: on a machine, and in a domain. */
extern const char *const audited_advice[];
extern const size_t audited_advice_count;

#endif

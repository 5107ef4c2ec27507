/*
 * How it got from one machine to the next, as far as logs can tell: a machine that was
 * attacked, and then attacked others itself.
 */
#ifndef FLOW_SPREAD_H
#define FLOW_SPREAD_H

#include "flow/attacker.h"

struct spread {
	size_t from, to;     /* attackers, by their places */
	uint64_t failures;   /* guesses on it, till it began itself */
	int64_t attacked_ms; /* the first of these */
	int64_t success_ms;  /* the last logon after them; 0: none is seen */
	int64_t began_ms;    /* when it began to attack */
};

/* {"type":"spread","from":…,"to":…,"minutes":…}; `at` are the attackers. */
void spread_json(struct json *, const struct spread *, const struct attacker *at);

/* "logged on to it at 09:05:00 UTC, after 212 failures; 7 minutes later it began.":
 * goes on behind the name of the one that it came from. */
#define SPREAD_WORDS_ROOM 256
void spread_words(const struct spread *, char out[SPREAD_WORDS_ROOM]);

#endif

/*
 * What event logs have to do with a case: who guesses passwords becomes a host of it,
 * or is one that a scan or a look inside knows already.
 */
#ifndef CMD_LOGONS_CASE_H
#define CMD_LOGONS_CASE_H

#include "flow/attacker.h"
#include "flow/run.h"
#include "keep/case.h"

/*
 * Keeps those that are attackers, and writes into each which host it is and how that
 * one stands.  An address is that of a host; a name alone is joined to the one host
 * that calls itself so.  What is new is pending until case_end_run; what the case
 * knows already is not written again.  `s` counts them.
 */
CHECKED enum err logons_case_keep(struct case_file *, int64_t now_ms,
                                  struct attacker *at, size_t count, struct summary *s);

#endif

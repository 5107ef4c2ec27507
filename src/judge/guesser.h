/*
 * A host of a case that event logs name as one that guesses passwords: the finding, and
 * what it does to the host's verdict.  It is a reason to suspect a machine, and never a
 * proof; and never does it make a verdict better.
 */
#ifndef JUDGE_GUESSER_H
#define JUDGE_GUESSER_H

#include "flow/attacker.h"
#include "flow/finding.h"
#include "flow/verdict.h"

#define GUESSER_TRACE "guesses-passwords"

bool guesser_is(const struct finding *);

/* The evidence, about `host`, in words and numbers that a sceptic would ask for. */
void guesser_finding(const struct attacker *, const char *host, struct finding *out);

/*
 * Adds it, unless one that is there tells as much (the same logs were read before);
 * those that it tells more than give way.  Says whether it was added.
 */
bool guesser_add(struct findings *, const struct finding *);

/* The host is infected still, or else suspect. */
void guesser_judge(struct verdict *);

/* Has a clean look inside settled this one? */
bool guesser_is_settled(const struct finding *, const struct verdict *clean);

#endif

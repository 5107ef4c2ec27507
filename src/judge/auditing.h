/*
 * What the logs of each machine show of its own auditing: attempts in, and out the
 * machines that do not write failed logons down.
 */
#ifndef JUDGE_AUDITING_H
#define JUDGE_AUDITING_H

#include "base/err.h"
#include "flow/audited.h"
#include "flow/log_told.h"

#define AUDITED_MOST 2048 /* machines; of more nothing is known, which is told */

struct auditing;

CHECKED enum err auditing_new(struct auditing **out);
void auditing_free(struct auditing *); /* NULL is fine */

CHECKED enum err auditing_take(struct auditing *, const struct attempt *);

/* A log that was read, of which nothing may have been handed on. */
CHECKED enum err auditing_log(struct auditing *, const struct log_told *);

/* Once all were taken: the machines of which something is to be said, by name; they
 * belong to the auditing. */
const struct audited *auditing_judge(struct auditing *, size_t *count);

/* Were there more machines than it holds? */
bool auditing_is_full(const struct auditing *);

#endif

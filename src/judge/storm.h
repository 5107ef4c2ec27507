/*
 * All attempts of all logs, and who is behind them: one source after the other, with
 * the points that its habits give.  Bounded, however many there are: what is alike is
 * folded into one with a count (judge/storm_fold.c).
 */
#ifndef JUDGE_STORM_H
#define JUDGE_STORM_H

#include "base/err.h"
#include "flow/attacker.h"
#include "flow/attempt.h"
#include "flow/spread.h"
#include "flow/tried.h"

struct storm;

/* What is kept of them besides the sources. */
struct storm_counts {
	uint64_t kinds[ATTEMPT_KINDS]; /* not local ones; the same told twice is two */
	uint64_t local;       /* failures in which no other machine has a part */
	uint64_t twice;       /* failures that were told twice */
	uint64_t passed_over; /* for want of room: of sources that tried least */
	uint64_t untold, untold_attackers; /* sources beyond STORM_TOLD */
};

#define STORM_TOLD 1000 /* sources, the most likely */

CHECKED enum err storm_new(struct storm **out);
void storm_free(struct storm *); /* NULL is fine */

CHECKED enum err storm_take(struct storm *, const struct attempt *);

/*
 * Judges, once all were taken: the most likely attacker is the first.  *out, NULL where
 * there were none, is the caller's to free; the same attempts in another order give the
 * same, as long as nothing had to be folded.
 */
CHECKED enum err storm_judge(struct storm *, struct attacker **out, size_t *count);

/*
 * Once it was judged: who has it from whom, of the attackers, in order of time; the
 * first SPREADERS_MOST of them are looked at.  *out is the caller's to free.
 */
#define SPREADERS_MOST 1000
CHECKED enum err storm_spread(const struct storm *, const struct attacker *at,
                              size_t count, struct spread **out, size_t *out_count);

/* Once it was judged: the accounts, or the machines, that were tried most. */
struct tried_list {
	struct tried *at;
	size_t count;
	uint64_t total; /* with those that are not told */
};
CHECKED enum err storm_accounts(const struct storm *, struct tried_list *out);
CHECKED enum err storm_targets(const struct storm *, struct tried_list *out);
void tried_list_free(struct tried_list *);

const struct storm_counts *storm_counts(const struct storm *);

#endif

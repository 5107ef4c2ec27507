/* What the chapters of judging attempts share. */
#ifndef JUDGE_STORM_PARTS_H
#define JUDGE_STORM_PARTS_H

#include "judge/numbered.h"
#include "judge/storm.h"

#define ATTEMPTS_MOST (1u << 18) /* 10 MB; when it is full, it is folded */

/* Numbers of names, accounts and targets that are not told apart any more. */
#define OTHERS 1u       /* nobody knows how many: one, to be safe */
#define ONCE 2u         /* each was used once, so they are as many as the attempts */
#define FORGED_NAMES 10 /* more than these, most of them once, are made up */

#define STORM_AFTER_MS (10 * 60 * 1000) /* what follows from a guess, or a success */

/* An attempt, with its texts as numbers. */
struct told {
	int64_t time_ms;
	uint32_t account, name, address, target;
	uint32_t source;  /* by storm_find_sources; 0: not yet */
	uint32_t count;   /* of the same, from time_ms on */
	uint32_t span_ms; /* to the last of them */
	uint8_t kind;     /* enum attempt_kind; 0: it is told by another as well */
	uint8_t told;
	union {
		uint8_t flags;
		struct {
			bool is_network : 1;
			bool is_recovered : 1;
			bool is_locked : 1;  /* the account was, already */
			bool is_machine : 1; /* the account is a machine's */
			bool is_known : 1;   /* the account is there */
		};
	};
};

static inline int64_t
told_end(const struct told *t)
{
	return t->time_ms + t->span_ms;
}

/* Who is behind it: an address, or a name, or not even that. */
struct source {
	uint32_t address, name, target; /* the first that is not 0 is the key */
	bool is_itself;                 /* the machine of the log */
};

/* An At job that was made; account 0: by nobody, or by the machine itself. */
struct task_told {
	int64_t time_ms;
	uint32_t target, account;
};

struct storm {
	struct told *at;
	size_t count, room;
	size_t most;          /* ATTEMPTS_MOST; less for tests */
	size_t folds, folded; /* how often; what was left when it was last */
	bool has_recovered;
	struct numbered accounts, workstations, addresses, targets;
	struct source *sources; /* [0] is none */
	uint32_t source_count, source_room;
	bool *is_of_several; /* by name: more than one address has it */
	struct task_told *tasks;
	size_t task_count;
	struct storm_counts counts;
};

/* Makes room; at least a quarter of it. */
CHECKED enum err storm_fold(struct storm *);

/* Of a record that is there and behind the end of its log as well, one is left. */
CHECKED enum err storm_drop_copies(struct storm *);

/* Of a failure that a machine and a controller tell, one is left. */
CHECKED enum err storm_drop_twins(struct storm *);

/* Gives each its source, and sorts by source and time. */
CHECKED enum err storm_find_sources(struct storm *);

/* The At jobs that were made, in an order in which they are looked up. */
CHECKED enum err storm_find_tasks(struct storm *);

/* The first that was made on the same machine soon after that success, by its account
 * or by nobody; 0: none was. */
int64_t storm_task_after(const struct storm *, const struct told *success);

/* One source's attempts, in order of time: what they say. */
struct judged_part {
	const struct storm *storm;
	const struct told *at;
	size_t count;
	uint32_t *scratch;      /* a counter for each account, all 0 */
	uint32_t *name_scratch; /* and for each workstation */
	int64_t *last_ms;       /* a time for each account, all 0 */
};
bool storm_is_administrator(const char *account);

/* Who it is. */
void storm_name(const struct judged_part *, const struct source *, struct attacker *);

/* On whom, by those of its attempts that are guesses of an account. */
CHECKED enum err storm_count_targets(const struct judged_part *,
                                     const struct told *const *guesses, size_t count,
                                     struct attacker *);

CHECKED enum err storm_weigh(const struct judged_part *, const struct source *,
                             struct attacker *);

#endif

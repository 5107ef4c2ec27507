/* What the chapters of judging attempts share. */
#ifndef JUDGE_STORM_PARTS_H
#define JUDGE_STORM_PARTS_H

#include "judge/numbered.h"
#include "judge/storm.h"

#define ATTEMPTS_MOST 1000000 /* 32 MB */
#define FORGED_NAMES 10       /* more than these, most of them once, are made up */

/* An attempt, with its texts as numbers. */
struct told {
	int64_t time_ms;
	uint32_t account, name, address, target;
	uint32_t source;  /* by storm_find_sources; 0: not yet */
	uint32_t count;   /* of the same, from time_ms on */
	uint32_t span_ms; /* to the last of them */
	uint8_t kind;     /* enum attempt_kind; 0: it is told by another as well */
	uint8_t told;
	bool is_network : 1;
	bool is_recovered : 1;
	bool is_locked : 1;  /* the account was, already */
	bool is_machine : 1; /* the account is a machine's */
	bool is_known : 1;   /* the account is there */
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

struct storm {
	struct told *at;
	size_t count, room;
	struct numbered accounts, workstations, addresses, targets;
	struct source *sources; /* [0] is none */
	uint32_t source_count, source_room;
	struct storm_counts counts;
};

/* Of a failure that a machine and a controller tell, one is left. */
CHECKED enum err storm_drop_twins(struct storm *);

/* Gives each its source, and sorts by source and time. */
CHECKED enum err storm_find_sources(struct storm *);

/* One source's attempts, in order of time: what they say. */
struct judged_part {
	const struct storm *storm;
	const struct told *at;
	size_t count;
	uint32_t *scratch;      /* a counter for each account, all 0 */
	uint32_t *name_scratch; /* and for each workstation */
	int64_t *last_ms;       /* a time for each account, all 0 */
};
/* Who it is. */
void storm_name(const struct judged_part *, const struct source *, struct attacker *);

CHECKED enum err storm_weigh(const struct judged_part *, const struct source *,
                             struct attacker *);

#endif

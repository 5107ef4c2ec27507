/*
 * What became of a machine that a command changed: what a case remembers of it, and
 * what a report tells.
 */
#ifndef FLOW_MENDED_H
#define FLOW_MENDED_H

#include "flow/plan.h"
#include "flow/verdict.h"

enum mended_state {
	MENDED_BEGUN = 1, /* and not ended: how far it came, the journal tells */
	MENDED_DONE,
	MENDED_PUT_BACK, /* it failed, and the machine is as it was */
	MENDED_HALF,     /* it failed, and could not be put back */
	MENDED_UNDONE,
	MENDED_PART_UNDONE,
};

struct mended {
	int64_t time_ms;
	char command[32]; /* "clean", "autorun" */
	enum mended_state state;
	char journal[PATH_ROOM];
	char
	    before[16]; /* the name of its state, as it was looked at; "": it was not */
	char after[16];
	size_t changes;
	size_t done;             /* of these, and read back */
	const struct plan *plan; /* with the states of its changes; NULL: unreadable */
};

const char *mended_state_name(enum mended_state);           /* "put-back" */
enum mended_state mended_state_from_name(const char *name); /* 0 for none of them */

/*
 * Where a host stands by it: NULL, or "cleaned", "changed", "begun", "half-done",
 * "undone".  `now` is its newest verdict: cleaned is one that was looked at from inside
 * after a clean, and found clean.
 */
const char *mended_place(const struct mended *, const struct verdict *now);

/* "2026-11-29 01:03 UTC: clean, 14 of 14 changes, infected before, clean after": for
 * people; the journal stands beside it. */
#define MENDED_WORDS_ROOM 160
void mended_words(const struct mended *, char out[MENDED_WORDS_ROOM]);

/* {"type":"mended",…}; `now` as for mended_place. */
void mended_json(struct json *, const struct mended *, const struct verdict *now);

#endif

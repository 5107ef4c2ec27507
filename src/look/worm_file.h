/*
 * The file rule (specification 8): is this file the worm's?  It never decides by
 * size, date or name alone.  Services, Run values, tasks and drives ask it for the
 * files that they name; the sweep (look_files) asks it for what lies in the places.
 */
#ifndef LOOK_WORM_FILE_H
#define LOOK_WORM_FILE_H

#include "look/inside.h"

enum file_is {
	FILE_IS_WORM = 1,
	FILE_IS_SUSPECT, /* two of the traits, or three with nothing that names it */
	FILE_IS_OTHER,   /* not the worm's, as far as the rule can tell */
	FILE_IS_ABSENT,
	FILE_IS_UNREAD, /* there, and what decides could not be read */
};

enum file_trait {
	TRAIT_COMPUTED_NAME = 1 << 0, /* specification 1.2 */
	TRAIT_HIDDEN = 1 << 1,        /* hidden and system */
	TRAIT_LOCKED = 1 << 2,        /* administrators may not read it */
	TRAIT_TIME_TWIN = 1 << 3,     /* a kernel32's times, on disk only later */
	TRAIT_PACKED = 1 << 4,
	TRAIT_NAMED = 1 << 5, /* by a netsvcs service, a rundll32 Run value, an At job,
	                       * an autorun.inf */
	TRAIT_RANDOM_NAME = 1 << 6, /* letters only, in one of the places */
	/* What speaks against it: */
	TRAIT_NOT_PE = 1 << 8,    /* nor a 32-bit one for x86, as the worm is */
	TRAIT_VERSIONED = 1 << 9, /* has a version resource */
	TRAIT_SIGNED = 1 << 10,   /* carries a signature (not verified) */
};
#define TRAITS_FOR 0x7Fu

struct file_judged {
	enum file_is is;
	unsigned traits;
	variants variants; /* of a computed name: B,C or D; else all */
	struct file_facts facts;
	char sha256[65];        /* where it was read; else "" */
	char because[WHY_ROOM]; /* where it is FILE_IS_UNREAD */
};

/* named: TRAIT_NAMED where something of the registry or a task names it, else 0; with
 * WITHOUT_HASH, sha256 stays "", which is quicker. */
#define WITHOUT_HASH (1u << 31)
void worm_file_judge(const struct inside *, const char *path, unsigned named,
                     struct file_judged *out);

/* "hidden", of one of the bits above. */
const char *worm_file_trait_word(unsigned trait);

/* The evidence that a sceptic would ask for: sha256, size, traits, times. */
void worm_file_evidence(struct finding *, const struct file_judged *);

/* Is it (with or without ".dll") a name that the worm computes on this machine? */
bool worm_file_name_is_computed(const struct installation *, const char *name,
                                variants *out);

#endif

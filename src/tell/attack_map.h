/*
 * Who attacks whom, laid out from left to right: those of whom nothing shows where they
 * have it from first, each of the others behind whom it has it from, as the judge tells
 * it, and last who was only tried.  So the way that the worm took, if it was one, is
 * read like a line.  Bounded: the likeliest attackers, the machines that they tried
 * most, the widest arrows; the rest is counted.
 */
#ifndef TELL_ATTACK_MAP_H
#define TELL_ATTACK_MAP_H

#include "base/err.h"
#include "tell/tell.h"

#define MAP_ATTACKERS 12
#define MAP_TRIED 20 /* and do not attack */
#define MAP_NODES (MAP_ATTACKERS + MAP_TRIED)
#define MAP_ARROWS 80
#define MAP_STAGES 4      /* of attackers, from left to right */
#define MAP_SEARCHED 1000 /* attackers, for whether one that is tried is one */

struct attack_node {
	const struct attacker *attacker; /* NULL: it is tried, no more */
	const char *name;                /* of who is tried */
	bool guesses;   /* as well, and is none of the attackers of the map */
	uint64_t tried; /* guesses on it by those of the map */
	unsigned stage; /* 0 is the leftmost */
	unsigned row;   /* in its stage, from above */
	double height;  /* the same, 0 to 1 */
};

struct attack_arrow {
	size_t from, to; /* nodes */
	uint64_t failures;
	int64_t first_ms;
	const struct spread *spread; /* perhaps it went this way; NULL: not */
};

struct attack_map {
	struct attack_node nodes[MAP_NODES]; /* attackers first */
	size_t node_count, attackers;
	struct attack_arrow
	    arrows[MAP_ARROWS]; /* of the spread first, then the widest */
	size_t arrow_count;
	unsigned stages; /* with the one of those that are only tried */
	unsigned rows[MAP_STAGES + 1];
	/* What is not drawn. */
	uint64_t other_attackers, other_tried, other_arrows;
	uint64_t untold; /* attackers that tried more than is known by name */
};

/* To be freed.  Only where there is an attacker. */
CHECKED enum err attack_map_of(const struct told_logons *, struct attack_map **out);

#endif

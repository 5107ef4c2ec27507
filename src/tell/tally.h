/*
 * What a page must know before its first line, gathered in one walk over the
 * rows: how many hosts of each state, for which reasons, and which traces occur.
 * Its size is fixed; hosts of a reason that finds no more room count in `rest`.
 */
#ifndef TELL_TALLY_H
#define TELL_TALLY_H

#include <stdint.h>

#include "flow/run.h"
#include "flow/view.h"

/* The hosts of one state that were decided by the same first reason. */
struct group {
	enum state state;
	char reason[TRACE_ROOM];
	uint64_t count;
	char host[ADDRESS_ROOM];  /* the first of them, */
	char why[SENTENCE_ROOM];  /* and its sentences, */
	char next[SENTENCE_ROOM]; /* should the reason have none of its own */
};

#define GROUPS_MOST 128

struct tally {
	uint64_t rows;
	uint64_t mended;                  /* hosts on which something was changed */
	uint64_t count[STATE_COUNT + 1];  /* by enum state; the rows only */
	uint64_t inside[STATE_COUNT + 1]; /* of these, what a look inside told */
	struct group group[GROUPS_MOST]; /* after tally_sort: worst, then most, first */
	size_t groups;
	uint64_t rest;
	char trace[GROUPS_MOST][TRACE_ROOM]; /* all that occur; sorted by tally_sort */
	size_t traces;
};

void tally_row(struct tally *, const struct row *);
void tally_sort(struct tally *);

/* Hosts that are neither absent nor left out: those that could be told of. */
uint64_t tally_told(const struct tally *);

/* How many of them were looked at from inside. */
uint64_t tally_inside(const struct tally *);

/* "This host …": what a reason means, and what to do about it. */
const char *group_title(const struct group *);
const char *group_next(const struct group *);

#endif

/*
 * Metwally, Agrawal, El Abbadi, Efficient computation of frequent and top-k elements
 * in data streams (ICDT 2005): the newcomer takes the place of the rarest, and its
 * number.  What makes up more than a 16th of the attempts is in the table.
 */
#include "reach/log_computer.h"

#include <string.h>

void
log_computer_saw(struct log_computers *c, const struct attempt *a)
{
	size_t rarest = 0;

	/* The target of these is another one than that which wrote it. */
	if (a->target[0] == '\0' || a->kind == ATTEMPT_BY_US)
		return;
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->at[i].name, a->target) == 0) {
			c->at[i].seen++;
			return;
		}
		if (c->at[i].seen < c->at[rarest].seen)
			rarest = i;
	}
	if (c->count < LOG_COMPUTERS)
		rarest = c->count++;
	c->at[rarest].seen++;
	memcpy(c->at[rarest].name, a->target, sizeof a->target);
}

const char *
log_computer_most(const struct log_computers *c)
{
	size_t most = 0;

	for (size_t i = 1; i < c->count; i++) {
		if (c->at[i].seen > c->at[most].seen)
			most = i;
	}
	return c->count > 0 ? c->at[most].name : "";
}

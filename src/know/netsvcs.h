/*
 * Who belongs to svchost's netsvcs group: the rows of netsvcs.tsv.  A member that is
 * not here is only a candidate; vendors add members too.
 */
#ifndef KNOW_NETSVCS_H
#define KNOW_NETSVCS_H

#include <stdbool.h>
#include <stddef.h>

#include "know/by_windows.h"

struct netsvcs_member {
	const char *service;
	struct by_windows on; /* it brings it; on none: others add it */
	const char *sources;  /* tags, separated by blanks: sources.tsv */
};

extern const struct netsvcs_member netsvcs_members[];
extern const size_t netsvcs_members_count;

/* NULL where there is none of that name, in letters of either case. */
const struct netsvcs_member *netsvcs_member_find(const char *service);

/*
 * Is it one that this Windows brings, or one that is known to be added by others?
 * Where it is not known which Windows it is: by any Windows.
 */
bool netsvcs_is_usual(const struct installation *, const char *service);

#endif

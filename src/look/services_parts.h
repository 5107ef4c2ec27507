/* One service, between look/services.c, which finds it, and its judge. */
#ifndef LOOK_SERVICES_PARTS_H
#define LOOK_SERVICES_PARTS_H

#include "look/services.h"

#define SERVICES_DETECTOR "services"

/*
 * What a machine full of services may cost, and how many of each finding it may
 * cause: those of little weight must not push out others.  All count down.
 */
struct services_budget {
	unsigned judged;   /* services whose file is looked at */
	unsigned searches; /* walks over all services for a description */
	unsigned residues;
	unsigned unread;
};

/* Adds at most one finding on whose service it is, and one on what was not read. */
void service_tell(const struct inside *, const struct service_judged *,
                  struct services_budget *);

#endif

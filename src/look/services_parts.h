/* One service, between look/services.c, which finds it, and its judge. */
#ifndef LOOK_SERVICES_PARTS_H
#define LOOK_SERVICES_PARTS_H

#include "look/inside.h"

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

struct service {
	const char *set;  /* "HKLM\SYSTEM\ControlSet001" */
	const char *name; /* as the key has it */
	char path[PATH_ROOM];
	const struct reg_key *key;
	struct services_budget *budget;
	bool is_member;      /* of netsvcs */
	bool starts_svchost; /* its command line is that of the group, exactly */
};

/* Does it run in the netsvcs group, by its command line? */
bool service_starts_svchost(const struct installation *, const struct reg_key *);

/* Adds at most one finding on whose service it is, and one on what was not read. */
CHECKED enum err service_judge(const struct inside *, const struct service *);

#endif

/* Services that the worm disables: the rows of disabled-services.tsv. */
#ifndef KNOW_DISABLED_SERVICES_H
#define KNOW_DISABLED_SERVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/installation.h"

struct disabled_service {
	const char *service;
	const char *name; /* for people */
	/* Can this Windows have it? */
	bool w2000, xp, w2003, vista, w2008, w7;
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

extern const struct disabled_service disabled_services[];
extern const size_t disabled_services_count;

/* Where it is not known which Windows it is, it can have each of them. */
bool disabled_service_is_of(const struct disabled_service *,
                            const struct installation *);

#endif

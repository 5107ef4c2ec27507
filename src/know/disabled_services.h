/* Services that the worm disables: the rows of disabled-services.tsv. */
#ifndef KNOW_DISABLED_SERVICES_H
#define KNOW_DISABLED_SERVICES_H

#include <stddef.h>

#include "know/by_windows.h"

struct disabled_service {
	const char *service;
	const char *name;     /* for people */
	struct by_windows on; /* it can be there */
	const char *sources;  /* tags, separated by blanks: sources.tsv */
};

extern const struct disabled_service disabled_services[];
extern const size_t disabled_services_count;

#endif

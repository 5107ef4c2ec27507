/* Services that the worm disables: the rows of disabled-services.tsv. */
#ifndef KNOW_DISABLED_SERVICES_H
#define KNOW_DISABLED_SERVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/installation.h"

/* How it starts by itself: the value Start, or automatically but later. */
enum service_start {
	START_NONE = 0, /* that Windows does not have it */
	START_AUTOMATIC = 2,
	START_MANUAL = 3,
	START_DISABLED = 4,
	START_DELAYED = 5, /* 2, and DelayedAutostart */
};

struct disabled_service {
	const char *service;
	const char *name; /* for people */
	struct {
		enum service_start w2000, xp, w2003, vista, w2008, w7;
	} starts;
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

extern const struct disabled_service disabled_services[];
extern const size_t disabled_services_count;

/* NULL where there is none of that name, in letters of either case. */
const struct disabled_service *disabled_service_find(const char *service);

/* START_NONE also where it is not known which Windows it is. */
enum service_start disabled_service_start(const struct disabled_service *,
                                          enum windows_kind);

/* It can be there.  Where it is not known which Windows it is: on any of them. */
bool disabled_service_is_on(const struct disabled_service *, enum windows_kind);

#endif

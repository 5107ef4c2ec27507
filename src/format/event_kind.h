/*
 * Is a text one of those that event logs are turned into?  Known by what all of them
 * have at their beginning, and no other text has.  Pure.
 */
#ifndef FORMAT_EVENT_KIND_H
#define FORMAT_EVENT_KIND_H

#include "base/span.h"

enum event_kind {
	EVENT_KIND_NONE,
	EVENT_KIND_XML,
	EVENT_KIND_JSON,
	EVENT_KIND_CSV,
	EVENT_KIND_OTHER, /* tells of them in a way that is not read */
};

/* The first bytes of a file, 16 KB of them or more, or all. */
enum event_kind event_kind_of(struct span beginning);

/* Is it worth to read so many, after the first few hundred? */
bool event_kind_is_possible(struct span beginning);

#endif

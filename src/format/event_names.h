/*
 * What the collectors of event logs call the parts of an event: Elastic's winlogbeat,
 * NXLog, Splunk, PowerShell, evtx_dump, Event Viewer.  Pure.
 */
#ifndef FORMAT_EVENT_NAMES_H
#define FORMAT_EVENT_NAMES_H

#include "format/event_text.h"

struct event_name {
	enum event_part part; /* EVENT_PART_NONE: of no use */
	const char *data;     /* the name that Windows has for it; NULL: it has none */
	bool is_second;
	bool is_message; /* the text that people read: there may be more in it */
};

/* `in`: the name of what it is in, or "". */
struct event_name event_name_of(const char *in, const char *name);

/* One part as they write it: keywords in words become Windows' own. */
void event_name_put(struct event_text *, const struct event_name *, const char *utf8,
                    size_t len);

#endif

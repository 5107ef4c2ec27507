/*
 * What the collectors of event logs call the parts of an event: Elastic's winlogbeat,
 * NXLog, Splunk, PowerShell, evtx_dump, EvtxECmd, Event Viewer.  Pure.
 */
#ifndef FORMAT_EVENT_NAMES_H
#define FORMAT_EVENT_NAMES_H

#include "format/event_text.h"

#define EVENT_NAME_ROOM 64

struct event_name {
	enum event_part part; /* EVENT_PART_NONE: of no use */
	const char *data;     /* the name that Windows has for it; NULL: it has none */
	bool is_second;
	bool is_message; /* the text that people read: there may be more in it */
	bool is_payload; /* EvtxECmd's: event_json_put */
};

/* `in`: the name of what it is in, or "". */
struct event_name event_name_of(const char *in, const char *name);

/* "winlog.event_data.IpAddress": the last part of such a name, and the one before; in a
 * name without points there is none, and `in` stays. */
void event_name_split(const char *path, char last[EVENT_NAME_ROOM],
                      char in[EVENT_NAME_ROOM]);

/* One part as they write it: keywords in words become Windows' own. */
void event_name_put(struct event_text *, const struct event_name *, const char *utf8,
                    size_t len);

#endif

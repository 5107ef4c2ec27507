/*
 * What EvtxECmd keeps of an event beside the columns of its tables: the column
 * "Payload", which is JSON of the event's own elements.  Pure.
 */
#ifndef FORMAT_EVENT_PAYLOAD_H
#define FORMAT_EVENT_PAYLOAD_H

#include "format/event_text.h"

/* Puts each of its Data by its name, or by its place where it has none.  What is no
 * such JSON puts nothing. */
void event_payload_read(struct event_text *, const char *utf8, size_t len);

#endif

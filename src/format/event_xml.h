/*
 * One event as XML, as Windows writes it (wevtutil, Event Viewer, forwarding) and as
 * other programs do: <Event>…</Event>.  Elements are known by their names, without
 * prefixes; what is not of the event itself, as RenderingInfo, is passed over.  Pure.
 */
#ifndef FORMAT_EVENT_XML_H
#define FORMAT_EVENT_XML_H

#include "format/event_text.h"

struct event_xml;

struct event_xml *event_xml_new(struct event_text *); /* NULL: no memory */
void event_xml_free(struct event_xml *);              /* NULL is fine */

/* Fills `event_text`, which has begun.  False: it is no XML, not even with bytes that
 * are no UTF-8. */
bool event_xml_read(struct event_xml *, struct span event);

#endif

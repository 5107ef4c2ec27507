/*
 * The text of an event that people read, in English: of exports that have nothing else
 * (Event Viewer's and PowerShell's CSV).  Pure.
 */
#ifndef FORMAT_EVENT_MESSAGE_H
#define FORMAT_EVENT_MESSAGE_H

#include "format/event_text.h"

/* Fills in what it says; all of it counts only where nothing better is there. */
void event_message_read(struct event_text *, const char *utf8, size_t len);

#endif

/*
 * Events as JSON, as collectors write them: an object for each, or objects in others.
 * Pure.
 */
#ifndef FORMAT_EVENT_JSON_H
#define FORMAT_EVENT_JSON_H

#include "format/event_text.h"

/* Before the first: the library would ask a file for chance, which is no way here. */
void event_json_seed(uint64_t chance);

/* An object with all in it, at `offset` of its file.  What is no event is counted as
 * undecodable.  */
void event_json_read(struct event_text *, struct span object, uint64_t offset,
                     struct log_tally *);

/* Puts what is in an event, {"EventData": {"Data": [...]}}, into the one at hand: the
 * column "Payload" of EvtxECmd.  What is no such JSON puts nothing. */
void event_json_put(struct event_text *, const char *utf8, size_t len);

#endif

/*
 * An event that some program has turned into text (XML, JSON, a row of a table): its
 * parts by their names, and from there on what the .evtx reader makes of them, so that
 * the same event is the same by every way.  Pure.
 */
#ifndef FORMAT_EVENT_TEXT_H
#define FORMAT_EVENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/log_event.h"

/* What a part is; the others are Data of an event and go by their own names. */
enum event_part {
	EVENT_PART_NONE,
	EVENT_PART_PROVIDER,
	EVENT_PART_ID,
	EVENT_PART_KEYWORDS,
	EVENT_PART_TIME,
	EVENT_PART_CHANNEL,
	EVENT_PART_COMPUTER,
	EVENT_PART_DATA,    /* by its name */
	EVENT_PART_UNNAMED, /* those that have none: the next, or by number, from 1 */
};

struct event_text; /* about 100 KB */

struct event_text *event_text_new(log_event_seen, void *with); /* NULL: no memory */
void event_text_free(struct event_text *);                     /* NULL is fine */

/* The next one is of another file, which may write its dates in another order. */
void event_text_begin_file(struct event_text *);

/* Where the next one begins, in its file. */
void event_text_begin(struct event_text *, uint64_t offset);

struct event_value {
	const char *utf8; /* what is none becomes U+FFFD */
	size_t len;
	bool is_second; /* counts only where nothing better is there */
};

/* Of a part that comes again the first one stays.  `name`: of Data, or the number of
 * an unnamed one, else NULL. */
void event_text_put(struct event_text *, enum event_part, const char *name,
                    struct event_value);

/* Is it Data that counts?  Letters of either case are the same. */
bool event_text_wants(const char *name);

/* There may be no provider and no channel: then the number has to do. */
void event_text_guess(struct event_text *);

/* Counts it, and gives it if it is wanted.  False: it is none. */
bool event_text_end(struct event_text *, struct log_tally *);

#endif

/*
 * An event log as text: read block by block, cut into events, each of which is decoded
 * by itself.  What it holds does not grow with the log.
 */
#ifndef REACH_LOG_TEXT_H
#define REACH_LOG_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/log_told.h"
#include "format/log_event.h"

struct log_text_file {
	int fd;
	uint64_t size;
	enum log_kind kind;
};

/* How far it is. */
struct log_text_state {
	uint64_t at;     /* bytes that are done */
	uint64_t unread; /* that the system could not give */
	uint64_t unread_at;
	int unread_why; /* errno */
	bool is_cut;
};

struct log_text_reader;

struct log_text_reader *log_text_new(log_event_seen, void *with); /* NULL: no memory */
void log_text_free(struct log_text_reader *);                     /* NULL is fine */

void log_text_begin(struct log_text_reader *, struct log_text_file);

/* A few events more.  False: that was the last. */
bool log_text_go_on(struct log_text_reader *, struct log_tally *,
                    struct log_text_state *out);

#endif

/*
 * Reads a stretch of an event log, a step at a time.  What it holds does not grow with
 * the log, and what a disk cannot give costs the 64 KB that it lies in.
 */
#ifndef REACH_LOG_READER_H
#define REACH_LOG_READER_H

#include "base/buf.h"
#include "reach/log_talk.h"

struct log_reader;

/* What is read goes to `out` as attempts.  NULL: no memory. */
struct log_reader *log_reader_new(struct buf *out);

struct log_stretch {
	int fd;
	enum log_kind kind;
	uint64_t bytes;    /* of the whole log, as long as it was when it was found */
	uint64_t from, to; /* of these */
};

void log_reader_begin(struct log_reader *, const struct log_stretch *);

/* One step; false: it is at its end. */
bool log_reader_step(struct log_reader *);

/* How far it is, and what it has met on the way, but for the attempts. */
const struct log_answer *log_reader_answer(struct log_reader *);

#endif

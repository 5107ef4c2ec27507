/*
 * The conversation with a child that decodes event logs (reach/log_serve.h).  It is
 * ordered to read a batch of them, which come with the order, and to begin with a turn
 * of its own.  Asked for the number of that turn it answers with a piece of the
 * stretch, which it has made before it was asked: its turns come in order, and each is
 * asked for until its end.
 */
#ifndef REACH_LOG_TALK_H
#define REACH_LOG_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "flow/log_told.h"
#include "reach/log_turn.h"

/* What one piece is about, whatever comes first. */
#define LOG_PIECE_BYTES (4u << 20) /* of the log */
#define LOG_PIECE_MS 40
#define LOG_PIECE_ATTEMPTS (1u << 20) /* bytes */
#define LOG_ANSWER_MOST (4u << 20)
/* There is no more than one for so many bytes, and a few. */
#define LOG_PIECE_LEAST (16u << 10)
#define LOG_PIECES_MORE 16

struct log_order {
	struct log_inputs inputs;
	struct log_turn first; /* of the child's turns */
	uint64_t lanes;        /* so many turns from one to the next */
};

/* A question is an order, whose answer is empty, or the number of a turn. */
#define LOG_QUESTION_MOST 4096 /* bytes */

void log_order_write(struct buf *, const struct log_order *);
void log_turn_write(struct buf *, uint64_t number);

/* False where it is neither; *is_order says which of both there is. */
bool log_question_read(struct span, bool *is_order, struct log_order *,
                       uint64_t *number);

enum log_said {
	LOG_SAID_MORE = 1, /* is to come */
	LOG_SAID_END,
	LOG_SAID_NONE, /* it is no event log */
	LOG_SAID_COUNT
};

struct log_answer {
	enum log_said said;
	uint64_t at; /* place in the log up to which it is done */
	/* Of all that was read of the stretch so far. */
	uint64_t records;
	uint64_t recovered;
	uint64_t security;
	uint64_t undecodable;
	int64_t first_ms, last_ms;
	uint64_t unread;     /* bytes that the system could not give */
	uint64_t unread_at;  /* the first of them */
	uint32_t unread_why; /* errno */
	bool is_dirty;
	bool is_cut;
	struct span attempts; /* of this piece, as attempt_put and log_answer_next do */
};

/* All but the attempts, which follow: always as long as this. */
#define LOG_ANSWER_HEAD (1 + 7 * 8 + 2 * 8 + 4 + 2)

void log_answer_write(struct buf *, const struct log_answer *);

/* False where it is none; the attempts are not looked at. */
bool log_answer_read(struct span, struct log_answer *out);

/* Takes the first of the attempts; false where they are none.  All texts are UTF-8. */
bool log_answer_next(struct span *attempts, struct attempt *out);

#endif

/*
 * Conversations.  A protocol is a table of turns; each turn knows what to say
 * and how to take the answer, and knows no socket and no clock.  A driver (the
 * engine, or a test) carries the bytes:
 *
 *     talk_begin(t)                      t->out holds what to send first
 *     talk_feed(t, bytes)                bytes that came; t->out holds what is next
 *     talk_quiet(t), talk_closed(t)      the wait ran out; the other side hung up
 *
 * until t->after is AFTER_DONE or AFTER_LOST.  The budget of bytes is here; the
 * budgets of time are the driver's, by t->wait_ms.
 */
#ifndef WIRE_TALK_H
#define WIRE_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"

enum after {
	AFTER_NEXT = 1, /* on to the next turn (or where t->go points), which speaks */
	AFTER_MORE,     /* this turn needs a further message */
	AFTER_PAUSE,    /* be silent for t->pause_ms, then the turn t->go speaks */
	AFTER_DONE,
	AFTER_LOST,
};

struct talk;

struct turn {
	const char *name;           /* what a log line calls it */
	void (*say)(struct talk *); /* appends to t->out */
	enum after (*hear)(struct talk *, struct span message);
	/*
	 * No message will come (NULL: the talk is lost).  HEARD_NOTHING and
	 * HEARD_SHORT: the wait ran out, with half a message there or without;
	 * may go on to another turn, to leave politely.  The others end the talk:
	 * HEARD_REFUSED, the other side hung up; HEARD_ODD, what came is no
	 * message of this framing; NOT_ASKED, a budget of ours is used up.
	 */
	enum after (*lost)(struct talk *, enum heard);
};

/* How a stream is cut into messages. */
enum framing {
	FRAME_NBSS,     /* 4-byte header with a length, SMB over either transport */
	FRAME_DATAGRAM, /* each feed is a message */
	FRAME_STREAM,   /* every feed is offered with all that came before */
};

#define TALK_MESSAGE_MOST 16384u /* longest answer to anything we ask: 4.4 KB */
#define TALK_BYTES_MOST 65536u   /* of one conversation, in */

struct talk {
	const struct turn *turns;
	const struct turn *turn;
	const struct turn *go; /* where AFTER_NEXT and AFTER_PAUSE lead, if not on */
	enum framing framing;
	enum after after;
	uint32_t pause_ms;
	bool brief;     /* this turn's wait is the short one: 1 s, not 5 */
	uint8_t kind;   /* FRAME_NBSS: the first byte, 0 for an SMB message */
	struct buf in;  /* bytes of a message that is not complete */
	struct buf out; /* what the driver is to send; it clears it */
	uint32_t bytes_in;
	unsigned turns_taken;
	void *story; /* the protocol's own state */
};

/* `story` outlives the talk and is the caller's. */
void talk_init(struct talk *t, const struct turn *turns, enum framing, void *story);
void talk_free(struct talk *t);

enum after talk_begin(struct talk *t);
enum after talk_feed(struct talk *t, struct span bytes);
enum after talk_quiet(struct talk *t);
enum after talk_closed(struct talk *t);
enum after talk_resume(struct talk *t); /* after a pause */

#endif

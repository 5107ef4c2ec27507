#include "wire/talk.h"

#define NBSS_HEAD 4
#define NBSS_MESSAGE 0x00
#define NBSS_POSITIVE 0x82 /* 0x83 negative, 0x84 retarget */
#define NBSS_RETARGET 0x84
#define NBSS_KEEP_ALIVE 0x85

/*
 * The longest honest conversation: three pipes that are busy five times each,
 * then every call by WRITE and READ.
 */
#define TURNS_MOST 64

#define OUT_MOST 4096 /* longest message of ours: under 1 KB */

void
talk_init(struct talk *t, const struct turn *turns, enum framing framing, void *story)
{
	*t = (struct talk){ .turns = turns,
		            .turn = turns,
		            .framing = framing,
		            .after = AFTER_NEXT,
		            .story = story };
	buf_init(&t->in, NBSS_HEAD + TALK_MESSAGE_MOST);
	buf_init(&t->out, OUT_MOST);
}

void
talk_free(struct talk *t)
{
	buf_free(&t->in);
	buf_free(&t->out);
}

static bool
is_over(const struct talk *t)
{
	return t->after == AFTER_DONE || t->after == AFTER_LOST;
}

static void lose(struct talk *t, enum heard heard);

static void
speak(struct talk *t)
{
	t->brief = false;
	t->turn->say(t);
	if (t->out.bad) {
		buf_clear(&t->out);
		lose(t, NOT_ASKED);
	}
}

/* Goes where a turn's answer leads. */
static void
follow(struct talk *t, enum after after)
{
	const struct turn *next = t->go ? t->go : t->turn + 1;

	t->go = NULL;
	t->after = after;
	if (after != AFTER_NEXT && after != AFTER_PAUSE)
		return;
	if (!next->name) {
		t->after = AFTER_DONE;
		return;
	}
	t->turn = next;
	if (after == AFTER_NEXT)
		speak(t);
}

/* Only after silence can another turn still be tried on this connection. */
static void
lose(struct talk *t, enum heard heard)
{
	bool usable = heard == HEARD_NOTHING || heard == HEARD_SHORT;
	enum after after = t->turn->lost ? t->turn->lost(t, heard) : AFTER_LOST;

	if (!usable && after != AFTER_DONE)
		after = AFTER_LOST;
	follow(t, after);
}

static void
hear(struct talk *t, struct span message)
{
	if (t->framing != FRAME_STREAM && ++t->turns_taken > TURNS_MOST) {
		lose(t, NOT_ASKED);
		return;
	}
	follow(t, t->turn->hear(t, message));
}

/* Hears the messages that are whole, as long as the talk listens. */
static void
cut_nbss(struct talk *t)
{
	while (t->after == AFTER_NEXT || t->after == AFTER_MORE) {
		struct span s = buf_span(&t->in);
		t->kind = span_u8(&s);
		size_t high = span_u8(&s);
		size_t len = high << 16 | span_be16(&s);

		if (s.bad)
			return;
		bool known = t->kind == NBSS_MESSAGE || t->kind == NBSS_KEEP_ALIVE ||
		             (t->kind >= NBSS_POSITIVE && t->kind <= NBSS_RETARGET);
		if (!known) {
			lose(t, HEARD_ODD);
			return;
		}
		if (len > TALK_MESSAGE_MOST) {
			lose(t, NOT_ASKED);
			return;
		}
		struct span message = span_cut(&s, len);
		if (message.bad)
			return;
		if (t->kind != NBSS_KEEP_ALIVE)
			hear(t, message);
		buf_eat(&t->in, NBSS_HEAD + len);
	}
}

static void
cut(struct talk *t)
{
	if (t->framing == FRAME_NBSS)
		cut_nbss(t);
	else if (t->after != AFTER_PAUSE)
		hear(t, buf_span(&t->in));
}

/*
 * No more is held than one message has room for: a host that floods us gets its
 * bytes taken in pieces, and has met a ceiling when a piece leads nowhere.
 */
static void
take(struct talk *t, struct span bytes)
{
	while (bytes.left > 0 && !is_over(t)) {
		size_t room = t->in.ceiling - t->in.len;
		struct span piece = span_cut(&bytes,
		                             bytes.left < room ? bytes.left : room);

		buf_put(&t->in, piece.at, piece.left);
		if (room == 0 || t->in.bad)
			lose(t, NOT_ASKED);
		else
			cut(t);
	}
}

enum after
talk_begin(struct talk *t)
{
	speak(t);
	return t->after;
}

enum after
talk_feed(struct talk *t, struct span bytes)
{
	size_t allowed = TALK_BYTES_MOST - t->bytes_in;
	bool flood = bytes.left > allowed;
	struct span taken = span_cut(&bytes, flood ? allowed : bytes.left);

	if (is_over(t))
		return t->after;
	t->bytes_in += (uint32_t)taken.left;
	if (t->framing == FRAME_DATAGRAM)
		hear(t, taken);
	else
		take(t, taken);
	if (flood && !is_over(t))
		lose(t, NOT_ASKED);
	return t->after;
}

enum after
talk_quiet(struct talk *t)
{
	if (!is_over(t))
		lose(t, t->in.len > 0 ? HEARD_SHORT : HEARD_NOTHING);
	return t->after;
}

enum after
talk_closed(struct talk *t)
{
	if (!is_over(t))
		lose(t, HEARD_REFUSED);
	return t->after;
}

enum after
talk_resume(struct talk *t)
{
	if (t->after != AFTER_PAUSE)
		return t->after;
	t->after = AFTER_NEXT;
	speak(t);
	if (t->framing == FRAME_NBSS)
		cut_nbss(t);
	return t->after;
}

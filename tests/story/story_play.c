#include "story.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "judge/judge.h"
#include "judge/system.h"
#include "look/look.h"

#define BEGAN_MS \
	1795694400000LL /* 2026-11-26, 12:00 UTC, a Thursday: far from the turn */
#define DRIP_MS 3000
#define STEPS_MOST 200
#define MID_AT 34 /* of a message with its transport header */

/* Where the RPC PDU lies in our TRANSACTIONs and in the answers of the files. */
#define ASKED_PDU_AT 80
#define ANSWER_PDU_AT 60
#define CALL_ID_AT 12 /* in the PDU */

/* The world while a story is played. */
struct world {
	const struct story *story;
	struct played *out;
	struct visit visit;
	struct visit_plan plan;
	int64_t now_ms;
	unsigned drop;
	bool drop_closes;
	char heard_turns[LINES_MOST][32]; /* turns answered so far */
	unsigned heard_count;
};

/* "0a 1b # comment" lines or plain digits to bytes. */
static size_t
hex_bytes(const char *text, uint8_t *to, size_t room)
{
	size_t len = 0;
	int high = -1;

	for (; *text; text++) {
		const char *digits = "0123456789abcdef";
		const char *d = strchr(digits, *text | 0x20);

		if (*text == '#')
			text += strcspn(text, "\n") - 1;
		if (*text == '#' || !d || *text <= ' ')
			continue;
		if (high < 0) {
			high = (int)(d - digits);
			continue;
		}
		assert_true(len < room);
		to[len++] = (uint8_t)(high << 4 | (int)(d - digits));
		high = -1;
	}
	return len;
}

static size_t
file_bytes(const char *name, uint8_t *to, size_t room)
{
	char path[512];
	char text[16384];

	snprintf(path, sizeof path, "%s/%s.hex", TEST_DATA, name);
	FILE *f = fopen(path, "r");
	if (!f)
		fail_msg("cannot open %s", path);
	size_t len = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[len] = 0;
	return hex_bytes(text, to, room);
}

static const struct say *
say_for(const struct world *w, const char *turn)
{
	const struct say *found = NULL;
	bool before = false;

	for (unsigned i = 0; i < w->heard_count; i++)
		before |= strcmp(w->heard_turns[i], turn) == 0;
	for (unsigned i = 0; i < w->story->say_count; i++) {
		const struct say *s = &w->story->says[i];

		if (strcmp(s->turn, turn) == 0 && (!found || (s->again && before)) &&
		    (!s->again || before))
			found = s;
	}
	return found;
}

static enum link
link_of(const struct world *w, unsigned port)
{
	for (unsigned i = 0; i < w->story->port_count; i++) {
		if (w->story->ports[i].port == port)
			return w->story->ports[i].link;
	}
	return port == 445 || port == 139 || port == 137 ? LINK_REFUSED : w->story->p2p;
}

/* An empty success that answers `request`: the header turned round, no words. */
static size_t
plain_answer(const uint8_t *request, uint8_t *to)
{
	static const uint8_t length[4] = { 0, 0, 0, 35 };

	memcpy(to, length, 4);
	memcpy(to + 4, request + 4, 32);
	to[4 + 9] |= 0x80;
	memset(to + 36, 0, 3);
	return 39;
}

static size_t
answer_bytes(const struct say *say, const struct buf *request, uint8_t *to, size_t room)
{
	size_t len = 0;

	switch (say->how) {
	case SAY_BYTES: return hex_bytes(say->what, to, room);
	case SAY_ECHO: return span_copy(buf_span(request), to, room);
	case SAY_DONE: return plain_answer(request->at, to);
	default: len = file_bytes(say->what, to, room); break;
	}
	/* Our MIDs count per connection, those of the files per flow. */
	if (len > MID_AT + 1 && to[4] == 0xFF && request->len > MID_AT + 1)
		memcpy(to + MID_AT, request->at + MID_AT, 2);
	if (len > ANSWER_PDU_AT + 16 && to[ANSWER_PDU_AT] == 5 &&
	    request->len > ASKED_PDU_AT + 16 && request->at[ASKED_PDU_AT] == 5)
		memcpy(to + ANSWER_PDU_AT + CALL_ID_AT,
		       request->at + ASKED_PDU_AT + CALL_ID_AT, 4);
	if (text_begins(say->turn, "node status") && request->len >= 2)
		memcpy(to, request->at, 2); /* the transaction's id */
	if (say->patch_at)
		(void)hex_bytes(say->patch, to + say->patch_at, len - say->patch_at);
	return len;
}

/* Feeds byte by byte, each `gap_ms` later; the engine's rule ends the wait. */
static void
feed_slowly(struct world *w, struct talk *t, struct span bytes, int64_t gap_ms)
{
	int64_t end = w->now_ms + w->plan.answer_ms;

	while (bytes.left > 0 && (t->after == AFTER_NEXT || t->after == AFTER_MORE)) {
		if (w->now_ms + gap_ms > end) {
			w->now_ms = end;
			(void)talk_quiet(t);
			return;
		}
		w->now_ms += gap_ms;
		(void)talk_feed(t, span_cut(&bytes, 1));
		if (t->out.len > 0)
			return;
	}
}

static void
stay_silent(struct world *w, struct talk *t)
{
	w->now_ms += t->brief ? 1000 : w->plan.answer_ms;
	(void)talk_quiet(t);
}

/* The other side hears what the talk says, and does as the story has it. */
static void
answer_to(struct world *w, struct talk *t, const struct buf *request)
{
	static uint8_t bytes[4096];
	const char *turn = t->turn->name;
	const struct say *say = say_for(w, turn);

	if (!say || say->how == SAY_SILENT) {
		stay_silent(w, t);
		return;
	}
	if (say->how == SAY_CLOSES) {
		(void)talk_closed(t);
		return;
	}
	if (w->heard_count < LINES_MOST)
		(void)text_copy(w->heard_turns[w->heard_count++], 32, turn);
	if (++w->out->answers == w->drop) {
		(void)text_copy(w->out->dropped, sizeof w->out->dropped, turn);
		if (w->drop_closes)
			(void)talk_closed(t);
		else
			stay_silent(w, t);
		return;
	}
	struct span what = span_of(bytes,
	                           answer_bytes(say, request, bytes, sizeof bytes));
	if (say->how == SAY_DRIPS)
		feed_slowly(w, t, what, DRIP_MS);
	else if (say->how == SAY_SPLIT)
		feed_slowly(w, t, what, 0);
	else
		(void)talk_feed(t, what);
}

static void
answer(struct world *w, struct talk *t)
{
	struct buf request = t->out;

	buf_init(&t->out,
	         request.ceiling); /* as the engine: it takes what is to be said */
	answer_to(w, t, &request);
	buf_free(&request);
}

static void
converse(struct world *w)
{
	struct talk *t = &w->visit.chat->talk;

	for (unsigned i = 0; i < STEPS_MOST; i++) {
		if (t->after == AFTER_DONE || t->after == AFTER_LOST)
			break;
		if (t->after == AFTER_PAUSE) {
			w->now_ms += t->pause_ms;
			(void)talk_resume(t);
		} else {
			answer(w, t);
		}
	}
	assert_true(t->after == AFTER_DONE || t->after == AFTER_LOST);
	visit_talked(&w->visit, w->now_ms);
}

static void
step(struct world *w, const struct step *step)
{
	if (step->kind == STEP_WAIT) {
		w->now_ms += step->wait_ms;
		visit_waited(&w->visit);
		return;
	}
	enum link link = step->kind == STEP_UDP ? LINK_OPEN : link_of(w, step->port);
	w->out->connections++;
	if (link == LINK_SILENT)
		w->now_ms += w->plan.connect_ms;
	assert_true(visit_linked(&w->visit, link, w->now_ms));
	if (!w->visit.chat)
		return;
	w->visit.refused = step->kind == STEP_UDP &&
	                   link_of(w, step->port) == LINK_REFUSED;
	if (w->visit.refused) {
		buf_clear(&w->visit.chat->talk.out);
		(void)talk_closed(&w->visit.chat->talk);
	}
	converse(w);
}

void
story_play(const struct story *s, unsigned drop, bool close, struct played *out)
{
	static const struct address host = { .family = 4, .bytes = { 192, 0, 2, 10 } };
	struct world w = { .story = s,
		           .out = out,
		           .drop = drop,
		           .drop_closes = close,
		           .now_ms = BEGAN_MS };

	memset(out, 0, sizeof *out);
	w.plan = (struct visit_plan){ .ports = { { 445, false }, { 139, true } },
		                      .port_count = 2,
		                      .nbstat_port = 137,
		                      .p2p = s->with_p2p,
		                      .connect_ms = 3000,
		                      .answer_ms = 5000,
		                      .budget_ms = 30000 };
	int64_t began = w.now_ms;
	visit_begin(&w.visit, &w.plan, &host, w.now_ms, 0x0123456789ABCDEFu);
	for (unsigned i = 0; i < STEPS_MOST; i++) {
		struct step next = visit_next(&w.visit);

		if (next.kind == STEP_DONE)
			break;
		if (w.now_ms - began >= w.plan.budget_ms)
			visit_out_of_time(&w.visit, w.now_ms);
		else
			step(&w, &next);
	}
	assert_int_equal(visit_next(&w.visit).kind, STEP_DONE);
	assert_null(w.visit.chat);
	out->took_ms = w.now_ms - began;
	look_all(&w.visit.readings, "192.0.2.10", &out->findings);
	judge_state(&out->findings, &out->verdict);
	judge_system(&w.visit.readings, &out->verdict);
	visit_end(&w.visit);
}

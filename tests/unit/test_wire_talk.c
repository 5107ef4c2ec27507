/*
 * The driver half: how bytes become messages, and the budgets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/talk.h"

/* A protocol that says a letter and takes note of what it hears. */
static struct diary {
	size_t messages;
	size_t longest;
	uint8_t kind;
	enum heard lost;
	enum after answer; /* what the first turn thinks of a message */
	enum after when_lost;
} diary;

static void
say_a(struct talk *t)
{
	buf_text(&t->out, "a");
}

static void
say_b(struct talk *t)
{
	t->brief = true;
	buf_text(&t->out, "b");
}

static void
say_too_much(struct talk *t)
{
	buf_zero(&t->out, 1000000);
}

static enum after
hear(struct talk *t, struct span message)
{
	diary.messages++;
	diary.kind = t->kind;
	if (message.left > diary.longest)
		diary.longest = message.left;
	return diary.answer;
}

static enum after
hear_end(struct talk *t, struct span message)
{
	(void)hear(t, message);
	return AFTER_NEXT;
}

static enum after
lost(struct talk *t, enum heard heard)
{
	(void)t;
	diary.lost = heard;
	return diary.when_lost;
}

static const struct turn turns[] = {
	{ "first", say_a, hear, lost },
	{ "second", say_b, hear_end, NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct turn wordy[] = {
	{ "first", say_too_much, hear, lost },
	{ NULL, NULL, NULL, NULL },
};

static struct talk t;

static void
start(enum framing framing, enum after answer)
{
	diary = (struct diary){ .answer = answer, .when_lost = AFTER_LOST };
	talk_init(&t, turns, framing, NULL);
	assert_int_equal(talk_begin(&t), AFTER_NEXT);
}

static void
assert_said(const char *expected)
{
	assert_int_equal(t.out.len, strlen(expected));
	assert_memory_equal(t.out.at, expected, strlen(expected));
}

static enum after
feed(const char *bytes, size_t len)
{
	return talk_feed(&t, span_of(bytes, len));
}

static void
turns_follow_each_other_to_the_end(void **state)
{
	(void)state;
	start(FRAME_NBSS, AFTER_NEXT);
	assert_said("a");
	assert_false(t.brief);
	assert_int_equal(feed("\0\0\0\1x", 5), AFTER_NEXT);
	assert_said("ab");
	assert_true(t.brief);
	assert_int_equal(feed("\0\0\0\1x", 5), AFTER_DONE);
	assert_int_equal(feed("\0\0\0\1x", 5), AFTER_DONE);
	assert_int_equal(diary.messages, 2);
	talk_free(&t);
}

static void
messages_come_in_pieces_or_together(void **state)
{
	static const char bytes[] = "\0\0\0\2xy\x85\0\0\0\0\0\0\0\x82\0\0\0";
	const size_t len = sizeof bytes - 1;

	(void)state;
	start(FRAME_NBSS, AFTER_MORE);
	for (size_t i = 0; i < len; i++)
		(void)feed(bytes + i, 1);
	assert_int_equal(diary.messages, 3); /* the keep-alive is none */
	assert_int_equal(diary.kind, 0x82);
	talk_free(&t);
	start(FRAME_NBSS, AFTER_MORE);
	assert_int_equal(feed(bytes, len), AFTER_MORE);
	assert_int_equal(diary.messages, 3);
	assert_int_equal(diary.longest, 2);
	talk_free(&t);
}

static void
what_is_no_frame_ends_it(void **state)
{
	static const uint8_t kinds[] = { 1, 'H', 0x15, 0x81, 0x86, 0xFF };

	(void)state;
	for (size_t i = 0; i < sizeof kinds; i++) {
		uint8_t head[4] = { kinds[i], 0, 0, 0 };

		start(FRAME_NBSS, AFTER_MORE);
		assert_int_equal(talk_feed(&t, span_of(head, 4)), AFTER_LOST);
		assert_int_equal(diary.lost, HEARD_ODD);
		talk_free(&t);
	}
}

static void
a_length_beyond_the_ceiling_is_refused_unread(void **state)
{
	(void)state;
	start(FRAME_NBSS, AFTER_MORE);
	assert_int_equal(feed("\0\0\x40\x00", 4), AFTER_NEXT); /* 16384 may come */
	talk_free(&t);
	start(FRAME_NBSS, AFTER_MORE);
	assert_int_equal(feed("\0\0\x40\x01", 4), AFTER_LOST);
	assert_int_equal(diary.lost, NOT_ASKED);
	assert_true(t.in.room <= 256);
	talk_free(&t);
}

static void
the_longest_message_is_taken(void **state)
{
	static uint8_t longest[4 + TALK_MESSAGE_MOST] = { 0, 0, 0x40, 0 };

	(void)state;
	start(FRAME_NBSS, AFTER_MORE);
	assert_int_equal(talk_feed(&t, span_of(longest, sizeof longest)), AFTER_MORE);
	assert_int_equal(diary.longest, TALK_MESSAGE_MOST);
	talk_free(&t);
}

static void
bytes_without_end_meet_the_budget(void **state)
{
	uint8_t flood[1000] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof flood; i += 4)
		flood[i] = 0x85; /* keep-alives */
	start(FRAME_NBSS, AFTER_MORE);
	size_t fed = 0;
	while (t.after != AFTER_LOST && fed < 100000) {
		(void)talk_feed(&t, span_of(flood, sizeof flood));
		fed += sizeof flood;
	}
	assert_int_equal(fed, 66000);
	assert_int_equal(t.bytes_in, TALK_BYTES_MOST);
	assert_int_equal(diary.lost, NOT_ASKED);
	talk_free(&t);
}

static void
messages_without_end_meet_the_budget(void **state)
{
	(void)state;
	start(FRAME_NBSS, AFTER_MORE);
	for (int i = 0; i < 64; i++)
		assert_int_equal(feed("\0\0\0\1x", 5), AFTER_MORE);
	assert_int_equal(feed("\0\0\0\1x", 5), AFTER_LOST);
	assert_int_equal(diary.lost, NOT_ASKED);
	talk_free(&t);
}

static void
silence_half_a_message_and_hanging_up_are_told_apart(void **state)
{
	(void)state;
	start(FRAME_NBSS, AFTER_MORE);
	assert_int_equal(talk_quiet(&t), AFTER_LOST);
	assert_int_equal(diary.lost, HEARD_NOTHING);
	talk_free(&t);
	start(FRAME_NBSS, AFTER_MORE);
	(void)feed("\0\0\0\5x", 5);
	assert_int_equal(talk_quiet(&t), AFTER_LOST);
	assert_int_equal(diary.lost, HEARD_SHORT);
	talk_free(&t);
	start(FRAME_NBSS, AFTER_MORE);
	(void)feed("\0\0\0\5x", 5);
	assert_int_equal(talk_closed(&t), AFTER_LOST);
	assert_int_equal(diary.lost, HEARD_REFUSED);
	talk_free(&t);
}

static void
after_silence_another_turn_may_speak_but_not_to_a_closed_door(void **state)
{
	(void)state;
	start(FRAME_NBSS, AFTER_MORE);
	diary.when_lost = AFTER_NEXT;
	assert_int_equal(talk_quiet(&t), AFTER_NEXT);
	assert_said("ab");
	assert_int_equal(talk_quiet(&t), AFTER_LOST); /* the second has no word on it */
	talk_free(&t);
	start(FRAME_NBSS, AFTER_MORE);
	diary.when_lost = AFTER_NEXT;
	assert_int_equal(talk_closed(&t), AFTER_LOST);
	assert_said("a");
	talk_free(&t);
}

static void
a_pause_keeps_silent_and_listens_later(void **state)
{
	(void)state;
	start(FRAME_NBSS, AFTER_PAUSE);
	assert_int_equal(feed("\0\0\0\1x\0\0\0\1y", 10), AFTER_PAUSE);
	assert_said("a");
	assert_int_equal(diary.messages, 1);
	assert_int_equal(feed("\0\0\0", 3), AFTER_PAUSE);
	assert_int_equal(talk_resume(&t), AFTER_DONE);
	assert_said("ab");
	assert_int_equal(diary.messages, 2);
	talk_free(&t);
}

static void
a_flood_in_a_pause_meets_a_ceiling(void **state)
{
	static const uint8_t flood[40000];

	(void)state;
	start(FRAME_NBSS, AFTER_PAUSE);
	(void)feed("\0\0\0\1x", 5);
	assert_int_equal(talk_feed(&t, span_of(flood, sizeof flood)), AFTER_LOST);
	assert_true(t.in.room <= 4 + TALK_MESSAGE_MOST);
	talk_free(&t);
}

static void
each_datagram_is_a_message_and_a_stream_is_one(void **state)
{
	(void)state;
	start(FRAME_DATAGRAM, AFTER_MORE);
	(void)feed("abc", 3);
	(void)feed("", 0);
	assert_int_equal(diary.messages, 2);
	assert_int_equal(diary.longest, 3);
	talk_free(&t);
	start(FRAME_STREAM, AFTER_MORE);
	for (int i = 0; i < 100; i++)
		assert_int_equal(feed("x", 1), AFTER_MORE);
	assert_int_equal(diary.longest, 100);
	talk_free(&t);
}

static void
a_stream_without_end_meets_a_ceiling(void **state)
{
	static const uint8_t flood[40000];

	(void)state;
	start(FRAME_STREAM, AFTER_MORE);
	assert_int_equal(talk_feed(&t, span_of(flood, sizeof flood)), AFTER_LOST);
	assert_int_equal(diary.lost, NOT_ASKED);
	talk_free(&t);
}

static void
what_is_too_long_to_say_is_not_said_at_all(void **state)
{
	(void)state;
	diary = (struct diary){ .when_lost = AFTER_LOST };
	talk_init(&t, wordy, FRAME_NBSS, NULL);
	assert_int_equal(talk_begin(&t), AFTER_LOST);
	assert_int_equal(diary.lost, NOT_ASKED);
	assert_int_equal(t.out.len, 0);
	talk_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_follow_each_other_to_the_end),
		cmocka_unit_test(messages_come_in_pieces_or_together),
		cmocka_unit_test(what_is_no_frame_ends_it),
		cmocka_unit_test(a_length_beyond_the_ceiling_is_refused_unread),
		cmocka_unit_test(the_longest_message_is_taken),
		cmocka_unit_test(bytes_without_end_meet_the_budget),
		cmocka_unit_test(messages_without_end_meet_the_budget),
		cmocka_unit_test(silence_half_a_message_and_hanging_up_are_told_apart),
		cmocka_unit_test(
		    after_silence_another_turn_may_speak_but_not_to_a_closed_door),
		cmocka_unit_test(a_pause_keeps_silent_and_listens_later),
		cmocka_unit_test(a_flood_in_a_pause_meets_a_ceiling),
		cmocka_unit_test(each_datagram_is_a_message_and_a_stream_is_one),
		cmocka_unit_test(a_stream_without_end_meets_a_ceiling),
		cmocka_unit_test(what_is_too_long_to_say_is_not_said_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

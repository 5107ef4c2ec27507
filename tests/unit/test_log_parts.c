/* What the reader of event logs is made of: the answers of its child, and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/log_computer.h"
#include "reach/log_known.h"
#include "reach/log_names.h"
#include "reach/log_pulse.h"
#include "reach/log_talk.h"
#include "temp_tree.h"

static const struct log_answer sample = {
	.said = LOG_SAID_MORE,
	.at = 1,
	.records = 2,
	.recovered = 3,
	.security = 4,
	.undecodable = 5,
	.first_ms = -6,
	.last_ms = 7,
	.unread = 8,
	.unread_at = 9,
	.unread_why = 10,
	.is_dirty = true,
};

static void
an_answer_is_read_as_it_was_written(void **state)
{
	struct log_answer a;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	log_answer_write(&b, &sample);
	assert_int_equal(b.len, LOG_ANSWER_HEAD);
	buf_text(&b, "attempts");
	assert_true(log_answer_read(buf_span(&b), &a));
	assert_int_equal(a.said, LOG_SAID_MORE);
	assert_int_equal(a.at, 1);
	assert_int_equal(a.records, 2);
	assert_int_equal(a.recovered, 3);
	assert_int_equal(a.security, 4);
	assert_int_equal(a.undecodable, 5);
	assert_int_equal(a.first_ms, -6);
	assert_int_equal(a.last_ms, 7);
	assert_int_equal(a.unread, 8);
	assert_int_equal(a.unread_at, 9);
	assert_int_equal(a.unread_why, 10);
	assert_true(a.is_dirty);
	assert_false(a.is_cut);
	assert_true(span_is(a.attempts, "attempts", 8));
	buf_free(&b);
}

static void
every_cut_answer_is_none(void **state)
{
	struct log_answer a;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	log_answer_write(&b, &sample);
	for (size_t len = 0; len < LOG_ANSWER_HEAD; len++)
		assert_false(log_answer_read(span_of(b.at, len), &a));
	buf_free(&b);
}

static void
an_answer_of_no_kind_is_none(void **state)
{
	struct log_answer a;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	log_answer_write(&b, &sample);
	b.at[0] = 0;
	assert_false(log_answer_read(buf_span(&b), &a));
	b.at[0] = LOG_SAID_COUNT;
	assert_false(log_answer_read(buf_span(&b), &a));
	b.at[0] = LOG_SAID_END;
	assert_true(log_answer_read(buf_span(&b), &a));
	buf_free(&b);
}

static bool
comes_through(const char *account)
{
	struct attempt a = { .kind = ATTEMPT_GUESS, .told = TOLD_BY_NTLM };
	struct attempt back;
	struct buf b;

	(void)snprintf(a.account, sizeof a.account, "%s", account);
	buf_init(&b, 4096);
	attempt_put(&a, &b);
	struct span s = buf_span(&b);
	bool is_one = log_answer_next(&s, &back);
	assert_int_equal(s.left, 0);
	if (is_one)
		assert_string_equal(back.account, account);
	buf_free(&b);
	return is_one;
}

static void
an_attempt_is_one_only_in_utf8(void **state)
{
	char longest[ATTEMPT_TEXT] = "";

	(void)state;
	assert_true(comes_through(""));
	assert_true(comes_through("J\xC3\xBCrgen \xF0\x9F\x90\xB1 \xEF\xBF\xBD"));
	assert_false(comes_through("J\xFCrgen"));
	assert_false(comes_through("cut \xF0\x9F\x90"));
	for (size_t i = 0; i + 3 < sizeof longest; i += 3)
		memcpy(longest + i, "\xE2\x82\xAC", 4);
	assert_true(comes_through(longest));
	memset(longest, 0xE2, sizeof longest - 1);
	assert_false(comes_through(longest));
}

/* ---- turns */

static const struct log_inputs batch = {
	.count = 5,
	.kinds = { LOG_IS_NONE, LOG_IS_EVTX, LOG_IS_EVT, LOG_IS_NONE, LOG_IS_EVTX },
	.bytes = { 9, 4096 + 2 * LOG_STRETCH_BYTES + 1, 1u << 30, 9, 100 },
};

static void
turns_leave_nothing_out(void **state)
{
	static const struct {
		size_t input;
		uint64_t from, to;
	} turns[] = {
		{ 1, 0, 4096 + LOG_STRETCH_BYTES },
		{ 1, 4096 + LOG_STRETCH_BYTES, 4096 + 2 * LOG_STRETCH_BYTES },
		{ 1, 4096 + 2 * LOG_STRETCH_BYTES, 4096 + 2 * LOG_STRETCH_BYTES + 1 },
		{ 2, 0, 1u << 30 },
		{ 4, 0, 100 },
	};
	struct log_turn t = log_turn_first(&batch);
	uint64_t from = 0;
	uint64_t to = 0;

	(void)state;
	for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
		assert_int_equal(t.number, i);
		assert_int_equal(t.input, turns[i].input);
		log_turn_place(&batch, &t, &from, &to);
		assert_int_equal(from, turns[i].from);
		assert_int_equal(to, turns[i].to);
		log_turn_pass(&batch, &t);
	}
	assert_int_equal(t.input, batch.count);
	t = log_turn_first(&batch);
	log_turn_pass_input(&batch, &t);
	assert_int_equal(t.input, 2);
	assert_int_equal(t.stretch, 0);
	assert_int_equal(t.number, 1);
}

static void
an_order_is_read_as_it_was_written(void **state)
{
	struct log_order order = { .inputs = batch, .first = { 7, 4, 3 }, .lanes = 2 };
	struct log_order back = { .lanes = 0 };
	bool is_order = false;
	uint64_t number = 0;
	struct buf b;

	(void)state;
	buf_init(&b, LOG_QUESTION_MOST);
	log_order_write(&b, &order);
	assert_true(log_question_read(buf_span(&b), &is_order, &back, &number));
	assert_true(is_order);
	assert_int_equal(back.lanes, 2);
	assert_int_equal(back.first.number, 7);
	assert_int_equal(back.first.input, 4);
	assert_int_equal(back.first.stretch, 3);
	assert_memory_equal(&back.inputs, &order.inputs, sizeof back.inputs);
	for (size_t len = 0; len < b.len; len++)
		assert_false(
		    log_question_read(span_of(b.at, len), &is_order, &back, &number));
	buf_clear(&b);
	log_turn_write(&b, 1ull << 40);
	assert_true(log_question_read(buf_span(&b), &is_order, &back, &number));
	assert_false(is_order);
	assert_int_equal(number, 1ull << 40);
	buf_clear(&b);
	order.inputs.count = LOG_INPUTS_MOST;
	log_order_write(&b, &order);
	assert_false(b.bad);
	buf_free(&b);
}

/* ---- computers */

static void
saw(struct log_computers *c, enum attempt_kind kind, const char *target)
{
	struct attempt a = { .kind = kind };

	(void)snprintf(a.target, sizeof a.target, "%s", target);
	log_computer_saw(c, &a);
}

static void
the_one_that_is_seen_most_is_told(void **state)
{
	struct log_computers c = { .count = 0 };

	(void)state;
	assert_string_equal(log_computer_most(&c), "");
	saw(&c, ATTEMPT_GUESS, "");
	assert_string_equal(log_computer_most(&c), "");
	saw(&c, ATTEMPT_GUESS, "A");
	saw(&c, ATTEMPT_GUESS, "B");
	saw(&c, ATTEMPT_SUCCESS, "B");
	assert_string_equal(log_computer_most(&c), "B");
	saw(&c, ATTEMPT_BY_US, "A");
	saw(&c, ATTEMPT_BY_US, "A");
	assert_string_equal(log_computer_most(&c), "B");
}

static void
among_thousands_it_is_told_as_well(void **state)
{
	struct log_computers c = { .count = 0 };
	char name[16];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(name, sizeof name, "PC-%d", i);
		saw(&c, ATTEMPT_GUESS, name);
		if (i % 5 == 0)
			saw(&c, ATTEMPT_GUESS, "SERVER");
	}
	assert_string_equal(log_computer_most(&c), "SERVER");
	assert_int_equal(c.count, LOG_COMPUTERS);
}

/* ---- beginnings */

static enum log_kind
kind_of(const uint8_t *bytes, size_t len)
{
	return log_known(span_of(bytes, len)).kind;
}

static void
a_log_is_known_by_its_first_eight_bytes(void **state)
{
	const uint8_t *evtx = (const uint8_t *)"ElfFile";
	const uint8_t *evt = (const uint8_t *)"\x30\0\0\0LfLe";
	const uint8_t *other = (const uint8_t *)"ElfFiles";
	const uint8_t *chunk = (const uint8_t *)"ElfChnk";
	const uint8_t *record = (const uint8_t *)"\x80\0\0\0LfLe";

	(void)state;
	assert_int_equal(kind_of(evtx, 8), LOG_IS_EVTX);
	assert_int_equal(kind_of(evt, 8), LOG_IS_EVT);
	assert_int_equal(kind_of(other, 8), LOG_IS_NONE);
	assert_int_equal(kind_of(chunk, 8), LOG_IS_CARVED);
	assert_int_equal(kind_of(record, 8), LOG_IS_CARVED);
	for (size_t len = 0; len < 8; len++) {
		assert_int_equal(kind_of(evtx, len), LOG_IS_NONE);
		assert_int_equal(kind_of(evt, len), LOG_IS_NONE);
		assert_int_equal(kind_of(chunk, len), LOG_IS_NONE);
		assert_int_equal(kind_of(record, len), LOG_IS_NONE);
	}
}

/* ---- names */

static void
names_of_several_folders_share_a_buffer(void **state)
{
	struct temp_tree tree;
	struct log_names outer;
	struct log_names inner;
	struct buf text;

	(void)state;
	temp_make(&tree);
	temp_file(&tree, "b", "", 0);
	temp_file(&tree, "a", "", 0);
	temp_file(&tree, "c/x", "", 0);
	buf_init(&text, LOG_NAMES_MOST);
	int folder = open(tree.root, O_RDONLY | O_DIRECTORY);
	int below = openat(folder, "c", O_RDONLY | O_DIRECTORY);
	assert_int_equal(log_names_read(folder, &text, &outer), OK);
	size_t len = text.len;
	assert_int_equal(log_names_read(below, &text, &inner), OK);
	assert_int_equal(inner.count, 1);
	assert_string_equal(log_names_get(&inner, &text, 0), "x");
	log_names_free(&inner, &text);
	assert_int_equal(text.len, len);
	assert_int_equal(outer.count, 3);
	assert_string_equal(log_names_get(&outer, &text, 0), "a");
	assert_string_equal(log_names_get(&outer, &text, 1), "b");
	assert_string_equal(log_names_get(&outer, &text, 2), "c");
	log_names_free(&outer, &text);
	assert_int_equal(text.len, 0);
	close(below);
	close(folder);
	buf_free(&text);
	temp_remove(&tree);
}

static void
more_names_than_there_is_room_for_are_a_limit(void **state)
{
	struct temp_tree tree;
	struct log_names names;
	struct buf text;

	(void)state;
	temp_make(&tree);
	temp_file(&tree, "four", "", 0);
	buf_init(&text, LOG_NAMES_MOST);
	buf_zero(&text, LOG_NAMES_MOST - 4);
	int folder = open(tree.root, O_RDONLY | O_DIRECTORY);
	assert_int_equal(log_names_read(folder, &text, &names), ERR_LIMIT);
	assert_int_equal(text.len, LOG_NAMES_MOST - 4);
	text.len--;
	assert_int_equal(log_names_read(folder, &text, &names), OK);
	assert_int_equal(names.count, 1);
	log_names_free(&names, &text);
	close(folder);
	buf_free(&text);
	temp_remove(&tree);
}

/* ---- pulse */

static bool
count_and_stop(void *with, uint64_t done)
{
	uint64_t *heard = with;

	*heard = done;
	return done < (40u << 20);
}

static void
every_sixteen_megabytes_are_told(void **state)
{
	uint64_t heard = 0;
	struct log_pulse p = { .goes_on = count_and_stop, .with = &heard };
	uint64_t done = 0;

	(void)state;
	while (log_pulse(&p, 1u << 20) == OK) {
		done += 1u << 20;
		assert_true(done - heard < (16u << 20));
	}
	assert_true(heard >= (40u << 20));
	p.goes_on = NULL;
	assert_int_equal(log_pulse(&p, 1), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_read_as_it_was_written),
		cmocka_unit_test(every_cut_answer_is_none),
		cmocka_unit_test(an_answer_of_no_kind_is_none),
		cmocka_unit_test(an_attempt_is_one_only_in_utf8),
		cmocka_unit_test(turns_leave_nothing_out),
		cmocka_unit_test(an_order_is_read_as_it_was_written),
		cmocka_unit_test(the_one_that_is_seen_most_is_told),
		cmocka_unit_test(among_thousands_it_is_told_as_well),
		cmocka_unit_test(a_log_is_known_by_its_first_eight_bytes),
		cmocka_unit_test(names_of_several_folders_share_a_buffer),
		cmocka_unit_test(more_names_than_there_is_room_for_are_a_limit),
		cmocka_unit_test(every_sixteen_megabytes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

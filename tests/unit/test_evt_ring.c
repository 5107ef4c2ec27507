/* Event logs of Windows NT 4 to 2003: where their records are, and what is broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evt_sample.h"
#include "format/evt_walk.h"
#include "lab/dice.h"

#define HEADER 48u
#define END 40u
#define LOG_MOST (4u << 20)
#define ALL SIZE_MAX

static struct buf file;

static int
empty(void **state)
{
	(void)state;
	buf_free(&file);
	buf_init(&file, LOG_MOST);
	return 0;
}

/* A log of so many records that has not been round; their length is 200 to 300. */
static struct span
fresh(unsigned count)
{
	(void)empty(NULL);
	evt_sample(&file, 0, count, "10.0.3.7");
	assert_false(file.bad);
	return buf_span(&file);
}

static struct evt_given
read_file(void)
{
	return evt_read(buf_span(&file), ALL);
}

static uint32_t
record_at(unsigned index)
{
	uint32_t at = HEADER;

	while (index-- > 0)
		at += evt_get(file.at, at);
	return at;
}

/* The end record of a fresh log. */
static uint32_t
end_at(void)
{
	return (uint32_t)file.len - END;
}

static void
make_dirty(void)
{
	evt_set(file.at, 36, evt_get(file.at, 36) | 1);
}

static void
a_record_may_wrap_at_every_place(void **state)
{
	struct span log = fresh(9);
	struct evt_given straight = read_file();
	uint8_t *turned = malloc(log.left);

	(void)state;
	assert_non_null(turned);
	assert_int_equal(straight.events, 9);
	for (uint32_t by = 4; by < log.left - HEADER; by += 4) {
		evt_turn(log, by, turned);
		struct evt_given g = evt_read(span_of(turned, log.left), ALL);
		assert_int_equal(g.events, 9);
		assert_int_equal(g.sum, straight.sum);
		assert_int_equal(g.found.is_wrapped,
		                 evt_get(turned, 20) < evt_get(turned, 16));
		assert_int_equal(g.tally.recovered, 0);
		assert_int_equal(g.tally.undecodable, 0);
		assert_int_equal(g.found.jumps, 0);
		/* The same without a header to be believed. */
		evt_set(turned, 16, HEADER);
		evt_set(turned, 20, HEADER);
		evt_set(turned, 28, 0);
		g = evt_read(span_of(turned, log.left), ALL);
		assert_int_equal(g.sum, straight.sum);
		assert_true(g.found.is_dirty && g.found.has_end);
		assert_int_equal(g.found.oldest, 1);
	}
	free(turned);
}

static void
a_log_that_wrapped_has_its_newest(void **state)
{
	(void)state;
	evt_sample(&file, 65536, 1000, NULL);
	struct evt_given g = read_file();

	assert_true(g.found.is_wrapped);
	assert_int_equal(g.found.next, 1001);
	assert_int_equal(g.tally.records, 1001 - g.found.oldest);
	assert_int_equal(g.events, g.tally.records + g.tally.recovered);
	assert_true(g.tally.records > 300);
	assert_int_equal(g.found.gaps, 0);
	assert_int_equal(g.found.jumps, 0);
}

static void
a_little_at_a_time_is_the_same(void **state)
{
	(void)state;
	evt_sample(&file, 65536, 1000, "10.0.3.7");
	struct evt_given g = read_file();

	for (size_t piece = 1; piece < 5000; piece += 37) {
		struct evt_given other = evt_read(buf_span(&file), piece);

		assert_int_equal(other.events, g.events);
		assert_int_equal(other.sum, g.sum);
	}
}

static void
the_end_record_is_the_truth(void **state)
{
	(void)state;
	fresh(5);
	/* As it was when the log was opened: empty. */
	evt_set(file.at, 20, HEADER);
	evt_set(file.at, 24, 1);
	evt_set(file.at, 28, 0);
	make_dirty();
	struct evt_given g = read_file();
	assert_int_equal(g.tally.records, 5);
	assert_int_equal(g.tally.recovered, 0);
	assert_int_equal(g.found.next, 6);
	assert_int_equal(g.found.oldest, 1);
	assert_true(g.found.is_dirty);
	/* A header that says that it is clean is not believed either. */
	evt_set(file.at, 36, 0);
	assert_int_equal(read_file().tally.records, 5);
	assert_true(read_file().found.is_dirty);
}

static void
a_clean_header_that_agrees_is_not_dirty(void **state)
{
	(void)state;
	fresh(5);
	assert_false(read_file().found.is_dirty);
	for (size_t at = 16; at < 32; at += 4) {
		file.at[at] ^= 4;
		assert_true(read_file().found.is_dirty);
		assert_int_equal(read_file().tally.records, 5);
		file.at[at] ^= 4;
	}
}

/* Without it, what the header says is all there is. */
static void
an_end_record_has_to_be_sound(void **state)
{
	(void)state;
	fresh(5);
	make_dirty();
	uint32_t middle = record_at(3);

	evt_set(file.at, 20, middle);
	for (uint32_t at = end_at(); at < file.len; at++) {
		uint32_t place = at - end_at();

		if (place >= 20 && place < 36 && (place < 24 || place >= 28))
			continue; /* any number, and the oldest one's place */
		file.at[at] ^= 1;
		struct evt_given g = read_file();
		assert_false(g.found.has_end);
		assert_int_equal(g.tally.records, 3);
		assert_int_equal(g.tally.recovered, 2);
		file.at[at] ^= 1;
		assert_true(read_file().found.has_end);
		assert_int_equal(read_file().tally.records, 5);
	}
}

static void
an_end_record_points_into_the_file(void **state)
{
	static const uint32_t outside[] = { 0, 44, 50, UINT32_MAX - 3 };

	(void)state;
	fresh(5);
	make_dirty();
	for (size_t i = 0; i < 4; i++) {
		evt_set(file.at, end_at() + 20, outside[i]);
		assert_false(read_file().found.has_end);
	}
	evt_set(file.at, end_at() + 20, (uint32_t)file.len);
	assert_false(read_file().found.has_end);
	evt_set(file.at, end_at() + 20, (uint32_t)file.len - 4);
	assert_true(read_file().found.has_end);
}

/* One that an emptied log left says that it stands elsewhere, or has a lower number. */
static void
of_two_end_records_the_newest_counts(void **state)
{
	(void)state;
	fresh(6);
	make_dirty();
	uint32_t old = record_at(3) + 60;

	memcpy(file.at + old, file.at + end_at(), END);
	assert_int_equal(read_file().found.next, 7);
	evt_set(file.at, old + 24, old);
	evt_set(file.at, old + 28, 8);
	assert_int_equal(read_file().found.next, 8);
	assert_int_equal(read_file().tally.records, 3);
	evt_set(file.at, old + 28, 6);
	assert_int_equal(read_file().found.next, 7);
	assert_int_equal(read_file().tally.records, 6);
}

static void
an_end_record_is_found_at_every_place(void **state)
{
	(void)state;
	for (uint32_t place = 0; place < 64; place += 4) {
		fresh(2);
		uint32_t from = end_at();

		buf_zero(&file, 128);
		memmove(file.at + from + place, file.at + from, END);
		memset(file.at + from, 0, place < END ? place : END);
		evt_set(file.at, from + place + 24, from + place);
		assert_true(read_file().found.has_end);
		assert_int_equal(read_file().tally.records, 2);
	}
}

static void
an_empty_log_is_empty(void **state)
{
	(void)state;
	fresh(0);
	struct evt_given g = read_file();

	assert_int_equal(g.heard, HEARD);
	assert_int_equal(g.tally.records, 0);
	assert_int_equal(g.found.oldest, 0);
	assert_int_equal(g.found.next, 1);
	assert_true(g.found.has_end);
	assert_false(g.found.is_dirty);
}

/* 39 in words, less than a fixed part of it, up to the end of the file. */
static void
filler_is_no_gap(void **state)
{
	(void)state;
	for (uint32_t filled = 4; filled <= 60; filled += 4) {
		struct span log = fresh(4);
		uint8_t *turned = calloc(1, log.left + filled);

		/* The second record begins at the end of the file. */
		uint32_t by = (uint32_t)log.left - record_at(1);
		assert_non_null(turned);
		evt_turn(log, by, turned);
		for (uint32_t at = 0; at < filled; at += 4)
			evt_set(turned, log.left + at, 0x27);
		struct evt_given g = evt_read(span_of(turned, log.left + filled), ALL);
		assert_int_equal(g.events, 4);
		assert_int_equal(g.found.gaps, filled < 56 ? 0 : 1);
		turned[log.left] ^= 1;
		g = evt_read(span_of(turned, log.left + filled), ALL);
		assert_int_equal(g.found.gaps, 1);
		free(turned);
	}
}

static void
a_torn_record_is_a_gap(void **state)
{
	(void)state;
	fresh(6);
	file.at[record_at(3) - 4] ^= 1; /* the length again, of the third */
	struct evt_given g = read_file();

	assert_int_equal(g.tally.records, 5);
	assert_int_equal(g.events, 5);
	assert_int_equal(g.found.gaps, 1);
	assert_int_equal(g.found.jumps, 1);
	assert_int_equal(g.tally.undecodable, 1);
	assert_int_equal(g.tally.recovered, 0);
}

static void
a_record_needs_its_mark_and_a_length(void **state)
{
	static const uint32_t lengths[] = { 0, 4, 56, 0x7fffffff, UINT32_MAX - 3 };

	(void)state;
	fresh(4);
	uint32_t at = record_at(2);
	uint32_t len = evt_get(file.at, at);

	for (uint32_t byte = 4; byte < 8; byte++) {
		file.at[at + byte] ^= 1;
		assert_int_equal(read_file().tally.records, 3);
		file.at[at + byte] ^= 1;
	}
	for (size_t i = 0; i < 5; i++) {
		evt_set(file.at, at, lengths[i]);
		assert_int_equal(read_file().tally.records, 3);
		assert_int_equal(read_file().found.gaps, 1);
	}
	evt_set(file.at, at, len + 2);
	memcpy(file.at + at + len - 2, file.at + at, 4);
	assert_int_equal(read_file().tally.records, 2);
}

static void
the_torn_last_record_is_told(void **state)
{
	(void)state;
	fresh(6);
	uint32_t last = record_at(5);

	/* The power went away: no end record, and half of a record. */
	make_dirty();
	memset(file.at + last + 100, 0, file.len - last - 100);
	struct evt_given g = read_file();
	assert_int_equal(g.tally.records, 5);
	assert_int_equal(g.events, 5);
	assert_false(g.found.has_end);
	assert_int_equal(g.tally.undecodable, 1);
}

static void
older_records_are_recovered(void **state)
{
	(void)state;
	fresh(9);
	uint32_t third = record_at(2);

	/* Three have been dropped, and nothing was written over them yet. */
	evt_set(file.at, 16, record_at(3));
	evt_set(file.at, 28, 4);
	memcpy(file.at + end_at() + 20, file.at + 16, 16);
	struct evt_given g = read_file();
	assert_int_equal(g.tally.records, 6);
	assert_int_equal(g.tally.recovered, 3);
	assert_int_equal(g.events, 9);
	assert_true(g.last.is_recovered);
	assert_int_equal(g.last.number, 3);
	assert_int_equal(g.tally.first, evt_read(buf_span(&file), 1).tally.first);
	/* The beginning of the first one has been. */
	memset(file.at + HEADER, 0, 64);
	assert_int_equal(read_file().tally.recovered, 2);
	assert_int_equal(read_file().tally.undecodable, 0);
	/* The length at the end of the second has been: its mark tells of it. */
	file.at[third - 4] ^= 1;
	g = read_file();
	assert_int_equal(g.tally.recovered, 2);
	assert_int_equal(g.tally.undecodable, 1);
	assert_int_equal(g.found.gaps, 0);
}

static void
a_jump_in_the_numbers_is_noted(void **state)
{
	(void)state;
	fresh(4);
	assert_int_equal(read_file().found.jumps, 0);
	file.at[record_at(2) + 8]++;
	assert_int_equal(read_file().found.jumps, 2);
	assert_int_equal(read_file().tally.records, 4);
}

static void
without_a_header_all_is_recovered(void **state)
{
	(void)state;
	fresh(5);
	struct span piece = span_at(buf_span(&file), record_at(1) + 20,
	                            file.len - record_at(1) - 20);
	struct evt_given g = evt_read(piece, ALL);

	assert_int_equal(g.heard, HEARD);
	assert_true(g.found.is_carved);
	assert_int_equal(g.tally.records, 0);
	assert_int_equal(g.tally.recovered, 3);
	assert_int_equal(g.events, 3);
	assert_int_equal(g.tally.first, 0);
	for (uint32_t byte = 0; byte < 8; byte++) {
		file.at[byte] ^= 1;
		assert_true(read_file().found.is_carved);
		assert_int_equal(read_file().events, 5);
		file.at[byte] ^= 1;
	}
	assert_false(read_file().found.is_carved);
}

static void
what_is_no_log_is_odd(void **state)
{
	static const uint8_t zeros[4096];

	(void)state;
	assert_int_equal(evt_read(span_of(zeros, 0), ALL).heard, HEARD_SHORT);
	assert_int_equal(evt_read(span_of(zeros, 47), ALL).heard, HEARD_SHORT);
	assert_int_equal(evt_read(span_of(zeros, 48), ALL).heard, HEARD_ODD);
	assert_int_equal(evt_read(span_of(zeros, 4096), ALL).heard, HEARD_ODD);
	assert_int_equal(evt_read((struct span){ .bad = true }, ALL).heard,
	                 HEARD_SHORT);
	fresh(0);
	assert_int_equal(evt_read(span_of(file.at, 48), ALL).heard, HEARD);
	/* A mark alone is no record. */
	fresh(1);
	file.at[0] = 0;
	assert_int_equal(read_file().heard, HEARD);
	file.at[end_at() - 4] ^= 1;
	assert_int_equal(read_file().heard, HEARD_ODD);
}

static void
at_every_length_what_is_there_is_read(void **state)
{
	struct span log = fresh(12);
	unsigned whole = 0;

	(void)state;
	for (size_t len = HEADER; len < log.left; len++) {
		/* Of this length, so that reading further is seen. */
		uint8_t *cut = malloc(len);
		assert_non_null(cut);
		memcpy(cut, log.at, len);
		struct evt_given g = evt_read(span_of(cut, len), ALL);

		while (whole < 12 && record_at(whole + 1) <= len)
			whole++;
		assert_int_equal(g.heard, HEARD);
		assert_true(g.found.is_cut);
		assert_int_equal(g.tally.records, whole);
		assert_int_equal(g.events, whole);
		free(cut);
	}
	assert_false(read_file().found.is_cut);
}

static void
a_log_that_wrapped_and_is_cut_keeps_its_newest(void **state)
{
	(void)state;
	evt_sample(&file, 65536, 400, NULL);
	uint32_t end = evt_get(file.at, 20);

	assert_true(end < 60000 && evt_get(file.at, 16) < 60000);
	evt_set(file.at, end + 20, 60004); /* where the oldest was is lost */
	evt_set(file.at, 16, 60004);
	struct evt_given g = evt_read(span_of(file.at, 60000), ALL);
	assert_true(g.found.is_cut && g.found.has_end);
	assert_true(g.tally.records > 0);
	assert_int_equal(g.events, g.tally.records + g.tally.recovered);
}

/* A log of one record with so many bytes. */
static void
stretched(uint32_t wanted)
{
	(void)empty(NULL);
	evt_sample_one(&file, 517, NULL, 0);
	uint32_t len = evt_get(file.at, HEADER);
	uint32_t from = HEADER + len - 4;

	buf_zero(&file, wanted - len);
	memmove(file.at + from + wanted - len, file.at + from, 4 + END);
	memset(file.at + from, 0, wanted - len < 4 + END ? wanted - len : 4 + END);
	evt_set(file.at, HEADER, wanted);
	evt_set(file.at, HEADER + wanted - 4, wanted);
	evt_set(file.at, end_at() + 24, end_at());
}

static void
a_record_that_is_too_large_is_not_decoded(void **state)
{
	(void)state;
	stretched(EVT_RECORD_MOST);
	assert_int_equal(read_file().events, 1);
	stretched(EVT_RECORD_MOST + 4);
	assert_int_equal(read_file().events, 0);
	assert_int_equal(read_file().tally.records, 1);
	assert_int_equal(read_file().tally.undecodable, 1);
}

/* The largest one fits into the room for what wraps. */
static void
the_largest_record_may_wrap(void **state)
{
	(void)state;
	for (uint32_t len = EVT_RECORD_MOST; len <= EVT_RECORD_MOST + 4; len += 4) {
		stretched(len);
		uint8_t *turned = malloc(file.len);

		assert_non_null(turned);
		evt_set(file.at, 20, end_at());
		evt_turn(buf_span(&file), 1000, turned);
		struct evt_given g = evt_read(span_of(turned, file.len), ALL);
		assert_int_equal(g.tally.records, 1);
		assert_int_equal(g.events, len == EVT_RECORD_MOST ? 1 : 0);
		free(turned);
	}
}

/* Whatever is in it: it comes to its end, and counts no more than there is room for. */
static void
broken_logs_come_to_an_end(void **state)
{
	uint64_t dice = 1;

	(void)state;
	(void)empty(NULL);
	evt_sample(&file, 16384, 90, "10.0.3.7");
	struct span log = buf_span(&file);
	uint8_t *broken = malloc(log.left);
	assert_non_null(broken);
	for (int round = 0; round < 3000; round++) {
		memcpy(broken, log.at, log.left);
		for (uint64_t n = dice_next(&dice) % 40; n > 0; n--) {
			size_t at = dice_next(&dice) % log.left;

			broken[n % 2 ? at : at % HEADER] ^= (uint8_t)dice_next(&dice);
		}
		struct evt_given g = evt_read(span_of(broken, log.left), 512);
		assert_true(g.tally.records + g.tally.recovered < log.left / 60);
		assert_true(g.events <= g.tally.security);
		assert_true(g.tally.security <= g.tally.records + g.tally.recovered);
	}
	free(broken);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_record_may_wrap_at_every_place, empty),
		cmocka_unit_test_setup(a_log_that_wrapped_has_its_newest, empty),
		cmocka_unit_test_setup(a_little_at_a_time_is_the_same, empty),
		cmocka_unit_test_setup(the_end_record_is_the_truth, empty),
		cmocka_unit_test_setup(a_clean_header_that_agrees_is_not_dirty, empty),
		cmocka_unit_test_setup(an_end_record_has_to_be_sound, empty),
		cmocka_unit_test_setup(an_end_record_points_into_the_file, empty),
		cmocka_unit_test_setup(of_two_end_records_the_newest_counts, empty),
		cmocka_unit_test_setup(an_end_record_is_found_at_every_place, empty),
		cmocka_unit_test_setup(an_empty_log_is_empty, empty),
		cmocka_unit_test_setup(filler_is_no_gap, empty),
		cmocka_unit_test_setup(a_torn_record_is_a_gap, empty),
		cmocka_unit_test_setup(a_record_needs_its_mark_and_a_length, empty),
		cmocka_unit_test_setup(the_torn_last_record_is_told, empty),
		cmocka_unit_test_setup(older_records_are_recovered, empty),
		cmocka_unit_test_setup(a_jump_in_the_numbers_is_noted, empty),
		cmocka_unit_test_setup(without_a_header_all_is_recovered, empty),
		cmocka_unit_test_setup(what_is_no_log_is_odd, empty),
		cmocka_unit_test_setup(at_every_length_what_is_there_is_read, empty),
		cmocka_unit_test_setup(a_log_that_wrapped_and_is_cut_keeps_its_newest,
		                       empty),
		cmocka_unit_test_setup(a_record_that_is_too_large_is_not_decoded,
		                       empty),
		cmocka_unit_test_setup(the_largest_record_may_wrap, empty),
		cmocka_unit_test_setup(broken_logs_come_to_an_end, empty),
	};

	(void)empty(NULL);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&file);
	return failed;
}

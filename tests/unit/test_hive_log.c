/*
 * The replay of transaction logs.  What has to come out is what Windows made of the
 * same files, in tests/data/hive.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/hive_log.h"
#include "format/hive_marvin.h"
#include "hive_data.h"

#define SLACK (64u << 10)

/* A hive with logs, all of which may be spoiled. */
struct set {
	struct hive_image hive;
	uint8_t *log[HIVE_LOGS_MOST];
	size_t log_len[HIVE_LOGS_MOST];
};

static void
load_log(struct set *s, size_t i, const char *name)
{
	struct span bytes = hive_data(name);

	s->log[i] = (uint8_t *)(uintptr_t)bytes.at;
	s->log_len[i] = bytes.left;
}

static struct set
load(const char *name)
{
	struct span bytes = hive_data(name);
	struct set s = { { calloc(1, bytes.left + SLACK), bytes.left,
		           bytes.left + SLACK },
		         { NULL },
		         { 0 } };

	assert_non_null(s.hive.at);
	memcpy(s.hive.at, bytes.at, bytes.left);
	hive_data_free(bytes);
	return s;
}

static struct set
load_old(void)
{
	struct set s = load("OldDirtyHive");

	load_log(&s, 1, "OldDirtyHive.LOG1");
	return s;
}

static struct set
load_new(void)
{
	struct set s = load("NewDirtyHive1");

	load_log(&s, 1, "NewDirtyHive1.LOG1");
	load_log(&s, 2, "NewDirtyHive1.LOG2");
	return s;
}

static void
unload(struct set *s)
{
	free(s->hive.at);
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		free(s->log[i]);
}

static struct hive_replay
replay(struct set *s)
{
	struct span logs[HIVE_LOGS_MOST];
	struct hive_replay told;

	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		logs[i] = span_of(s->log[i], s->log_len[i]);
	assert_int_equal(hive_log_replay(&s->hive, logs, &told), HEARD);
	return told;
}

/* How many bytes of the bins, from `from` on, are others than in `name`. */
static size_t
differences(const struct set *s, const char *name, size_t from)
{
	struct span twin = hive_data(name);
	size_t count = 0;

	assert_int_equal(twin.left, s->hive.len);
	for (size_t i = from; i < twin.left; i++)
		count += twin.at[i] != s->hive.at[i];
	hive_data_free(twin);
	return count;
}

static struct hive_base
base_of(const struct set *s)
{
	struct hive_base base;

	assert_int_equal(hive_base_read(span_of(s->hive.at, s->hive.len), &base),
	                 HEARD);
	return base;
}

/* Makes the checksum of a base block right again. */
static void
reseal(uint8_t *base)
{
	for (size_t byte = 0; byte < 4; byte++) {
		uint8_t sum = 0;

		for (size_t i = byte; i < 508; i += 4)
			sum ^= base[i];
		base[508 + byte] = sum;
	}
}

/* ---- what Windows made of them */

/* Behind the time in the head of the first bin. */
#define FIRST_CELL (HIVE_HEAD + 32)

static void
an_old_log_gives_what_windows_7_made_of_it(void **state)
{
	struct set s = load_old();
	struct hive_replay told = replay(&s);

	(void)state;
	assert_true(told.dirty);
	assert_true(told.replayed);
	assert_false(told.rebuilt);
	assert_int_equal(told.logs, 1);
	/* One byte is no content: how long a value's name may be at most. */
	assert_int_equal(
	    differences(&s, "OldDirtyHive.recovered-by-windows7", FIRST_CELL), 1);
	assert_true(base_of(&s).is_sound);
	assert_int_equal(base_of(&s).begun, 5);
	assert_int_equal(base_of(&s).ended, 5);
	unload(&s);
}

static void
new_logs_give_what_windows_10_made_of_them(void **state)
{
	struct set s = load_new();
	struct hive_replay told = replay(&s);

	(void)state;
	assert_true(told.dirty);
	assert_true(told.replayed);
	assert_false(told.rebuilt);
	assert_int_equal(told.logs, 2);
	assert_int_equal(told.entries, 4);
	assert_int_equal(
	    differences(&s, "NewDirtyHive1.recovered-by-windows10", HIVE_HEAD), 0);
	assert_true(base_of(&s).is_sound);
	assert_int_equal(base_of(&s).begun, 5);
	unload(&s);
}

static void
the_order_of_the_files_is_no_matter(void **state)
{
	struct set s = load("NewDirtyHive1");

	(void)state;
	load_log(&s, 0, "NewDirtyHive1.LOG2");
	load_log(&s, 2, "NewDirtyHive1.LOG1");
	assert_int_equal(replay(&s).entries, 4);
	assert_int_equal(
	    differences(&s, "NewDirtyHive1.recovered-by-windows10", HIVE_HEAD), 0);
	unload(&s);
}

/* ---- when not */

static void
a_clean_hive_stays_as_it_is(void **state)
{
	struct set s = load("NewDirtyHive1.recovered-by-windows10");

	(void)state;
	load_log(&s, 1, "NewDirtyHive1.LOG1");
	load_log(&s, 2, "NewDirtyHive1.LOG2");
	struct hive_replay told = replay(&s);
	assert_false(told.dirty || told.replayed || told.rebuilt);
	assert_int_equal(differences(&s, "NewDirtyHive1.recovered-by-windows10", 0), 0);
	unload(&s);
}

static void
a_dirty_hive_without_logs_stays_as_it_is(void **state)
{
	struct set s = load("NewDirtyHive1");
	struct hive_replay told = replay(&s);

	(void)state;
	assert_true(told.dirty);
	assert_false(told.replayed);
	assert_int_equal(told.logs, 0);
	assert_int_equal(differences(&s, "NewDirtyHive1", 0), 0);
	unload(&s);
}

#define WRITTEN_AT 12

static void
an_old_log_of_an_earlier_time_does_not_fit(void **state)
{
	struct set s = load_old();

	(void)state;
	s.log[1][WRITTEN_AT + 7]--; /* the highest byte of its time */
	reseal(s.log[1]);
	struct hive_replay told = replay(&s);
	assert_true(told.dirty);
	assert_false(told.replayed);
	assert_int_equal(told.logs, 1);
	assert_int_equal(differences(&s, "OldDirtyHive", 0), 0);
	unload(&s);
}

static void
an_old_log_of_a_later_time_holds_what_failed_before(void **state)
{
	struct set s = load_old();

	(void)state;
	s.log[1][WRITTEN_AT]++;
	reseal(s.log[1]);
	assert_true(replay(&s).replayed);
	unload(&s);
}

static void
an_old_log_with_a_wrong_checksum_does_not_count(void **state)
{
	struct set s = load_old();

	(void)state;
	s.log[1][48] ^= 1; /* the name in it */
	assert_int_equal(replay(&s).logs, 0);
	unload(&s);
}

static void
an_old_log_that_was_not_written_to_its_end_does_not_count(void **state)
{
	struct set s = load_old();

	(void)state;
	s.log[1][8]--;
	reseal(s.log[1]);
	assert_int_equal(replay(&s).logs, 0);
	unload(&s);
}

static void
a_new_log_from_before_the_last_whole_write_is_passed_over(void **state)
{
	struct set s = load_new();

	(void)state;
	s.hive.at[4] = 4;
	s.hive.at[8] = 3; /* sequence 3 is in it: LOG1 has 2, LOG2 3 to 5 */
	reseal(s.hive.at);
	assert_int_equal(replay(&s).entries, 3);
	unload(&s);
}

static void
new_logs_with_a_gap_between_them_end_before_it(void **state)
{
	struct set s = load_new();

	(void)state;
	s.log[2][4] = s.log[2][8] = 4; /* it says that it begins with 4 */
	reseal(s.log[2]);
	struct hive_replay told = replay(&s);
	assert_int_equal(told.entries, 1);
	assert_true(told.lost);
	unload(&s);
}

#define SECOND_ENTRY 8192 /* of LOG2 */
#define LAST_ENTRY 32768

static void
a_replay_ends_at_the_first_entry_with_a_wrong_hash(void **state)
{
	/* In a page, in a reference, in each hash, and in what the second covers. */
	static const size_t places[] = { 300, 41, 24, 32, 8 };

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct set s = load_new();

		s.log[2][SECOND_ENTRY + places[i]] ^= 1;
		struct hive_replay told = replay(&s);
		assert_int_equal(told.entries, 2);
		assert_true(told.lost);
		unload(&s);
	}
}

static void
a_broken_entry_is_a_loss_unless_it_is_the_last_one(void **state)
{
	/* LOG1 has one entry. */
	static const size_t places[][2] = { { 1, 512 }, { 2, LAST_ENTRY } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct set s = load_new();

		s.log[places[i][0]][places[i][1] + 300] ^= 1;
		struct hive_replay told = replay(&s);
		assert_int_equal(told.entries, 3);
		assert_int_equal(told.lost, i == 0);
		unload(&s);
	}
}

/* ---- base blocks that are lost */

static void
a_lost_base_block_comes_from_an_old_log(void **state)
{
	struct set s = load_old();

	(void)state;
	memset(s.hive.at, 0, HIVE_BASE);
	struct hive_replay told = replay(&s);
	assert_true(told.dirty && told.rebuilt && told.replayed);
	assert_int_equal(
	    differences(&s, "OldDirtyHive.recovered-by-windows7", FIRST_CELL), 1);
	assert_true(base_of(&s).is_sound);
	assert_int_equal(base_of(&s).kind, HIVE_PRIMARY);
	assert_int_equal(base_of(&s).bins_len, 487424);
	unload(&s);
}

static void
a_base_block_with_one_wrong_bit_is_lost(void **state)
{
	struct set s = load_old();

	(void)state;
	s.hive.at[40] ^= 1;
	assert_true(replay(&s).rebuilt);
	assert_int_equal(base_of(&s).bins_len, 487424);
	unload(&s);
}

static void
a_lost_base_block_comes_from_the_last_of_new_logs(void **state)
{
	struct set s = load_new();

	(void)state;
	memset(s.hive.at, 0xff, HIVE_BASE);
	struct hive_replay told = replay(&s);
	assert_true(told.rebuilt && told.replayed);
	assert_int_equal(told.entries, 3);
	assert_true(base_of(&s).is_sound);
	unload(&s);
}

static void
a_lost_base_block_without_logs_stays_lost(void **state)
{
	struct set s = load("NewDirtyHive1");
	struct hive_base base;

	(void)state;
	memset(s.hive.at, 0, HIVE_BASE);
	struct hive_replay told = replay(&s);
	assert_true(told.dirty);
	assert_false(told.rebuilt || told.replayed);
	assert_int_equal(hive_base_read(span_of(s.hive.at, s.hive.len), &base),
	                 HEARD_ODD);
	unload(&s);
}

/* ---- entries made by hand */

static void
put_le(uint8_t *at, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

#define HAND_ENTRY 4608 /* 40, one reference, a page, and up to the sector */

/* A log with one entry for NewDirtyHive1, which writes a page of 'x'. */
static void
set_hand_log(struct set *s, uint32_t offset, uint32_t page, uint32_t bins)
{
	uint8_t *log = calloc(1, 512 + HAND_ENTRY);
	uint8_t *e = log + 512;

	assert_non_null(log);
	memcpy(log, s->hive.at, 512);
	put_le(log + 4, 2, 4);
	put_le(log + 8, 2, 4);
	log[28] = HIVE_LOG_ENTRIES;
	reseal(log);
	memcpy(e, "HvLE", 4);
	put_le(e + 4, HAND_ENTRY, 4);
	put_le(e + 12, 2, 4);
	put_le(e + 16, bins, 4);
	put_le(e + 20, 1, 4);
	put_le(e + 40, offset, 4);
	put_le(e + 44, page, 4);
	memset(e + 48, 'x', 4096);
	put_le(e + 24, hive_marvin(span_of(e + 40, HAND_ENTRY - 40)), 8);
	put_le(e + 32, hive_marvin(span_of(e, 32)), 8);
	s->log[0] = log;
	s->log_len[0] = 512 + HAND_ENTRY;
}

static bool
takes_entry(uint32_t offset, uint32_t page, uint32_t bins, size_t slack)
{
	struct set s = load("NewDirtyHive1");
	size_t len = s.hive.len;

	s.hive.room = len + slack;
	set_hand_log(&s, offset, page, bins);
	bool taken = replay(&s).entries == 1;
	if (taken) {
		assert_int_equal(s.hive.at[HIVE_HEAD + offset + page - 1], 'x');
		assert_int_equal(base_of(&s).bins_len, bins);
		assert_true(s.hive.len >= HIVE_HEAD + (size_t)bins);
	} else {
		assert_int_equal(differences(&s, "NewDirtyHive1", 0), 0);
	}
	unload(&s);
	return taken;
}

#define FILE_BINS (262144 - HIVE_HEAD) /* what there is room for in the file */

static void
a_log_may_make_the_hive_longer(void **state)
{
	(void)state;
	assert_true(takes_entry(0, 4096, 20480, 0));
	assert_true(takes_entry(FILE_BINS, 4096, FILE_BINS + 4096, 4096));
}

static void
what_does_not_fit_is_not_written(void **state)
{
	(void)state;
	/* No room for so long a hive. */
	assert_false(takes_entry(FILE_BINS, 4096, FILE_BINS + 4096, 4095));
	/* A page that ends behind the bins, or begins there, or wraps around. */
	assert_false(takes_entry(16384, 4096, 16384, 0));
	assert_false(takes_entry(12289, 4096, 16384, 0));
	assert_false(takes_entry(0xfffff000, 4096, 16384, 0));
	assert_false(takes_entry(0, 0xffffffff, 16384, 0));
	/* A page that the entry does not hold. */
	assert_false(takes_entry(0, 8192, 20480, 0));
	/* Bins of no whole pages, or none. */
	assert_false(takes_entry(0, 4096, 20481, 0));
	assert_false(takes_entry(0, 0, 0, 0));
}

/* ---- cut short */

#define NEEDED 33792 /* of OldDirtyHive.LOG1, which is all of it */

static void
an_old_log_cut_at_every_length_is_not_used(void **state)
{
	struct set s = load_old();

	(void)state;
	assert_int_equal(s.log_len[1], NEEDED);
	for (size_t len = 0; len < NEEDED; len++) {
		s.log_len[1] = len;
		assert_false(replay(&s).replayed);
	}
	assert_int_equal(differences(&s, "OldDirtyHive", 0), 0);
	s.log_len[1] = NEEDED;
	assert_true(replay(&s).replayed);
	unload(&s);
}

/* LOG2 has entries up to 8192, 32768 and 40960. */
static unsigned
entries_up_to(size_t len)
{
	return 1u + (len >= 8192) + (len >= 32768) + (len >= 40960);
}

static void
a_new_log_cut_at_every_length_is_used_as_far_as_it_goes(void **state)
{
	struct span whole = hive_data("NewDirtyHive1");
	struct set s = load_new();
	size_t step = 1;

	(void)state;
	s.hive.len = HIVE_HEAD + 20480; /* all that is not zero */
	for (size_t len = 0; len <= 41000; len += step) {
		memcpy(s.hive.at, whole.at, s.hive.len);
		s.log_len[2] = len;
		assert_int_equal(replay(&s).entries, entries_up_to(len));
		/* The hashes make it slow; between the ends it is all the same. */
		step = len < 9000 || len > 40900 ? 1 : 89;
	}
	hive_data_free(whole);
	unload(&s);
}

static void
a_hive_cut_within_its_head_is_short(void **state)
{
	struct set s = load_new();
	const struct span none[HIVE_LOGS_MOST] = { span_of(NULL, 0) };
	struct hive_replay told;
	struct hive_base base;

	(void)state;
	for (size_t len = 0; len < HIVE_HEAD; len++) {
		struct hive_image cut = { s.hive.at, len, len };

		assert_int_equal(hive_log_replay(&cut, none, &told), HEARD_SHORT);
		assert_int_equal(hive_base_read(span_of(s.hive.at, len), &base),
		                 len < HIVE_BASE ? HEARD_SHORT : HEARD);
	}
	unload(&s);
}

static void
a_hive_cut_within_its_bins_is_replayed_where_it_is(void **state)
{
	(void)state;
	for (size_t len = HIVE_HEAD; len < HIVE_HEAD + 20480; len += 97) {
		struct set s = load_new();

		s.hive.len = len;
		assert_int_equal(replay(&s).entries, 4);
		assert_int_equal(s.hive.len, HIVE_HEAD + 20480);
		unload(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_log_gives_what_windows_7_made_of_it),
		cmocka_unit_test(new_logs_give_what_windows_10_made_of_them),
		cmocka_unit_test(the_order_of_the_files_is_no_matter),
		cmocka_unit_test(a_clean_hive_stays_as_it_is),
		cmocka_unit_test(a_dirty_hive_without_logs_stays_as_it_is),
		cmocka_unit_test(an_old_log_of_an_earlier_time_does_not_fit),
		cmocka_unit_test(an_old_log_of_a_later_time_holds_what_failed_before),
		cmocka_unit_test(an_old_log_with_a_wrong_checksum_does_not_count),
		cmocka_unit_test(
		    an_old_log_that_was_not_written_to_its_end_does_not_count),
		cmocka_unit_test(
		    a_new_log_from_before_the_last_whole_write_is_passed_over),
		cmocka_unit_test(new_logs_with_a_gap_between_them_end_before_it),
		cmocka_unit_test(a_replay_ends_at_the_first_entry_with_a_wrong_hash),
		cmocka_unit_test(a_broken_entry_is_a_loss_unless_it_is_the_last_one),
		cmocka_unit_test(a_lost_base_block_comes_from_an_old_log),
		cmocka_unit_test(a_base_block_with_one_wrong_bit_is_lost),
		cmocka_unit_test(a_lost_base_block_comes_from_the_last_of_new_logs),
		cmocka_unit_test(a_lost_base_block_without_logs_stays_lost),
		cmocka_unit_test(a_log_may_make_the_hive_longer),
		cmocka_unit_test(what_does_not_fit_is_not_written),
		cmocka_unit_test(an_old_log_cut_at_every_length_is_not_used),
		cmocka_unit_test(
		    a_new_log_cut_at_every_length_is_used_as_far_as_it_goes),
		cmocka_unit_test(a_hive_cut_within_its_head_is_short),
		cmocka_unit_test(a_hive_cut_within_its_bins_is_replayed_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

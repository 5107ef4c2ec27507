/*
 * What is called the same to the byte, held against the second reader that reads all:
 * over real hives of which one byte after the other was changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/hive_log.h"
#include "hive_data.h"
#include "hive_edited.h"
#include "reach/hive_compare.h"
#include "reach/hive_same.h"
#include "reach/regf_library.h"

/* What the library loses of damaged hives goes with the child in the cage. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libregf";
}

static enum hive_differs
found_in(const struct span hives[2], bool reads_all, char *key, size_t room)
{
	const struct hive_comparing job = { .reads_all = reads_all };
	struct buf path;

	buf_init(&path, 1u << 20);
	enum hive_differs found = hive_compare(hives, &job, &path);
	memset(key, 0, room);
	(void)span_copy(buf_span(&path), key, room - 1);
	buf_free(&path);
	return found;
}

/* Both must find the same, at the same key; returns whether they found anything. */
static bool
agree(const struct span hives[2], size_t at)
{
	char quick_key[512];
	char all_key[512];
	enum hive_differs quick = found_in(hives, false, quick_key, sizeof quick_key);
	enum hive_differs all = found_in(hives, true, all_key, sizeof all_key);

	if (quick != all)
		fail_msg("byte %zu: %d, but %d where all is read", at, quick, all);
	assert_string_equal(quick_key, all_key);
	return all != HIVE_SAME;
}

/* Under the sanitizers, to read all of a hive takes 30 times as long. */
#ifdef __SANITIZE_ADDRESS__
#define FEWER(step) (8 * (step)-1)
#else
#define FEWER(step) (step)
#endif

/* One byte in `step` of them, which is no power of two. */
static void
flip_all_of(const char *name, size_t step)
{
	struct span before = hive_data(name);
	uint8_t *bytes = malloc(before.left);
	size_t differing = 0;

	assert_non_null(bytes);
	memcpy(bytes, before.at, before.left);
	const struct span hives[2] = { before, span_of(bytes, before.left) };
	assert_false(agree(hives, 0));
	for (size_t at = HIVE_HEAD; at < before.left; at += FEWER(step)) {
		bytes[at] ^= 1;
		differing += agree(hives, at);
		bytes[at] ^= 1;
	}
	assert_true(differing > 5);
	free(bytes);
	hive_data_free(before);
}

static void
one_byte_is_seen_as_by_who_reads_all(void **state)
{
	char why[WHY_ROOM];

	(void)state;
	assert_int_equal(regf_library_load(why), OK);
	flip_all_of("SAM-win7", 197);
	flip_all_of("BigDataHive", 97);      /* data in pieces */
	flip_all_of("100_sub_keys.hiv", 97); /* a long list */
	flip_all_of("UnicodeHive", 13);
}

/* ---- a key, and those that it is in */

struct two {
	struct span before;
	uint8_t *after;
	struct hive_same same;
};

static void
begin(struct two *t, size_t at)
{
	t->before = hive_data("SAM-win7");
	t->after = malloc(t->before.left);
	assert_non_null(t->after);
	memcpy(t->after, t->before.at, t->before.left);
	t->after[at] ^= 1;
	const struct span hives[2] = { t->before, span_of(t->after, t->before.left) };
	assert_true(hive_same_find(hives, &t->same));
}

static void
end(struct two *t)
{
	hive_same_free(&t->same);
	free(t->after);
	hive_data_free(t->before);
}

static size_t
cell_of(struct two *t, const char *name)
{
	return record_of(t->before, name) - 4;
}

static void
what_it_is_in_is_not_the_same(void **state)
{
	struct span s = hive_data("SAM-win7");
	size_t time = record_of(s, "Preston") + 4;
	struct two t;

	(void)state;
	hive_data_free(s);
	begin(&t, time);
	assert_false(hive_same_key(&t.same, cell_of(&t, "Preston")));
	assert_false(hive_same_key(&t.same, cell_of(&t, "Account")));
	assert_false(hive_same_key(&t.same, cell_of(&t, "Domains")));
	/* Beside it, asked for after those in which it was given up. */
	assert_true(hive_same_key(&t.same, cell_of(&t, "Administrator")));
	end(&t);
}

static void
a_place_that_is_no_key_is_not_the_same(void **state)
{
	struct two t;

	(void)state;
	begin(&t, 0);
	assert_true(hive_same_key(&t.same, cell_of(&t, "Names")));
	assert_false(hive_same_key(&t.same, cell_of(&t, "Names") + 8));
	assert_false(hive_same_key(&t.same, cell_of(&t, "Names") + 1));
	assert_false(hive_same_key(&t.same, 0));
	assert_false(hive_same_key(&t.same, t.before.left));
	assert_false(hive_same_key(&t.same, SIZE_MAX));
	end(&t);
}

static void
what_is_no_hive_has_no_key(void **state)
{
	static const uint8_t bytes[HIVE_HEAD + 64];
	struct hive_same same;

	(void)state;
	for (size_t len = 0; len <= sizeof bytes; len += 32) {
		const struct span hives[2] = { span_of(bytes, len),
			                       span_of(bytes, sizeof bytes) };

		assert_true(hive_same_find(hives, &same));
		assert_true(same.len <= len);
		assert_false(hive_same_key(&same, HIVE_HEAD));
		assert_false(hive_same_key(&same, HIVE_HEAD + 32));
		hive_same_free(&same);
	}
}

static void
where_a_bin_differs_nothing_is_the_same(void **state)
{
	static const size_t places[] = { 0, 4, 8 }; /* mark, place, length */
	struct two t;

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		begin(&t, HIVE_HEAD + places[i]);
		assert_false(hive_same_key(&t.same, cell_of(&t, "Names")));
		end(&t);
	}
	begin(&t, HIVE_HEAD + 20); /* its time */
	assert_true(hive_same_key(&t.same, cell_of(&t, "Names")));
	end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_byte_is_seen_as_by_who_reads_all),
		cmocka_unit_test(what_it_is_in_is_not_the_same),
		cmocka_unit_test(a_place_that_is_no_key_is_not_the_same),
		cmocka_unit_test(what_is_no_hive_has_no_key),
		cmocka_unit_test(where_a_bin_differs_nothing_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The hives that the lab writes, held against the published format, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lab/descriptor.h"
#include "lab/hive_make.h"

#define BASE 4096
#define NOON 0x01C89E26B2AE8000u

static struct buf hive;

static struct hive_make *
begin(void)
{
	struct hive_make *h = NULL;

	assert_int_equal(hive_new("TEST", NOON, &h), OK);
	return h;
}

static void
end(struct hive_make *h)
{
	buf_init(&hive, 1u << 24);
	assert_int_equal(hive_made(h, &hive), OK);
	hive_make_free(h);
}

static uint32_t
le32(size_t at)
{
	struct span s = span_at(buf_span(&hive), at, 4);
	uint32_t v = span_le32(&s);

	assert_false(s.bad);
	return v;
}

static uint16_t
le16(size_t at)
{
	struct span s = span_at(buf_span(&hive), at, 2);
	uint16_t v = span_le16(&s);

	assert_false(s.bad);
	return v;
}

/* Where a cell's content begins. */
static size_t
cell(uint32_t offset)
{
	assert_true((int32_t)le32(BASE + offset) < 0);
	return BASE + offset + 4;
}

static void
assert_mark(size_t at, const char *mark)
{
	struct span s = span_at(buf_span(&hive), at, 2);

	assert_true(span_is(s, mark, 2));
}

static size_t
root(void)
{
	return cell(le32(36));
}

/* The i-th key of a key's single list. */
static size_t
key_below(size_t key, size_t i)
{
	size_t list = cell(le32(key + 28));

	assert_mark(list, "lh");
	assert_true(i < le16(list + 2));
	return cell(le32(list + 4 + 8 * i));
}

static void
assert_name(size_t key, const char *name)
{
	assert_mark(key, "nk");
	assert_int_equal(le16(key + 72), strlen(name));
	assert_true(span_is(span_at(buf_span(&hive), key + 76, strlen(name)), name,
	                    strlen(name)));
}

static void
the_base_block_is_that_of_a_whole_hive(void **state)
{
	uint32_t sum = 0;

	(void)state;
	end(begin());
	assert_true(span_is(span_at(buf_span(&hive), 0, 4), "regf", 4));
	assert_int_equal(le32(4), le32(8)); /* nothing is pending */
	assert_int_equal(le32(20), 1);
	assert_int_equal(le32(24), 5);
	assert_int_equal(le32(40), hive.len - BASE);
	for (size_t i = 0; i < 508; i += 4)
		sum ^= le32(i);
	assert_int_equal(le32(508), sum);
	assert_true(span_is(span_at(buf_span(&hive), BASE, 4), "hbin", 4));
	assert_int_equal(le16(root() + 2) & 0x04, 0x04);
	assert_name(root(), "TEST");
	buf_free(&hive);
}

static void
keys_are_sorted_without_regard_to_case(void **state)
{
	struct hive_make *h = begin();

	(void)state;
	hive_at(h, "beta");
	hive_at(h, "Alpha");
	hive_at(h, "GAMMA");
	hive_at(h, "BETA\\below");
	end(h);
	assert_int_equal(le32(root() + 20), 3);
	assert_name(key_below(root(), 0), "Alpha");
	assert_name(key_below(root(), 1), "beta");
	assert_name(key_below(root(), 2), "GAMMA");
	assert_name(key_below(key_below(root(), 1), 0), "below");
	/* Of the list's second number: 37 * ... + upper-case letters. */
	assert_int_equal(le32(cell(le32(root() + 28)) + 8),
	                 ((((uint32_t)'A' * 37 + 'L') * 37 + 'P') * 37 + 'H') * 37 +
	                     'A');
	buf_free(&hive);
}

static void
values_lie_in_their_cell_or_in_one_of_their_own(void **state)
{
	struct hive_make *h = begin();

	(void)state;
	hive_at(h, "k");
	hive_u32(h, "Start", 4);
	hive_lines(h, "m", "a\nb");
	hive_u32(h, "START", 2); /* again: the last counts */
	end(h);
	size_t key = key_below(root(), 0);
	assert_int_equal(le32(key + 36), 2);
	size_t list = cell(le32(key + 40));
	size_t start = cell(le32(list));
	size_t lines = cell(le32(list + 4));
	assert_mark(start, "vk");
	assert_int_equal(le32(start + 4), 0x80000004u);
	assert_int_equal(le32(start + 8), 2);
	assert_int_equal(le32(start + 12), 4); /* REG_DWORD */
	assert_int_equal(le32(lines + 12), 7); /* REG_MULTI_SZ */
	assert_int_equal(le32(lines + 4), 10);
	assert_true(span_is(span_at(buf_span(&hive), cell(le32(lines + 8)), 10),
	                    "a\0\0\0b\0\0\0\0", 10));
	buf_free(&hive);
}

static void
names_outside_latin_1_are_utf_16(void **state)
{
	struct hive_make *h = begin();

	(void)state;
	hive_at(h, "Pr\303\274fung"); /* U+00FC: one byte */
	hive_at(h, "\320\237");       /* a Cyrillic letter */
	end(h);
	assert_int_equal(le16(key_below(root(), 0) + 2) & 0x20, 0x20);
	assert_int_equal(le16(key_below(root(), 0) + 72), 7);
	assert_int_equal(le16(key_below(root(), 1) + 2) & 0x20, 0);
	assert_int_equal(le16(key_below(root(), 1) + 72), 2);
	assert_int_equal(le16(key_below(root(), 1) + 76), 0x041F);
	buf_free(&hive);
}

static void
a_locked_key_has_another_descriptor_and_a_time_of_its_own(void **state)
{
	struct hive_make *h = begin();

	(void)state;
	hive_at(h, "free");
	hive_at(h, "locked");
	hive_time(h, NOON + 7);
	hive_lock(h);
	end(h);
	size_t open_key = key_below(root(), 0);
	size_t locked_key = key_below(root(), 1);
	size_t usual = cell(le32(open_key + 44));
	size_t locked = cell(le32(locked_key + 44));

	assert_mark(usual, "sk");
	assert_mark(locked, "sk");
	assert_int_not_equal(usual, locked);
	assert_int_equal(cell(le32(usual + 4)), locked); /* the ring */
	assert_int_equal(cell(le32(locked + 8)), usual);
	assert_int_equal(le32(usual + 12), 2); /* the root and "free" */
	assert_int_equal(le32(open_key + 4), (uint32_t)NOON);
	assert_int_equal(le32(locked_key + 4), (uint32_t)NOON + 7);
	buf_free(&hive);
}

static void
many_keys_are_several_lists(void **state)
{
	struct hive_make *h = begin();
	uint32_t all = 0;

	(void)state;
	for (int i = 0; i < 1200; i++)
		hive_at(h, "key%d", i);
	end(h);
	size_t lists = cell(le32(root() + 28));
	assert_mark(lists, "ri");
	for (uint16_t i = 0; i < le16(lists + 2); i++) {
		size_t list = cell(le32(lists + 4 + 4 * (size_t)i));

		assert_mark(list, "lh");
		all += le16(list + 2);
	}
	assert_int_equal(all, 1200);
	buf_free(&hive);
}

/* Every bin is filled to its end by cells, used or free, that do not cross it. */
static void
cells_fill_their_bins(void **state)
{
	struct hive_make *h = begin();
	size_t at = BASE;

	(void)state;
	for (int i = 0; i < 300; i++) {
		hive_at(h, "key%d", i);
		hive_text(h, "v", "some text that takes a cell of its own");
	}
	end(h);
	while (at < hive.len) {
		size_t bin_end = at + le32(at + 8);

		assert_true(span_is(span_at(buf_span(&hive), at, 4), "hbin", 4));
		assert_int_equal(le32(at + 4), at - BASE);
		for (at += 32; at < bin_end;) {
			int32_t size = (int32_t)le32(at);

			size = size < 0 ? -size : size;
			assert_true(size >= 8 && size % 8 == 0);
			at += (size_t)size;
		}
		assert_int_equal(at, bin_end);
	}
	buf_free(&hive);
}

static void
what_does_not_fit_is_refused(void **state)
{
	static const uint8_t large[16345];
	struct hive_make *h = begin();

	(void)state;
	buf_init(&hive, 1u << 20);
	hive_at(h, "k");
	hive_bytes(h, "v", HIVE_BINARY, span_of(large, sizeof large));
	assert_int_equal(hive_made(h, &hive), ERR_LIMIT);
	hive_make_free(h);
	h = begin();
	hive_at(h, "a\\\\b");
	assert_int_equal(hive_made(h, &hive), ERR_LIMIT);
	hive_make_free(h);
	buf_free(&hive);
}

static void
a_locked_files_descriptor_lets_everyone_run_it_and_no_more(void **state)
{
	/* clang-format off */
	static const uint8_t expected[] = {
		1, 0, 0x04, 0x90, 48, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0,
		/* the list: one entry, of SYNCHRONIZE and FILE_EXECUTE, for S-1-1-0 */
		2, 0, 28, 0, 1, 0, 0, 0,
		0, 0, 20, 0, 0x20, 0, 0x10, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
		/* owner S-1-5-32-544, group S-1-5-18 */
		1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
		1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
	};
	/* clang-format on */

	(void)state;
	buf_init(&hive, 256);
	descriptor_file_locked(&hive);
	assert_int_equal(hive.len, sizeof expected);
	assert_memory_equal(hive.at, expected, sizeof expected);
	buf_free(&hive);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_base_block_is_that_of_a_whole_hive),
		cmocka_unit_test(keys_are_sorted_without_regard_to_case),
		cmocka_unit_test(values_lie_in_their_cell_or_in_one_of_their_own),
		cmocka_unit_test(names_outside_latin_1_are_utf_16),
		cmocka_unit_test(
		    a_locked_key_has_another_descriptor_and_a_time_of_its_own),
		cmocka_unit_test(many_keys_are_several_lists),
		cmocka_unit_test(cells_fill_their_bins),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(
		    a_locked_files_descriptor_lets_everyone_run_it_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

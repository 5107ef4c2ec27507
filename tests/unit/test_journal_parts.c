#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "journal_sample.h"

static void
parts_of_any_length_come_back(void **state)
{
	static const uint64_t lens[] = { 0,      1,      39999,  40000,   262143,
		                         262144, 262145, 524288, 1234567, 0 };
	struct journal *j = journal_of_sample();
	struct part_reader *none = NULL;

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	(void)journal_put_step(j, "C:\\b");
	for (int i = 0; i < 10; i++)
		assert_int_equal(journal_put_part(j, 1 + i % 2, i, lens[i]), OK);
	for (int i = 0; i < 10; i++)
		assert_int_equal(journal_part_is_whole(j, 1 + i % 2, i), lens[i]);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	j = journal_reopened(false);
	for (int i = 0; i < 10; i++)
		assert_int_equal(journal_part_is_whole(j, 1 + i % 2, i), lens[i]);
	assert_int_equal(journal_part_open(j, 1, 1, &none), OK);
	assert_null(none);
	assert_int_equal(journal_part_open(j, 3, 0, &none), OK);
	assert_null(none);
	journal_free(j);
}

/* SHA-256 of "abc": FIPS 180-2, appendix B.1. */
static void
the_hash_of_a_part_is_that_of_its_bytes(void **state)
{
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223"
				  "b00361a396177a9cb410ff61f20015ad";
	struct journal *j = journal_of_sample();
	struct part_writer *w = NULL;
	struct part_reader *r = NULL;
	char sha256[SHA256_TEXT];
	uint64_t len = 0;

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	assert_int_equal(journal_part_begin(j, 1, 0, &w), OK);
	assert_int_equal(part_write(w, span_of("ab", 2)), OK);
	assert_int_equal(part_write(w, span_of("c", 1)), OK);
	assert_int_equal(part_end(w, &len, sha256), OK);
	assert_int_equal(len, 3);
	assert_string_equal(sha256, abc);
	assert_int_equal(journal_part_open(j, 1, 0, &r), OK);
	assert_string_equal(part_sha256(r), abc);
	part_close(r);
	journal_free(j);
}

static void
two_parts_may_be_written_in_turns(void **state)
{
	struct journal *j = journal_of_sample();
	struct part_writer *w[2] = { NULL, NULL };
	static uint8_t bytes[2][300000];
	char sha256[SHA256_TEXT];
	uint64_t len = 0;

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	for (int i = 0; i < 2; i++) {
		memset(bytes[i], 'x' + i, sizeof bytes[i]);
		assert_int_equal(journal_part_begin(j, 1, i, &w[i]), OK);
	}
	for (int turn = 0; turn < 6; turn++)
		assert_int_equal(
		    part_write(w[turn % 2], span_of(bytes[turn % 2], sizeof bytes[0])),
		    OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(part_end(w[i], &len, sha256), OK);
		assert_int_equal(len, 900000);
	}
	journal_free(j);
}

static void
a_part_that_is_dropped_has_never_been(void **state)
{
	struct journal *j = journal_of_sample();
	struct part_writer *w = NULL;
	struct part_reader *r = NULL;
	static const uint8_t bytes[300000];

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	assert_int_equal(journal_part_begin(j, 1, 0, &w), OK);
	assert_int_equal(part_write(w, span_of(bytes, sizeof bytes)), OK);
	part_drop(w);
	assert_int_equal(journal_part_open(j, 1, 0, &r), OK);
	assert_null(r);
	assert_int_equal(journal_put_part(j, 1, 0, 17), OK);
	assert_int_equal(journal_commit(j), OK);
	assert_int_equal(journal_part_is_whole(j, 1, 0), 17);
	part_drop(NULL);
	journal_free(j);
}

/* Does the file hold these bytes anywhere? */
static bool
file_has(const char *path, const void *bytes, size_t len)
{
	static uint8_t file[4u << 20];
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	size_t size = fread(file, 1, sizeof file, f);
	assert_true(size > 0 && size < sizeof file);
	(void)fclose(f);
	return span_find(span_of(file, size), bytes, len) != SIZE_MAX;
}

/* The head of every program, and a marker such as the scanners' own test file has. */
static void
what_is_kept_does_not_look_like_itself(void **state)
{
	static const char marker[] = "CONFINE-HARMLESS-TEST-MARKER!$H+H*";
	static const char head[] = "MZ\x90\0\3\0\0\0\4\0\0\0\xFF\xFF";
	static const uint8_t zeros[10000];
	static uint8_t bytes[600000];
	struct journal *j = journal_of_sample();
	struct part_writer *w = NULL;
	char sha256[SHA256_TEXT];
	uint64_t len = 0;

	(void)state;
	memcpy(bytes, head, sizeof head);
	for (size_t at = 100; at + 100 < sizeof bytes; at += 20000)
		memcpy(bytes + at, marker, sizeof marker - 1);
	(void)journal_put_step(j, "C:\\a");
	assert_int_equal(journal_part_begin(j, 1, 0, &w), OK);
	assert_int_equal(part_write(w, span_of(bytes, sizeof bytes)), OK);
	assert_int_equal(part_end(w, &len, sha256), OK);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	assert_false(file_has(JOURNAL_PATH, marker, 12));
	assert_false(file_has(JOURNAL_PATH, head, sizeof head - 1));
	/* Nor the longest run of zeros in it: longer than a page that is half empty. */
	assert_false(file_has(JOURNAL_PATH, zeros, sizeof zeros));
	/* What is meant to be read is there to be found. */
	assert_true(file_has(JOURNAL_PATH, "facts of C:\\a", 13));
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, journal_folder_made, journal_folder_gone)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(parts_of_any_length_come_back),
		IN_FOLDER(the_hash_of_a_part_is_that_of_its_bytes),
		IN_FOLDER(two_parts_may_be_written_in_turns),
		IN_FOLDER(a_part_that_is_dropped_has_never_been),
		IN_FOLDER(what_is_kept_does_not_look_like_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

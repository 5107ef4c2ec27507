#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/rsa_search.h"

/* Two keys of 40 and 512 bytes: 00 01 02 …, and a sequence without a pattern. */
#define SHORT_LEN 40
#define LONG_LEN 512
static uint8_t short_key[SHORT_LEN];
static uint8_t long_key[LONG_LEN];
static char short_hex[2 * SHORT_LEN + 1];
static char long_hex[2 * LONG_LEN + 1];

static void
as_hex(char *to, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		to[2 * i] = digits[bytes[i] >> 4];
		to[2 * i + 1] = digits[bytes[i] & 15];
	}
	to[2 * len] = '\0';
}

static int
make_keys(void **state)
{
	uint32_t x = 12345;

	(void)state;
	for (size_t i = 0; i < SHORT_LEN; i++)
		short_key[i] = (uint8_t)i;
	for (size_t i = 0; i < LONG_LEN; i++) {
		x = x * 1664525 + 1013904223;
		long_key[i] = (uint8_t)(x >> 24);
	}
	as_hex(short_hex, short_key, SHORT_LEN);
	as_hex(long_hex, long_key, LONG_LEN);
	return 0;
}

struct results {
	struct rsa_found of_short;
	struct rsa_found of_long;
};

/* Searches `bytes`, given in pieces of `piece` bytes. */
static struct results
search(const uint8_t *bytes, size_t len, size_t piece)
{
	const char *const keys[] = { short_hex, long_hex };
	struct rsa_search *s = NULL;
	struct results out;

	assert_int_equal(rsa_search_new(keys, 2, &s), OK);
	while (len > 0) {
		size_t n = len < piece ? len : piece;

		memcpy(rsa_search_room(s), bytes, n);
		rsa_search_filled(s, n);
		bytes += n;
		len -= n;
	}
	rsa_search_end(s);
	out.of_short = rsa_search_found(s, 0);
	out.of_long = rsa_search_found(s, 1);
	rsa_search_free(s);
	return out;
}

static void
a_key_is_found_at_every_place(void **state)
{
	static uint8_t bytes[2048];

	(void)state;
	for (size_t at = 0; at <= sizeof bytes - LONG_LEN; at++) {
		memset(bytes, 0, sizeof bytes);
		memcpy(bytes + at, long_key, LONG_LEN);
		struct results r = search(bytes, sizeof bytes, sizeof bytes);

		assert_int_equal(r.of_long.whole, 1);
		assert_int_equal(r.of_long.whole_at, at);
		assert_int_equal(r.of_long.parts, 0);
		assert_int_equal(r.of_short.whole + r.of_short.parts, 0);
	}
}

static void
a_key_is_found_across_every_border(void **state)
{
	static uint8_t bytes[1500];

	(void)state;
	memcpy(bytes + 500, long_key, LONG_LEN);
	memcpy(bytes + 1100, short_key, SHORT_LEN);
	for (size_t piece = 1; piece < sizeof bytes; piece++) {
		struct results r = search(bytes, sizeof bytes, piece);

		assert_int_equal(r.of_long.whole, 1);
		assert_int_equal(r.of_long.whole_at, 500);
		assert_int_equal(r.of_short.whole, 1);
		assert_int_equal(r.of_short.whole_at, 1100);
	}
}

static void
a_key_across_large_blocks_is_found(void **state)
{
	size_t len = 2 * (size_t)RSA_BLOCK + 4096;
	uint8_t *bytes = calloc(1, len);

	(void)state;
	assert_non_null(bytes);
	for (size_t before = 1; before < LONG_LEN; before += 37) {
		size_t at = RSA_BLOCK - before;

		memset(bytes, 0, len);
		memcpy(bytes + at, long_key, LONG_LEN);
		memcpy(bytes + at + RSA_BLOCK, long_key, LONG_LEN);
		struct results r = search(bytes, len, RSA_BLOCK);
		assert_int_equal(r.of_long.whole, 2);
		assert_int_equal(r.of_long.whole_at, at);
	}
	free(bytes);
}

static void
one_byte_that_differs_makes_it_a_part(void **state)
{
	static uint8_t bytes[1024];

	(void)state;
	for (size_t wrong = 0; wrong < LONG_LEN; wrong++) {
		memset(bytes, 0, sizeof bytes);
		memcpy(bytes + 77, long_key, LONG_LEN);
		bytes[77 + wrong] ^= 0x80;
		struct results r = search(bytes, sizeof bytes, sizeof bytes);

		assert_int_equal(r.of_long.whole, 0);
		assert_int_equal(r.of_long.parts, wrong >= RSA_HEAD ? 1 : 0);
		assert_int_equal(r.of_long.longest, wrong >= RSA_HEAD ? wrong : 0);
		if (wrong >= RSA_HEAD)
			assert_int_equal(r.of_long.longest_at, 77);
	}
}

static void
a_key_that_the_stream_ends_in_is_a_part(void **state)
{
	static uint8_t bytes[1024];

	(void)state;
	memcpy(bytes + 100, long_key, LONG_LEN);
	for (size_t len = 100; len <= 100 + LONG_LEN; len++) {
		struct results r = search(bytes, len, 64);
		bool is_part = len >= 100 + RSA_HEAD && len < 100 + LONG_LEN;

		assert_int_equal(r.of_long.parts, is_part);
		assert_int_equal(r.of_long.longest, is_part ? len - 100 : 0);
		assert_int_equal(r.of_long.whole, len == 100 + LONG_LEN);
	}
}

static void
of_several_the_first_and_the_longest_are_told(void **state)
{
	static uint8_t bytes[8192];

	(void)state;
	memcpy(bytes + 10, long_key, 40);
	memcpy(bytes + 1000, long_key, 60);
	memcpy(bytes + 2000, long_key, 50);
	memcpy(bytes + 3000, long_key, LONG_LEN);
	memcpy(bytes + 3512, long_key, LONG_LEN);
	struct results r = search(bytes, sizeof bytes, 100);
	assert_int_equal(r.of_long.parts, 3);
	assert_int_equal(r.of_long.longest, 60);
	assert_int_equal(r.of_long.longest_at, 1000);
	assert_int_equal(r.of_long.whole, 2);
	assert_int_equal(r.of_long.whole_at, 3000);
}

static void
keys_that_are_none_are_refused(void **state)
{
	static const char *const wrong[] = { "", "00", "zz", "0102030" };
	struct rsa_search *s = NULL;
	char text[2 * RSA_KEY_MOST + 3];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(rsa_search_new(&wrong[i], 1, &s), ERR_REFUSED);
	memset(text, '1', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(rsa_search_new(&(const char *){ text }, 1, &s), ERR_REFUSED);
	text[2 * RSA_KEY_MOST] = '\0';
	assert_int_equal(rsa_search_new(&(const char *){ text }, 1, &s), OK);
	assert_int_equal(rsa_search_found(s, 1).whole, 0);
	rsa_search_free(s);
	rsa_search_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_found_at_every_place),
		cmocka_unit_test(a_key_is_found_across_every_border),
		cmocka_unit_test(a_key_across_large_blocks_is_found),
		cmocka_unit_test(one_byte_that_differs_makes_it_a_part),
		cmocka_unit_test(a_key_that_the_stream_ends_in_is_a_part),
		cmocka_unit_test(of_several_the_first_and_the_longest_are_told),
		cmocka_unit_test(keys_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}

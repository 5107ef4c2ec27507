/*
 * The two ends of a hive's cage, without the cage: answers that make no sense, and a
 * hive cut at every length.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hive_data.h"
#include "reach/hive_serve.h"
#include "reach/hive_talk.h"

/* ---- answers */

/* Written 1970-01-01T00:00:01, security "sd", a value "n" = 2A, a subkey "k". */
static const uint8_t good[] = {
	0x80, 0x16, 0xd7, 0xd5, 0xde, 0xb1, 0x9d, 0x01,         /* FILETIME */
	2,    0,    0,    0,    's',  'd',                      /* security */
	1,    0,    0,    0,                                    /* one value */
	3,    0,    0,    0,    1,    0,    0,    0,    'n', 0, /* its type and name */
	1,    0,    0,    0,    0x2a,                           /* its bytes */
	1,    0,    0,    0,    1,    0,    0,    0,    'k', 0, /* one subkey */
};
#define VALUES_AT 14
#define NAME_AT 22
#define SUBKEYS_AT 33

static enum heard
heard_of(const uint8_t *answer, size_t len)
{
	struct reg_key k;
	enum heard heard = hive_key_answer_read(span_of(answer, len), &k);

	reg_key_free(&k);
	return heard;
}

static void
an_answer_is_taken_apart(void **state)
{
	struct reg_key k;

	(void)state;
	assert_int_equal(hive_key_answer_read(span_of(good, sizeof good), &k), HEARD);
	assert_int_equal(k.written_ms, 1000);
	assert_true(k.has_security);
	assert_true(span_is(k.security, "sd", 2));
	assert_int_equal(k.value_count, 1);
	assert_string_equal(k.values[0].name, "n");
	assert_int_equal(k.values[0].type, REG_TYPE_BINARY);
	assert_true(span_is(k.values[0].bytes, "\x2a", 1));
	assert_int_equal(k.subkey_count, 1);
	assert_string_equal(k.subkeys[0], "k");
	reg_key_free(&k);
}

static void
an_answer_cut_at_every_length_is_odd(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof good; len++)
		assert_int_equal(heard_of(good, len), HEARD_ODD);
}

static void
an_answer_with_something_behind_it_is_odd(void **state)
{
	uint8_t longer[sizeof good + 1] = { 0 };

	(void)state;
	memcpy(longer, good, sizeof good);
	assert_int_equal(heard_of(longer, sizeof longer), HEARD_ODD);
}

static void
lies_in_an_answer_are_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} lies[] = {
		{ 8, 3 },                 /* a longer descriptor */
		{ VALUES_AT, 2 },         /* a value more, */
		{ VALUES_AT + 3, 0xff },  /* or very many */
		{ SUBKEYS_AT, 0 },        /* a subkey less, */
		{ SUBKEYS_AT + 3, 0xff }, /* or very many */
		{ NAME_AT, 2 },           /* a name that takes in its end */
		{ NAME_AT + 4, 0 },       /* a zero in it */
		{ NAME_AT + 4, 0xff },    /* no UTF-8 */
		{ NAME_AT + 5, 'x' },     /* no end */
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		uint8_t answer[sizeof good];

		memcpy(answer, good, sizeof good);
		answer[lies[i].at] = lies[i].byte;
		assert_int_equal(heard_of(answer, sizeof answer), HEARD_ODD);
	}
}

static void
what_opening_found_is_read_whole_or_not(void **state)
{
	static const uint8_t answer[] = { 1, 0, 1, 1, 2, 0, 0, 0, 0, 0, 1, 0,
		                          0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0 };
	struct hive_opened o;

	(void)state;
	for (size_t len = 0; len < sizeof answer; len++)
		assert_false(hive_opened_read(span_of(answer, len), &o));
	assert_true(hive_opened_read(span_of(answer, sizeof answer), &o));
	assert_true(o.state.dirty && o.state.rebuilt);
	assert_false(o.state.replayed);
	assert_true(o.lost);
	assert_int_equal(o.logs, 2);
	assert_int_equal(o.there, 0x10000);
	assert_int_equal(o.declared, 0x20000);
}

static void
every_byte_has_words_or_is_none(void **state)
{
	(void)state;
	assert_null(hive_said_words(0));
	for (unsigned said = HIVE_SAID_IT; said < HIVE_SAID_COUNT; said++) {
		assert_non_null(hive_said_words((uint8_t)said));
		assert_int_not_equal(hive_said_heard((uint8_t)said), 0);
	}
	assert_null(hive_said_words(HIVE_SAID_COUNT));
	assert_null(hive_said_words(255));
	assert_int_equal(hive_said_heard(255), HEARD_ODD);
}

/* ---- the other end */

/* What it says to a question on a hive of these bytes. */
static uint8_t
said_of(struct span hive, const char *question)
{
	int fd = hive_data_put(hive);
	char name[64];
	struct hive_source source = { name, fd, hive.left, { -1, -1, -1 } };
	struct hive_server *s = hive_server_new(&source);
	struct buf answer;

	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	assert_non_null(s);
	buf_init(&answer, HIVE_ANSWER_MOST);
	hive_server_answer(s, span_of(question, strlen(question)), &answer);
	assert_true(answer.len > 0 && !answer.bad);
	uint8_t said = answer.at[0];
	buf_free(&answer);
	hive_server_free(s);
	close(fd);
	return said;
}

/* 8192 bytes: the head, one bin.  What is behind the bin's end cannot be cut off. */
static void
a_hive_cut_at_every_length_is_refused(void **state)
{
	struct span s = hive_data("special");

	(void)state;
	assert_int_equal(s.left, 8192);
	assert_int_equal(said_of(span_at(s, 0, 0), "o"), HIVE_SAID_EMPTY);
	for (size_t len = 1; len < 8192; len++)
		assert_int_equal(said_of(span_at(s, 0, len), "o"), HIVE_SAID_SMALL);
	assert_int_equal(said_of(s, "o"), HIVE_SAID_IT);
	hive_data_free(s);
}

static void
a_hive_cut_in_a_later_bin_is_refused(void **state)
{
	struct span s = hive_data("SAM-win8");

	(void)state;
	for (size_t len = 8192; len < 32768; len += 211)
		assert_int_not_equal(said_of(span_at(s, 0, len), "k"), 0);
	assert_int_equal(said_of(span_at(s, 0, 8192 + 1), "o"), HIVE_SAID_BINS);
	assert_int_equal(said_of(s, "kSAM\\Domains"), HIVE_SAID_IT);
	hive_data_free(s);
}

static void
no_single_wrong_byte_is_fatal(void **state)
{
	struct span s = hive_data("special");
	uint8_t *bytes = (uint8_t *)(uintptr_t)s.at;

	(void)state;
	for (size_t at = 4096; at < 8192; at++) {
		uint8_t was = bytes[at];

		bytes[at] = (uint8_t)~was;
		uint8_t said = said_of(s, "kabcd_äöüß");
		assert_true(said > 0 && said < HIVE_SAID_COUNT);
		bytes[at] = was;
	}
	hive_data_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_taken_apart),
		cmocka_unit_test(an_answer_cut_at_every_length_is_odd),
		cmocka_unit_test(an_answer_with_something_behind_it_is_odd),
		cmocka_unit_test(lies_in_an_answer_are_odd),
		cmocka_unit_test(what_opening_found_is_read_whole_or_not),
		cmocka_unit_test(every_byte_has_words_or_is_none),
		cmocka_unit_test(a_hive_cut_at_every_length_is_refused),
		cmocka_unit_test(a_hive_cut_in_a_later_bin_is_refused),
		cmocka_unit_test(no_single_wrong_byte_is_fatal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

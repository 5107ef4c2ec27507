/* The lowest room: what the others take for granted. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/json_put.h"
#include "base/span.h"
#include "base/when.h"

static void
one_bit_anywhere_is_not_zero(void **state)
{
	uint8_t bytes[33] = { 0 };

	(void)state;
	assert_true(span_is_zero(span_of(bytes, 0)));
	for (size_t len = 1; len <= sizeof bytes; len++) {
		assert_true(span_is_zero(span_of(bytes, len)));
		for (size_t i = 0; i < len; i++) {
			bytes[i] = 1;
			assert_false(span_is_zero(span_of(bytes, len)));
			bytes[i] = 0;
		}
	}
}

static void
seconds_are_enough_for_people(void **state)
{
	char out[WHEN_ROOM];

	(void)state;
	when_for_people(out, 1232098205999LL);
	assert_string_equal(out, "2009-01-16 09:30:05");
	when_for_people(out, INT64_MIN);
	assert_string_equal(out, "1601-01-01 00:00:00");
}

static void
members_with_nothing_to_say(void **state)
{
	struct buf out = { .ceiling = 1000 };
	struct json j;

	(void)state;
	json_init(&j, &out);
	json_open(&j, '{');
	json_put_text(&j, "a", "");
	json_put_text_if(&j, "b", "");
	json_put_text_or_null(&j, "c", "");
	json_put_when_if(&j, "d", 0);
	json_put_when_or_null(&j, "e", 0);
	json_put_flag(&j, "f", false);
	json_put_bool(&j, "g", false);
	json_put_count(&j, "h", 0);
	json_close(&j, '}');
	assert_string_equal(buf_string(&out),
	                    "{\"a\":\"\",\"c\":null,\"e\":null,\"g\":false,\"h\":0}");
	buf_free(&out);
}

static void
members_with_something(void **state)
{
	struct buf out = { .ceiling = 1000 };
	struct json j;

	(void)state;
	json_init(&j, &out);
	json_open(&j, '{');
	json_put_text_if(&j, "b", "x");
	json_put_text_or_null(&j, "c", "\"");
	json_put_when_if(&j, "d", 1000);
	json_put_when_or_null(&j, "e", -1);
	json_put_flag(&j, "f", true);
	json_put_int(&j, "g", -7);
	json_close(&j, '}');
	assert_string_equal(buf_string(&out),
	                    "{\"b\":\"x\",\"c\":\"\\\"\","
	                    "\"d\":\"1970-01-01T00:00:01.000Z\","
	                    "\"e\":\"1969-12-31T23:59:59.999Z\",\"f\":true,\"g\":-7}");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_bit_anywhere_is_not_zero),
		cmocka_unit_test(seconds_are_enough_for_people),
		cmocka_unit_test(members_with_nothing_to_say),
		cmocka_unit_test(members_with_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hex.h"
#include "wire/nbss.h"

static void
assert_written(struct buf *b, const char *file)
{
	struct hex expected = hex_file(file);

	assert_int_not_equal(expected.len, 0);
	assert_int_equal(b->len, expected.len);
	assert_memory_equal(b->at, expected.at, expected.len);
	buf_free(b);
}

static void
session_request_calls_any_server_or_one_by_its_name(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	nbss_request_write(&b, "*SMBSERVER");
	assert_written(&b, "req-nb-session-smbserver");
	nbss_request_write(&b, "XpBox");
	assert_written(&b, "req-nb-session-xpbox");
}

static void
a_name_too_long_is_cut_to_fifteen(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	nbss_request_write(&b, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	assert_int_equal(b.len, 72);
	assert_memory_equal(b.at + 5 + 28, "EPCA", 4); /* O, and the suffix 20 */
	buf_free(&b);
}

static void
node_status_is_asked_of_everyone(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	nbstat_query_write(&b, 0x4346);
	assert_written(&b, "req-nb-nbstat");
}

static void
node_status_names_server_computer_and_group(void **state)
{
	struct hex answer = hex_file("resp-nb-nbstat");
	struct nbstat status;

	(void)state;
	assert_int_equal(nbstat_read(hex_span(&answer), 0x4346, &status), HEARD);
	assert_string_equal(status.server, "XPBOX");
	assert_string_equal(status.computer, "XPBOX");
	assert_string_equal(status.group, "WORKGROUP");
}

static void
node_status_for_another_question_is_odd(void **state)
{
	struct hex answer = hex_file("resp-nb-nbstat");
	struct nbstat status;

	(void)state;
	assert_int_equal(nbstat_read(hex_span(&answer), 0x4347, &status), HEARD_ODD);
	answer.at[47] = 0x20; /* its type, no more NBSTAT */
	assert_int_equal(nbstat_read(hex_span(&answer), 0x4346, &status), HEARD_ODD);
}

static void
node_status_that_is_an_error_is_a_refusal(void **state)
{
	struct hex answer = hex_file("resp-nb-nbstat");
	struct nbstat status;

	(void)state;
	answer.at[3] |= 3;
	assert_int_equal(nbstat_read(hex_span(&answer), 0x4346, &status),
	                 HEARD_REFUSED);
}

static void
more_names_than_there_are_is_short(void **state)
{
	struct hex answer = hex_file("resp-nb-nbstat");
	struct nbstat status;

	(void)state;
	answer.at[56] = 255;
	assert_int_equal(nbstat_read(hex_span(&answer), 0x4346, &status), HEARD_SHORT);
}

static void
every_cut_of_node_status_is_short(void **state)
{
	struct hex answer = hex_file("resp-nb-nbstat");
	struct nbstat status;

	(void)state;
	for (size_t len = 0; len < answer.len; len++)
		assert_int_equal(nbstat_read(span_of(answer.at, len), 0x4346, &status),
		                 HEARD_SHORT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_request_calls_any_server_or_one_by_its_name),
		cmocka_unit_test(a_name_too_long_is_cut_to_fifteen),
		cmocka_unit_test(node_status_is_asked_of_everyone),
		cmocka_unit_test(node_status_names_server_computer_and_group),
		cmocka_unit_test(node_status_for_another_question_is_odd),
		cmocka_unit_test(node_status_that_is_an_error_is_a_refusal),
		cmocka_unit_test(more_names_than_there_are_is_short),
		cmocka_unit_test(every_cut_of_node_status_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

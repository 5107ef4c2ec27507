#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/own.h"
#include "flow/run.h"

static void
the_first_line_says_which_words_started_the_run(void **state)
{
	OWN(buf_free) struct buf b;
	struct json j;
	char *argv[] = { (char[]){ "confine" }, (char[]){ "scan" },
		         (char[]){ "a\"b" } };
	struct run run = {
		.started_ms = 1795375983123,
		.version = "0.1.0",
		.command = "scan",
		.argv = argv,
		.argc = 3,
	};

	(void)state;
	buf_init(&b, 4096);
	json_init(&j, &b);
	run_json(&j, &run);
	assert_string_equal(buf_string(&b),
	                    "{\"type\":\"run\",\"schema\":1,\"version\":\"0.1.0\","
	                    "\"command\":[\"confine\",\"scan\",\"a\\\"b\"],"
	                    "\"started\":\"2026-11-22T19:33:03.123Z\"}");
}

static void
the_last_line_counts_every_state(void **state)
{
	OWN(buf_free) struct buf b;
	struct json j;
	struct summary s = {
		.command = "scan",
		.targets = 1024,
		.count = { [STATE_INFECTED] = 40,
		           [STATE_NO_SIGN] = 60,
		           [STATE_UNKNOWN] = 4,
		           [STATE_ABSENT] = 920 },
		.seconds = 1.8,
	};

	(void)state;
	buf_init(&b, 4096);
	json_init(&j, &b);
	summary_json(&j, &s);
	assert_string_equal(buf_string(&b),
	                    "{\"type\":\"summary\",\"command\":\"scan\","
	                    "\"targets\":1024,\"infected\":40,\"suspect\":0,"
	                    "\"no-sign\":60,\"clean\":0,\"unknown\":4,"
	                    "\"absent\":920,\"seconds\":1.8}");
}

static void
a_run_that_was_stopped_says_so(void **state)
{
	OWN(buf_free) struct buf b;
	struct json j;
	struct summary s = { .command = "scan", .interrupted = true };

	(void)state;
	buf_init(&b, 4096);
	json_init(&j, &b);
	summary_json(&j, &s);
	assert_string_equal(buf_string(&b),
	                    "{\"type\":\"summary\",\"command\":\"scan\","
	                    "\"targets\":0,\"infected\":0,\"suspect\":0,"
	                    "\"no-sign\":0,\"clean\":0,\"unknown\":0,"
	                    "\"absent\":0,\"seconds\":0.0,\"interrupted\":true}");
}

static void
a_find_outranks_whatever_is_unknown(void **state)
{
	struct summary infected = {
		.count = { [STATE_INFECTED] = 1, [STATE_UNKNOWN] = 9 },
	};
	struct summary suspect = {
		.count = { [STATE_SUSPECT] = 1, [STATE_UNKNOWN] = 9 },
		.interrupted = true,
	};

	(void)state;
	assert_int_equal(summary_exit_code(&infected), 1);
	assert_int_equal(summary_exit_code(&suspect), 1);
}

static void
one_unknown_host_is_enough_for_three(void **state)
{
	struct summary s = {
		.count = { [STATE_NO_SIGN] = 9,
		           [STATE_CLEAN] = 9,
		           [STATE_UNKNOWN] = 1 },
	};

	(void)state;
	assert_int_equal(summary_exit_code(&s), 3);
}

static void
absent_hosts_do_not_spoil_a_zero(void **state)
{
	struct summary s = { .count = { [STATE_NO_SIGN] = 1, [STATE_ABSENT] = 253 } };

	(void)state;
	assert_int_equal(summary_exit_code(&s), 0);
}

static void
where_nothing_was_looked_at_nothing_is_in_order(void **state)
{
	struct summary absent = { .count = { [STATE_ABSENT] = 254 } };
	struct summary stopped = {
		.count = { [STATE_NO_SIGN] = 254 },
		.interrupted = true,
	};

	(void)state;
	assert_int_equal(summary_exit_code(&absent), 3);
	assert_int_equal(summary_exit_code(&stopped), 3);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_says_which_words_started_the_run),
		cmocka_unit_test(the_last_line_counts_every_state),
		cmocka_unit_test(a_run_that_was_stopped_says_so),
		cmocka_unit_test(a_find_outranks_whatever_is_unknown),
		cmocka_unit_test(one_unknown_host_is_enough_for_three),
		cmocka_unit_test(absent_hosts_do_not_spoil_a_zero),
		cmocka_unit_test(where_nothing_was_looked_at_nothing_is_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

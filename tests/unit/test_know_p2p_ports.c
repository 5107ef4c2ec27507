#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/own.h"
#include "base/when.h"
#include "know/p2p_ports.h"
#include "tsv.h"

static struct p2p_ports
ports_of(const char *ip, const char *week, enum p2p_rule rule)
{
	uint8_t bytes[4];
	char *at = (char *)(uintptr_t)ip;

	for (size_t i = 0; i < 4; i++, at++)
		bytes[i] = (uint8_t)strtoul(at, &at, 10);
	return p2p_ports(bytes, strtol(week, NULL, 10), rule);
}

static unsigned long
number(const char *text)
{
	return strtoul(text, NULL, 10);
}

static void
the_ports_of_twenty_addresses_in_six_weeks(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/ports.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		for (int rule = P2P_PLAIN; rule <= P2P_REDRAW; rule++) {
			struct p2p_ports p = ports_of(t.field[0], t.field[1],
			                              (enum p2p_rule)rule);

			assert_int_equal(p.tcp_fixed, number(t.field[2]));
			assert_int_equal(p.udp_fixed, number(t.field[3]));
			assert_int_equal(p.tcp_weekly, number(t.field[4]));
			assert_int_equal(p.udp_weekly, number(t.field[5]));
		}
	}
	assert_int_equal(rows, 120);
}

static void
the_two_rules_differ_where_a_weekly_port_repeats_a_fixed_one(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/ports-redraw.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		struct p2p_ports plain = ports_of(t.field[0], t.field[1], P2P_PLAIN);
		struct p2p_ports redraw = ports_of(t.field[0], t.field[1], P2P_REDRAW);

		assert_int_equal(plain.tcp_weekly, number(t.field[2]));
		assert_int_equal(plain.udp_weekly, number(t.field[3]));
		assert_int_equal(redraw.tcp_weekly, number(t.field[4]));
		assert_int_equal(redraw.udp_weekly, number(t.field[5]));
		assert_int_equal(plain.tcp_fixed, number(t.field[6]));
		assert_int_equal(redraw.tcp_fixed, number(t.field[6]));
		assert_int_equal(plain.udp_fixed, number(t.field[7]));
		assert_int_equal(redraw.udp_fixed, number(t.field[7]));
	}
	assert_int_equal(rows, 12);
}

static void
the_week_turns_on_monday_at_midnight_utc(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/weeks.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		int64_t unix_ms = strtoll(t.field[0], NULL, 10) * 1000;

		assert_int_equal(p2p_week(unix_ms), strtoll(t.field[2], NULL, 10));
	}
	assert_int_equal(rows, 17);
}

static void
a_millisecond_before_the_turn_is_the_old_week(void **state)
{
	int64_t monday = 0;

	(void)state;
	assert_true(when_from_text("2026-11-23T00:00:00.000Z", &monday));
	assert_int_equal(p2p_week(monday), 2968);
	assert_int_equal(p2p_week(monday - 1), 2967);
	assert_int_equal(p2p_week(345600000 - 1), -1);
}

/* "3494 10637": first the fixed port, then the weekly one, or the other way. */
static void
assert_both(const char *want, uint16_t fixed, uint16_t weekly)
{
	char *at = NULL;
	unsigned long one = strtoul(want, &at, 10);
	unsigned long two = strtoul(at, NULL, 10);

	assert_true((one == fixed && two == weekly) || (one == weekly && two == fixed));
}

static void
other_peoples_runs_of_nmap_used_the_same_ports(void **state)
{
	OWN(own_tsv) struct tsv t = tsv_open(TEST_DATA "/p2p/third-party-runs.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		struct p2p_ports p = ports_of(t.field[1], t.field[2], P2P_PLAIN);

		assert_both(t.field[3], p.tcp_fixed, p.tcp_weekly);
		assert_both(t.field[4], p.udp_fixed, p.udp_weekly);
	}
	assert_int_equal(rows, 3);
}

static void
barred_ports_are_9152_and_end_where_the_table_says(void **state)
{
	unsigned barred = 0;

	(void)state;
	for (unsigned port = 0; port <= UINT16_MAX; port++)
		barred += p2p_port_is_barred((uint16_t)port);
	assert_int_equal(barred, 9152);
	assert_true(p2p_port_is_barred(0));
	assert_true(p2p_port_is_barred(445));
	assert_true(p2p_port_is_barred(2111));
	assert_false(p2p_port_is_barred(2112));
	assert_false(p2p_port_is_barred(2143));
	assert_true(p2p_port_is_barred(2144));
}

static void
no_port_of_a_host_is_barred_and_a_pair_never_shares_one(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50000; i++) {
		uint8_t ip[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8),
			          (uint8_t)i };
		struct p2p_ports p = p2p_ports(ip, 2967, P2P_REDRAW);

		assert_false(p2p_port_is_barred(p.tcp_fixed));
		assert_false(p2p_port_is_barred(p.udp_fixed));
		assert_false(p2p_port_is_barred(p.tcp_weekly));
		assert_false(p2p_port_is_barred(p.udp_weekly));
		assert_int_not_equal(p.tcp_fixed, p.udp_fixed);
		assert_int_not_equal(p.tcp_weekly, p.udp_weekly);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ports_of_twenty_addresses_in_six_weeks),
		cmocka_unit_test(
		    the_two_rules_differ_where_a_weekly_port_repeats_a_fixed_one),
		cmocka_unit_test(the_week_turns_on_monday_at_midnight_utc),
		cmocka_unit_test(a_millisecond_before_the_turn_is_the_old_week),
		cmocka_unit_test(other_peoples_runs_of_nmap_used_the_same_ports),
		cmocka_unit_test(barred_ports_are_9152_and_end_where_the_table_says),
		cmocka_unit_test(
		    no_port_of_a_host_is_barred_and_a_pair_never_shares_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "reach/bucket.h"
#include "reach/p2p_plan.h"
#include "reach/wheel.h"

static void
the_wheel_gives_the_earliest_first(void **state)
{
	struct wheel w;
	struct alarm a[64];
	int64_t last = -1;

	(void)state;
	assert_int_equal(wheel_init(&w, 64), OK);
	for (uint32_t i = 0; i < 64; i++) {
		a[i].place = WHEEL_NOWHERE;
		wheel_set(&w, &a[i], (int64_t)(i * 37 % 64));
	}
	for (int i = 0; i < 64; i++) {
		struct alarm *first = wheel_first(&w);

		assert_true(first->at_ms > last);
		last = first->at_ms;
		wheel_drop(&w, first);
	}
	assert_null(wheel_first(&w));
	wheel_free(&w);
}

static void
an_alarm_can_be_moved_and_dropped_anywhere(void **state)
{
	struct wheel w;
	struct alarm a[3] = { { 0, WHEEL_NOWHERE },
		              { 0, WHEEL_NOWHERE },
		              { 0, WHEEL_NOWHERE } };

	(void)state;
	assert_int_equal(wheel_init(&w, 3), OK);
	wheel_set(&w, &a[0], 10);
	wheel_set(&w, &a[1], 20);
	wheel_set(&w, &a[2], 30);
	wheel_set(&w, &a[0], 40);
	assert_ptr_equal(wheel_first(&w), &a[1]);
	wheel_drop(&w, &a[1]);
	wheel_drop(&w, &a[1]); /* twice is as good as once */
	assert_ptr_equal(wheel_first(&w), &a[2]);
	wheel_set(&w, &a[1], 5);
	assert_ptr_equal(wheel_first(&w), &a[1]);
	wheel_free(&w);
}

static void
a_pace_of_ten_a_second_lets_ten_through_in_a_second(void **state)
{
	struct bucket b;
	int taken = 0;

	(void)state;
	bucket_init(&b, 10, 1000);
	for (int64_t now = 1000; now < 2000; now++)
		taken += bucket_take(&b, now);
	assert_int_equal(taken, 10);
}

static void
time_unused_is_not_saved_for_a_burst(void **state)
{
	struct bucket b;
	int taken = 0;

	(void)state;
	bucket_init(&b, 200, 0);
	while (bucket_take(&b, 60000)) /* a minute of silence */
		taken++;
	assert_int_equal(taken, 10); /* a twentieth of a second's worth */
	assert_int_equal(bucket_wait(&b, 60000), 5);
}

static void
no_rate_is_no_limit(void **state)
{
	struct bucket b;

	(void)state;
	bucket_init(&b, 0, 0);
	for (int i = 0; i < 100000; i++)
		assert_true(bucket_take(&b, 0));
	assert_int_equal(bucket_wait(&b, 0), 0);
}

#define THURSDAY_MS 1795694400000LL /* 2026-11-26, 12:00 UTC: week 2968 */
#define HOUR_MS 3600000LL

/* tests/data/p2p/ports.tsv: 10.0.0.1, week 2968. */
static void
in_mid_week_there_are_four_ports(void **state)
{
	static const uint8_t ip[4] = { 10, 0, 0, 1 };
	struct p2p_plan p;

	(void)state;
	p2p_plan_make(&p, ip, THURSDAY_MS, 0);
	assert_int_equal(p.count, 4);
	assert_int_equal(p.at[0].port, 13562);
	assert_true(p.at[0].tcp);
	assert_int_equal(p.at[1].port, 2524);
	assert_false(p.at[1].tcp);
	assert_int_equal(p.at[2].port, 18416);
	assert_int_equal(p.at[3].port, 10641);
}

/* An hour before Monday both weeks are asked: 2967 and 2968. */
static void
near_the_turn_there_are_six(void **state)
{
	static const uint8_t ip[4] = { 10, 0, 0, 1 };
	struct p2p_plan p;

	(void)state;
	p2p_plan_make(&p, ip, 1795392000000LL - HOUR_MS, 0);
	assert_int_equal(p.count, 6);
	assert_int_equal(p.at[2].port, 55532);
	assert_int_equal(p.at[3].port, 7167);
	assert_int_equal(p.at[4].port, 18416);
	assert_int_equal(p.at[5].port, 10641);
}

static void
a_clock_that_is_a_week_off_adds_its_own_week(void **state)
{
	static const uint8_t ip[4] = { 10, 0, 0, 1 };
	struct p2p_plan p;

	(void)state;
	p2p_plan_make(&p, ip, THURSDAY_MS, -7 * 24 * HOUR_MS);
	assert_int_equal(p.count, 6);
	assert_int_equal(p.at[4].port, 55532);
}

/* tests/data/p2p/ports-redraw.tsv: 10.236.80.193 in week 2785, where rules differ. */
static void
both_rules_are_asked_where_they_differ(void **state)
{
	static const uint8_t ip[4] = { 10, 236, 80, 193 };
	struct p2p_plan p;

	(void)state;
	p2p_plan_make(&p, ip, (2785LL * 604800 + 345600 + 3 * 86400) * 1000, 0);
	assert_int_equal(p.count, 6);
	assert_int_equal(p.at[2].port, 9126);
	assert_int_equal(p.at[3].port, 50098);
	assert_int_equal(p.at[4].port, 61031);
	assert_int_equal(p.at[5].port, 28554);
	assert_true(p.at[4].redrawn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wheel_gives_the_earliest_first),
		cmocka_unit_test(an_alarm_can_be_moved_and_dropped_anywhere),
		cmocka_unit_test(a_pace_of_ten_a_second_lets_ten_through_in_a_second),
		cmocka_unit_test(time_unused_is_not_saved_for_a_burst),
		cmocka_unit_test(no_rate_is_no_limit),
		cmocka_unit_test(in_mid_week_there_are_four_ports),
		cmocka_unit_test(near_the_turn_there_are_six),
		cmocka_unit_test(a_clock_that_is_a_week_off_adds_its_own_week),
		cmocka_unit_test(both_rules_are_asked_where_they_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

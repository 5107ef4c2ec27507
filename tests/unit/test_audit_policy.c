#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "format/audit_policy.h"

/* The example of an XP x64: on, Logon success, Account logon success. */
static const uint8_t xp[44] = {
	[0] = 1, [1] = 0xE3, [2] = 0x0C, [8] = 1, [36] = 1, [40] = 9
};

#define WIN8_COUNTS_AT 0x7E
#define WIN8_LEN 144

/* As a Windows 8 writes it: counts 5 10 14 3 4 6 6 4 4 at 0x7E. */
static void
win8(uint8_t value[WIN8_LEN])
{
	static const uint8_t counts[9] = { 5, 10, 14, 3, 4, 6, 6, 4, 4 };

	memset(value, 0, WIN8_LEN);
	value[1] = 1;
	value[4] = 9;
	value[8] = WIN8_COUNTS_AT;
	value[12 + 2 * 5] = 1;                         /* Logon: success */
	value[12 + 2 * (5 + 10 + 14 + 3 + 4 + 6)] = 1; /* User Account Management */
	for (size_t i = 0; i < 9; i++)
		value[WIN8_COUNTS_AT + 2 * i] = counts[i];
}

static void
an_xp_that_records_successes_is_read(void **state)
{
	struct audit_policy p;

	(void)state;
	assert_int_equal(audit_policy_read(span_of(xp, sizeof xp), &p), HEARD);
	assert_false(p.by_subcategory);
	assert_true(p.is_on);
	assert_int_equal(p.logon, AUDIT_SUCCESS);
	assert_int_equal(p.account_management, 0);
	assert_int_equal(p.account_logon, AUDIT_SUCCESS);
}

static void
switched_off_is_off_whatever_follows(void **state)
{
	uint8_t value[sizeof xp];
	struct audit_policy p;

	(void)state;
	memcpy(value, xp, sizeof xp);
	value[0] = 0;
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p), HEARD);
	assert_false(p.is_on);
}

static void
a_windows_8_is_read_by_its_own_counts(void **state)
{
	uint8_t value[WIN8_LEN];
	struct audit_policy p;

	(void)state;
	win8(value);
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p), HEARD);
	assert_true(p.by_subcategory);
	assert_int_equal(p.logon, AUDIT_SUCCESS);
	assert_int_equal(p.account_management, AUDIT_SUCCESS);
	assert_int_equal(p.account_logon, 0);
}

static void
the_bit_of_failure_decides(void **state)
{
	uint8_t value[WIN8_LEN];
	struct audit_policy p;

	(void)state;
	win8(value);
	value[12 + 2 * 5] = 3;
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p), HEARD);
	assert_int_equal(p.logon, AUDIT_SUCCESS | AUDIT_FAILURE);
}

static void
every_cut_is_refused(void **state)
{
	uint8_t value[WIN8_LEN];
	struct audit_policy p;

	(void)state;
	win8(value);
	for (size_t len = 0; len < WIN8_LEN; len++)
		assert_int_not_equal(audit_policy_read(span_of(value, len), &p), HEARD);
	for (size_t len = 0; len < sizeof xp; len++)
		assert_int_not_equal(audit_policy_read(span_of(xp, len), &p), HEARD);
}

static void
counts_that_do_not_fit_are_odd(void **state)
{
	uint8_t value[WIN8_LEN];
	struct audit_policy p;

	(void)state;
	win8(value);
	value[WIN8_COUNTS_AT] = 7; /* one more than there is room for */
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p),
	                 HEARD_ODD);
	win8(value);
	value[WIN8_COUNTS_AT + 1] = 0xFF;
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p),
	                 HEARD_ODD);
	win8(value);
	value[4] = 3;
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p),
	                 HEARD_ODD);
	win8(value);
	value[12 + 2 * 5] = 4;
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p),
	                 HEARD_ODD);
	win8(value);
	memset(value + 8, 0xFF, 4);
	assert_int_equal(audit_policy_read(span_of(value, sizeof value), &p),
	                 HEARD_SHORT);
}

/* ---- the other way */

static void
what_is_wanted_is_added_and_all_else_stays(void **state)
{
	struct buf out = { .ceiling = 1024 };
	uint8_t expected[sizeof xp];

	(void)state;
	memcpy(expected, xp, sizeof xp);
	expected[8] = 3;  /* logons: failures too */
	expected[28] = 1; /* account management */
	expected[36] = 3; /* account logons: failures too */
	assert_int_equal(audit_policy_strengthen(span_of(xp, sizeof xp), &out), HEARD);
	assert_int_equal(out.len, sizeof xp);
	assert_memory_equal(out.at, expected, sizeof xp);
	/* Again is the same. */
	struct buf again = { .ceiling = 1024 };
	assert_int_equal(audit_policy_strengthen(buf_span(&out), &again), HEARD);
	assert_memory_equal(again.at, expected, sizeof xp);
	buf_free(&out);
	buf_free(&again);
}

static void
by_subcategory_the_first_of_each_is_switched_on(void **state)
{
	struct buf out = { .ceiling = 1024 };
	uint8_t value[WIN8_LEN];
	uint8_t expected[WIN8_LEN];

	(void)state;
	win8(value);
	memcpy(expected, value, sizeof value);
	expected[12 + 2 * 5] = 3;                                  /* Logon */
	expected[12 + 2 * (5 + 10 + 14 + 3 + 4 + 6)] = 1;          /* as it was */
	expected[12 + 2 * (5 + 10 + 14 + 3 + 4 + 6 + 6 + 4)] |= 2; /* Credentials */
	assert_int_equal(audit_policy_strengthen(span_of(value, sizeof value), &out),
	                 HEARD);
	assert_int_equal(out.len, sizeof expected);
	assert_memory_equal(out.at, expected, sizeof expected);
	buf_free(&out);
}

static void
one_that_is_off_is_switched_on(void **state)
{
	struct buf out = { .ceiling = 1024 };
	uint8_t value[sizeof xp];

	(void)state;
	memcpy(value, xp, sizeof xp);
	value[0] = 0;
	assert_int_equal(audit_policy_strengthen(span_of(value, sizeof value), &out),
	                 HEARD);
	assert_int_equal(out.at[0], 1);
	buf_free(&out);
}

static void
nothing_is_made_of_what_is_none_at_any_length(void **state)
{
	uint8_t value[WIN8_LEN];

	(void)state;
	win8(value);
	for (size_t len = 0; len < sizeof value; len++) {
		struct buf out = { .ceiling = 1024 };

		if (len == 44 || len == 36)
			continue;
		enum heard heard = audit_policy_strengthen(span_of(value, len), &out);
		assert_true(heard == HEARD || out.len == 0);
		assert_true(heard != HEARD || out.len == len);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_xp_that_records_successes_is_read),
		cmocka_unit_test(switched_off_is_off_whatever_follows),
		cmocka_unit_test(a_windows_8_is_read_by_its_own_counts),
		cmocka_unit_test(the_bit_of_failure_decides),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(counts_that_do_not_fit_are_odd),
		cmocka_unit_test(what_is_wanted_is_added_and_all_else_stays),
		cmocka_unit_test(by_subcategory_the_first_of_each_is_switched_on),
		cmocka_unit_test(one_that_is_off_is_switched_on),
		cmocka_unit_test(nothing_is_made_of_what_is_none_at_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

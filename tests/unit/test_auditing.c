/* Which machines write failed logons down, by what their logs hold and do not hold. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "judge/auditing.h"

#define BEGIN_MS 1231923600000LL /* 2009-01-14 09:00 UTC */
#define HOUR_MS 3600000LL

static struct auditing *all;
static size_t count;

static int
begin(void **state)
{
	(void)state;
	assert_int_equal(auditing_new(&all), OK);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	auditing_free(all);
	return 0;
}

static void
take(const char *machine, enum attempt_kind kind, int hour)
{
	struct attempt a = { .kind = kind,
		             .told = TOLD_BY_LOGON,
		             .time_ms = BEGIN_MS + hour * HOUR_MS };

	(void)text_copy(a.target, sizeof a.target, machine);
	assert_int_equal(auditing_take(all, &a), OK);
}

static void
take_successes(const char *machine, int from_hour, int number)
{
	for (int i = 0; i < number; i++)
		take(machine, ATTEMPT_SUCCESS, from_hour + i);
}

/* The only machine of which something is to be said. */
static const struct audited *
only(enum audited_how how)
{
	const struct audited *at = auditing_judge(all, &count);

	assert_int_equal(count, 1);
	assert_int_equal(at[0].how, how);
	return at;
}

static void
only_none(void)
{
	(void)auditing_judge(all, &count);
	assert_int_equal(count, 0);
}

/* ---- policies */

static void
a_policy_that_was_switched_off_is_told_from_its_first_moment(void **state)
{
	char why[WHY_ROOM];

	(void)state;
	take("FILESRV", ATTEMPT_AUDITED, 0);
	take("FILESRV", ATTEMPT_GUESS, 1);
	take("FILESRV", ATTEMPT_UNAUDITED, 3);
	take("FILESRV", ATTEMPT_UNAUDITED, 2);
	take("FILESRV", ATTEMPT_UNAUDITED, 4);
	const struct audited *a = only(AUDITED_NOT);
	assert_int_equal(a->off_ms, BEGIN_MS + 2 * HOUR_MS);
	audited_because(a, why);
	assert_string_equal(why, "failed logons are not recorded since 2009-01-14 "
	                         "11:00:00 UTC, when its policy was changed.");
}

static void
one_that_was_switched_on_again_is_told_with_both(void **state)
{
	(void)state;
	take("FILESRV", ATTEMPT_UNAUDITED, 2);
	take("FILESRV", ATTEMPT_AUDITED, 6);
	take("FILESRV", ATTEMPT_AUDITED, 5);
	take("FILESRV", ATTEMPT_AUDITED, 7);
	take("FILESRV", ATTEMPT_GUESS, 8);
	const struct audited *a = only(AUDITED_NOT_FOR_A_WHILE);
	assert_int_equal(a->off_ms, BEGIN_MS + 2 * HOUR_MS);
	assert_int_equal(a->on_ms, BEGIN_MS + 5 * HOUR_MS);
}

static void
failures_after_it_say_that_they_are_recorded_all_the_same(void **state)
{
	(void)state;
	take("FILESRV", ATTEMPT_UNAUDITED, 2);
	take("FILESRV", ATTEMPT_GUESS, 3);
	take("LAB-1", ATTEMPT_AUDITED, 2);
	take("LAB-1", ATTEMPT_SUCCESS, 3);
	only_none();
}

/* ---- what is missing */

static void
lockouts_without_a_failure_are_not_possible(void **state)
{
	(void)state;
	take("DC-1", ATTEMPT_SUCCESS, 0);
	take("DC-1", ATTEMPT_LOCKOUT, 1);
	assert_int_equal(only(AUDITED_ONLY_LOCKOUTS)->lockouts, 1);
}

static void
one_failure_is_enough(void **state)
{
	(void)state;
	take("DC-1", ATTEMPT_LOCKOUT, 1);
	take("DC-1", ATTEMPT_PERSON, 2);
	only_none();
}

static void
successes_alone_say_something_in_the_time_of_lockouts_only(void **state)
{
	(void)state;
	take("DC-1", ATTEMPT_GUESS, 5);
	take("DC-1", ATTEMPT_LOCKOUT, 5);
	take_successes("FILESRV", 0, 20);
	take_successes("LATER", 6, 20);
	take_successes("FEW", 0, 19);
	assert_string_equal(only(AUDITED_ONLY_SUCCESSES)->machine, "FILESRV");
}

static void
without_lockouts_nobody_may_have_failed(void **state)
{
	(void)state;
	take_successes("FILESRV", 0, 500);
	only_none();
}

static void
a_security_log_without_any_logon_is_told_by_its_path(void **state)
{
	struct log_told log = { .path = "logs/SecEvent.Evt", .security = 12 };

	(void)state;
	assert_int_equal(auditing_log(all, &log), OK);
	(void)text_copy(log.path, sizeof log.path, "logs/AppEvent.Evt");
	log.security = 0;
	assert_int_equal(auditing_log(all, &log), OK);
	log.security = 5;
	log.attempts = 1;
	assert_int_equal(auditing_log(all, &log), OK);
	assert_string_equal(only(AUDITED_NO_LOGONS)->machine, "logs/SecEvent.Evt");
}

static void
an_at_job_is_no_logon(void **state)
{
	(void)state;
	take("FILESRV", ATTEMPT_TASK, 0);
	assert_int_equal(only(AUDITED_NO_LOGONS)->first_ms, 0);
}

static void
who_tries_others_has_a_log_of_its_own(void **state)
{
	struct attempt a = { .kind = ATTEMPT_BY_US,
		             .time_ms = BEGIN_MS,
		             .target = "FILESRV",
		             .workstation = "WARD-3" };

	(void)state;
	assert_int_equal(auditing_take(all, &a), OK);
	assert_string_equal(only(AUDITED_NO_LOGONS)->machine, "WARD-3");
}

static void
more_machines_than_it_holds_are_let_be(void **state)
{
	(void)state;
	for (int i = 0; i < AUDITED_MOST + 100; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "WARD-%d", i);
		take(name, ATTEMPT_LOCKOUT, 0);
		assert_int_equal(auditing_is_full(all), i >= AUDITED_MOST);
	}
	(void)auditing_judge(all, &count);
	assert_int_equal(count, AUDITED_MOST);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_policy_that_was_switched_off_is_told_from_its_first_moment),
		CASE(one_that_was_switched_on_again_is_told_with_both),
		CASE(failures_after_it_say_that_they_are_recorded_all_the_same),
		CASE(lockouts_without_a_failure_are_not_possible),
		CASE(one_failure_is_enough),
		CASE(successes_alone_say_something_in_the_time_of_lockouts_only),
		CASE(without_lockouts_nobody_may_have_failed),
		CASE(a_security_log_without_any_logon_is_told_by_its_path),
		CASE(an_at_job_is_no_logon),
		CASE(who_tries_others_has_a_log_of_its_own),
		CASE(more_machines_than_it_holds_are_let_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "judge/judge.h"
#include "know/traces.h"

/* The verdict on these traces, ended by NULL. */
static struct verdict
judged(const char *const *ids)
{
	static struct findings all;
	struct verdict v = { 0 };

	all.count = 0;
	for (; *ids; ids++)
		(void)trace_found(&all, *ids);
	judge_state(&all, &v);
	return v;
}

#define JUDGED(...) judged((const char *const[]){ __VA_ARGS__, NULL })

static void
a_conclusive_sign_is_infected_whatever_else_there_is(void **state)
{
	struct verdict v = JUDGED("p2p-refused", "no-reply",
	                          "netpath-invalid-parameter");

	(void)state;
	assert_int_equal(v.state, STATE_INFECTED);
	assert_int_equal(v.variants, VARIANT_A | VARIANT_B | VARIANT_C | VARIANT_D);
	assert_string_equal(v.reasons[0], "netpath-invalid-parameter");
}

static void
two_conclusive_signs_leave_the_variants_that_fit_both(void **state)
{
	struct verdict v = JUDGED("netpath-invalid-parameter", "p2p-answer");

	(void)state;
	assert_int_equal(v.variants, VARIANT_D);
}

static void
signs_that_contradict_each_other_leave_all_their_variants(void **state)
{
	struct verdict v = JUDGED("netpath-invalid-parameter", "netpath-root-accepted");

	(void)state;
	assert_int_equal(v.state, STATE_INFECTED);
	assert_int_equal(v.variants, 0x1F);
}

static void
a_strong_sign_is_suspect_even_beside_an_exonerating_one(void **state)
{
	(void)state;
	assert_int_equal(JUDGED("p2p-two-bad-sums", "netpath-clean-answer").state,
	                 STATE_SUSPECT);
}

static void
a_weak_sign_decides_nothing(void **state)
{
	(void)state;
	assert_int_equal(JUDGED("p2p-bad-sum").state, STATE_UNKNOWN);
	assert_int_equal(JUDGED("p2p-bad-sum", "netpath-clean-answer").state,
	                 STATE_NO_SIGN);
}

static void
what_clears_only_two_variants_clears_no_host(void **state)
{
	struct verdict v = JUDGED("p2p-refused", "smb1-off");

	(void)state;
	assert_int_equal(v.state, STATE_UNKNOWN);
	assert_string_equal(v.reasons[0], "smb1-off");
	assert_true(strlen(v.why) > 20);
	assert_true(strlen(v.next) > 10);
}

static void
no_sign_is_explained_by_what_is_against_all_variants(void **state)
{
	struct verdict v = JUDGED("p2p-refused", "netpath-clean-answer");

	(void)state;
	assert_int_equal(v.state, STATE_NO_SIGN);
	assert_string_equal(v.reasons[0], "netpath-clean-answer");
	assert_string_equal(v.reasons[1], "p2p-refused");
}

static void
closed_and_silent_ports_are_an_absent_host(void **state)
{
	(void)state;
	assert_int_equal(JUDGED("absent-refused").state, STATE_ABSENT);
	assert_int_equal(JUDGED("absent-silent").state, STATE_ABSENT);
	assert_int_equal(JUDGED("absent-refused", "p2p-silent").state, STATE_ABSENT);
	assert_int_equal(JUDGED("p2p-silent", "no-smb").state, STATE_UNKNOWN);
}

static void
no_finding_at_all_is_unknown(void **state)
{
	struct findings none = { .count = 0 };
	struct verdict v = { 0 };

	(void)state;
	judge_state(&none, &v);
	assert_int_equal(v.state, STATE_UNKNOWN);
	assert_true(v.why[0] != 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conclusive_sign_is_infected_whatever_else_there_is),
		cmocka_unit_test(two_conclusive_signs_leave_the_variants_that_fit_both),
		cmocka_unit_test(
		    signs_that_contradict_each_other_leave_all_their_variants),
		cmocka_unit_test(
		    a_strong_sign_is_suspect_even_beside_an_exonerating_one),
		cmocka_unit_test(a_weak_sign_decides_nothing),
		cmocka_unit_test(what_clears_only_two_variants_clears_no_host),
		cmocka_unit_test(no_sign_is_explained_by_what_is_against_all_variants),
		cmocka_unit_test(closed_and_silent_ports_are_an_absent_host),
		cmocka_unit_test(no_finding_at_all_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

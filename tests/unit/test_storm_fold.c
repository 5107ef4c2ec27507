/* More attempts than are held one by one: what is counted stays exact, and who it is
 * stays the same. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/storm_parts.h"

#define BEGIN_MS 1231923600000LL /* 2009-01-14 09:00 UTC */
#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HELD (1u << 13)
#define MORE 40000u

static struct storm *storm;
static struct attacker *at;
static size_t count;

static int
begin(void **state)
{
	(void)state;
	assert_int_equal(storm_new(&storm), OK);
	storm->most = HELD;
	at = NULL;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(at);
	storm_free(storm);
	return 0;
}

static void
take(int64_t at_ms, const char *account, const char *name, const char *address)
{
	struct attempt a = { .kind = ATTEMPT_GUESS,
		             .told = TOLD_BY_LOGON,
		             .time_ms = BEGIN_MS + at_ms,
		             .logon_type = 3,
		             .target = "FILESRV" };

	(void)text_copy(a.account, sizeof a.account, account);
	(void)text_copy(a.workstation, sizeof a.workstation, name);
	(void)text_copy(a.address, sizeof a.address, address);
	assert_int_equal(storm_take(storm, &a), OK);
}

static void
judge(void)
{
	assert_int_equal(storm_judge(storm, &at, &count), OK);
	assert_true(storm->room <= HELD);
	assert_true(storm->folds > 0);
}

static bool
has_reason(const struct attacker *a, const char *reason)
{
	for (size_t i = 0; i < a->reason_count; i++) {
		if (strncmp(a->reasons[i], reason, strlen(reason)) == 0)
			return true;
	}
	return false;
}

static uint64_t
failures_of_all(void)
{
	uint64_t sum = storm->counts.passed_over;

	for (size_t i = 0; i < count; i++)
		sum += at[i].failures;
	return sum;
}

/* Ten a second, and beside it a service with an old password. */
static void
a_long_storm_is_the_same_storm(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MORE; i++) {
		char account[32];

		(void)snprintf(account, sizeof account, "user%03u", i / 250 % 100);
		take(i * 100LL, account, "LAB-1", "10.0.3.7");
		if (i % 300 == 0)
			take(i * 100LL, "svc_backup", "BACKUP", "10.0.3.8");
	}
	judge();
	assert_int_equal(count, 2);
	assert_string_equal(at[0].address, "10.0.3.7");
	assert_string_equal(at[0].workstation, "LAB-1");
	assert_int_equal(at[0].failures, MORE);
	assert_int_equal(at[0].accounts, 100);
	assert_int_equal(at[0].first_ms, BEGIN_MS);
	assert_int_equal(at[0].last_ms, BEGIN_MS + (MORE - 1) * 100LL);
	assert_true(at[0].score > 0.9);
	assert_int_equal(at[0].targets_shown, 1);
	assert_int_equal(at[0].targets[0].failures, MORE);
	assert_int_equal(storm->counts.passed_over, 0);
	/* The quiet one lost nothing, so it is still known for what it is. */
	assert_true(has_reason(&at[1], "service-with-an-old-password"));
	assert_false(attacker_is_one(&at[1]));
}

/* No minute had more than sixty, and none is told. */
static void
folding_makes_no_rate_higher(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MORE; i++)
		take(i * SECOND, i % 2 ? "amy" : "bob", "LAB-1", "10.0.3.7");
	judge();
	assert_int_equal(at[0].failures, MORE);
	for (size_t i = 0; i < at[0].reason_count; i++) {
		const char *reason = at[0].reasons[i];

		if (strncmp(reason, "rate:", 5) == 0 && strstr(reason, "/min"))
			assert_in_range(strtoul(reason + 5, NULL, 10), 1, 60);
	}
}

static void
names_made_up_for_each_are_counted_and_hide_nobody(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MORE; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "%08XKQWZ", i * 2654435761u);
		take(i * 20LL, "Administrator", name, "10.0.3.7");
		if (i % 100 == 0) {
			(void)snprintf(name, sizeof name, "WARD-%u", i / 100 % 200);
			take(i * 20LL, "nurse", name, "");
		}
	}
	judge();
	assert_int_equal(count, 201);
	assert_string_equal(at[0].address, "10.0.3.7");
	assert_string_equal(at[0].workstation, "");
	assert_true(at[0].is_forged);
	assert_int_equal(at[0].names, MORE);
	assert_int_equal(at[0].failures, MORE);
	assert_int_equal(storm->counts.passed_over, 0);
}

static void
another_account_each_time_is_many_accounts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MORE; i++) {
		char account[32];

		(void)snprintf(account, sizeof account, "%08x", i * 2654435761u);
		take(i * 20LL, account, "LAB-1", "10.0.3.7");
	}
	judge();
	assert_int_equal(count, 1);
	assert_int_equal(at[0].failures, MORE);
	assert_int_equal(at[0].accounts, MORE);
	assert_true(has_reason(&at[0], "accounts:"));
	assert_true(attacker_is_one(&at[0]));
}

/* Another address each time, and one that does not give up. */
static void
of_more_sources_than_are_held_the_quietest_go(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MORE; i++) {
		char address[32];

		(void)snprintf(address, sizeof address, "11.%u.%u.%u", i >> 16 & 255,
		               i >> 8 & 255, i & 255);
		take(i * 20LL, "Administrator", "", address);
		if (i % 10 == 0)
			take(i * 20LL, "Administrator", "LAB-1", "10.0.3.7");
	}
	judge();
	assert_true(count <= STORM_TOLD);
	assert_string_equal(at[0].address, "10.0.3.7");
	assert_int_equal(at[0].failures, (MORE + 9) / 10);
	assert_true(storm->counts.passed_over > 0);
	assert_true(storm->counts.untold > 0);
	assert_true(failures_of_all() <= MORE + (MORE + 9) / 10);
}

/* Each of very many accounts, again and again, over months: nothing is alike. */
static void
one_source_that_fills_all_is_not_passed_over(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MORE; i++) {
		char account[32];

		(void)snprintf(account, sizeof account, "user%u", i % 9000);
		take(i * 10 * SECOND, account, i % 7 ? "LAB-1" : "LAB-2", "10.0.3.7");
	}
	judge();
	assert_int_equal(count, 1);
	assert_int_equal(at[0].failures, MORE);
	assert_int_equal(storm->counts.passed_over, 0);
	assert_string_equal(at[0].workstation, "LAB-1");
	assert_in_range(at[0].accounts, 9000, MORE); /* once more, if forgotten */
	assert_true(attacker_is_one(&at[0]));
}

static void
what_two_tell_is_one_attempt_when_it_is_folded_as_well(void **state)
{
	struct attempt a = { .kind = ATTEMPT_GUESS,
		             .logon_type = 3,
		             .target = "FILESRV",
		             .account = "amy",
		             .workstation = "LAB-1" };

	(void)state;
	for (unsigned i = 0; i < MORE; i++) {
		a.time_ms = BEGIN_MS + i / 2 * 100LL;
		a.told = i % 2 ? TOLD_BY_NTLM : TOLD_BY_LOGON;
		assert_int_equal(storm_take(storm, &a), OK);
	}
	judge();
	assert_int_equal(count, 1);
	assert_int_equal(at[0].failures, MORE / 2);
	assert_int_equal(storm->counts.twice, MORE / 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_long_storm_is_the_same_storm),
		CASE(folding_makes_no_rate_higher),
		CASE(names_made_up_for_each_are_counted_and_hide_nobody),
		CASE(another_account_each_time_is_many_accounts),
		CASE(of_more_sources_than_are_held_the_quietest_go),
		CASE(one_source_that_fills_all_is_not_passed_over),
		CASE(what_two_tell_is_one_attempt_when_it_is_folded_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

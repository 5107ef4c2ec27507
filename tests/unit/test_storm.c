/* Who guesses passwords, by attempts that are made up here one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/storm.h"

#define BEGIN_MS 1231923600000LL /* 2009-01-14 09:00 UTC */
#define SECOND 1000

struct judged {
	struct storm *storm;
	struct attacker *at;
	size_t count;
};

static struct judged
begin(void)
{
	struct judged j = { .count = 0 };

	assert_int_equal(storm_new(&j.storm), OK);
	return j;
}

static struct attempt
guess(int64_t after_ms, const char *account, const char *name, const char *address)
{
	struct attempt a = { .kind = ATTEMPT_GUESS,
		             .told = TOLD_BY_LOGON,
		             .time_ms = BEGIN_MS + after_ms,
		             .logon_type = 3,
		             .target = "FILESRV" };

	(void)text_copy(a.account, sizeof a.account, account);
	(void)text_copy(a.workstation, sizeof a.workstation, name);
	(void)text_copy(a.address, sizeof a.address, address);
	return a;
}

static void
take(struct judged *j, struct attempt a)
{
	assert_int_equal(storm_take(j->storm, &a), OK);
}

static void
judge(struct judged *j)
{
	assert_int_equal(storm_judge(j->storm, &j->at, &j->count), OK);
}

static void
end(struct judged *j)
{
	free(j->at);
	storm_free(j->storm);
}

static bool
has_reason(const struct attacker *a, const char *reason)
{
	for (size_t i = 0; i < a->reason_count; i++) {
		if (strcmp(a->reasons[i], reason) == 0)
			return true;
	}
	return false;
}

/* 250 tries of each of some accounts, 20 a second. */
static void
take_worm(struct judged *j, const char *name, const char *address, int accounts)
{
	for (int account = 0; account < accounts; account++) {
		for (int i = 0; i < 250; i++) {
			char called[32];

			(void)snprintf(called, sizeof called, "user%02d", account);
			take(j,
			     guess((account * 250 + i) * 50LL, called, name, address));
		}
	}
}

/* ---- who */

static void
the_worm_is_the_first_among_many_people(void **state)
{
	struct judged j = begin();

	(void)state;
	for (int i = 0; i < 200; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "WARD-%d", i);
		for (int typo = 0; typo < 3; typo++)
			take(&j, guess(i * 60000 + typo * 5000, name, name, ""));
	}
	take_worm(&j, "LAB-1", "10.0.3.7", 12);
	judge(&j);
	assert_int_equal(j.count, 201);
	assert_string_equal(j.at[0].workstation, "LAB-1");
	assert_string_equal(j.at[0].address, "10.0.3.7");
	assert_int_equal(j.at[0].failures, 3000);
	assert_int_equal(j.at[0].accounts, 12);
	assert_true(j.at[0].score > 0.9);
	assert_true(has_reason(&j.at[0], "rate:1200/min"));
	assert_true(has_reason(&j.at[0], "accounts-in-order"));
	assert_false(attacker_is_one(&j.at[1]));
	end(&j);
}

static void
who_gives_another_name_each_time_is_one_address(void **state)
{
	struct judged j = begin();

	(void)state;
	for (int i = 0; i < 3561; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "R%04dXKQWZJ", i);
		take(&j, guess(i * 45LL, i == 9 ? "JcDfcZTc" : "Administrator", name,
		               "192.168.198.149"));
	}
	judge(&j);
	assert_int_equal(j.count, 1);
	assert_true(j.at[0].is_forged);
	assert_int_equal(j.at[0].names, 3561);
	assert_string_equal(j.at[0].workstation, "");
	assert_string_equal(j.at[0].address, "192.168.198.149");
	assert_int_equal(j.at[0].points, 12);
	end(&j);
}

static void
a_name_is_joined_to_the_one_address_that_has_it(void **state)
{
	struct judged j = begin();

	(void)state;
	take(&j, guess(0, "amy", "WARD-3", "10.0.3.7"));
	take(&j, guess(10 * SECOND, "amy", "WARD-3", ""));
	take(&j, guess(20 * SECOND, "amy", "WARD-4", ""));
	judge(&j);
	assert_int_equal(j.count, 2);
	assert_int_equal(j.at[0].failures, 2);
	assert_string_equal(j.at[0].address, "10.0.3.7");
	assert_string_equal(j.at[1].workstation, "WARD-4");
	assert_string_equal(j.at[1].address, "");
	end(&j);
}

static void
a_name_of_two_addresses_stays_a_name(void **state)
{
	struct judged j = begin();

	(void)state;
	take(&j, guess(0, "amy", "WARD-3", "10.0.3.7"));
	take(&j, guess(SECOND, "amy", "WARD-3", "10.0.3.8"));
	take(&j, guess(60 * SECOND, "bob", "WARD-3", ""));
	judge(&j);
	assert_int_equal(j.count, 3);
	end(&j);
}

/* One letter, or one digit, decides: is it the name of its target, and whose is it? */
static void
who_calls_itself_as_its_target_is_only_its_address(void **state)
{
	static const struct {
		const char *name, *address, *workstation, *claimed;
	} rows[] = { { "LAB-1", "10.0.3.9", "", "LAB-1" },
		     { "LAB-1", "10.0.3.7", "LAB-1", "LAB-1" },
		     { "LAB-2", "10.0.3.9", "LAB-2", "" } };

	(void)state;
	for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
		struct judged j = begin();
		struct attempt right = guess(0, "bob", "LAB-1", rows[row].address);

		right.kind = ATTEMPT_SUCCESS;
		take(&j, right);
		for (int i = 0; i < 100; i++) {
			struct attempt a = guess(i * 100LL, "amy", rows[row].name,
			                         "10.0.3.7");

			(void)text_copy(a.target, sizeof a.target,
			                i % 2 ? "FILESRV" : "lab-1.hospital.example");
			take(&j, a);
		}
		judge(&j);
		assert_int_equal(j.count, 1);
		assert_string_equal(j.at[0].address, "10.0.3.7");
		assert_string_equal(j.at[0].workstation, rows[row].workstation);
		assert_string_equal(j.at[0].claimed, rows[row].claimed);
		assert_int_equal(j.at[0].failures, 100);
		end(&j);
	}
}

/* Fifteen letters are a name, sixteen are none, as in the attacks that were seen. */
static void
a_name_that_no_machine_can_have_is_odd(void **state)
{
	static const struct {
		const char *name;
		bool is_odd;
	} rows[] = { { "ABCDEFGHIJKLMNO", false },
		     { "ABCDEFGHIJKLMNOP", true },
		     { "LAB/1", true },
		     { "LAB 1", true },
		     { "", false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct judged j = begin();

		take(&j, guess(0, "amy", rows[i].name, "10.0.3.7"));
		judge(&j);
		assert_int_equal(j.at[0].is_odd, rows[i].is_odd);
		end(&j);
	}
}

static void
nobody_is_made_up(void **state)
{
	struct judged j = begin();

	(void)state;
	take(&j, guess(0, "amy", "", ""));
	judge(&j);
	assert_int_equal(j.count, 1);
	assert_string_equal(j.at[0].workstation, "");
	assert_string_equal(j.at[0].address, "");
	assert_string_equal(j.at[0].unknown_on, "FILESRV");
	end(&j);
}

/* ---- how often */

static void
what_two_tell_is_one_attempt(void **state)
{
	struct judged j = begin();
	struct attempt check = guess(1999, "amy", "WARD-3", "");

	(void)state;
	check.told = TOLD_BY_NTLM;
	take(&j, guess(0, "amy", "WARD-3", ""));
	take(&j, check);
	check.time_ms += 2; /* it is 2,001 ms away, and another one */
	take(&j, check);
	judge(&j);
	assert_int_equal(j.at[0].failures, 2);
	assert_int_equal(storm_counts(j.storm)->twice, 1);
	end(&j);
}

static void
local_ones_name_nobody(void **state)
{
	struct judged j = begin();
	struct attempt a = guess(0, "amy", "FILESRV", "");

	(void)state;
	a.is_local = true;
	for (int i = 0; i < 1000; i++)
		take(&j, a);
	judge(&j);
	assert_int_equal(j.count, 0);
	assert_int_equal(storm_counts(j.storm)->local, 1000);
	end(&j);
}

/* ---- what speaks against it */

static void
a_service_with_an_old_password_is_none(void **state)
{
	struct judged j = begin();

	(void)state;
	for (int i = 0; i < 200; i++)
		take(&j, guess(i * 60LL * SECOND, "backup", "SRV-2", ""));
	judge(&j);
	assert_true(has_reason(&j.at[0], "service-with-an-old-password"));
	assert_false(attacker_is_one(&j.at[0]));
	end(&j);
}

static void
the_same_at_odd_gaps_stays_odd(void **state)
{
	struct judged j = begin();

	(void)state;
	for (int i = 0; i < 200; i++)
		take(&j, guess(i * 60LL * SECOND + (i % 2) * 50 * SECOND, "backup",
		               "SRV-2", ""));
	judge(&j);
	assert_false(has_reason(&j.at[0], "service-with-an-old-password"));
	end(&j);
}

static void
a_person_finds_the_right_password(void **state)
{
	struct judged j = begin();
	struct attempt success = guess(60 * SECOND, "amy", "WARD-3", "");

	(void)state;
	for (int i = 0; i < 12; i++)
		take(&j, guess(i * 4 * SECOND, "amy", "WARD-3", ""));
	success.kind = ATTEMPT_SUCCESS;
	take(&j, success);
	judge(&j);
	assert_true(has_reason(&j.at[0], "then-the-right-password"));
	assert_false(j.at[0].got_in);
	assert_false(attacker_is_one(&j.at[0]));
	end(&j);
}

static void
a_scanner_without_names_and_a_broken_trust_are_none(void **state)
{
	struct judged j = begin();

	(void)state;
	for (int i = 0; i < 60; i++) {
		take(&j, guess(i * SECOND, "", "SCAN-1", "10.0.0.9"));
		take(&j, guess(i * SECOND, "WARD-9$", "WARD-9", "10.0.0.10"));
	}
	judge(&j);
	assert_int_equal(j.count, 2);
	for (size_t i = 0; i < j.count; i++)
		assert_false(attacker_is_one(&j.at[i]));
	end(&j);
}

/* ---- what came of it */

static void
who_gets_in_with_a_guess_is_told(void **state)
{
	struct judged j = begin();
	struct attempt success = guess(251 * 50, "user00", "LAB-1", "10.0.3.7");

	(void)state;
	take_worm(&j, "LAB-1", "10.0.3.7", 1);
	success.kind = ATTEMPT_SUCCESS;
	take(&j, success);
	judge(&j);
	assert_true(j.at[0].got_in);
	assert_int_equal(j.at[0].got_in_ms, BEGIN_MS + 251 * 50);
	assert_int_equal(j.at[0].locked_ms, 0);
	assert_true(has_reason(&j.at[0], "password-known"));
	end(&j);
}

static void
locked_accounts_are_counted_once(void **state)
{
	struct judged j = begin();
	struct attempt locked = guess(250 * 50, "user00", "", "");

	(void)state;
	take_worm(&j, "LAB-1", "10.0.3.7", 2);
	locked.kind = ATTEMPT_LOCKOUT;
	(void)text_copy(locked.workstation, sizeof locked.workstation, "LAB-1");
	take(&j, locked);
	take(&j, locked);
	judge(&j);
	assert_true(has_reason(&j.at[0], "lockouts:1"));
	assert_int_equal(j.at[0].locked_ms, BEGIN_MS + 250 * 50);
	assert_int_equal(j.at[0].got_in_ms, 0);
	end(&j);
}

static void
a_machine_whose_own_log_shows_it_trying_is_one(void **state)
{
	struct judged j = begin();

	(void)state;
	for (int i = 0; i < 41; i++) {
		char account[32];

		(void)snprintf(account, sizeof account, "user%02d", i);
		for (int k = 0; k < 7; k++) {
			struct attempt a = guess(i * 100 + k, account, "WS-9", "");

			a.kind = ATTEMPT_BY_US;
			a.told = TOLD_BY_OTHERS;
			take(&j, a);
		}
	}
	judge(&j);
	assert_int_equal(j.count, 1);
	assert_true(j.at[0].is_itself);
	assert_string_equal(j.at[0].workstation, "WS-9");
	assert_true(attacker_is_one(&j.at[0]));
	end(&j);
}

/* Nothing of it may take a step for each pair of them. */
static void
many_at_once_are_judged_in_a_moment(void **state)
{
	struct judged j = begin();

	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct attempt a = guess(0, "amy", "WARD-3", "");
		char address[32];

		(void)snprintf(address, sizeof address, "10.%d.%d.1", i / 250 % 250,
		               i % 250);
		if (i % 4 == 1)
			a.kind = ATTEMPT_SUCCESS;
		if (i % 4 == 2)
			a.told = TOLD_BY_NTLM;
		if (i % 4 == 3)
			(void)text_copy(a.address, sizeof a.address, address);
		take(&j, a);
	}
	judge(&j);
	assert_true(j.count > 1);
	end(&j);
}

static void
the_order_of_logs_makes_no_difference(void **state)
{
	struct judged a = begin();
	struct judged b = begin();

	(void)state;
	for (int i = 0; i < 300; i++) {
		take(&a, guess(i * 70LL, i % 2 ? "amy" : "bob", "W-1", "10.0.0.1"));
		take(&b, guess((299 - i) * 70LL, (299 - i) % 2 ? "amy" : "bob", "W-1",
		               "10.0.0.1"));
	}
	judge(&a);
	judge(&b);
	assert_int_equal(a.count, b.count);
	assert_memory_equal(&a.at[0], &b.at[0], sizeof a.at[0]);
	end(&a);
	end(&b);
}

/* Tries of one account on so many machines, of the nth n times. */
static void
take_many_targets(struct judged *j, int machines)
{
	for (int machine = 1; machine <= machines; machine++) {
		for (int i = 0; i < machine; i++) {
			struct attempt a = guess((machine * 100 + i) * SECOND, "anna",
			                         "LAB-1", "10.0.3.7");

			(void)snprintf(a.target, sizeof a.target, "WARD-%d", machine);
			take(j, a);
		}
	}
}

static void
the_most_tried_machines_are_told_with_their_numbers(void **state)
{
	struct judged j = begin();

	(void)state;
	take_many_targets(&j, 40);
	judge(&j);
	const struct attacker *a = &j.at[0];
	assert_int_equal(a->target_count, 40);
	assert_int_equal(a->targets_shown, TARGETS_MOST);
	for (size_t i = 0; i < TARGETS_MOST; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "WARD-%zu", 40 - i);
		assert_string_equal(a->targets[i].name, name);
		assert_int_equal(a->targets[i].failures, 40 - i);
		assert_int_equal(a->targets[i].first_ms,
		                 BEGIN_MS + (int64_t)(40 - i) * 100 * SECOND);
	}
	end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worm_is_the_first_among_many_people),
		cmocka_unit_test(who_gives_another_name_each_time_is_one_address),
		cmocka_unit_test(a_name_is_joined_to_the_one_address_that_has_it),
		cmocka_unit_test(a_name_of_two_addresses_stays_a_name),
		cmocka_unit_test(who_calls_itself_as_its_target_is_only_its_address),
		cmocka_unit_test(a_name_that_no_machine_can_have_is_odd),
		cmocka_unit_test(nobody_is_made_up),
		cmocka_unit_test(what_two_tell_is_one_attempt),
		cmocka_unit_test(local_ones_name_nobody),
		cmocka_unit_test(a_service_with_an_old_password_is_none),
		cmocka_unit_test(the_same_at_odd_gaps_stays_odd),
		cmocka_unit_test(a_person_finds_the_right_password),
		cmocka_unit_test(a_scanner_without_names_and_a_broken_trust_are_none),
		cmocka_unit_test(who_gets_in_with_a_guess_is_told),
		cmocka_unit_test(locked_accounts_are_counted_once),
		cmocka_unit_test(a_machine_whose_own_log_shows_it_trying_is_one),
		cmocka_unit_test(many_at_once_are_judged_in_a_moment),
		cmocka_unit_test(the_order_of_logs_makes_no_difference),
		cmocka_unit_test(the_most_tried_machines_are_told_with_their_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

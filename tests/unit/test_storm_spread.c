/* From one machine to the next, and whom it is on: storms that are made up here. */
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
#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static struct storm *storm;
static struct attacker *at;
static size_t count, attackers;
static struct spread *spread;
static size_t spreads;

static int
begin(void **state)
{
	(void)state;
	assert_int_equal(storm_new(&storm), OK);
	at = NULL;
	spread = NULL;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(at);
	free(spread);
	storm_free(storm);
	return 0;
}

struct who {
	const char *name, *address;
};
static const struct who ward = { "WARD-3", "10.0.3.7" };
static const struct who lab = { "LAB-1", "10.0.3.9" };
static const struct who other = { "WARD-8", "10.0.3.8" };

static void
take(int64_t at_ms, enum attempt_kind kind, struct who who, const char *target,
     const char *account)
{
	struct attempt a = { .kind = kind,
		             .told = TOLD_BY_LOGON,
		             .time_ms = BEGIN_MS + at_ms,
		             .logon_type = 3 };

	(void)text_copy(a.target, sizeof a.target, target);
	(void)text_copy(a.account, sizeof a.account, account);
	(void)text_copy(a.workstation, sizeof a.workstation, who.name);
	(void)text_copy(a.address, sizeof a.address, who.address);
	assert_int_equal(storm_take(storm, &a), OK);
}

/* Two hundred guesses, ten a second, of eight accounts. */
static void
storms(int64_t at_ms, struct who who, const char *target)
{
	for (int i = 0; i < 200; i++) {
		char account[32];

		(void)snprintf(account, sizeof account, "user%02d", i / 25);
		take(at_ms + i * 100, ATTEMPT_GUESS, who, target, account);
	}
}

static void
judge(void)
{
	assert_int_equal(storm_judge(storm, &at, &count), OK);
	for (attackers = 0; attackers < count && attacker_is_one(&at[attackers]);)
		attackers++;
	assert_int_equal(storm_spread(storm, at, attackers, &spread, &spreads), OK);
}

static void
assert_spread(const struct spread *s, struct who from, struct who to)
{
	assert_string_equal(at[s->from].workstation, from.name);
	assert_string_equal(at[s->to].workstation, to.name);
}

/* ---- from one to the next */

static void
who_was_logged_on_to_and_then_began_has_it_from_there(void **state)
{
	char words[SPREAD_WORDS_ROOM];

	(void)state;
	storms(0, ward, "lab-1.hospital.example");
	take(5 * MINUTE, ATTEMPT_SUCCESS, ward, "lab-1.hospital.example", "user01");
	storms(12 * MINUTE, lab, "FILESRV");
	judge();
	assert_int_equal(attackers, 2);
	assert_int_equal(spreads, 1);
	assert_spread(&spread[0], ward, lab);
	assert_int_equal(spread[0].failures, 200);
	assert_int_equal(spread[0].attacked_ms, BEGIN_MS);
	assert_int_equal(spread[0].success_ms, BEGIN_MS + 5 * MINUTE);
	assert_int_equal(spread[0].began_ms, BEGIN_MS + 12 * MINUTE);
	spread_words(&spread[0], words);
	assert_string_equal(words, "logged on to it at 09:05:00 UTC, "
	                           "after 200 failures; 7 minutes later it began.");
}

/* The millisecond that decides. */
static void
what_comes_when_it_has_begun_is_no_cause(void **state)
{
	(void)state;
	storms(0, ward, "LAB-1");
	take(12 * MINUTE, ATTEMPT_SUCCESS, ward, "LAB-1", "user01");
	storms(12 * MINUTE, lab, "FILESRV");
	storms(12 * MINUTE, other, "LAB-1");
	judge();
	assert_int_equal(spreads, 1);
	assert_spread(&spread[0], ward, lab);
	assert_int_equal(spread[0].success_ms, 0);
}

static void
a_day_later_nothing_is_joined(void **state)
{
	(void)state;
	storms(0, ward, "LAB-1");
	storms(25 * HOUR, lab, "FILESRV");
	judge();
	assert_int_equal(attackers, 2);
	assert_int_equal(spreads, 0);
}

static void
who_got_in_is_likelier_than_who_tried_first(void **state)
{
	(void)state;
	storms(0, ward, "LAB-1");
	storms(MINUTE, other, "LAB-1");
	take(3 * MINUTE, ATTEMPT_SUCCESS, other, "LAB-1", "user01");
	storms(5 * MINUTE, lab, "FILESRV");
	judge();
	assert_int_equal(spreads, 1);
	assert_spread(&spread[0], other, lab);
}

static void
a_chain_is_in_order_of_time(void **state)
{
	(void)state;
	storms(10 * MINUTE, lab, "WARD-8");
	storms(0, ward, "LAB-1");
	storms(20 * MINUTE, other, "WARD-3");
	judge();
	assert_int_equal(spreads, 2);
	assert_spread(&spread[0], ward, lab);
	assert_spread(&spread[1], lab, other);
}

/* Who mistyped in the morning began no storm. */
static void
a_person_at_it_does_not_count_as_its_beginning(void **state)
{
	(void)state;
	take(-HOUR, ATTEMPT_GUESS, lab, "FILESRV", "amy");
	storms(0, ward, "LAB-1");
	storms(10 * MINUTE, lab, "FILESRV");
	judge();
	assert_int_equal(spreads, 1);
	assert_int_equal(at[spread[0].to].first_ms, BEGIN_MS - HOUR);
	assert_int_equal(at[spread[0].to].began_ms, BEGIN_MS + 10 * MINUTE);
}

/* ---- on whom */

static const struct tried *
tried(const struct tried_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->at[i].name, name) == 0)
			return &list->at[i];
	}
	return NULL;
}

static void
accounts_and_machines_are_counted_over_all_sources(void **state)
{
	struct tried_list accounts;
	struct tried_list targets;

	(void)state;
	storms(0, ward, "LAB-1");
	storms(0, ward, "FILESRV");
	storms(0, other, "FILESRV");
	take(MINUTE, ATTEMPT_LOCKOUT, ward, "FILESRV", "user03");
	take(MINUTE, ATTEMPT_SUCCESS, ward, "FILESRV", "user04");
	judge();
	assert_int_equal(storm_accounts(storm, &accounts), OK);
	assert_int_equal(storm_targets(storm, &targets), OK);
	assert_int_equal(accounts.count, 8);
	assert_int_equal(tried(&accounts, "user03")->failures, 75);
	assert_int_equal(tried(&accounts, "user03")->sources, 2);
	assert_true(tried(&accounts, "user03")->is_locked);
	assert_false(tried(&accounts, "user04")->is_locked);
	assert_true(tried(&accounts, "user04")->got_in);
	assert_int_equal(targets.count, 2);
	assert_string_equal(targets.at[0].name, "FILESRV");
	assert_int_equal(targets.at[0].failures, 400);
	assert_int_equal(targets.at[0].sources, 2);
	assert_int_equal(targets.at[0].last_ms, BEGIN_MS + 19900);
	tried_list_free(&accounts);
	tried_list_free(&targets);
}

/* A password in the field of the name; at the tenth time it is a name. */
static void
a_name_that_was_typed_nine_times_is_counted_and_not_told(void **state)
{
	struct tried_list accounts;

	(void)state;
	for (int i = 0; i < 9; i++)
		take(i * MINUTE, ATTEMPT_GUESS, ward, "FILESRV", "hunter2");
	for (int i = 0; i < 10; i++)
		take(i * MINUTE, ATTEMPT_GUESS, ward, "FILESRV", "nurse");
	judge();
	assert_int_equal(storm_accounts(storm, &accounts), OK);
	assert_int_equal(accounts.count, 1);
	assert_int_equal(accounts.total, 2);
	assert_string_equal(accounts.at[0].name, "nurse");
	tried_list_free(&accounts);
}

static void
of_very_many_the_most_tried_are_told(void **state)
{
	struct tried_list accounts;

	(void)state;
	for (int i = 0; i < 1500; i++) {
		char account[32];

		(void)snprintf(account, sizeof account, "user%04d", i);
		for (int k = 0; k < (i % 2 ? 12 : 10); k++)
			take(i * MINUTE, ATTEMPT_GUESS, ward, "FILESRV", account);
	}
	judge();
	assert_int_equal(storm_accounts(storm, &accounts), OK);
	assert_int_equal(accounts.count, TRIED_MOST);
	assert_int_equal(accounts.total, 1500);
	assert_string_equal(accounts.at[0].name, "user0001");
	assert_int_equal(accounts.at[749].failures, 12);
	assert_string_equal(accounts.at[750].name, "user0000");
	assert_string_equal(accounts.at[999].name, "user0498");
	tried_list_free(&accounts);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_was_logged_on_to_and_then_began_has_it_from_there),
		CASE(what_comes_when_it_has_begun_is_no_cause),
		CASE(a_day_later_nothing_is_joined),
		CASE(who_got_in_is_likelier_than_who_tried_first),
		CASE(a_chain_is_in_order_of_time),
		CASE(a_person_at_it_does_not_count_as_its_beginning),
		CASE(accounts_and_machines_are_counted_over_all_sources),
		CASE(a_name_that_was_typed_nine_times_is_counted_and_not_told),
		CASE(of_very_many_the_most_tried_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

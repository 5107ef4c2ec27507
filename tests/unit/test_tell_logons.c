/* What logons tells people: of an attacker what it did, and what to do, as a command
 * that they can copy, whatever a name is. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tell/logons.h"

typedef enum err teller(FILE *, const struct told_logons *, const struct style *);

/* What is told of one attacker; to be freed. */
static char *
told_by(teller *tell, const struct attacker *a)
{
	static char *words[] = { "confine", "logons", NULL };
	struct run run = {
		.version = "1", .command = "logons", .argv = words, .argc = 2
	};
	struct logons_totals totals = { .logs = 1, .security = 9, .failures = 9 };
	struct told_logons told = { .run = &run,
		                    .at = a,
		                    .count = 1,
		                    .attackers = 1,
		                    .totals = &totals,
		                    .top = 1 };
	struct style style = { .color = false };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(tell(f, &told, &style), OK);
	(void)fclose(f);
	return text;
}

/* The text on one that calls itself so. */
static char *
told_of(const char *workstation)
{
	struct attacker a = { .failures = 9, .score = 0.9 };

	(void)text_copy(a.workstation, sizeof a.workstation, workstation);
	return told_by(logons_text, &a);
}

static void
a_name_is_offered_in_a_command(void **state)
{
	char *text = told_of("WARD-3");

	(void)state;
	assert_non_null(strstr(text, "confine scan WARD-3"));
	free(text);
}

static void
what_would_act_in_a_shell_is_not(void **state)
{
	static const char *const names[] = { "$(reboot)", "-o/etc/passwd", "A;B", "A B",
		                             "`id`" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *text = told_of(names[i]);

		assert_null(strstr(text, "confine scan"));
		assert_non_null(strstr(text, "is none of a machine"));
		free(text);
	}
}

/* ---- why there is nobody */

#define BEGINNING INT64_C(1232096400000) /* 2009-01-16 09:00 */

static struct logons_totals
totals_of_a_day(void)
{
	return (struct logons_totals){ .logs = 1,
		                       .records = 9,
		                       .security = 9,
		                       .first_ms = BEGINNING,
		                       .last_ms = BEGINNING + 1000,
		                       .since_ms = INT64_MIN,
		                       .until_ms = INT64_MAX };
}

static void
expect_why(struct logons_totals t, const char *expected)
{
	char why[WHY_ROOM];

	logons_empty_because(&t, why);
	assert_string_equal(why, expected);
}

static void
what_could_not_be_read_is_not_said_not_to_be(void **state)
{
	struct logons_totals t = totals_of_a_day();

	(void)state;
	expect_why(t, "No logon failed among 9 Security events from 2009-01-16 "
	              "09:00:00 to 2009-01-16 09:00:01 UTC; if failures are not "
	              "audited, none is written: see confine audit status.");
	t.undecodable = 1;
	expect_why(t, "Among 9 Security events from 2009-01-16 09:00:00 to 2009-01-16 "
	              "09:00:01 UTC no failed logon could be read. Of 1 record that "
	              "could not be read nothing is known.");
	t.security = 0;
	t.undecodable = 9;
	expect_why(t, "Not one of 9 records could be read.");
}

static void
old_records_alone_cover_no_time(void **state)
{
	struct logons_totals t = totals_of_a_day();
	const struct logons_sum sum = { &t, 0, 0 };

	(void)state;
	t.first_ms = t.last_ms = 0;
	t.since_ms = BEGINNING;
	t.failures = t.marred = 1;
	expect_why(t, "Of 1 failed logons none is of a machine that guesses passwords: "
	              "0 were local.");
	assert_int_equal(logons_exit_code(&sum), 3);
}

static void
what_was_not_asked_for_is_counted(void **state)
{
	struct logons_totals t = totals_of_a_day();

	(void)state;
	t.failures = 2;
	t.before = 1;
	t.after = 1;
	expect_why(t, "Of 2 failed logons from 2009-01-16 09:00:00 to 2009-01-16 "
	              "09:00:01 UTC none is of a machine that guesses passwords: 0 "
	              "were local. 2 events are not of the time that was asked for.");
}

/* On a page: in the first words, in the picture and in the table; and nowhere where
 * there is none. */
static void
an_at_job_is_told_where_it_got_in(void **state)
{
	static const char *const words[] = {
		"<b>Then an At job was made</b> on <bdi>WARD-3</bdi>, where",
		"An At job was made on WARD-3 after it had got in there",
		"; an At job was made there at 2009-01-14 09:00:05",
		"<span>At job made <time",
		"<li>then an At job was made where it got in",
	};
	struct attacker a = { .failures = 9, .score = 0.9, .reason_count = 1 };

	(void)state;
	a.first_ms = a.last_ms = a.began_ms = 1231923600000;
	char *without = told_by(logons_html, &a);
	a.task_ms = a.last_ms + 5000;
	(void)text_copy(a.task_on, sizeof a.task_on, "WARD-3");
	(void)text_copy(a.reasons[0], REASON_ROOM, "then-an-at-job");
	char *with = told_by(logons_html, &a);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		assert_non_null(strstr(with, words[i]));
	assert_null(strstr(without, "At job"));
	free(with);
	free(without);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_offered_in_a_command),
		cmocka_unit_test(what_would_act_in_a_shell_is_not),
		cmocka_unit_test(what_could_not_be_read_is_not_said_not_to_be),
		cmocka_unit_test(old_records_alone_cover_no_time),
		cmocka_unit_test(what_was_not_asked_for_is_counted),
		cmocka_unit_test(an_at_job_is_told_where_it_got_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

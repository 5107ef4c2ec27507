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

/* On a page: in the first words, in the picture and in the table; and nowhere where
 * there is none. */
static void
an_at_job_is_told_where_it_got_in(void **state)
{
	static const char *const words[] = {
		"<b>Then an At job was made</b>",
		"; an At job was made there at 2009-01-14 09:00:05",
		"<span>At job made <time",
		"<li>then an At job was made where it got in",
	};
	struct attacker a = { .failures = 9, .score = 0.9, .reason_count = 1 };

	(void)state;
	a.first_ms = a.last_ms = a.began_ms = 1231923600000;
	char *without = told_by(logons_html, &a);
	a.task_ms = a.last_ms + 5000;
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
		cmocka_unit_test(an_at_job_is_told_where_it_got_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

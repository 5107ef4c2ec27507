/* What logons tells people to do: a command that they can copy, whatever a name is. */
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

/* The text on one attacker that calls itself so; to be freed. */
static char *
told_of(const char *workstation)
{
	struct logons_totals totals = { .logs = 1, .security = 9, .failures = 9 };
	struct attacker a = { .failures = 9, .score = 0.9 };
	struct told_logons told = {
		.at = &a, .count = 1, .attackers = 1, .totals = &totals, .top = 1
	};
	struct style style = { .color = false };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	(void)text_copy(a.workstation, sizeof a.workstation, workstation);
	assert_int_equal(logons_text(f, &told, &style), OK);
	(void)fclose(f);
	return text;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_offered_in_a_command),
		cmocka_unit_test(what_would_act_in_a_shell_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

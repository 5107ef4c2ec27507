#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"
#include "know/worm_names.h"
#include "tsv.h"

static struct span
text(const char *s)
{
	return span_of(s, strlen(s));
}

static void
the_names_of_six_computers(void **state)
{
	OWN(own_tsv)
	struct tsv t = tsv_open(TEST_DATA "/names/host-derived-names.tsv");
	size_t rows = 0;

	(void)state;
	for (; tsv_next(&t); rows++) {
		struct worm_names n = worm_names_of(text(t.field[0]));

		*strchr(t.field[3], '.') = '\0';
		*strchr(t.field[4], '.') = '\0';
		assert_string_equal(n.b, t.field[3]);
		assert_string_equal(n.d, t.field[4]);
	}
	assert_int_equal(rows, 6);
}

static void
one_letter_of_the_computers_name_changes_both(void **state)
{
	struct worm_names n = worm_names_of(text("kanh"));

	(void)state;
	assert_string_not_equal(n.b, "erlpibph");
	assert_string_not_equal(n.d, "rvjykf");
}

static void
every_length_from_five_to_eight_comes_up_and_no_other(void **state)
{
	bool seen[WORM_NAME_MOST + 1] = { false };
	uint8_t computer[2] = { 'P', 0 };

	(void)state;
	for (computer[1] = 'A'; computer[1] <= 'Z'; computer[1]++) {
		struct worm_names n = worm_names_of(span_of(computer, 2));

		assert_true(worm_name_has_the_form(text(n.b)));
		assert_true(worm_name_has_the_form(text(n.d)));
		seen[strlen(n.b)] = true;
		seen[strlen(n.d)] = true;
	}
	for (size_t len = WORM_NAME_LEAST; len <= WORM_NAME_MOST; len++)
		assert_true(seen[len]);
}

static void
the_form_is_five_to_eight_lower_case_letters(void **state)
{
	(void)state;
	assert_true(worm_name_has_the_form(text("abcde")));
	assert_true(worm_name_has_the_form(text("abcdefgh")));
	assert_false(worm_name_has_the_form(text("abcd")));
	assert_false(worm_name_has_the_form(text("abcdefghi")));
	assert_false(worm_name_has_the_form(text("abcdE")));
	assert_false(worm_name_has_the_form(text("abcd3")));
	assert_false(worm_name_has_the_form(text("abcd\xE4")));
	assert_false(worm_name_has_the_form(text("")));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_names_of_six_computers),
		cmocka_unit_test(one_letter_of_the_computers_name_changes_both),
		cmocka_unit_test(every_length_from_five_to_eight_comes_up_and_no_other),
		cmocka_unit_test(the_form_is_five_to_eight_lower_case_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

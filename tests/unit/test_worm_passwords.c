#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "know/worm_passwords.h"

static void
words_of_the_published_list_are_guessed(void **state)
{
	static const char *const words[] = { "0",     "00000000", "1234qwer",
		                             "admin", "password", "zzzzz" };

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		assert_int_equal(worm_password_guess(words[i], "", false),
		                 PASSWORD_IN_LIST);
}

static void
one_letter_more_or_another_is_not_guessed(void **state)
{
	(void)state;
	assert_int_equal(worm_password_guess("passwore", "", false),
	                 PASSWORD_NOT_GUESSED);
	assert_int_equal(worm_password_guess("zzzzzy", "", false),
	                 PASSWORD_NOT_GUESSED);
	assert_int_equal(worm_password_guess("PASSWORD", "", false),
	                 PASSWORD_NOT_GUESSED);
	assert_int_equal(worm_password_guess("PASSWORD", "", true), PASSWORD_IN_LIST);
}

static void
no_password_is_the_first_that_is_tried(void **state)
{
	(void)state;
	assert_int_equal(worm_password_guess("", "kang", false), PASSWORD_EMPTY);
}

static void
the_name_its_double_and_its_reverse_are_guessed(void **state)
{
	(void)state;
	assert_int_equal(worm_password_guess("kang", "kang", false), PASSWORD_IS_NAME);
	assert_int_equal(worm_password_guess("kangkang", "kang", false),
	                 PASSWORD_IS_NAME_TWICE);
	assert_int_equal(worm_password_guess("gnak", "kang", false),
	                 PASSWORD_IS_NAME_BACKWARDS);
	assert_int_equal(worm_password_guess("gnaK", "kang", false),
	                 PASSWORD_NOT_GUESSED);
	assert_int_equal(worm_password_guess("kangkan", "kang", false),
	                 PASSWORD_NOT_GUESSED);
	assert_int_equal(worm_password_guess("kangkang", "", false),
	                 PASSWORD_NOT_GUESSED);
}

static void
the_list_is_sorted_and_has_no_word_twice(void **state)
{
	(void)state;
	assert_int_equal(worm_passwords_count, 247);
	for (size_t i = 1; i < worm_passwords_count; i++)
		assert_true(strcmp(worm_passwords[i - 1].word, worm_passwords[i].word) <
		            0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_the_published_list_are_guessed),
		cmocka_unit_test(one_letter_more_or_another_is_not_guessed),
		cmocka_unit_test(no_password_is_the_first_that_is_tried),
		cmocka_unit_test(the_name_its_double_and_its_reverse_are_guessed),
		cmocka_unit_test(the_list_is_sorted_and_has_no_word_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

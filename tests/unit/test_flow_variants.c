#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/variants.h"

static void
each_letter_is_written_once_in_order(void **state)
{
	char text[VARIANTS_ROOM];

	(void)state;
	variants_text(text, VARIANT_D | VARIANT_A | VARIANT_C);
	assert_string_equal(text, "A,C,D");
	variants_text(text, 0x1F);
	assert_string_equal(text, "A,B,C,D,E");
	variants_text(text, 0);
	assert_string_equal(text, "");
}

static void
of_several_it_is_one_or_the_other(void **state)
{
	char text[VARIANTS_ROOM];

	(void)state;
	variants_words(text, VARIANT_D);
	assert_string_equal(text, "D");
	variants_words(text, VARIANT_B | VARIANT_C);
	assert_string_equal(text, "B or C");
	variants_words(text, 0x1F);
	assert_string_equal(text, "A, B, C, D or E");
	variants_words(text, 0);
	assert_string_equal(text, "");
}

static void
letters_are_read_with_and_without_blanks(void **state)
{
	variants v = 0;

	(void)state;
	assert_true(variants_from_text("A,B", &v));
	assert_int_equal(v, VARIANT_A | VARIANT_B);
	assert_true(variants_from_text(" E , D ", &v));
	assert_int_equal(v, VARIANT_D | VARIANT_E);
	assert_true(variants_from_text("", &v));
	assert_int_equal(v, 0);
}

static void
anything_else_is_refused_and_nothing_changed(void **state)
{
	static const char *const wrong[] = { "F",  "a",   "A,",  ",A", "A,,B",
		                             "AB", "A;B", "A-D", "A B" };
	variants v = VARIANT_E;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_false(variants_from_text(wrong[i], &v));
		assert_int_equal(v, VARIANT_E);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_letter_is_written_once_in_order),
		cmocka_unit_test(of_several_it_is_one_or_the_other),
		cmocka_unit_test(letters_are_read_with_and_without_blanks),
		cmocka_unit_test(anything_else_is_refused_and_nothing_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "flow/variants.h"
#include "know/variants.h"

static void
every_letter_has_one_row_in_order(void **state)
{
	(void)state;
	assert_int_equal(variants_known_count, VARIANT_COUNT);
	for (size_t i = 0; i < variants_known_count; i++) {
		const struct variant *v = &variants_known[i];
		variants set = 0;

		assert_ptr_equal(variant_find(v->letter), v);
		assert_true(variants_from_text(v->letter, &set));
		assert_int_equal(set, 1u << i);
		assert_int_equal(strlen(v->first_seen), 10);
		assert_true(strlen(v->sources) > 0);
	}
	assert_null(variant_find("F"));
	assert_null(variant_find(""));
}

static void
the_same_letter_means_another_variant_elsewhere(void **state)
{
	(void)state;
	assert_string_equal(variant_find("C")->sri, "B++");
	assert_string_equal(variant_find("D")->sri, "C");
	assert_string_equal(variant_find("D")->symantec, "W32.Downadup.C");
	assert_string_equal(variant_find("D")->nmap, "Conficker.C or lower");
	assert_string_equal(variant_find("E")->nmap, "Conficker.D or higher");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_letter_has_one_row_in_order),
		cmocka_unit_test(the_same_letter_means_another_variant_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

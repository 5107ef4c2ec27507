/* What stands at a target is one number, and any difference makes it another. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "../fake/fake_machine.h"
#include "base/text.h"
#include "mend/standing.h"

#define KEY "HKLM\\SYSTEM\\ControlSet001\\Services\\knqdgsm"

static enum heard
stands(const char *text, enum change_kind kind, const char *target,
       char out[SHA256_TEXT])
{
	struct fake_case *c = fake_case_of(text);
	struct change change = { .kind = kind, .name = "Start" };

	(void)text_copy(change.target, sizeof change.target, target);
	enum heard heard = standing_of(c->machine, &change, out);
	fake_case_free(c);
	return heard;
}

static bool
differ(const char *one, const char *two, enum change_kind kind, const char *target)
{
	char a[SHA256_TEXT];
	char b[SHA256_TEXT];

	assert_int_equal(stands(one, kind, target, a), HEARD);
	assert_int_equal(stands(two, kind, target, b), HEARD);
	return strcmp(a, b) != 0;
}

/* SHA-256 of "abc" and CR LF, by sha256sum. */
static void
of_a_file_it_is_that_of_its_content(void **state)
{
	char is[SHA256_TEXT];

	(void)state;
	assert_int_equal(
	    stands("file C:\\a.txt\n\ttext abc\n", CHANGE_QUARANTINE, "C:\\a.txt", is),
	    HEARD);
	assert_string_equal(is, "552bab6864c7a7b69a502ed1854b9245c0e1a30f008aaa0b281da6"
	                        "2585fdb025");
}

static void
where_nothing_stands_it_is_empty(void **state)
{
	char is[SHA256_TEXT];

	(void)state;
	assert_int_equal(stands("key HKLM\\x\n", CHANGE_QUARANTINE, "C:\\a", is),
	                 HEARD);
	assert_string_equal(is, "");
	assert_int_equal(stands("key HKLM\\x\n", CHANGE_DELETE_KEY, "HKLM\\y", is),
	                 HEARD);
	assert_string_equal(is, "");
	assert_int_equal(stands("key HKLM\\x\n\tdword Other 1\n", CHANGE_DELETE_VALUE,
	                        "HKLM\\x", is),
	                 HEARD);
	assert_string_equal(is, "");
}

static void
a_key_is_the_same_in_any_order_and_at_any_time(void **state)
{
	(void)state;
	assert_false(differ("key " KEY "\n\tdword Start 2\n\tdword Type 32\n"
	                    "\twritten 2009-02-10T03:00:00.000Z\n"
	                    "key " KEY "\\a\nkey " KEY "\\b\n\tsz x y\n",
	                    "key " KEY "\\b\n\tsz x y\nkey " KEY "\\a\n"
	                    "key " KEY "\n\tdword Type 32\n\tdword Start 2\n",
	                    CHANGE_DELETE_KEY, KEY));
}

static void
one_bit_anywhere_in_a_key_makes_another(void **state)
{
	static const char base[] = "key " KEY "\n\tdword Start 2\nkey " KEY
				   "\\P\n\tsz Dll x\n";
	static const char *const others[] = {
		"key " KEY "\n\tdword Start 3\nkey " KEY "\\P\n\tsz Dll x\n",
		"key " KEY "\n\tdword Staru 2\nkey " KEY "\\P\n\tsz Dll x\n",
		"key " KEY "\n\thex 3 Start 02000000\nkey " KEY "\\P\n\tsz Dll x\n",
		"key " KEY "\n\tdword Start 2\nkey " KEY "\\P\n\tsz Dll y\n",
		"key " KEY "\n\tdword Start 2\nkey " KEY "\\Q\n\tsz Dll x\n",
		"key " KEY "\n\tdword Start 2\n\tsz Dll x\nkey " KEY "\\P\n",
		"key " KEY "\n\tdword Start 2\nkey " KEY "\\P\n\tsz Dll x\nkey " KEY
		"\\P\\P\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_true(differ(base, others[i], CHANGE_DELETE_KEY, KEY));
}

static void
of_a_value_type_and_bytes_count(void **state)
{
	(void)state;
	assert_false(differ("key " KEY "\n\tdword Start 2\n",
	                    "key " KEY "\n\tdword Start 2\n\tdword Type 3\n",
	                    CHANGE_SET_VALUE, KEY));
	assert_true(differ("key " KEY "\n\tdword Start 2\n",
	                   "key " KEY "\n\thex 3 Start 02000000\n", CHANGE_SET_VALUE,
	                   KEY));
}

static void
what_cannot_be_read_is_no_number(void **state)
{
	char is[SHA256_TEXT];

	(void)state;
	assert_int_equal(stands("file C:\\a\n\ttext abc\n\tunreadable no\n",
	                        CHANGE_QUARANTINE, "C:\\a", is),
	                 HEARD_ODD);
	assert_int_equal(stands("file C:\\a\n\ttext abc\n\tis link\n",
	                        CHANGE_QUARANTINE, "C:\\a", is),
	                 NOT_ASKED);
	assert_int_equal(stands("file C:\\a\n\ttext abc\n\tbreaks 1 short\n",
	                        CHANGE_QUARANTINE, "C:\\a", is),
	                 HEARD_SHORT);
	assert_int_equal(stands("key " KEY "\nkey " KEY "\\P\n\tunreadable no\n",
	                        CHANGE_DELETE_KEY, KEY, is),
	                 HEARD_ODD);
	assert_string_equal(is, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_file_it_is_that_of_its_content),
		cmocka_unit_test(where_nothing_stands_it_is_empty),
		cmocka_unit_test(a_key_is_the_same_in_any_order_and_at_any_time),
		cmocka_unit_test(one_bit_anywhere_in_a_key_makes_another),
		cmocka_unit_test(of_a_value_type_and_bytes_count),
		cmocka_unit_test(what_cannot_be_read_is_no_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

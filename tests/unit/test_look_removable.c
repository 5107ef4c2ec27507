#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../fake/case_play.h"
#include "../fake/fake_machine.h"
#include "look/recycler.h"
#include "look/removable.h"

static void
every_case_is_told_as_it_ought_to_be(void **state)
{
	static const struct case_detector detectors[] = { { "removable",
		                                            look_removable } };

	(void)state;
	cases_play("removable-", detectors, 1);
}

static void
names_that_only_look_like_a_sid_are_made_up(void **state)
{
	static const char *const made_up[] = {
		"S-5-3-42-2819952290-8240758988-879315005-3665",
		"S-0-5-21-1",
		"S-1-5-21-4294967296-1", /* one past 32 bits */
		"S-1-281474976710656-1", /* one past 48 bits */
		"s-2-1-1",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
		"S-1-5-99999999999999999999999999",
	};
	static const char *const others[] = {
		"S-1-5-21-2819952290-1240758988-879315005-3665",
		"S-1-5-21-4294967295-1",
		"S-1-281474976710655-1",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",
		"S-5-3",
		"S-5-3-",
		"S-5-3-x",
		"S-5-3-42 ",
		"S--3-42",
		"NPROTECT",
		"Dc1",
		"S",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof made_up / sizeof made_up[0]; i++)
		assert_true(recycler_is_made_up(made_up[i]));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(recycler_is_made_up(others[i]));
}

static void
paths_into_a_bin_are_taken_apart(void **state)
{
	static const struct {
		const char *text;
		const char *path; /* NULL: another path */
	} rows[] = {
		{ ".\\RECYCLER\\S-5-3-42\\x.vmx", "RECYCLER\\S-5-3-42\\x.vmx" },
		{ "RECYCLER\\S-5-3-42\\x.vmx", "RECYCLER\\S-5-3-42\\x.vmx" },
		{ "f:\\recycler\\a\\x.vmx", "recycler\\a\\x.vmx" },
		{ ".\\.\\RECYCLED//a\\\\x", "RECYCLED\\a\\x" },
		{ "RECYCLER\\x.vmx", NULL },
		{ "RECYCLER\\a\\b\\x.vmx", NULL },
		{ "RECYCLER\\..\\x.vmx", NULL },
		{ "RECYCLER\\a\\..", NULL },
		{ "RECYCLER\\a\\", NULL },
		{ "RECYCLERS\\a\\x", NULL },
		{ "x\\RECYCLER\\a\\x", NULL },
		{ "", NULL },
	};
	struct recycler_target target;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool is = recycler_target_read(rows[i].text, &target);

		assert_int_equal(is, rows[i].path != NULL);
		if (is)
			assert_string_equal(target.path, rows[i].path);
	}
}

static void
the_worms_names_are_letters_and_one_of_two_suffixes(void **state)
{
	(void)state;
	assert_true(recycler_is_worm_name("jwgkvsq.vmx"));
	assert_true(recycler_is_worm_name("X.DLL"));
	assert_false(recycler_is_worm_name(".vmx"));
	assert_false(recycler_is_worm_name("a1.vmx"));
	assert_false(recycler_is_worm_name("a.exe"));
	assert_false(recycler_is_worm_name("a.vmxx"));
	assert_false(recycler_is_worm_name("a"));
}

/* Twenty copies make eight findings, and the last one counts the others. */
static void
many_copies_do_not_drown_all_else(void **state)
{
	static struct installation none = { .there = false };
	static struct findings findings;
	char text[8192] = "drive C:\\ a stick\n";
	size_t len = strlen(text);

	(void)state;
	for (char c = 'a'; c < 'a' + 20; c++)
		len += (size_t)snprintf(text + len, sizeof text - len,
		                        "file C:\\RECYCLER\\S-5-3-42\\%c.vmx\n"
		                        "\tbytes 4d 5a\n",
		                        c);
	struct fake_case *c = fake_case_of(text);
	struct inside in = { .machine = c->machine,
		             .windows = &none,
		             .out = &findings };
	assert_int_equal(removable_drive(&in, &c->machine->drives[0]), OK);
	assert_int_equal(findings.count, 8);
	const struct finding *last = &findings.at[7];
	assert_string_equal(last->fields[last->field_count - 1].key, "more");
	assert_int_equal(last->fields[last->field_count - 1].number, 12);
	fake_case_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_told_as_it_ought_to_be),
		cmocka_unit_test(names_that_only_look_like_a_sid_are_made_up),
		cmocka_unit_test(paths_into_a_bin_are_taken_apart),
		cmocka_unit_test(the_worms_names_are_letters_and_one_of_two_suffixes),
		cmocka_unit_test(many_copies_do_not_drown_all_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

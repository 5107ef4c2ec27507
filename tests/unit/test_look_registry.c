/* What the two can see and cannot is in tests/data/inside: run-*, settings-*. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../fake/case_play.h"
#include "../fake/fake_machine.h"
#include "look/installation.h"

static const struct case_detector detectors[] = {
	{ "run", look_run_values },
	{ "services", look_services },
	{ "settings", look_settings },
};

static void
the_cases_of_run_values_play(void **state)
{
	(void)state;
	cases_play("run-", detectors, 3);
}

static void
the_cases_of_settings_play(void **state)
{
	(void)state;
	cases_play("settings-", detectors, 3);
}

/* A Windows XP on which both find much. */
static const char much[] =
    "include xp\ninclude worm-file\n"
    "key HKLM\\SYSTEM\\ControlSet002\\Services\\Tcpip\\Parameters\n"
    "\tdword TcpNumConnections 0x00FFFFFE\n"
    "key HKLM\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters\n"
    "\tdword TcpNumConnections 0x00FFFFFE\n"
    "gone HKLM\\SYSTEM\\ControlSet001\\Control\\SafeBoot\n"
    "key HKLM\\SYSTEM\\ControlSet002\\Control\\SafeBoot\\Minimal\\x\n"
    "key HKLM\\SYSTEM\\ControlSet002\\Control\\SafeBoot\\Network\\x\n"
    "key HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\n"
    "\tsz q rundll32.exe \"C:\\WINDOWS\\system32\\zorizr.dll\",qwe\n";

static struct installation windows;
static struct findings all;

static enum err
look(struct fake_case *c, size_t fail_at)
{
	struct inside in = { .machine = c->machine, .windows = &windows, .out = &all };

	all.count = 0;
	assert_int_equal(installation_find(c->machine, &windows, &all), OK);
	if (fail_at != SIZE_MAX)
		fake_machine_fail_at(c->machine, fail_at);
	enum err err = look_run_values(&in);
	if (err == OK)
		err = look_settings(&in);
	installation_free(&windows);
	return err;
}

static void
other_control_sets_are_evidence(void **state)
{
	struct fake_case *c = fake_case_of(much);

	(void)state;
	assert_int_equal(look(c, SIZE_MAX), OK);
	assert_int_equal(all.count, 3);
	assert_string_equal(all.at[1].trace, "tcpnum");
	assert_string_equal(all.at[1].fields[1].key, "also");
	assert_string_equal(all.at[1].fields[1].text, "HKLM\\SYSTEM\\ControlSet002");
	assert_string_equal(all.at[2].trace, "safeboot-gone");
	assert_string_equal(all.at[2].fields[0].text, "Minimal, Network");
	assert_string_equal(all.at[2].fields[1].text, "HKLM\\SYSTEM\\ControlSet002");
	fake_case_free(c);
}

static void
the_command_is_shown_with_the_hash_of_its_file(void **state)
{
	struct fake_case *c = fake_case_of(much);

	(void)state;
	assert_int_equal(look(c, SIZE_MAX), OK);
	assert_string_equal(all.at[0].trace, "run-worm");
	assert_int_equal(all.at[0].grade, GRADE_STRONG);
	assert_string_equal(all.at[0].fields[0].text,
	                    "rundll32.exe \"C:\\WINDOWS\\system32\\zorizr.dll\",qwe");
	assert_string_equal(all.at[0].fields[1].key, "sha256");
	fake_case_free(c);
}

static void
without_a_windows_nothing_is_asked(void **state)
{
	struct fake_case *c = fake_case_of("drive E:\\ the stick\n");

	(void)state;
	assert_int_equal(look(c, 0), OK);
	assert_int_equal(all.count, 1);
	fake_case_free(c);
}

static void
lack_of_memory_at_any_question_is_an_error(void **state)
{
	enum err err = ERR_MEMORY;

	(void)state;
	for (size_t nth = 0; err != OK; nth++) {
		struct fake_case *c = fake_case_of(much);

		err = look(c, nth);
		assert_true(err == ERR_MEMORY || !machine_failed(c->machine));
		fake_case_free(c);
		assert_in_range(nth, 0, 500);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cases_of_run_values_play),
		cmocka_unit_test(the_cases_of_settings_play),
		cmocka_unit_test(other_control_sets_are_evidence),
		cmocka_unit_test(the_command_is_shown_with_the_hash_of_its_file),
		cmocka_unit_test(without_a_windows_nothing_is_asked),
		cmocka_unit_test(lack_of_memory_at_any_question_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

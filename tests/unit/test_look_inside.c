/* All detectors of a machine together, on machines made of text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../fake/fake_machine.h"
#include "know/detectors.h"
#include "look/inside.h"
#include "look/installation.h"

static struct findings all;

static void
look(const char *text)
{
	struct fake_case *c = fake_case_of(text);
	struct installation windows;

	all.count = 0;
	assert_int_equal(installation_find(c->machine, &windows, &all), OK);
	assert_int_equal(look_inside(c->machine, &windows, "WARD-7", 1234, &all), OK);
	installation_free(&windows);
	fake_case_free(c);
}

static size_t
count_of(const char *trace)
{
	size_t count = 0;

	for (size_t i = 0; i < all.count; i++)
		count += strcmp(all.at[i].trace, trace) == 0;
	return count;
}

static void
on_a_clean_machine_no_detector_finds_anything(void **state)
{
	(void)state;
	look("include xp\n");
	assert_int_equal(all.count, 0);
}

static void
on_a_machine_with_the_worm_several_see_it(void **state)
{
	(void)state;
	look("include xp\ninclude worm-service\n"
	     "key HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\n"
	     "\tsz q rundll32.exe \"C:\\WINDOWS\\system32\\zorizr.dll\",qwe\n");
	assert_string_equal(all.at[0].trace, "svc-worm");
	assert_int_equal(count_of("file-worm"), 1);
	assert_int_equal(count_of("run-worm"), 1);
	for (size_t i = 0; i < all.count; i++) {
		assert_string_equal(all.at[i].host, "WARD-7");
		assert_int_equal(all.at[i].time_ms, 1234);
		assert_non_null(detector_find(all.at[i].detector));
	}
}

static void
a_stick_has_no_windows_and_nothing_else(void **state)
{
	(void)state;
	look("drive E:\\ the stick\nfolder E:\\photos\n");
	assert_int_equal(all.count, 1);
	assert_string_equal(all.at[0].trace, "no-windows");
	assert_string_equal(all.at[0].host, "WARD-7");
}

static void
a_hive_that_cannot_be_opened_is_told_once_by_all_of_them(void **state)
{
	static const char why[] = "C:\\WINDOWS\\system32\\config\\SOFTWARE: it is cut "
				  "off";
	char text[512];

	(void)state;
	snprintf(text, sizeof text,
	         "include xp\ngone HKLM\\SOFTWARE\nkey HKLM\\SOFTWARE\n"
	         "\tunreadable %s\ndamaged %s\n",
	         why, why);
	look(text);
	assert_int_equal(count_of("hive-damaged"), 1);
	assert_int_equal(all.count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_a_clean_machine_no_detector_finds_anything),
		cmocka_unit_test(on_a_machine_with_the_worm_several_see_it),
		cmocka_unit_test(a_stick_has_no_windows_and_nothing_else),
		cmocka_unit_test(
		    a_hive_that_cannot_be_opened_is_told_once_by_all_of_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

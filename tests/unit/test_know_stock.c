/* The protected names, and what goes with them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "know/antivirus.h"
#include "know/disabled_services.h"
#include "know/netsvcs.h"
#include "know/patches.h"
#include "know/safeboot.h"
#include "know/stock.h"
#include "lab/disk_services.h"

static void
are_lower_case_and_in_order(const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (const char *c = names[i]; *c; c++)
			assert_false(*c >= 'A' && *c <= 'Z');
		assert_true(strlen(names[i]) < 100);
		assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
	}
}

static void
both_tables_can_be_searched(void **state)
{
	(void)state;
	are_lower_case_and_in_order(windows_files, windows_files_count);
	are_lower_case_and_in_order(windows_services, windows_services_count);
	assert_true(windows_files_count > 2000);
	assert_true(windows_services_count > 600);
}

static void
letters_of_either_case_are_the_same_and_one_more_is_another(void **state)
{
	(void)state;
	assert_true(stock_is_file("kernel32.dll"));
	assert_true(stock_is_file("KERNEL32.DLL"));
	assert_true(stock_is_file("UxTheme.dll"));
	assert_false(stock_is_file("kernel33.dll"));
	assert_false(stock_is_file("kernel32.dl"));
	assert_false(stock_is_file(""));
	assert_false(stock_is_file("zorizr.dll"));
	assert_true(stock_is_service("WZCSVC"));
	assert_true(stock_is_service("LanmanServer"));
	assert_false(stock_is_service("LanmanServe"));
	assert_false(stock_is_service("knqdgsm"));
	/* A Cyrillic letter that looks the same. */
	assert_false(stock_is_service("L\xD0\xB0nmanServer"));
}

/* What other tables say of Windows is in them as well. */
static void
nothing_that_is_known_of_windows_is_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < netsvcs_members_count; i++) {
		const struct netsvcs_member *m = &netsvcs_members[i];

		if (by_windows_any(&m->on))
			assert_true(stock_is_service(m->service));
	}
	for (size_t i = 0; i < disabled_services_count; i++)
		assert_true(stock_is_service(disabled_services[i].service));
	for (size_t i = 0; i < stock_services_count; i++) {
		const char *file = strrchr(stock_services[i].file, '\\');

		assert_true(stock_is_service(stock_services[i].name));
		assert_true(stock_is_file(file ? file + 1 : stock_services[i].file));
	}
	for (size_t i = 0; i < patch_rows_count; i++)
		assert_true(stock_is_file(patch_rows[i].file));
}

static void
no_scanner_of_somebody_else_is_a_service_of_windows(void **state)
{
	(void)state;
	for (size_t i = 0; i < antivirus_services_count; i++)
		assert_false(stock_is_service(antivirus_services[i].service));
}

static void
xp_starts_both_modes(void **state)
{
	size_t minimal = 0;
	size_t network = 0;

	(void)state;
	for (size_t i = 0; i < safeboot_xp_count; i++) {
		minimal += text_begins(safeboot_xp[i].path, "Minimal\\");
		network += text_begins(safeboot_xp[i].path, "Network\\");
	}
	assert_int_equal(minimal + network, safeboot_xp_count);
	assert_int_equal(safeboot_xp_count, 122);
	assert_true(minimal > 40 && network > minimal);
}

static void
start_values_are_those_of_the_table(void **state)
{
	const struct disabled_service *bits = disabled_service_find("bits");
	const struct disabled_service *ers = disabled_service_find("ERSvc");

	(void)state;
	assert_non_null(bits);
	assert_non_null(ers);
	assert_null(disabled_service_find("Browser"));
	assert_int_equal(disabled_service_start(bits, WINDOWS_XP), START_MANUAL);
	assert_int_equal(disabled_service_start(bits, WINDOWS_VISTA), START_DELAYED);
	assert_int_equal(disabled_service_start(bits, WINDOWS_OTHER), START_NONE);
	assert_int_equal(disabled_service_start(ers, WINDOWS_XP), START_AUTOMATIC);
	assert_int_equal(disabled_service_start(ers, WINDOWS_7), START_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_tables_can_be_searched),
		cmocka_unit_test(
		    letters_of_either_case_are_the_same_and_one_more_is_another),
		cmocka_unit_test(nothing_that_is_known_of_windows_is_missing),
		cmocka_unit_test(no_scanner_of_somebody_else_is_a_service_of_windows),
		cmocka_unit_test(xp_starts_both_modes),
		cmocka_unit_test(start_values_are_those_of_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

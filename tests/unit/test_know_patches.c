#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "know/microsoft_roots.h"
#include "know/patches.h"

static const struct windows_level *
level_of_product(const char *product, unsigned sp)
{
	for (size_t i = 0; i < windows_levels_count; i++) {
		const struct windows_level *w = &windows_levels[i];

		if (strcmp(w->product, product) == 0 && sp >= w->sp_least &&
		    sp <= w->sp_most)
			return w;
	}
	return NULL;
}

static void
every_patch_is_of_a_windows_that_is_known_and_in_its_own_range(void **state)
{
	(void)state;
	assert_int_equal(patch_rows_count, 129);
	for (size_t i = 0; i < patch_rows_count; i++) {
		const struct patch_row *p = &patch_rows[i];
		const struct windows_level *w = level_of_product(p->product, p->sp);

		assert_non_null(w);
		assert_true(kb_number(p->kb) > 0);
		assert_non_null(strstr(p->path, p->file));
		assert_non_null(strstr(p->package, p->kb));
		if (p->branch == BRANCH_NONE) {
			assert_true(p->fixed == 0);
			continue;
		}
		assert_true(p->range_from <= p->fixed && p->fixed < p->range_below);
		assert_ptr_equal(patch_of_version(p->kb, w, p->processor, p->fixed), p);
	}
}

static void
assert_packages(const char *kb, const struct windows_level *w)
{
	static const enum processor processors[] = { PROCESSOR_X86, PROCESSOR_X64,
		                                     PROCESSOR_IA64 };

	for (size_t p = 0; p < 3; p++) {
		if (w->processors & processors[p])
			assert_non_null(patch_of_level(kb, w, processors[p]));
	}
}

static void
every_level_that_needs_an_update_has_a_package(void **state)
{
	(void)state;
	for (size_t i = 0; i < windows_levels_count * PATCHES_ASKED; i++) {
		const struct windows_level *w = &windows_levels[i / PATCHES_ASKED];
		const char *kb = patches_asked[i % PATCHES_ASKED];

		if (windows_needs(w, kb) == NEEDS_NO_PACKAGE)
			assert_true(w->do_first[0] != '\0');
		if (windows_needs(w, kb) == NEEDS_YES)
			assert_packages(kb, w);
	}
}

static void
every_chain_counts_from_one_and_its_versions_rise(void **state)
{
	const struct supersedence_row *before = NULL;

	(void)state;
	assert_int_equal(supersedence_rows_count, 175);
	for (size_t i = 0; i < supersedence_rows_count; i++) {
		const struct supersedence_row *s = &supersedence_rows[i];

		assert_non_null(level_of_product(s->product, s->sp));
		if (s->place > 1) {
			assert_non_null(before);
			assert_string_equal(before->kb, s->kb);
			assert_int_equal(before->place + 1, s->place);
			assert_true(before->fixed_gdr <= s->fixed_gdr);
		}
		before = s;
	}
}

static void
the_release_of_server_2008_needs_all_three(void **state)
{
	const struct windows_told told = { 6, 0, 6001, 1, true, false, PROCESSOR_X64 };
	const struct windows_level *w = windows_level(&told);

	(void)state;
	assert_non_null(w);
	assert_string_equal(w->product, "Windows Server 2008");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(windows_needs(w, patches_asked[i]), NEEDS_YES);
}

static void
a_number_of_an_update_is_read_out_of_its_names(void **state)
{
	(void)state;
	assert_int_equal(kb_number("KB958644"), 958644);
	assert_int_equal(kb_number("kb2705219-v2"), 2705219);
	assert_int_equal(kb_number("KB982381-IE8"), 982381);
	assert_int_equal(kb_number("KB958644X"), 0);
	assert_int_equal(kb_number("Q147222"), 0);
	assert_int_equal(kb_number("KB"), 0);
	assert_int_equal(kb_number("KB99999999999"), 0);
}

static void
an_unknown_language_is_left_open(void **state)
{
	char name[64];

	(void)state;
	assert_false(package_name("WindowsXP-KB958644-x86-{LANG}.exe", "0436", name,
	                          sizeof name));
	assert_string_equal(name, "WindowsXP-KB958644-x86-{LANG}.exe");
	assert_true(package_name("WindowsXP-KB958644-x86-{LANG}.exe", "0c0a", name,
	                         sizeof name));
	assert_string_equal(name, "WindowsXP-KB958644-x86-ESN.exe");
	assert_true(
	    package_name("Windows6.0-KB958644-x86.msu", "0436", name, sizeof name));
	assert_string_equal(name, "Windows6.0-KB958644-x86.msu");
}

static void
a_package_is_known_by_its_hash_in_its_language(void **state)
{
	char name[64] = "";

	(void)state;
	assert_true(package_of_hash("84f9b32264d77edb0f829a005b85b16619468f56", name,
	                            sizeof name));
	assert_string_equal(name, "WindowsXP-KB958644-x86-CHS.exe");
	assert_true(package_of_hash("eceb7d5023bbb23c0dc633e46b9c2f14fa6ee9dd", name,
	                            sizeof name));
	assert_string_equal(name, "WindowsXP-KB4012598-x86-Custom-ENU.exe");
	assert_true(package_of_hash("13e9b3d77ba5599764c296075a796c16a85c745c", name,
	                            sizeof name));
	assert_string_equal(name, "Windows6.0-KB4012598-x86.msu");
	assert_false(package_of_hash("84f9b32264d77edb0f829a005b85b16619468f57", name,
	                             sizeof name));
	assert_false(package_of_hash("84f9", name, sizeof name));
	assert_false(package_of_hash("", name, sizeof name));
}

static void
the_roots_are_those_of_microsoft_and_no_others(void **state)
{
	(void)state;
	assert_int_equal(microsoft_roots_count, 4);
	assert_non_null(microsoft_root("a43489159a520f0d93d032ccaf37e7fe20a8b419"));
	assert_null(microsoft_root("a43489159a520f0d93d032ccaf37e7fe20a8b418"));
	for (size_t i = 0; i < microsoft_roots_count; i++)
		assert_int_equal(
		    strspn(microsoft_roots[i].thumbprint, "0123456789abcdef"), 40);
}

static void
languages_are_in_no_row_twice(void **state)
{
	(void)state;
	assert_int_equal(package_languages_count, 24);
	for (size_t i = 0; i < package_languages_count; i++)
		assert_ptr_equal(package_language(package_languages[i].id),
		                 &package_languages[i]);
	assert_null(package_language(""));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_patch_is_of_a_windows_that_is_known_and_in_its_own_range),
		cmocka_unit_test(every_level_that_needs_an_update_has_a_package),
		cmocka_unit_test(every_chain_counts_from_one_and_its_versions_rise),
		cmocka_unit_test(the_release_of_server_2008_needs_all_three),
		cmocka_unit_test(a_number_of_an_update_is_read_out_of_its_names),
		cmocka_unit_test(an_unknown_language_is_left_open),
		cmocka_unit_test(a_package_is_known_by_its_hash_in_its_language),
		cmocka_unit_test(the_roots_are_those_of_microsoft_and_no_others),
		cmocka_unit_test(languages_are_in_no_row_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

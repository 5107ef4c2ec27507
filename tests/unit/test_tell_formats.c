#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/array_view.h"
#include "tests/unit/tell_rows.h"
#include "tests/unit/told.h"

static const char *const names[] = { "text", "json", "csv", "xml", "html" };
#define NAMES (sizeof names / sizeof names[0])

static void
a_format_is_found_by_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAMES; i++)
		assert_string_equal(format_by_name(names[i])->name, names[i]);
	assert_null(format_by_name("pdf"));
	assert_null(format_by_name(""));
}

static void
a_format_is_found_by_the_end_of_a_file_name(void **state)
{
	static const struct {
		const char *file;
		const char *format;
	} files[] = {
		{ "a.jsonl", "json" },        { "a.json", "json" },
		{ "a.csv", "csv" },           { "a.xml", "xml" },
		{ "dir.csv/a.html", "html" }, { "a.HTM", "html" },
		{ "a.b.txt", "text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		assert_string_equal(format_by_suffix(files[i].file)->name,
		                    files[i].format);
	assert_null(format_by_suffix("a"));
	assert_null(format_by_suffix("a.html.gz"));
	assert_null(format_by_suffix("a.htmlx"));
	assert_null(format_by_suffix("-"));
}

static void
the_same_rows_in_another_order_give_the_same_bytes(void **state)
{
	static struct row rows[TELL_ROWS];
	struct style style = { .all = true, .case_name = "ward.case" };
	struct array_view from;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		tell_rows(rows);
		struct row first = rows[0];
		rows[0] = rows[5];
		rows[5] = first;
		array_view_init(&from, rows, TELL_ROWS);
		char *one = told(names[i], &from.view, &style);
		char *other = told_rows(names[i]);
		assert_string_equal(one, other);
		free(one);
		free(other);
	}
}

static void
absent_hosts_are_shown_only_on_request(void **state)
{
	static struct row rows[TELL_ROWS];
	struct style style = { 0 };
	struct array_view from;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		tell_rows(rows);
		array_view_init(&from, rows, TELL_ROWS);
		char *without = told(names[i], &from.view, &style);
		char *with = told_rows(names[i]);
		assert_null(strstr(without, "absent-of-test"));
		assert_non_null(strstr(with, "absent-of-test"));
		free(without);
		free(with);
	}
}

static void
a_full_disk_is_an_error_of_every_format(void **state)
{
	static struct row rows[TELL_ROWS];
	struct style style = { 0 };
	struct array_view from;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		FILE *full = fopen("/dev/full", "w");

		assert_non_null(full);
		tell_rows(rows);
		array_view_init(&from, rows, TELL_ROWS);
		assert_int_equal(
		    tell_view(format_by_name(names[i]), full, &from.view, &style),
		    ERR_SYSTEM);
		fclose(full);
	}
}

static void
a_view_that_fails_fails_every_format(void **state)
{
	static struct row rows[TELL_ROWS];
	struct style style = { 0 };
	struct array_view from;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		FILE *none = fopen("/dev/null", "w");

		assert_non_null(none);
		tell_rows(rows);
		array_view_init(&from, rows, TELL_ROWS);
		from.fail_at = 2;
		assert_int_equal(
		    tell_view(format_by_name(names[i]), none, &from.view, &style),
		    ERR_SYSTEM);
		fclose(none);
	}
}

static void
no_rows_at_all_make_a_whole_report(void **state)
{
	struct style style = { 0 };
	struct array_view from;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		array_view_init(&from, NULL, 0);
		char *text = told(names[i], &from.view, &style);
		assert_int_equal(text[strlen(text) - 1], '\n');
		free(text);
	}
}

/* What a terminal, a log or a spreadsheet would obey. */
static void
no_format_lets_a_control_character_through(void **state)
{
	static const char *const forbidden[] = {
		"\x1b",         "\a",           "\r",           "\t",
		"\xc2\x9b",     "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\xa8",
		"\xef\xbf\xbe", "\xef\xbf\xbf",
	};

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		char *text = told_rows(names[i]);
		/* The page's own style is laid out with tabs. */
		const char *body = strstr(text, "</style>");

		for (size_t c = 0; c < sizeof forbidden / sizeof forbidden[0]; c++)
			assert_null(strstr(body ? body : text, forbidden[c]));
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_format_is_found_by_its_name),
		cmocka_unit_test(a_format_is_found_by_the_end_of_a_file_name),
		cmocka_unit_test(the_same_rows_in_another_order_give_the_same_bytes),
		cmocka_unit_test(absent_hosts_are_shown_only_on_request),
		cmocka_unit_test(a_full_disk_is_an_error_of_every_format),
		cmocka_unit_test(a_view_that_fails_fails_every_format),
		cmocka_unit_test(no_rows_at_all_make_a_whole_report),
		cmocka_unit_test(no_format_lets_a_control_character_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

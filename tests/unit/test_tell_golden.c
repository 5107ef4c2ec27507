/*
 * Every format against a file that was made once and read by eye:
 * tests/data/tell/README.md says how.
 */
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

static void
assert_as_before(const char *format, const char *file)
{
	char *now = told_rows(format);
	char *before = told_before(file);

	assert_string_equal(now, before);
	free(now);
	free(before);
}

static void
text_is_as_before(void **state)
{
	(void)state;
	assert_as_before("text", "sample.txt");
}

static void
json_lines_are_as_before(void **state)
{
	(void)state;
	assert_as_before("json", "sample.jsonl");
}

static void
csv_is_as_before(void **state)
{
	(void)state;
	assert_as_before("csv", "sample.csv");
}

static void
xml_is_as_before(void **state)
{
	(void)state;
	assert_as_before("xml", "sample.xml");
}

/* Without the head, so that a touch to the style does not change the file. */
static void
the_page_is_as_before(void **state)
{
	char *now = told_rows("html");
	char *before = told_before("sample.html");
	const char *body = strstr(now, "<body>");

	(void)state;
	assert_non_null(body);
	assert_string_equal(body, before);
	free(now);
	free(before);
}

static void
text_with_evidence_is_as_before(void **state)
{
	static struct row rows[TELL_ROWS];
	struct style style = { .verbose = 1, .color = true };
	struct array_view from;

	(void)state;
	tell_rows(rows);
	array_view_init(&from, rows, TELL_ROWS);
	char *now = told("text", &from.view, &style);
	char *before = told_before("verbose-color.txt");
	assert_string_equal(now, before);
	free(now);
	free(before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_as_before),
		cmocka_unit_test(json_lines_are_as_before),
		cmocka_unit_test(csv_is_as_before),
		cmocka_unit_test(xml_is_as_before),
		cmocka_unit_test(the_page_is_as_before),
		cmocka_unit_test(text_with_evidence_is_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

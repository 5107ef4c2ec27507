#include "tests/unit/told.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/array_view.h"
#include "tests/unit/tell_rows.h"

char *
told(const char *format, struct view *view, const struct style *style)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(tell_view(format_by_name(format), f, view, style), OK);
	assert_int_equal(fclose(f), 0);
	return text;
}

char *
told_rows(const char *format)
{
	static struct row rows[TELL_ROWS];
	struct style style = { .all = true, .case_name = "ward.case" };
	struct array_view from;

	tell_rows(rows);
	array_view_init(&from, rows, TELL_ROWS);
	return told(format, &from.view, &style);
}

char *
told_before(const char *name)
{
	char path[512];
	char *text = NULL;
	size_t len = 0;

	snprintf(path, sizeof path, "%s/tell/%s", TEST_DATA, name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_true(getdelim(&text, &len, 0, f) > 0);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* Rows of a table, as everybody writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/csv_row.h"

struct csv_case {
	const char *text;
	const char *cells[4];
	size_t done; /* 0: all of it */
};

/* RFC 4180, section 2, and what programs do that do not keep to it. */
static const struct csv_case csv_cases[] = {
	{ "aaa,bbb,ccc\r\nzzz", { "aaa", "bbb", "ccc" }, 13 },
	{ "\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz", { "aaa", "b\r\nbb", "ccc" }, 21 },
	{ "\"aaa\",\"b\"\"bb\",\"ccc\"", { "aaa", "b\"bb", "ccc" }, 0 },
	{ "\"\",,\"\"\"\"\n", { "", "", "\"" }, 0 },
	{ "a\"b\",c d,\n", { "a\"b\"", "c d", "" }, 0 },
	{ "\"a\"b\",c\n", { "a\"b", "c" }, 0 },
	{ "\"4625,\"msg\",c\n", { "4625,\"msg", "c" }, 0 }, /* one was lost */
};

static void
rows_are_read_as_everybody_writes_them(void **state)
{
	struct csv_row r;

	(void)state;
	csv_row_init(&r);
	for (size_t i = 0; i < sizeof csv_cases / sizeof csv_cases[0]; i++) {
		const struct csv_case *c = &csv_cases[i];
		struct event_piece p = csv_row_read(
		    &r, span_of(c->text, strlen(c->text)), ',', true);
		size_t count = 0;

		assert_int_equal(p.kind, PIECE_WHOLE);
		assert_int_equal(p.done, c->done ? c->done : strlen(c->text));
		for (; count < 4 && c->cells[count]; count++) {
			assert_true(span_is(csv_row_cell(&r, count), c->cells[count],
			                    strlen(c->cells[count])));
		}
		assert_int_equal(r.count, count);
	}
	csv_row_free(&r);
}

static void
a_row_waits_for_its_end(void **state)
{
	struct span text = span_of("a,\"b\nc", 6);
	struct csv_row r;

	(void)state;
	csv_row_init(&r);
	assert_int_equal(csv_row_read(&r, text, ',', false).kind, PIECE_MORE);
	assert_int_equal(csv_row_read(&r, text, ',', false).done, 0);
	assert_int_equal(csv_row_read(&r, text, ',', true).kind, PIECE_CUT);
	assert_int_equal(csv_row_read(&r, span_of("a", 1), ',', false).kind,
	                 PIECE_MORE);
	assert_int_equal(csv_row_read(&r, span_of("", 0), ',', true).kind, PIECE_END);
	csv_row_free(&r);
}

static void
a_row_has_a_bound(void **state)
{
	char *text = malloc(EVENT_PIECE_MOST + 1);
	struct csv_row r;

	(void)state;
	assert_non_null(text);
	csv_row_init(&r);
	memset(text, ',', EVENT_PIECE_MOST);
	text[EVENT_PIECE_MOST] = '\n';
	struct event_piece p = csv_row_read(&r, span_of(text, EVENT_PIECE_MOST - 1),
	                                    ',', false);
	assert_int_equal(p.kind, PIECE_MORE);
	p = csv_row_read(&r, span_of(text, EVENT_PIECE_MOST + 1), ',', true);
	assert_int_equal(p.kind, PIECE_CUT);
	assert_int_equal(p.done, EVENT_PIECE_MOST);
	text[EVENT_PIECE_MOST - 1] = '\n';
	p = csv_row_read(&r, span_of(text, EVENT_PIECE_MOST), ',', false);
	assert_int_equal(p.kind, PIECE_WHOLE);
	assert_int_equal(r.count, EVENT_PIECE_MOST);
	assert_int_equal(csv_row_cell(&r, EVENT_PIECE_MOST - 1).left, 0);
	csv_row_free(&r);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_as_everybody_writes_them),
		cmocka_unit_test(a_row_waits_for_its_end),
		cmocka_unit_test(a_row_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

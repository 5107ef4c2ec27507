#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "tell/safe.h"
#include "tests/unit/array_view.h"
#include "tests/unit/tell_rows.h"
#include "tests/unit/told.h"

static struct row rows[TELL_ROWS];

static char *
told_with(struct style style)
{
	struct array_view from;

	array_view_init(&from, rows, TELL_ROWS);
	return told("text", &from.view, &style);
}

/* The commands below "Next:" may be long: they are to be copied as they are. */
static void
assert_lines_fit(char *text)
{
	char *end = strstr(text, "\nNext:");

	assert_non_null(end);
	*end = 0;
	for (char *line = strtok_r(text, "\n", &end); line;
	     line = strtok_r(NULL, "\n", &end))
		assert_true(safe_width(line) <= 80);
}

static void
no_line_is_wider_than_80_columns(void **state)
{
	static const char wide[] = "病院病院病院病院病院病院病院病院病院病院";

	(void)state;
	tell_rows(rows);
	text_copy(rows[1].verdict.host, ADDRESS_ROOM,
	          "fe80:1111:2222:3333:4444:5555:6666:7777%interface0");
	rows[2].verdict.name = said_from_utf8(wide);
	rows[3].verdict.os = said_from_utf8(wide);
	text_copy(rows[4].verdict.reasons[0], TRACE_ROOM, "service-may-have-stopped");
	char *text = told_with((struct style){ .all = true });
	assert_lines_fit(text);
	free(text);
	text = told_with((struct style){ .all = true, .verbose = 1 });
	assert_lines_fit(text);
	free(text);
}

static void
the_infected_come_first_and_each_host_has_a_line(void **state)
{
	(void)state;
	tell_rows(rows);
	char *text = told_with((struct style){ 0 });
	assert_int_equal(strncmp(text, "10.0.3.7        infected  ", 26), 0);
	assert_non_null(strstr(text, "\n10.0.4.1        infected  "));
	assert_non_null(strstr(text, "\n10.0.4.2        suspect   "));
	assert_non_null(strstr(text, "\n2001:db8:1::10  clean     "));
	free(text);
}

static void
nothing_is_coloured_unless_asked(void **state)
{
	(void)state;
	tell_rows(rows);
	char *plain = told_with((struct style){ 0 });
	char *color = told_with((struct style){ .color = true });
	assert_null(strchr(plain, '\x1b'));
	assert_non_null(strstr(color, "\x1b[1;31minfected\x1b[0m"));
	free(plain);
	free(color);
}

static void
without_a_case_the_next_command_keeps_one(void **state)
{
	(void)state;
	tell_rows(rows);
	char *text = told_with((struct style){ 0 });
	assert_non_null(
	    strstr(text, "\n  confine scan 10.0.0.0/22 --case confine-case.db  #"));
	assert_null(strstr(text, "case show"));
	free(text);
}

static void
a_case_with_an_odd_name_is_quoted(void **state)
{
	(void)state;
	tell_rows(rows);
	char *text = told_with((struct style){ .case_name = "my ward's.case" });
	assert_non_null(strstr(
	    text, "\n  confine case show 10.0.3.7 --case 'my ward'\\''s.case'  #"));
	free(text);
}

static void
an_interrupted_run_says_so_and_how_to_go_on(void **state)
{
	struct style style = { .case_name = "ward.case" };
	struct array_view from;

	(void)state;
	tell_rows(rows);
	array_view_init(&from, rows, TELL_ROWS);
	from.view.summary.interrupted = true;
	char *text = told("text", &from.view, &style);
	assert_non_null(strstr(text, "Interrupted: not all were asked."));
	assert_non_null(strstr(text, "\n  confine scan --resume --case ward.case  #"));
	free(text);
}

static void
hosts_of_one_reason_share_a_sentence_with_their_number(void **state)
{
	(void)state;
	tell_rows(rows);
	char *text = told_with((struct style){ 0 });
	assert_non_null(strstr(
	    text,
	    "\n2 unknown, silence-of-test: It said nothing. Do this & that next.\n"));
	free(text);
}

static void
more_reasons_than_there_is_room_for_are_counted(void **state)
{
	static struct row many[140];
	struct style style = { 0 };
	struct array_view from;

	(void)state;
	tell_rows(rows);
	for (size_t i = 0; i < 140; i++) {
		many[i] = rows[4];
		many[i].verdict.key[4] = (uint8_t)i;
		snprintf(many[i].verdict.reasons[0], TRACE_ROOM, "reason-%03zu", i);
	}
	array_view_init(&from, many, 140);
	char *text = told("text", &from.view, &style);
	assert_non_null(strstr(text, "\n12 more, for other reasons: see -v.\n"));
	free(text);
}

/* Room for seven bytes and the zero; the ellipsis takes three of them. */
static void
of_a_long_path_the_end_is_told(void **state)
{
	static const struct {
		const char *path;
		const char *told;
	} paths[] = {
		{ "", "" },
		{ "1234567", "1234567" },
		{ "12345678", "\xE2\x80\xA6"
		              "5678" },
		{ "12345\xC3\xA9"
		  "78",
		  "\xE2\x80\xA6\xC3\xA9"
		  "78" },
		{ "1234\xC3\xA9"
		  "678",
		  "\xE2\x80\xA6"
		  "678" },
		{ "12345\xFF"
		  "7",
		  "\xE2\x80\xA6\xEF\xBF\xBD"
		  "7" },
		{ "\xFF\xFF\xFF\xFF", "\xE2\x80\xA6\xEF\xBF\xBD" },
	};
	char told[8];

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		text_end(told, sizeof told, paths[i].path);
		assert_string_equal(told, paths[i].told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_line_is_wider_than_80_columns),
		cmocka_unit_test(the_infected_come_first_and_each_host_has_a_line),
		cmocka_unit_test(nothing_is_coloured_unless_asked),
		cmocka_unit_test(without_a_case_the_next_command_keeps_one),
		cmocka_unit_test(a_case_with_an_odd_name_is_quoted),
		cmocka_unit_test(an_interrupted_run_says_so_and_how_to_go_on),
		cmocka_unit_test(
		    hosts_of_one_reason_share_a_sentence_with_their_number),
		cmocka_unit_test(more_reasons_than_there_is_room_for_are_counted),
		cmocka_unit_test(of_a_long_path_the_end_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

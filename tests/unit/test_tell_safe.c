#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/buf.h"
#include "tell/para.h"
#include "tell/safe.h"
#include "tell/shell.h"

static char *written;
static size_t written_len;

static FILE *
begin(void)
{
	free(written);
	written = NULL;
	return open_memstream(&written, &written_len);
}

static void
assert_safe(const char *utf8, const char *expected)
{
	FILE *f = begin();

	safe_text(f, utf8);
	fclose(f);
	assert_string_equal(written, expected);
}

static void
plain_text_stays_as_it_is(void **state)
{
	(void)state;
	assert_safe("WARD-3 \\ 100%", "WARD-3 \\ 100%");
	assert_safe("Krankenhaus Süd 病院", "Krankenhaus Süd 病院");
}

static void
escape_sequences_are_spelled_out(void **state)
{
	(void)state;
	assert_safe("\x1b[2J\x7f\a", "\\x1b[2J\\x7f\\x07");
	assert_safe("\xc2\x9b"
	            "31m",
	            "\\x9b31m"); /* CSI of C1, as UTF-8 */
	assert_safe("a\tb\nc\rd", "a\\tb\\nc\\rd");
}

static void
marks_that_turn_the_direction_are_spelled_out(void **state)
{
	(void)state;
	assert_safe("\xe2\x80\xaegpj.exe", "\\u202egpj.exe");
	assert_safe("\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8f\xd8\x9c",
	            "\\u2066\\u2069\\u200f\\u061c");
	assert_safe("\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029");
}

static void
what_is_no_character_is_spelled_out_or_replaced(void **state)
{
	(void)state;
	assert_safe("\xef\xbf\xbe\xef\xb7\x90\xf4\x8f\xbf\xbf",
	            "\\ufffe\\ufdd0\\u10ffff");
	assert_safe("\xff\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void
width_counts_columns_and_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(safe_width(""), 0);
	assert_int_equal(safe_width("Süd"), 3);
	assert_int_equal(safe_width("病院"), 4);
	assert_int_equal(safe_width("e\xcc\x81"), 1); /* e and its accent */
	assert_int_equal(safe_width("\x1b"), 4);
}

static void
assert_cell(const char *utf8, unsigned columns, const char *expected)
{
	FILE *f = begin();

	safe_cell(f, utf8, columns);
	fclose(f);
	assert_string_equal(written, expected);
}

static void
a_cell_is_exactly_as_wide_as_asked(void **state)
{
	(void)state;
	assert_cell("WARD", 6, "WARD  ");
	assert_cell("WARD-3", 6, "WARD-3");
	assert_cell("WARD-34", 6, "WARD-…");
	assert_cell("病院病院", 6, "病院… "); /* half a letter is none */
	assert_cell("ab\x1b", 5, "ab…  ");    /* an escape is not cut in two */
	assert_cell("x", 0, "");
	assert_cell("", 2, "  ");
}

static void
a_paragraph_keeps_within_80_columns(void **state)
{
	FILE *f = begin();
	struct para p = para_begin(f, "Next:", 8);

	(void)state;
	for (int i = 0; i < 13; i++)
		para_words(&p, "five letters");
	para_end(&p);
	fclose(f);
	assert_string_equal(written, "Next:   five letters five letters five letters "
	                             "five letters five letters five\n"
	                             "        letters five letters five letters "
	                             "five letters five letters five letters\n"
	                             "        five letters five letters\n");
}

static void
a_word_wider_than_the_line_is_broken(void **state)
{
	FILE *f = begin();
	char word[101];
	struct para p = para_begin(f, "", 2);

	(void)state;
	for (size_t i = 0; i < 100; i++)
		word[i] = 'x';
	word[100] = 0;
	para_word(&p, word);
	para_end(&p);
	fclose(f);
	assert_int_equal(written_len, 2 + 78 + 1 + 2 + 22 + 1);
	assert_int_equal(written[80], '\n');
}

static void
words_for_a_shell_are_quoted_where_they_need_it(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	shell_word(&b, "10.0.0.0/24");
	shell_word(&b, "");
	shell_word(&b, "it's; rm *");
	assert_string_equal(buf_string(&b), "10.0.0.0/24'''it'\\''s; rm *'");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_as_it_is),
		cmocka_unit_test(escape_sequences_are_spelled_out),
		cmocka_unit_test(marks_that_turn_the_direction_are_spelled_out),
		cmocka_unit_test(what_is_no_character_is_spelled_out_or_replaced),
		cmocka_unit_test(width_counts_columns_and_not_bytes),
		cmocka_unit_test(a_cell_is_exactly_as_wide_as_asked),
		cmocka_unit_test(a_paragraph_keeps_within_80_columns),
		cmocka_unit_test(a_word_wider_than_the_line_is_broken),
		cmocka_unit_test(words_for_a_shell_are_quoted_where_they_need_it),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(written);
	return failed;
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/autorun_inf.h"

/* What counts, as "key=value;key=value;". */
static const char *
lines_of(const char *bytes, size_t len)
{
	static const char *const keys[] = { "",       "open", "shellexecute", "command",
		                            "action", "icon", "useautoplay" };
	static char text[4096];
	struct autorun_inf inf = autorun_inf_of(span_of(bytes, len));
	struct autorun_line line;
	size_t at = 0;

	text[0] = 0;
	while (autorun_inf_next(&inf, &line)) {
		at += (size_t)snprintf(text + at, sizeof text - at, "%s=%s;",
		                       keys[line.key], line.value);
		assert_true(at < sizeof text);
	}
	return text;
}

#define LINES(text) lines_of(text, sizeof(text) - 1)

static void
a_plain_file_is_read(void **state)
{
	(void)state;
	assert_string_equal(LINES("[autorun]\r\nopen=setup.exe /q\r\nicon=a.ico\r\n"
	                          "shell\\open\\command=setup.exe\r\n"
	                          "label=Driver\r\n"),
	                    "open=setup.exe /q;icon=a.ico;command=setup.exe;");
	assert_string_equal(LINES("[autorun]\nICON=Driver.ico"), "icon=Driver.ico;");
}

static void
the_form_that_sophos_describes_is_read(void **state)
{
	(void)state;
	assert_string_equal(
	    LINES(";\xE8\x91\x02\xF4 junk\r\r\n  \t \n"
	          " \x93 [AUTorUN\r\n"
	          ";\xC1\xC2\x0F\r\n"
	          "\tAcTION \t=\t Open folder to view files\x85\r\n"
	          "Icon =%systemroot%\\syStem32\\sHELL32.Dll ,4\r\n"
	          "; more\r\n"
	          "\xA0\tshelLExECUte\t = \tRuNdLl32.EXE   .\\RECYCLER\\S-5-3-42-1\\x"
	          ".vmx,ahaezedrn \x90\r\n"
	          "useAuTopLAY = 1\r\n"
	          "[kqzx\r\nopen=never.exe\r\n"),
	    "action=Open folder to view files;"
	    "icon=%systemroot%\\syStem32\\sHELL32.Dll ,4;"
	    "shellexecute=RuNdLl32.EXE .\\RECYCLER\\S-5-3-42-1\\x.vmx,ahaezedrn;"
	    "useautoplay=1;");
}

static void
lines_end_at_cr_lf_and_zero(void **state)
{
	(void)state;
	assert_string_equal(LINES("[autorun]\ropen=a\0open=b\nopen=c"),
	                    "open=a;open=b;open=c;");
}

static void
only_the_section_of_that_name_counts(void **state)
{
	(void)state;
	assert_string_equal(LINES("open=a\n[other]\nopen=b\n"), "");
	assert_string_equal(LINES("[autorun.amd64]\nopen=c\n"), "open=c;");
	assert_string_equal(LINES("[autorunner]\nopen=d\n"), "");
	assert_string_equal(LINES("[ AutoRun ] behind\nopen=e\n"), "open=e;");
	assert_string_equal(LINES("[autorun]\nopen=f\n[x]\nopen=g\n[AUTORUN]\nopen=h"),
	                    "open=f;open=h;");
}

static void
keys_are_whole_and_any_verb_is_taken(void **state)
{
	(void)state;
	assert_string_equal(
	    LINES("[autorun]\nreopen=a\nopen =b\nshell\\xyz\\command=c\n"
	          "shell\\xyz=d\nshell=xyz\nshellexecute\nopen=\n"),
	    "open=b;command=c;open=;");
}

static void
what_is_too_long_is_cut(void **state)
{
	char big[2048] = "[autorun]\nopen=";
	struct autorun_inf inf;
	struct autorun_line line;

	(void)state;
	memset(big + strlen(big), 'x', 1024);
	inf = autorun_inf_of(span_of(big, sizeof big));
	assert_true(autorun_inf_next(&inf, &line));
	assert_int_equal(strlen(line.value), AUTORUN_INF_TEXT_ROOM - 1);
	assert_false(autorun_inf_next(&inf, &line));
}

/* A comment of `len` bytes, each `step` further than the one before. */
static bool
comment_is_noise(size_t len, unsigned step, size_t plain)
{
	static char file[65536];
	struct autorun_inf inf;
	struct autorun_line line;
	uint8_t byte = 1;

	memset(file, ' ', sizeof file);
	for (size_t i = 0; i < len; i++) {
		file[i] = i % 64 == 0 ? ';' : i % 64 == 63 ? '\n' : (char)byte;
		do
			byte = (uint8_t)(byte + step);
		while (byte == 0 || byte == '\r' || byte == '\n');
	}
	inf = autorun_inf_of(span_of(file, len + plain));
	while (autorun_inf_next(&inf, &line))
		;
	return autorun_inf_is_noise(&inf, len + plain);
}

static void
noise_is_told_from_text(void **state)
{
	(void)state;
	assert_true(comment_is_noise(4096, 37, 0));
	assert_true(comment_is_noise(4096, 37, 3000));
	assert_false(comment_is_noise(4096, 37, 9000)); /* little of the file */
	assert_false(comment_is_noise(300, 37, 0));     /* too little to tell */
	static const char chinese[] = "; \xB4\xF2\xBF\xAA\xCE\xC4\xBC\xFE\xBC\xD0\n";
	char text[4096];
	size_t len = 0;
	while (len + sizeof chinese < sizeof text) {
		memcpy(text + len, chinese, sizeof chinese - 1);
		len += sizeof chinese - 1;
	}
	struct autorun_inf inf = autorun_inf_of(span_of(text, len));
	struct autorun_line line;
	assert_false(autorun_inf_next(&inf, &line));
	assert_false(autorun_inf_is_noise(&inf, len));
}

static void
a_cut_file_gives_no_more_than_its_lines(void **state)
{
	static const char text[] = "[autorun]\nopen=abc\n";

	(void)state;
	for (size_t len = 0; len < sizeof text; len++) {
		const char *found = lines_of(text, len);

		/* The line counts from its "=" on. */
		assert_int_equal(strncmp(found, "open=", 5) == 0, len >= 15);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_file_is_read),
		cmocka_unit_test(the_form_that_sophos_describes_is_read),
		cmocka_unit_test(lines_end_at_cr_lf_and_zero),
		cmocka_unit_test(only_the_section_of_that_name_counts),
		cmocka_unit_test(keys_are_whole_and_any_verb_is_taken),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(noise_is_told_from_text),
		cmocka_unit_test(a_cut_file_gives_no_more_than_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The files for regedit, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"
#include "format/reg_write.h"

#define KEY                                                                     \
	"HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\" \
	"IniFileMapping\\Autorun.inf"

static void
disabling_maps_autorun_inf_to_a_place_that_is_not_there(void **state)
{
	OWN(buf_free) struct buf b = { .ceiling = REG_WRITE_MOST };

	(void)state;
	reg_write_autorun(&b, true, false);
	assert_string_equal(buf_string(&b), "REGEDIT4\r\n\r\n[" KEY "]\r\n"
	                                    "@=\"@SYS:DoesNotExist\"\r\n\r\n");
}

static void
enabling_deletes_that_key_and_no_other(void **state)
{
	OWN(buf_free) struct buf b = { .ceiling = REG_WRITE_MOST };

	(void)state;
	reg_write_autorun(&b, false, false);
	assert_string_equal(buf_string(&b), "REGEDIT4\r\n\r\n[-" KEY "]\r\n\r\n");
}

static void
version_5_begins_with_the_mark_of_utf_16(void **state)
{
	static const char head[] = "Windows Registry Editor Version 5.00\r\n\r\n[H";
	OWN(buf_free) struct buf b = { .ceiling = REG_WRITE_MOST };

	(void)state;
	reg_write_autorun(&b, true, true);
	assert_false(b.bad);
	assert_int_equal(b.len % 2, 0);
	assert_memory_equal(b.at, "\xFF\xFE", 2);
	for (size_t i = 0; i < sizeof head - 1; i++) {
		assert_int_equal(b.at[2 + 2 * i], head[i]);
		assert_int_equal(b.at[3 + 2 * i], 0);
	}
	assert_memory_equal(b.at + b.len - 8, "\r\0\n\0\r\0\n\0", 8);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    disabling_maps_autorun_inf_to_a_place_that_is_not_there),
		cmocka_unit_test(enabling_deletes_that_key_and_no_other),
		cmocka_unit_test(version_5_begins_with_the_mark_of_utf_16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

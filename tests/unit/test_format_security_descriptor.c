#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "format/security_descriptor.h"
#include "hex.h"

/* [MS-DTYP] 2.4.6: head, and the offset of the list at its end. */
#define HEAD "01000480 00000000 00000000 00000000 14000000"
#define HEAD_PROTECTED "01000490 00000000 00000000 00000000 14000000"
#define SYSTEM_ALL "00001400 3f000f00 010100000000000512000000"
#define ADMINISTRATORS_READ "00001800 19000200 01020000000000052000000020020000"
#define EVERYONE_EXECUTE "00001400 20001000 010100000000000100000000"
#define EVERYONE_DENIED "01001400 01000000 010100000000000100000000"

static struct security_descriptor
read_of(const char *hex, enum heard expected)
{
	struct security_descriptor d;
	struct hex h = hex_of(hex);

	assert_int_equal(security_descriptor_read(hex_span(&h), &d), expected);
	return d;
}

static void
the_worms_key_lets_system_alone(void **state)
{
	struct security_descriptor d = read_of(
	    HEAD_PROTECTED "02001c0001000000" SYSTEM_ALL, HEARD);

	(void)state;
	assert_true(d.is_protected);
	assert_false(d.is_open);
	assert_int_equal(d.entry_count, 1);
	assert_int_equal(d.administrators, 0);
	assert_int_equal(d.anybody, 0xF003F);
}

static void
the_worms_file_may_be_run_by_everyone_and_read_by_nobody(void **state)
{
	struct security_descriptor d = read_of(
	    HEAD_PROTECTED "02001c0001000000" EVERYONE_EXECUTE, HEARD);

	(void)state;
	assert_int_equal(d.administrators, RIGHT_EXECUTE | RIGHT_SYNCHRONIZE);
	assert_int_equal(d.anybody & (RIGHT_READ_DATA | RIGHT_DELETE | RIGHT_WRITE_DAC),
	                 0);
}

static void
an_ordinary_key_lets_administrators_read(void **state)
{
	struct security_descriptor d = read_of(
	    HEAD "0200340002000000" SYSTEM_ALL ADMINISTRATORS_READ, HEARD);

	(void)state;
	assert_false(d.is_protected);
	assert_int_equal(d.entry_count, 2);
	assert_int_equal(d.administrators, 0x20019);
}

static void
one_bit_of_the_rights_decides(void **state)
{
	struct security_descriptor d = read_of(
	    HEAD "0200200001000000"
		 "00001800 18000200 01020000000000052000000020020000",
	    HEARD);

	(void)state;
	assert_int_equal(d.administrators & RIGHT_READ_DATA, 0);
}

static void
one_bit_of_the_identifier_decides(void **state)
{
	/* S-1-5-32-546: Guests. */
	struct security_descriptor d = read_of(
	    HEAD "0200200001000000"
		 "00001800 19000200 01020000000000052000000022020000",
	    HEARD);

	(void)state;
	assert_int_equal(d.administrators, 0);
	assert_int_equal(d.anybody, 0x20019);
}

static void
the_first_entry_on_a_right_decides(void **state)
{
	struct security_descriptor d = read_of(
	    HEAD "0200340002000000" EVERYONE_DENIED ADMINISTRATORS_READ, HEARD);

	(void)state;
	assert_int_equal(d.administrators, 0x20018);
	d = read_of(HEAD "0200340002000000" ADMINISTRATORS_READ EVERYONE_DENIED, HEARD);
	assert_int_equal(d.administrators, 0x20019);
}

static void
entries_handed_down_and_unknown_ones_count_for_nothing(void **state)
{
	struct security_descriptor d = read_of(
	    HEAD "0200200001000000"
		 "00081800 19000200 01020000000000052000000020020000",
	    HEARD);

	(void)state;
	assert_int_equal(d.administrators, 0);
	d = read_of(HEAD "0200200001000000"
	                 "02001800 19000200 01020000000000052000000020020000",
	            HEARD);
	assert_int_equal(d.administrators, 0);
	/* Under a condition: taken as met. */
	d = read_of(HEAD "0200200001000000"
	                 "09001800 19000200 01020000000000052000000020020000",
	            HEARD);
	assert_int_equal(d.administrators, 0x20019);
}

static void
generic_rights_are_spelled_out(void **state)
{
	struct security_descriptor d = read_of(
	    HEAD "0200200001000000"
		 "00001800 00000080 01020000000000052000000020020000",
	    HEARD);

	(void)state;
	assert_int_equal(d.administrators & RIGHT_READ_DATA, RIGHT_READ_DATA);
	assert_int_equal(d.administrators & RIGHT_DELETE, 0);
	d = read_of(HEAD "0200200001000000"
	                 "00001800 00000010 01020000000000052000000020020000",
	            HEARD);
	assert_int_equal(d.administrators & (RIGHT_DELETE | RIGHT_WRITE_DAC),
	                 RIGHT_DELETE | RIGHT_WRITE_DAC);
	d = read_of(HEAD "0200200001000000"
	                 "00001800 00000060 01020000000000052000000020020000",
	            HEARD);
	assert_int_equal(d.administrators & (RIGHT_READ_DATA | RIGHT_EXECUTE),
	                 RIGHT_EXECUTE);
}

static void
without_a_list_everybody_may_and_with_an_empty_one_nobody(void **state)
{
	struct security_descriptor d = read_of(
	    "01000080 00000000 00000000 00000000 00000000", HEARD);

	(void)state;
	assert_true(d.is_open);
	d = read_of("01000480 00000000 00000000 00000000 00000000", HEARD);
	assert_true(d.is_open);
	d = read_of(HEAD "0200080000000000", HEARD);
	assert_false(d.is_open);
	assert_int_equal(d.administrators | d.anybody, 0);
}

static void
what_cannot_be_is_refused(void **state)
{
	(void)state;
	/* Revision; not self-relative; a list inside the head. */
	(void)read_of("02000480 00000000 00000000 00000000 14000000", HEARD_ODD);
	(void)read_of("01000400 00000000 00000000 00000000 14000000", HEARD_ODD);
	(void)read_of("01000480 00000000 00000000 00000000 04000000", HEARD_ODD);
	/* A list smaller than its head; an entry of no length. */
	(void)read_of(HEAD "0200040000000000", HEARD_ODD);
	(void)read_of(HEAD "02000c0001000000 00000000", HEARD_ODD);
	/* An identifier that is longer than its entry. */
	(void)read_of(HEAD "02001c0001000000"
	                   "00001400 3f000f00 010200000000000512000000",
	              HEARD_ODD);
	/* More entries than the list holds. */
	(void)read_of(HEAD "02001c0002000000" SYSTEM_ALL, HEARD_ODD);
	/* A list that begins, or goes on, past the end. */
	(void)read_of("01000480 00000000 00000000 00000000 ffffffff", HEARD_SHORT);
	(void)read_of(HEAD "02001d0001000000" SYSTEM_ALL, HEARD_SHORT);
}

static void
every_cut_is_short(void **state)
{
	struct security_descriptor d;
	struct hex h = hex_of(HEAD "0200340002000000" SYSTEM_ALL ADMINISTRATORS_READ);

	(void)state;
	for (size_t len = 0; len < h.len; len++)
		assert_int_equal(security_descriptor_read(span_of(h.at, len), &d),
		                 HEARD_SHORT);
	assert_int_equal(security_descriptor_read(hex_span(&h), &d), HEARD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worms_key_lets_system_alone),
		cmocka_unit_test(
		    the_worms_file_may_be_run_by_everyone_and_read_by_nobody),
		cmocka_unit_test(an_ordinary_key_lets_administrators_read),
		cmocka_unit_test(one_bit_of_the_rights_decides),
		cmocka_unit_test(one_bit_of_the_identifier_decides),
		cmocka_unit_test(the_first_entry_on_a_right_decides),
		cmocka_unit_test(
		    entries_handed_down_and_unknown_ones_count_for_nothing),
		cmocka_unit_test(generic_rights_are_spelled_out),
		cmocka_unit_test(
		    without_a_list_everybody_may_and_with_an_empty_one_nobody),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(every_cut_is_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Names and security descriptors, read from cells made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/hive_cell.h"
#include "hex.h"

#define AT 8 /* where the cells begin */

static struct hex
bytes_of(const char *digits)
{
	struct hex h = { .len = 0 };

	hex_add(&h, "7878787878787878"); /* something else in front */
	hex_add(&h, digits);
	return h;
}

static struct span
span_of_hex(const struct hex *h)
{
	return span_of(h->at, h->len);
}

/* ---- keys */

/* -96 bytes, "nk", flags 0x20, 1601-01-01 + 1 tick, ..., sk at 0x90, "Run". */
#define KEY_FRONT                                                                  \
	"a0ffffff 6e6b 2000 0100000000000000"                                      \
	"00000000 00000000 00000000 00000000 ffffffff ffffffff 00000000 ffffffff " \
	"90000000 ffffffff 00000000 00000000 00000000 00000000 00000000"
static const char key[] = KEY_FRONT "0300 0000 52756e 00000000000000000000000000";

static void
the_head_of_a_key_is_read(void **state)
{
	struct hex h = bytes_of(key);
	struct hive_key_head head;

	(void)state;
	assert_int_equal(hive_key_head_read(span_of_hex(&h), AT, &head), HEARD);
	assert_int_equal(head.written, 1);
	assert_int_equal(head.security, 0x90);
	assert_false(head.has_no_values);
	assert_true(head.name.is_latin1);
	assert_true(span_is(head.name.bytes, "Run", 3));
}

static void
a_predefined_key_has_no_values(void **state)
{
	struct hex h = bytes_of(key);
	struct hive_key_head head;

	(void)state;
	h.at[AT + 6] = 0x60;
	assert_int_equal(hive_key_head_read(span_of_hex(&h), AT, &head), HEARD);
	assert_true(head.has_no_values);
}

static void
a_key_cut_at_every_length_is_short(void **state)
{
	struct hex h = bytes_of(key);
	struct hive_key_head head;

	(void)state;
	assert_int_equal(h.len, AT + 96);
	for (size_t len = 0; len < h.len; len++)
		assert_int_equal(hive_key_head_read(span_of(h.at, len), AT, &head),
		                 HEARD_SHORT);
	assert_int_equal(hive_key_head_read(span_of_hex(&h), AT + 96, &head),
	                 HEARD_SHORT);
	assert_int_equal(hive_key_head_read(span_of_hex(&h), SIZE_MAX, &head),
	                 HEARD_SHORT);
}

static void
what_is_no_key_in_use_is_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t bytes[4];
	} wrong[] = {
		{ 0, { 0x60, 0, 0, 0 } },          /* it is free */
		{ 0, { 0xfe, 0xff, 0xff, 0xff } }, /* of two bytes */
		{ 4, { 'v', 'k', 0x20, 0 } },      /* a value */
		{ 76, { 17, 0, 0, 0 } },           /* a name behind its end */
	};
	struct hive_key_head head;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct hex h = bytes_of(key);

		memcpy(h.at + AT + wrong[i].at, wrong[i].bytes, 4);
		assert_int_equal(hive_key_head_read(span_of_hex(&h), AT, &head),
		                 HEARD_ODD);
	}
	struct hex h = bytes_of(key);
	h.at[AT + 76] = 16; /* to the cell's last byte */
	assert_int_equal(hive_key_head_read(span_of_hex(&h), AT, &head), HEARD);
	assert_int_equal(head.name.bytes.left, 16);
}

/* ---- values */

/* "vk", name of 4 bytes, 4 bytes of data in place, REG_DWORD, UTF-16. */
static const char value[] = "e4ffffff 766b 0400 04000080 01020304 04000000 0000 0000"
			    "4100 e400";

static void
the_head_of_a_value_is_read(void **state)
{
	struct hex h = bytes_of(value);
	struct hive_value_head head;

	(void)state;
	assert_int_equal(hive_value_head_read(span_of_hex(&h), AT, &head), HEARD);
	assert_int_equal(head.type, 4);
	assert_int_equal(head.len, 4); /* without the highest bit */
	assert_false(head.name.is_latin1);
	assert_int_equal(head.name.bytes.left, 4);
}

static void
a_value_cut_at_every_length_is_short(void **state)
{
	struct hex h = bytes_of(value);
	struct hive_value_head head;

	(void)state;
	for (size_t len = 0; len < h.len; len++)
		assert_int_equal(hive_value_head_read(span_of(h.at, len), AT, &head),
		                 HEARD_SHORT);
	h.at[AT + 6] = 5; /* a name longer than the cell */
	assert_int_equal(hive_value_head_read(span_of_hex(&h), AT, &head), HEARD_ODD);
}

/* ---- security */

static void
a_security_descriptor_is_read_from_the_bins_on(void **state)
{
	uint8_t hive[4096 + 32] = { 0 };
	struct span sd;

	(void)state;
	memcpy(hive + 4096, "\xe0\xff\xff\xffsk\0\0", 8);
	hive[4096 + 20] = 8; /* its length, to the cell's end */
	memcpy(hive + 4096 + 24,
	       "\1\0\4\x80"
	       "abcd",
	       8);
	assert_int_equal(hive_security_read(span_of(hive, sizeof hive), 0, &sd), HEARD);
	assert_true(span_is(sd,
	                    "\1\0\4\x80"
	                    "abcd",
	                    8));
	for (size_t len = 0; len < sizeof hive; len++)
		assert_int_equal(hive_security_read(span_of(hive, len), 0, &sd),
		                 HEARD_SHORT);
	hive[4096 + 20] = 9;
	assert_int_equal(hive_security_read(span_of(hive, sizeof hive), 0, &sd),
	                 HEARD_ODD);
	assert_int_equal(
	    hive_security_read(span_of(hive, sizeof hive), UINT32_MAX, &sd),
	    HEARD_SHORT);
}

/* ---- names */

static void
is_written(struct hive_name name, const char *utf8)
{
	struct buf b;

	buf_init(&b, 64);
	hive_name_put(&b, name);
	assert_string_equal(buf_string(&b), utf8);
	assert_true(hive_name_is(name, span_of(utf8, strlen(utf8))));
	assert_false(hive_name_is(name, span_of(utf8, strlen(utf8) - 1)));
	buf_free(&b);
}

static struct hive_name
latin1(const char *bytes, size_t len)
{
	return (struct hive_name){ span_of(bytes, len), true, true };
}

static struct hive_name
utf16(const char *bytes, size_t len)
{
	return (struct hive_name){ span_of(bytes, len), false, true };
}

static void
names_are_written_in_utf_8(void **state)
{
	(void)state;
	is_written(latin1("Run", 3), "Run");
	is_written(latin1("\xfc", 1), "\xc3\xbc");
	is_written(utf16("R\0\x1f\4", 4), "R\xd0\x9f");
	is_written(utf16("\x3d\xd8\0\xde", 4), "\xf0\x9f\x98\x80");
}

#define REPLACED "\xef\xbf\xbd"

static void
what_cannot_stand_in_text_is_replaced(void **state)
{
	(void)state;
	is_written(latin1("a\0b", 3), "a" REPLACED "b");
	is_written(utf16("a\0\0\0b\0", 6), "a" REPLACED "b");
	is_written(utf16("\x3d\xd8", 2), REPLACED);      /* half a pair */
	is_written(utf16("a\0b", 3), "a" REPLACED);      /* half a unit */
	is_written(latin1("a\\b", 3), "a" REPLACED "b"); /* would be two keys */
	is_written(latin1("", 0), REPLACED);             /* would be the parent */
}

static void
a_value_may_have_a_backslash_or_no_name(void **state)
{
	struct hive_name path = { span_of("C:\\a", 4), true, false };
	struct hive_name standard = { span_of("", 0), true, false };

	(void)state;
	is_written(path, "C:\\a");
	assert_true(hive_name_is(standard, span_of("", 0)));
}

static void
ascii_letters_of_either_case_are_the_same(void **state)
{
	(void)state;
	assert_true(hive_name_is(latin1("NetSvcs", 7), span_of("nETsVCS", 7)));
	assert_true(hive_name_is(utf16("R\0", 2), span_of("r", 1)));
	assert_false(hive_name_is(latin1("Run", 3), span_of("Rum", 3)));
	assert_false(hive_name_is(latin1("Run", 3), span_of("Runs", 4)));
	assert_false(hive_name_is(latin1("[", 1), span_of("{", 1)));
	/* Others are not: nothing asks for such names but as they are listed. */
	assert_false(hive_name_is(latin1("\xfc", 1), span_of("\xc3\x9c", 2)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_of_a_key_is_read),
		cmocka_unit_test(a_predefined_key_has_no_values),
		cmocka_unit_test(a_key_cut_at_every_length_is_short),
		cmocka_unit_test(what_is_no_key_in_use_is_odd),
		cmocka_unit_test(the_head_of_a_value_is_read),
		cmocka_unit_test(a_value_cut_at_every_length_is_short),
		cmocka_unit_test(a_security_descriptor_is_read_from_the_bins_on),
		cmocka_unit_test(names_are_written_in_utf_8),
		cmocka_unit_test(what_cannot_stand_in_text_is_replaced),
		cmocka_unit_test(a_value_may_have_a_backslash_or_no_name),
		cmocka_unit_test(ascii_letters_of_either_case_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

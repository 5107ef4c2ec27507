#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/authenticode.h"

#define FILE_MOST 65536

static uint8_t file[FILE_MOST];
static size_t len;

static int
take_good(void **state)
{
	FILE *f = fopen(TEST_DATA "/packages/good.exe", "rb");

	(void)state;
	if (!f)
		return 1;
	len = fread(file, 1, sizeof file, f);
	fclose(f);
	return len == 6472 ? 0 : 1;
}

static enum authenticode_is
find(struct authenticode *a)
{
	return authenticode_find(span_of(file, len < 4096 ? len : 4096), len, a);
}

static void
put_le32(size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		file[at + i] = (uint8_t)(v >> 8 * i);
}

/* e_lfanew 0x80: checksum at 0x80 + 24 + 64, directory entry 4 at 0x80 + 24 + 128. */
#define CHECKSUM 0xD8
#define ENTRY 0x118
#define TABLE 3072

static void
the_signed_parts_leave_out_three_places(void **state)
{
	struct authenticode a;

	(void)state;
	assert_int_equal(file[0x3C], 0x80);
	assert_int_equal(find(&a), AUTHENTICODE_SIGNED);
	assert_int_equal(a.parts[0].at, 0);
	assert_int_equal(a.parts[0].len, CHECKSUM);
	assert_int_equal(a.parts[1].at, CHECKSUM + 4);
	assert_int_equal(a.parts[1].len, ENTRY - CHECKSUM - 4);
	assert_int_equal(a.parts[2].at, ENTRY + 8);
	assert_int_equal(a.parts[2].len, TABLE - ENTRY - 8);
	assert_int_equal(a.table_at, TABLE);
	assert_int_equal(a.table_len, 6472 - TABLE);
}

static void
a_table_that_is_not_the_end_is_refused(void **state)
{
	struct authenticode a;

	(void)state;
	len++;
	assert_int_equal(find(&a), AUTHENTICODE_APPENDED);
	len -= 2;
	assert_int_equal(find(&a), AUTHENTICODE_BROKEN);
	len++;
	put_le32(ENTRY, 0);
	put_le32(ENTRY + 4, 0);
	assert_int_equal(find(&a), AUTHENTICODE_UNSIGNED);
	put_le32(ENTRY, 16); /* inside the headers */
	put_le32(ENTRY + 4, (uint32_t)len - 16);
	assert_int_equal(find(&a), AUTHENTICODE_BROKEN);
	put_le32(ENTRY, 0xFFFFFFFF);
	put_le32(ENTRY + 4, 0xFFFFFFFF);
	assert_int_equal(find(&a), AUTHENTICODE_BROKEN);
}

static void
a_header_cut_anywhere_is_no_program(void **state)
{
	struct authenticode a;

	(void)state;
	for (size_t cut = 0; cut < ENTRY + 8; cut++)
		assert_int_equal(authenticode_find(span_of(file, cut), len, &a),
		                 AUTHENTICODE_NO_PE);
	assert_int_equal(authenticode_find(span_of(file, ENTRY + 8), len, &a),
	                 AUTHENTICODE_SIGNED);
}

static void
what_is_no_program_is_none(void **state)
{
	struct authenticode a;

	(void)state;
	file[0x98] ^= 1; /* the magic of the optional header */
	assert_int_equal(find(&a), AUTHENTICODE_NO_PE);
	file[0x98] ^= 1;
	file[0x80] ^= 1;
	assert_int_equal(find(&a), AUTHENTICODE_NO_PE);
	file[0x80] ^= 1;
	put_le32(0x3C, 0xFFFFFFF0);
	assert_int_equal(find(&a), AUTHENTICODE_NO_PE);
	memset(file, 0, sizeof file);
	assert_int_equal(find(&a), AUTHENTICODE_NO_PE);
}

static void
four_directories_have_no_place_for_a_signature(void **state)
{
	struct authenticode a;

	(void)state;
	put_le32(0x98 + 92, 4);
	assert_int_equal(find(&a), AUTHENTICODE_UNSIGNED);
	put_le32(0x98 + 92, 5);
	assert_int_equal(find(&a), AUTHENTICODE_SIGNED);
}

static struct span
table(void)
{
	return span_of(file + TABLE, len - TABLE);
}

static void
the_pkcs7_is_as_long_as_it_says(void **state)
{
	struct span p;

	(void)state;
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_SIGNED);
	/* 30 82 and the length: openssl asn1parse says hl=4 l=3388. */
	assert_int_equal(p.left, 4 + 3388);
	assert_int_equal(p.at[0], 0x30);
}

static void
a_table_cut_anywhere_is_refused(void **state)
{
	struct span p;

	(void)state;
	for (size_t cut = 0; cut < len - TABLE; cut++)
		assert_int_not_equal(authenticode_pkcs7(span_of(file + TABLE, cut), &p),
		                     AUTHENTICODE_SIGNED);
}

static void
a_record_of_another_kind_or_with_something_behind_is_refused(void **state)
{
	struct span p;

	(void)state;
	file[TABLE + 4] ^= 1;
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_BROKEN);
	file[TABLE + 4] ^= 1;
	file[TABLE + 6] = 1; /* a bare certificate */
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_BROKEN);
	file[TABLE + 6] = 2;
	put_le32(TABLE, 7);
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_BROKEN);
	put_le32(TABLE, (uint32_t)(len - TABLE));
	memset(file + len, 0, 16);
	len += 8; /* eight zeros are no padding to eight */
	put_le32(TABLE, (uint32_t)(len - TABLE));
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_APPENDED);
	put_le32(TABLE, (uint32_t)(len - TABLE) - 8);
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_APPENDED);
	len--; /* seven are */
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_SIGNED);
	put_le32(TABLE, (uint32_t)(len - TABLE));
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_SIGNED);
	assert_int_equal(p.left, 4 + 3388);
	file[len - 1] = 1;
	assert_int_equal(authenticode_pkcs7(table(), &p), AUTHENTICODE_APPENDED);
}

/* SEQUENCE { SEQUENCE {}, SEQUENCE { SEQUENCE { sha1, NULL }, 20 bytes } } */
static const uint8_t indirect[] = {
	0x30, 0x25, 0x30, 0x00, 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03,
	0x02, 0x1A, 0x05, 0x00, 0x04, 0x14, 1,    2,    3,    4,    5,    6,    7,
	8,    9,    10,   11,   12,   13,   14,   15,   16,   17,   18,   19,   20,
};

static void
a_digest_is_read_with_its_kind(void **state)
{
	struct authenticode_digest d;
	uint8_t odd[sizeof indirect];

	(void)state;
	assert_true(authenticode_digest(span_of(indirect, sizeof indirect), &d));
	assert_int_equal(d.hash, AUTHENTICODE_SHA1);
	assert_int_equal(d.bytes.left, 20);
	assert_int_equal(d.bytes.at[19], 20);

	memcpy(odd, indirect, sizeof odd);
	odd[14] = 0x1B; /* another hash */
	assert_true(authenticode_digest(span_of(odd, sizeof odd), &d));
	assert_int_equal(d.hash, AUTHENTICODE_OTHER_HASH);
	odd[14] = 0x1A;
	odd[18] = 0x13; /* one byte too few */
	assert_false(authenticode_digest(span_of(odd, sizeof odd), &d));
}

static void
a_digest_cut_anywhere_is_none(void **state)
{
	struct authenticode_digest d;

	(void)state;
	for (size_t cut = 0; cut < sizeof indirect; cut++)
		assert_false(authenticode_digest(span_of(indirect, cut), &d));
}

static void
lengths_without_end_are_refused(void **state)
{
	static const uint8_t indefinite[] = { 0x30, 0x80, 0x30, 0x00, 0x00, 0x00 };
	static const uint8_t huge[] = { 0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, 1, 0 };
	static const uint8_t past[] = { 0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x30 };
	struct authenticode_digest d;

	(void)state;
	assert_false(authenticode_digest(span_of(indefinite, sizeof indefinite), &d));
	assert_false(authenticode_digest(span_of(huge, sizeof huge), &d));
	assert_false(authenticode_digest(span_of(past, sizeof past), &d));
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, take_good)
	static const struct CMUnitTest tests[] = {
		CASE(the_signed_parts_leave_out_three_places),
		CASE(a_table_that_is_not_the_end_is_refused),
		CASE(a_header_cut_anywhere_is_no_program),
		CASE(what_is_no_program_is_none),
		CASE(four_directories_have_no_place_for_a_signature),
		CASE(the_pkcs7_is_as_long_as_it_says),
		CASE(a_table_cut_anywhere_is_refused),
		CASE(a_record_of_another_kind_or_with_something_behind_is_refused),
		CASE(a_digest_is_read_with_its_kind),
		CASE(a_digest_cut_anywhere_is_none),
		CASE(lengths_without_end_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

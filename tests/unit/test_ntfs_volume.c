/*
 * The bytes are those of a small NTFS volume of Windows XP (the test image of the
 * Digital Forensics Tool Testing project, number 7).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/ntfs_volume.h"
#include "hex.h"

static const char boot_hex[] =
    "eb52904e5446532020202000020200000000000000f800003f0020003f0000000000000080008000"
    "002f000000000000d507000000000000e50f0000000000000100000004000000b234575c6d575c28";

/* The record of $Volume, up to its end; what follows is zero. */
static const char record_hex[] =
    "46494c4530000300691e100000000000030001003800010010020000000400000000000000000000"
    "07000000030000000b00030000000000100000004800000000001800000000003000000018000000"
    "a059a753fefec301a059a753fefec301a059a753fefec301a059a753fefec3010600000000000000"
    "00000000000000003000000068000000000018000000010050000000180001000500000000000500"
    "a059a753fefec301a059a753fefec301a059a753fefec301a059a753fefec3010000000000000000"
    "000000000000000006000000000000000703240056006f006c0075006d0065004000000028000000"
    "00000000000006001000000018000000384a66816ef47845a68e7d85aec44f2d5000000090000000"
    "00001800000002007400000018000000010004804800000064000000000000001400000002003400"
    "02000000000014009f011200010100000000000512000000000018009f0112000102000000000005"
    "200000002002000001050000000000051500000052aac868dde8e41c8aa7323feb03000001020000"
    "00000005200000002002000000000000600000002800000000001800000004001000000018000000"
    "4e005400460053005f00440045004c00700000002800000000001800000005000c00000018000000"
    "0000000000000000030100000000000080000000180000000000180000000b00";

#define RECORD 1024
#define FLAGS_AT 490 /* dirty is the lowest bit */

static uint8_t record[RECORD];

/* The marks of its two sectors are 0B 00. */
static void
make_record(void)
{
	static uint8_t head[RECORD];
	size_t len = 0;

	for (const char *c = record_hex; *c && c[1]; c++) {
		if (*c == ' ')
			continue;
		head[len++] = (uint8_t)(hex_digit(c[0]) << 4 | hex_digit(c[1]));
		c++;
	}
	assert_int_equal(len, 512);
	memset(record, 0, sizeof record);
	memcpy(record, head, 512);
	record[1022] = 0x0B;
}

static uint8_t sector[NTFS_BOOT_SECTOR];

static void
make_sector(void)
{
	struct hex hex = hex_of(boot_hex);

	memset(sector, 0, sizeof sector);
	memcpy(sector, hex.at, hex.len);
}

static enum heard
boot(struct ntfs_boot *out)
{
	return ntfs_boot_read(span_of(sector, sizeof sector), out);
}

static void
a_boot_sector_tells_where_the_records_are(void **state)
{
	struct ntfs_boot b;

	(void)state;
	make_sector();
	assert_int_equal(boot(&b), HEARD);
	assert_int_equal(b.records, 2053120); /* 2005 clusters of 1024 bytes */
	assert_int_equal(b.record_len, 1024);
	sector[64] = 0xF6; /* as mkntfs has it: two to the tenth */
	assert_int_equal(boot(&b), HEARD);
	assert_int_equal(b.record_len, 1024);
	sector[13] = 0xF8; /* clusters of 256 sectors */
	assert_int_equal(boot(&b), HEARD);
	assert_int_equal(b.records, UINT64_C(2005) * 256 * 512);
}

static void
a_boot_sector_of_another_kind_is_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} odd[] = {
		{ 3, 'M' },  { 11, 1 },    { 12, 0 },    { 12, 0x12 }, { 13, 0 },
		{ 13, 3 },   { 13, 200 },  { 64, 0 },    { 64, 3 },    { 64, 0x7F },
		{ 64, 255 }, { 64, 0xE0 }, { 55, 0x40 },
	};
	struct ntfs_boot b;

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		make_sector();
		sector[odd[i].at] = odd[i].byte;
		assert_int_equal(boot(&b), HEARD_ODD);
	}
}

static void
a_boot_sector_cut_anywhere_is_short(void **state)
{
	struct ntfs_boot b;

	(void)state;
	make_sector();
	for (size_t len = 0; len < sizeof sector; len++)
		assert_int_equal(ntfs_boot_read(span_of(sector, len), &b), HEARD_SHORT);
}

static void
one_bit_tells_a_dirty_volume(void **state)
{
	bool dirty = true;

	(void)state;
	make_record();
	assert_int_equal(ntfs_volume_dirty(record, RECORD, &dirty), HEARD);
	assert_false(dirty);
	make_record();
	record[FLAGS_AT] |= 1;
	assert_int_equal(ntfs_volume_dirty(record, RECORD, &dirty), HEARD);
	assert_true(dirty);
	make_record();
	record[FLAGS_AT] |= 2; /* the log is to be resized: nothing to us */
	assert_int_equal(ntfs_volume_dirty(record, RECORD, &dirty), HEARD);
	assert_false(dirty);
}

static void
a_record_that_does_not_hold_together_is_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		enum heard heard;
	} odd[] = {
		{ 0, 'B', HEARD_ODD },    /* "BAAD" */
		{ 6, 2, HEARD_ODD },      /* too few marks */
		{ 510, 0x0C, HEARD_ODD }, /* half of it was written */
		{ 1022, 0x0C, HEARD_ODD },
		{ 0x3C, 0, HEARD_ODD },      /* an attribute of no length */
		{ 0x3D, 0xFF, HEARD_ODD },   /* of more than there is */
		{ 20, 0xFF, HEARD_ODD },     /* the first begins within another */
		{ 21, 0xFF, HEARD_NOTHING }, /* … where there is none */
		{ 456, 0x71, HEARD_ODD },    /* without these flags, up to the zeros */
		{ 472, 11, HEARD_ODD },      /* a value without its flags */
		{ 477, 0x40, HEARD_ODD },    /* a value that lies elsewhere */
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		bool dirty = false;

		make_record();
		record[odd[i].at] = odd[i].byte;
		assert_int_equal(ntfs_volume_dirty(record, RECORD, &dirty),
		                 odd[i].heard);
	}
}

static void
a_record_cut_anywhere_tells_nothing(void **state)
{
	(void)state;
	for (size_t len = 0; len < RECORD; len++) {
		bool dirty = false;

		make_record();
		assert_int_not_equal(ntfs_volume_dirty(record, len, &dirty), HEARD);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_sector_tells_where_the_records_are),
		cmocka_unit_test(a_boot_sector_of_another_kind_is_odd),
		cmocka_unit_test(a_boot_sector_cut_anywhere_is_short),
		cmocka_unit_test(one_bit_tells_a_dirty_volume),
		cmocka_unit_test(a_record_that_does_not_hold_together_is_odd),
		cmocka_unit_test(a_record_cut_anywhere_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

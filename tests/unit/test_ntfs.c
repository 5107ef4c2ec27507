/*
 * The bytes are those of a small NTFS volume of Windows XP (the test image of the
 * Digital Forensics Tool Testing project, number 7); what they mean is what The Sleuth
 * Kit's istat says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "format/ntfs_attr.h"
#include "format/ntfs_index.h"
#include "format/ntfs_secure.h"
#include "hex.h"

static const char standard_hex[] =
    "1093007ffefec301b003d97afffec301b003d97afffec301b003d97afffec3012600000000000000"
    "00000000000000000000000003010000 00000000000000000000000000000000";

static const char root_hex[] =
    "30000000010000000010000004000000100000009000000090000000000000001c00000000000200"
    "70005a00000000001b000000000001001093007ffefec301b003d97afffec301b003d97afffec301"
    "b003d97afffec3010050000000000000005000000000000026000000000000000c03740072006100"
    "63006b0069006e0067002e006c006f00670000000000000000000000000000001000000002000000";

static const char secure_hex[] =
    "9301c430000100000000000000000000880000000100048048000000640000000000000014000000"
    "02003400020000000000140089001200010100000000000512000000000018008900120001020000"
    "00000005200000002002000001050000000000051500000052aac868dde8e41c8aa7323feb030000"
    "010200000000000520000000200200000000000000000000"
    "a4410a91010100009000000000000000880000000100048048000000640000000000000014000000"
    "0200340002000000000014009f01120001010000000000051200000000001800 9f01120001020000"
    "00000005200000002002000001050000000000051500000052aac868dde8e41c8aa7323feb030000"
    "01020000000000052000000020020000 0000000000000000"
    "62959f0a020100002001000000000000600000000100048030000000400000000000000014000000"
    "02001c000100000000001400ff011f00010100000000000512000000"
    "01020000000000052000000020020000"
    "01010000000000051200000000000000000000000000000000000000";

static struct span
bytes_of(const char *text, struct hex *hex)
{
	hex->len = 0;
	hex_add(hex, text);
	return span_of(hex->at, hex->len);
}

/* 2004-02-29 19:59:10.239822400 and 20:06:12.766404800 */
#define CREATED 127225583502398224u
#define WRITTEN 127225587727664048u

/* ---- attributes */

static void
standard_information_has_exact_times_attributes_and_an_id(void **state)
{
	struct hex hex;
	struct span s = bytes_of(standard_hex, &hex);
	struct ntfs_standard got;

	(void)state;
	assert_int_equal(s.left, 72);
	assert_int_equal(ntfs_standard_read(s, &got), HEARD);
	assert_int_equal(got.times.created, CREATED);
	assert_int_equal(got.times.written, WRITTEN);
	assert_int_equal(got.times.changed, WRITTEN);
	assert_int_equal(got.times.read, WRITTEN);
	assert_int_equal(got.attributes, 0x26); /* hidden, system, archive */
	assert_int_equal(got.security_id, 259);
}

static void
standard_information_of_older_volumes_has_no_id(void **state)
{
	struct hex hex;
	struct span s = bytes_of(standard_hex, &hex);
	struct ntfs_standard got;

	(void)state;
	for (size_t len = 0; len <= s.left; len++) {
		enum heard heard = ntfs_standard_read(span_of(hex.at, len), &got);

		assert_int_equal(heard, len < 36 ? HEARD_SHORT : HEARD);
		if (heard == HEARD)
			assert_int_equal(got.security_id, len < 56 ? 0 : 259);
	}
}

static void
a_reparse_point_is_a_link_by_its_tag(void **state)
{
	static const struct {
		const char *hex;
		enum heard heard;
		bool is_link;
	} rows[] = {
		{ "030000A0", HEARD, true },       /* junction */
		{ "0C0000A0", HEARD, true },       /* symbolic link */
		{ "070000 80", HEARD, false },     /* single instance storage */
		{ "17000080 0000", HEARD, false }, /* compressed by Windows 10 */
		{ "1D0000A0", HEARD, true },       /* link of the Linux subsystem */
		{ "0C0000", HEARD_SHORT, false },
	};
	struct hex hex;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint32_t tag = 0;

		assert_int_equal(ntfs_reparse_tag(bytes_of(rows[i].hex, &hex), &tag),
		                 rows[i].heard);
		if (rows[i].heard == HEARD)
			assert_int_equal(ntfs_tag_is_link(tag), rows[i].is_link);
	}
}

/* ---- folders */

static void
an_index_root_gives_its_entries(void **state)
{
	struct hex hex;
	struct span root = bytes_of(root_hex, &hex);
	struct span entries;
	struct ntfs_index_entry e;
	uint32_t block_len = 0;
	char name[64];

	(void)state;
	assert_int_equal(root.left, 160);
	assert_int_equal(ntfs_index_root(root, &entries, &block_len), HEARD);
	assert_int_equal(block_len, 4096);
	assert_int_equal(ntfs_index_next(&entries, &e), HEARD);
	assert_int_equal(e.record, 28);
	assert_int_equal(e.sequence, 2);
	assert_int_equal(e.name.folder, 27);
	assert_int_equal(e.name.space, NTFS_SPACE_BOTH);
	assert_int_equal(e.name.times.created, CREATED);
	assert_true(text_from_utf16(e.name.utf16, name, sizeof name));
	assert_string_equal(name, "tracking.log");
	assert_int_equal(ntfs_index_next(&entries, &e), HEARD_NOTHING);
	assert_int_equal(ntfs_index_next(&entries, &e), HEARD_NOTHING);
}

static void
an_index_root_cut_anywhere_gives_no_name(void **state)
{
	struct hex hex;
	struct span root = bytes_of(root_hex, &hex);

	(void)state;
	for (size_t len = 0; len < root.left; len++) {
		struct span entries = { .bad = true };
		uint32_t block_len = 0;
		enum heard heard = ntfs_index_root(span_of(hex.at, len), &entries,
		                                   &block_len);

		assert_int_not_equal(heard, HEARD);
	}
}

/* A change of some bytes of the root, and what the first name then gives. */
static void
odd_roots_are_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		enum heard root;
		enum heard entry;
	} rows[] = {
		{ 0, 0x80, HEARD_ODD, 0 },        /* an index of something else */
		{ 9, 0x12, HEARD, HEARD },        /* blocks of nine sectors */
		{ 9, 0x11, HEARD_ODD, 0 },        /* of eight and a half */
		{ 8, 0x01, HEARD_ODD, 0 },        /* blocks of 4097 bytes are not */
		{ 9, 0x01, HEARD_ODD, 0 },        /* blocks of 256 bytes */
		{ 10, 0x02, HEARD_ODD, 0 },       /* blocks of 135168 bytes */
		{ 16, 0x91, HEARD_ODD, 0 },       /* begins behind its end */
		{ 20, 0x91, HEARD_SHORT, 0 },     /* ends behind all */
		{ 40, 0x0F, HEARD, HEARD_ODD },   /* an entry shorter than its head */
		{ 41, 0x01, HEARD, HEARD_SHORT }, /* an entry longer than all */
		{ 42, 0x59, HEARD, HEARD_SHORT }, /* a name longer than its key */
		{ 112, 0x00, HEARD, HEARD_ODD },  /* a name of no letters */
		{ 113, 0x04, HEARD, HEARD_ODD },  /* a name of no space */
	};
	struct hex hex;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span root = bytes_of(root_hex, &hex);
		struct span entries = { .left = 0 };
		struct ntfs_index_entry e;
		uint32_t block_len = 0;

		hex.at[rows[i].at] = rows[i].byte;
		enum heard heard = ntfs_index_root(root, &entries, &block_len);
		assert_int_equal(heard, rows[i].root);
		if (heard == HEARD)
			assert_int_equal(ntfs_index_next(&entries, &e), rows[i].entry);
	}
}

#define BLOCK_LEN 4096

/* A block with one entry (the root's), and marks at the ends of its sectors. */
static void
make_block(uint8_t block[BLOCK_LEN])
{
	static const uint8_t head[] = {
		'I', 'N', 'D', 'X', 0x28, 0, 9, 0, /* the marks: where, how many */
		0,   0,   0,   0,   0,    0, 0, 0, /* of the log */
		0,   0,   0,   0,   0,    0, 0, 0, /* which block */
		40,  0,   0,   0,   168,  0, 0, 0, /* first entry; end of them */
		232, 15,  0,   0,   0,    0, 0, 0, /* room; leaf */
	};
	struct hex hex;
	struct span root = bytes_of(root_hex, &hex);

	memset(block, 0, BLOCK_LEN);
	memcpy(block, head, sizeof head);
	memcpy(block + 24 + 40, root.at + 32, 128);
	block[0x28] = 7; /* the mark */
	for (size_t i = 0; i < BLOCK_LEN / 512; i++) {
		block[0x2A + 2 * i] = (uint8_t)(0x40 + i); /* what belongs there */
		block[512 * (i + 1) - 2] = 7;
		block[512 * (i + 1) - 1] = 0;
	}
}

static void
a_block_gives_its_entries_and_gets_its_bytes_back(void **state)
{
	uint8_t block[BLOCK_LEN];
	struct span entries;
	struct ntfs_index_entry e;

	(void)state;
	make_block(block);
	assert_int_equal(ntfs_index_block(block, BLOCK_LEN, &entries), HEARD);
	assert_int_equal(block[510], 0x40);
	assert_int_equal(block[4094], 0x47);
	assert_int_equal(ntfs_index_next(&entries, &e), HEARD);
	assert_int_equal(e.record, 28);
	assert_int_equal(ntfs_index_next(&entries, &e), HEARD_NOTHING);
}

static void
a_block_that_was_half_written_is_odd(void **state)
{
	uint8_t block[BLOCK_LEN];
	struct span entries;

	(void)state;
	for (size_t sector = 1; sector <= BLOCK_LEN / 512; sector++) {
		make_block(block);
		block[512 * sector - 2] = 6;
		assert_int_equal(ntfs_index_block(block, BLOCK_LEN, &entries),
		                 HEARD_ODD);
	}
	make_block(block);
	block[3] = 'Y';
	assert_int_equal(ntfs_index_block(block, BLOCK_LEN, &entries), HEARD_ODD);
	make_block(block);
	block[6] = 8; /* one mark too few */
	assert_int_equal(ntfs_index_block(block, BLOCK_LEN, &entries), HEARD_ODD);
	make_block(block);
	block[5] = 0xFF; /* marks outside of the block */
	assert_int_equal(ntfs_index_block(block, BLOCK_LEN, &entries), HEARD_ODD);
}

static void
a_block_of_any_other_length_is_refused(void **state)
{
	uint8_t block[BLOCK_LEN];
	struct span entries;

	(void)state;
	for (size_t len = 0; len < BLOCK_LEN; len++) {
		make_block(block);
		assert_int_not_equal(ntfs_index_block(block, len, &entries), HEARD);
	}
}

/* ---- security descriptors */

static void
descriptors_stand_one_after_the_other(void **state)
{
	static const struct {
		uint32_t id;
		uint64_t offset;
		uint32_t len;
		uint32_t hash;
	} expected[] = {
		{ 256, 20, 116, 0x30c40193 },
		{ 257, 164, 116, 0x910a41a4 },
		{ 258, 308, 76, 0x0a9f9562 },
	};
	struct hex hex;
	struct span block = bytes_of(secure_hex, &hex);
	struct ntfs_secure_entry e;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ntfs_secure_next(block, 0, &at, &e), HEARD);
		assert_int_equal(e.id, expected[i].id);
		assert_int_equal(e.offset, expected[i].offset);
		assert_int_equal(e.len, expected[i].len);
		assert_int_equal(e.hash, expected[i].hash);
		struct span descriptor = span_at(block, e.offset, e.len);
		assert_true(ntfs_secure_is_whole(descriptor, e.hash));
		hex.at[e.offset + 30] ^= 1;
		assert_false(ntfs_secure_is_whole(descriptor, e.hash));
		hex.at[e.offset + 30] ^= 1;
	}
	assert_int_equal(ntfs_secure_next(block, 0, &at, &e), HEARD_NOTHING);
}

static void
an_entry_knows_where_it_is(void **state)
{
	struct hex hex;
	struct span block = bytes_of(secure_hex, &hex);
	struct ntfs_secure_entry e;
	size_t at = 0;

	(void)state;
	assert_int_equal(ntfs_secure_next(block, 2 * NTFS_SECURE_BLOCK, &at, &e),
	                 HEARD_ODD);
	hex.at[10] = 8; /* its place: 2 * 256 KiB */
	assert_int_equal(ntfs_secure_next(block, 2 * NTFS_SECURE_BLOCK, &at, &e),
	                 HEARD);
	assert_int_equal(e.offset, 2 * NTFS_SECURE_BLOCK + 20);
}

static void
entries_that_do_not_fit_are_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} rows[] = {
		{ 5, 0 },     /* id 0 */
		{ 8, 16 },    /* another place */
		{ 16, 0x27 }, /* too short to hold a descriptor */
		{ 18, 1 },    /* longer than the block */
		{ 19, 0xFF }, /* very much so */
	};
	struct hex hex;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span block = bytes_of(secure_hex, &hex);
		struct ntfs_secure_entry e;
		size_t at = 0;

		hex.at[rows[i].at] = rows[i].byte;
		assert_int_equal(ntfs_secure_next(block, 0, &at, &e), HEARD_ODD);
	}
}

static void
a_stream_cut_anywhere_gives_whole_entries_only(void **state)
{
	struct hex hex;
	struct span block = bytes_of(secure_hex, &hex);

	(void)state;
	for (size_t len = 0; len < block.left; len++) {
		struct ntfs_secure_entry e;
		size_t count = 0;
		size_t at = 0;

		while (ntfs_secure_next(span_of(hex.at, len), 0, &at, &e) == HEARD) {
			assert_true(e.offset + e.len <= len);
			count++;
		}
		assert_int_equal(count, len >= 384 ? 3 : len >= 280 ? 2 : len >= 136);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    standard_information_has_exact_times_attributes_and_an_id),
		cmocka_unit_test(standard_information_of_older_volumes_has_no_id),
		cmocka_unit_test(a_reparse_point_is_a_link_by_its_tag),
		cmocka_unit_test(an_index_root_gives_its_entries),
		cmocka_unit_test(an_index_root_cut_anywhere_gives_no_name),
		cmocka_unit_test(odd_roots_are_odd),
		cmocka_unit_test(a_block_gives_its_entries_and_gets_its_bytes_back),
		cmocka_unit_test(a_block_that_was_half_written_is_odd),
		cmocka_unit_test(a_block_of_any_other_length_is_refused),
		cmocka_unit_test(descriptors_stand_one_after_the_other),
		cmocka_unit_test(an_entry_knows_where_it_is),
		cmocka_unit_test(entries_that_do_not_fit_are_odd),
		cmocka_unit_test(a_stream_cut_anywhere_gives_whole_entries_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

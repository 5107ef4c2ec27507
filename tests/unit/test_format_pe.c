#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/pe.h"

#define FILE_MOST 16384

/* A file of tests/data/pe, to be changed by the test. */
struct file {
	uint8_t at[FILE_MOST];
	struct span span;
	struct pe_source source;
	struct pe pe;
	struct pe_version version;
};

static void
open_file(struct file *f, const char *name)
{
	char path[512];

	memset(f, 0, sizeof *f);
	snprintf(path, sizeof path, "%s/pe/%s", TEST_DATA, name);
	FILE *in = fopen(path, "rb");
	assert_non_null(in);
	f->span = span_of(f->at, fread(f->at, 1, sizeof f->at, in));
	fclose(in);
	f->source = pe_source_of(&f->span);
}

static void
cut(struct file *f, size_t len)
{
	f->span.left = len;
	f->source.size = len;
}

static void
put32(struct file *f, size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		f->at[at + i] = (uint8_t)(v >> 8 * i);
}

static enum pe_error
version_of(struct file *f)
{
	enum pe_error error = pe_read(&f->source, &f->pe);

	return error ? error : pe_version(&f->source, &f->pe, &f->version);
}

static void
assert_parts(const uint16_t parts[4], const char *expected)
{
	char text[32];

	snprintf(text, sizeof text, "%u.%u.%u.%u", parts[0], parts[1], parts[2],
	         parts[3]);
	assert_string_equal(text, expected);
}

/* ---- whole files */

static void
a_32_bit_dll_tells_its_layout(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	assert_int_equal(pe_read(&f.source, &f.pe), PE_OK);
	assert_int_equal(f.pe.machine, PE_I386);
	assert_true(f.pe.is_dll);
	assert_false(f.pe.is_64);
	assert_int_equal(f.pe.section_count, 4);
	assert_string_equal(f.pe.sections[0].name, ".text");
	assert_string_equal(f.pe.sections[3].name, ".rsrc");
	assert_int_equal(f.pe.sections[3].rva, 0x4000);
	assert_int_equal(f.pe.sections[3].virtual_size, 0x270);
	assert_int_equal(f.pe.sections[3].raw_at, 0xA00);
	assert_int_equal(f.pe.sections[3].raw_size, 0x400);
	assert_int_equal(f.pe.sections[3].flags, 0xC0000040);
	assert_int_equal(f.pe.entry_section, PE_NO_SECTION);
	assert_int_equal(f.pe.exports.rva, 0x2000);
	assert_int_equal(f.pe.exports.size, 0x3A);
	assert_int_equal(f.pe.imports.rva, 0x3000);
	assert_int_equal(f.pe.imports.size, 0x14);
	assert_int_equal(f.pe.resources.rva, 0x4000);
	assert_int_equal(f.pe.resources.size, 0x270);
	assert_int_equal(f.pe.security.rva, 0);
}

static void
assert_our_version(const struct pe_version *v)
{
	assert_parts(v->file, "5.1.2600.5694");
	assert_parts(v->product, "5.1.2600.5512");
	assert_string_equal(v->file_version.utf8,
	                    "5.1.2600.5694 (xpsp_sp3_gdr.081015-1312)");
	assert_string_equal(v->original_name.utf8, "original.dll");
	assert_string_equal(v->internal_name.utf8, "inside.dll");
	assert_string_equal(v->company.utf8, "confine test files");
}

static void
versions_are_read_for_three_kinds_of_processor(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	assert_int_equal(version_of(&f), PE_OK);
	assert_our_version(&f.version);
	assert_int_equal(f.version.found, PE_FOUND_TREE);

	open_file(&f, "versions-x86_64.dll");
	assert_int_equal(version_of(&f), PE_OK);
	assert_our_version(&f.version);
	assert_int_equal(f.pe.machine, PE_AMD64);
	assert_true(f.pe.is_64);

	f.at[0x84] = 0x00;
	f.at[0x85] = 0x02;
	assert_int_equal(version_of(&f), PE_OK);
	assert_our_version(&f.version);
	assert_int_equal(f.pe.machine, PE_IA64);
}

static void
of_two_languages_the_first_is_taken(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "languages.dll");
	assert_int_equal(version_of(&f), PE_OK);
	assert_parts(f.version.file, "1.65535.0.65534");
	assert_string_equal(f.version.file_version.utf8,
	                    "deutsch \xC3\xA4\xC3\xB6\xC3\xBC");
	assert_string_equal(f.version.company.utf8, "");
}

static void
other_peoples_files_have_the_versions_that_pefile_sees(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "wrc_test.dll");
	assert_int_equal(version_of(&f), PE_OK);
	assert_parts(f.version.file, "1.0.0.0");
	assert_string_equal(f.version.original_name.utf8, "wrc_test.dll");
	assert_int_equal(f.pe.entry_section, 0);

	open_file(&f, "wrc_test.mui.dll");
	assert_int_equal(version_of(&f), PE_NO_VERSION);
	assert_int_equal(f.pe.section_count, 6);

	open_file(&f, "test_pe.exe");
	assert_int_equal(version_of(&f), PE_NO_RESOURCES);
	assert_false(f.pe.is_dll);

	open_file(&f, "test_driver.sys");
	assert_int_equal(version_of(&f), PE_NO_RESOURCES);
	assert_int_equal(f.pe.section_count, 1);
}

/* ---- every cut, every byte */

#define HEADERS_END 0x218

static void
every_cut_in_the_headers_is_too_short(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	for (size_t len = 0; len < HEADERS_END; len++) {
		cut(&f, len);
		assert_int_equal(version_of(&f), PE_TOO_SHORT);
	}
	cut(&f, HEADERS_END);
	assert_int_equal(version_of(&f), PE_TRUNCATED);
}

#define BLOCK_AT 0xA58
#define BLOCK_LEN 0x214

static void
every_cut_before_the_end_of_the_version_is_truncated(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	for (size_t len = HEADERS_END; len < BLOCK_AT + BLOCK_LEN; len++) {
		cut(&f, len);
		assert_int_equal(version_of(&f), PE_TRUNCATED);
	}
	cut(&f, BLOCK_AT + BLOCK_LEN);
	assert_int_equal(version_of(&f), PE_OK);
	assert_our_version(&f.version);
}

static void
no_byte_that_is_turned_over_leads_astray(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	for (size_t at = 0; at < f.span.left; at++) {
		f.at[at] ^= 0xFF;
		(void)version_of(&f); /* the sanitizers watch */
		f.at[at] ^= 0xFF;
	}
	assert_int_equal(version_of(&f), PE_OK);
}

/* ---- what is in no genuine file */

struct damage {
	size_t at;
	uint32_t value;
	enum pe_error expected;
	bool breaks_the_block_too; /* so that a search does not find it */
};

static void
each_damage_has_its_name(void **state)
{
	static const struct damage damages[] = {
		{ 0x00, 0x04034B50, PE_NOT_MZ, false },    /* a zip file */
		{ 0x3C, 0x00000E00, PE_TOO_SHORT, false }, /* beyond the end */
		{ 0x3C, 0xFFFFFFFF, PE_TOO_SHORT, false },
		{ 0x80, 0x0000454E, PE_NOT_PE, false },  /* a 16-bit one: NE */
		{ 0x84, 0x0061014C, PE_TOO_BIG, false }, /* 97 sections */
		{ 0x94, 0x230E005F, PE_BAD_OPTIONAL_HEADER, false }, /* 95 bytes */
		{ 0x98, 0x28020107, PE_BAD_OPTIONAL_HEADER, false }, /* a ROM image */
		{ 0xF4, 0x00000002, PE_BAD_OPTIONAL_HEADER, false }, /* directories */
		{ 0x108, 0x00000000, PE_NO_RESOURCES, false },
		{ 0x10C, 0x00000000, PE_NO_RESOURCES, false },
		{ 0x108, 0x00001900, PE_TRUNCATED, true }, /* between two sections */
		{ 0x108, 0xFFFFFFF0, PE_TRUNCATED, true },
		{ 0xA0C, 0xFFFF0000, PE_TOO_BIG, true }, /* 65,535 entries */
		{ 0xA0C, 0x10001000, PE_TOO_BIG, true }, /* 8,192 */
		{ 0xA0C, 0x00000000, PE_NO_VERSION, false },
		{ 0xA10, 0x00000011, PE_NO_VERSION, false }, /* type 17 */
		{ 0xA10, 0x80000010, PE_NO_VERSION, false }, /* a type with a name */
		{ 0xA14, 0x80000000, PE_LOOP, true },        /* the root again */
		{ 0xA2C, 0x80000018, PE_LOOP, true },        /* itself */
		{ 0xA44, 0x80000030, PE_LOOP, true },        /* a fourth level */
		{ 0xA14, 0x00000018, PE_TRUNCATED, true },   /* no directory */
		{ 0xA14, 0xFFFFFFFF, PE_TRUNCATED, true },
		{ 0xA44, 0x7FFFFFFF, PE_TRUNCATED, true },
		{ 0xA48, 0x00005000, PE_TRUNCATED, true }, /* in no section */
		{ 0xA48, 0x000043F0, PE_TRUNCATED, true }, /* it runs over the end */
		{ 0xA4C, 0xFFFFFFFF, PE_TOO_BIG, true },
		{ 0xA4C, 0x00010001, PE_TOO_BIG, true },
		{ 0xA4C, 0x00000213, PE_TRUNCATED, true }, /* shorter than it says */
		{ 0xA4C, 0x00000000, PE_TRUNCATED, true },
		{ 0xA58, 0x00000214, PE_NO_VERSION, false }, /* strings alone */
		{ 0xA58, 0x00330214, PE_TRUNCATED, false },  /* 51 bytes */
		{ 0xA58, 0x01ED0214, PE_TRUNCATED, false },  /* more than the block */
		{ 0xA80, 0xFEEF04BC, PE_NOT_SIGNATURE, false },
		{ 0xA60, 0x0056005F, PE_NOT_SIGNATURE, false }, /* another key */
	};
	struct file f;

	(void)state;
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		const struct damage *d = &damages[i];

		open_file(&f, "versions-i686.dll");
		put32(&f, d->at, d->value);
		if (d->breaks_the_block_too)
			f.at[0xA80] ^= 1;
		enum pe_error got = version_of(&f);
		if (got != d->expected)
			fail_msg("%08x at %zx: %s", d->value, d->at,
			         pe_error_name(got));
	}
}

static void
a_directory_of_4096_entries_is_walked_and_ends(void **state)
{
	static uint8_t big[FILE_MOST + 4096 * 8];
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	memcpy(big, f.at, f.span.left);
	for (size_t i = 0; i < 4096; i++)
		memset(big + 0xA10 + i * 8, 1, 8); /* none is of type 16 */
	big[0xA0E] = 0x00;
	big[0xA0F] = 0x10;
	struct span span = span_of(big, 0xA10 + 4096 * 8);
	f.source = pe_source_of(&span);
	assert_int_equal(version_of(&f), PE_NO_VERSION);
}

static void
strings_that_lie_about_their_length_are_left_out(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	/* StringFileInfo begins behind the fixed part. */
	for (unsigned len = 0; len < 6; len++) {
		f.at[0xAB4] = (uint8_t)len;
		f.at[0xAB5] = 0;
		assert_int_equal(version_of(&f), PE_OK);
		assert_parts(f.version.file, "5.1.2600.5694");
		assert_string_equal(f.version.company.utf8, "");
	}
	f.at[0xAB4] = 0xFF;
	f.at[0xAB5] = 0xFF;
	assert_int_equal(version_of(&f), PE_OK);
	assert_string_equal(f.version.company.utf8, "");
}

/* ---- the search */

static void
a_block_without_a_way_to_it_is_found_and_marked(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	put32(&f, 0xA14, 0x80000000);
	assert_int_equal(version_of(&f), PE_OK);
	assert_our_version(&f.version);
	assert_int_equal(f.version.found, PE_FOUND_SCAN);
}

static void
of_two_blocks_without_a_way_none_is_believed(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	put32(&f, 0xA14, 0x80000000);
	memcpy(f.at + f.span.left, f.at + BLOCK_AT, BLOCK_LEN);
	cut(&f, f.span.left + BLOCK_LEN);
	assert_int_equal(version_of(&f), PE_LOOP);
}

static void
what_is_packed_and_has_no_resources_is_not_searched(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	put32(&f, 0x108, 0);
	assert_int_equal(version_of(&f), PE_NO_RESOURCES);
}

/* ---- places in the file */

static void
a_section_is_taken_from_a_sector_unless_the_file_is_aligned_finer(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	put32(&f, 0x204, 0xA7F); /* .rsrc, within its sector */
	assert_int_equal(version_of(&f), PE_OK);
	assert_our_version(&f.version);

	/* A driver of the time: aligned to 128 bytes, and moved by as much. */
	memmove(f.at + 0xA80, f.at + 0xA00, f.span.left - 0xA00);
	cut(&f, f.span.left + 0x80);
	put32(&f, 0x204, 0xA80);
	put32(&f, 0xBC, 0x80);
	assert_int_equal(version_of(&f), PE_OK);
	assert_our_version(&f.version);
	assert_int_equal(f.version.found, PE_FOUND_TREE);
}

static void
addresses_have_offsets_where_the_file_has_bytes_for_them(void **state)
{
	struct file f;
	uint64_t at = 0;

	(void)state;
	open_file(&f, "versions-i686.dll");
	assert_int_equal(pe_read(&f.source, &f.pe), PE_OK);
	assert_true(pe_offset(&f.pe, 0x80, &at));
	assert_int_equal(at, 0x80);
	assert_true(pe_offset(&f.pe, 0x4010, &at));
	assert_int_equal(at, 0xA10);
	assert_true(pe_offset(&f.pe, 0x43FF, &at));
	assert_int_equal(at, 0xDFF);
	assert_false(pe_offset(&f.pe, 0x4400, &at));
	assert_false(pe_offset(&f.pe, 0x1FFF, &at));
	assert_false(pe_offset(&f.pe, 0xFFFFFFFF, &at));
}

static void
a_signature_counts_only_where_it_has_its_shape(void **state)
{
	static const uint8_t certificate[] = { 0x10, 0, 0, 0, 0, 2, 2, 0,
		                               1,    2, 3, 4, 5, 6, 7, 8 };
	struct file f;
	bool is_signed = true;

	(void)state;
	open_file(&f, "versions-i686.dll");
	assert_int_equal(pe_read(&f.source, &f.pe), PE_OK);
	assert_int_equal(pe_is_signed(&f.source, &f.pe, &is_signed), PE_OK);
	assert_false(is_signed);

	memcpy(f.at + 0xE00, certificate, sizeof certificate);
	cut(&f, 0xE10);
	put32(&f, 0x118, 0xE00);
	put32(&f, 0x11C, 0x10);
	assert_int_equal(pe_read(&f.source, &f.pe), PE_OK);
	assert_int_equal(pe_is_signed(&f.source, &f.pe, &is_signed), PE_OK);
	assert_true(is_signed);

	f.at[0xE06] = 1; /* a kind that nobody uses */
	assert_int_equal(pe_is_signed(&f.source, &f.pe, &is_signed), PE_OK);
	assert_false(is_signed);
	f.at[0xE06] = 2;
	cut(&f, 0xE0F);
	assert_int_equal(pe_is_signed(&f.source, &f.pe, &is_signed), PE_OK);
	assert_false(is_signed);
}

static void
exports_are_counted_by_name(void **state)
{
	struct file f;
	uint32_t names = 7;

	(void)state;
	open_file(&f, "versions-i686.dll");
	put32(&f, 0x618, 3);
	assert_int_equal(pe_read(&f.source, &f.pe), PE_OK);
	assert_int_equal(pe_export_names(&f.source, &f.pe, &names), PE_OK);
	assert_int_equal(names, 3);
	f.pe.exports.rva = 0x9000;
	assert_int_equal(pe_export_names(&f.source, &f.pe, &names), PE_OK);
	assert_int_equal(names, 0);
}

/* ---- sources that fail */

struct failing {
	struct span file;
	unsigned reads;
	unsigned fail_at;
};

static enum heard
read_failing(void *with, uint64_t offset, void *to, size_t len, size_t *got)
{
	struct failing *f = with;
	struct span rest = f->file;

	if (++f->reads == f->fail_at)
		return HEARD_REFUSED;
	(void)span_cut(&rest, (size_t)offset);
	*got = span_copy(rest, to, len);
	return HEARD;
}

static void
a_read_that_fails_is_unread_and_seven_reads_are_enough(void **state)
{
	struct file f;
	enum pe_error error = PE_UNREAD;
	struct failing failing = { .fail_at = 0 };

	(void)state;
	open_file(&f, "versions-i686.dll");
	failing.file = f.span;
	f.source.read = read_failing;
	f.source.with = &failing;
	while (error == PE_UNREAD) {
		failing.reads = 0;
		failing.fail_at++;
		error = version_of(&f);
		assert_true(error == PE_OK || failing.reads == failing.fail_at);
	}
	assert_int_equal(error, PE_OK);
	assert_in_range(failing.reads, 2, 7);
}

static void
a_source_that_is_shorter_than_it_says_is_no_trap(void **state)
{
	struct file f;

	(void)state;
	open_file(&f, "versions-i686.dll");
	for (size_t len = 0; len < f.span.left; len += 7) {
		struct span shorter = span_of(f.at, len);
		struct pe_source s = pe_source_of(&shorter);

		s.size = f.span.left;
		enum pe_error error = pe_read(&s, &f.pe);
		if (error == PE_OK)
			error = pe_version(&s, &f.pe, &f.version);
		assert_true(error == PE_TOO_SHORT || error == PE_TRUNCATED ||
		            (error == PE_OK && len >= BLOCK_AT + BLOCK_LEN));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_32_bit_dll_tells_its_layout),
		cmocka_unit_test(versions_are_read_for_three_kinds_of_processor),
		cmocka_unit_test(of_two_languages_the_first_is_taken),
		cmocka_unit_test(
		    other_peoples_files_have_the_versions_that_pefile_sees),
		cmocka_unit_test(every_cut_in_the_headers_is_too_short),
		cmocka_unit_test(every_cut_before_the_end_of_the_version_is_truncated),
		cmocka_unit_test(no_byte_that_is_turned_over_leads_astray),
		cmocka_unit_test(each_damage_has_its_name),
		cmocka_unit_test(a_directory_of_4096_entries_is_walked_and_ends),
		cmocka_unit_test(strings_that_lie_about_their_length_are_left_out),
		cmocka_unit_test(a_block_without_a_way_to_it_is_found_and_marked),
		cmocka_unit_test(of_two_blocks_without_a_way_none_is_believed),
		cmocka_unit_test(what_is_packed_and_has_no_resources_is_not_searched),
		cmocka_unit_test(
		    a_section_is_taken_from_a_sector_unless_the_file_is_aligned_finer),
		cmocka_unit_test(
		    addresses_have_offsets_where_the_file_has_bytes_for_them),
		cmocka_unit_test(a_signature_counts_only_where_it_has_its_shape),
		cmocka_unit_test(exports_are_counted_by_name),
		cmocka_unit_test(
		    a_read_that_fails_is_unread_and_seven_reads_are_enough),
		cmocka_unit_test(a_source_that_is_shorter_than_it_says_is_no_trap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

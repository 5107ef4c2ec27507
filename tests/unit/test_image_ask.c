#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reach/image_ask.h"

static void
a_question_is_read_as_it_was_written(void **state)
{
	struct image_question q = {
		.ask = IMAGE_READ,
		.volume = 3,
		.file = 0x0102000000000005u,
		.offset = 0x8000000000u,
		.len = 4096,
		.path = span_of("WINDOWS/SYSTEM32", 16),
	};
	struct image_question got;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	image_question_write(&b, &q);
	assert_true(image_question_read(buf_span(&b), &got));
	assert_int_equal(got.ask, IMAGE_READ);
	assert_int_equal(got.volume, 3);
	assert_int_equal(got.file, 0x0102000000000005u);
	assert_int_equal(got.offset, 0x8000000000u);
	assert_int_equal(got.len, 4096);
	assert_true(span_is(got.path, "WINDOWS/SYSTEM32", 16));
	for (size_t len = 0; len < 22; len++)
		assert_false(image_question_read(span_of(b.at, len), &got));
	buf_free(&b);
}

static void
an_answer_begins_with_a_known_word(void **state)
{
	uint8_t bytes[IMAGE_HEAD] = { 0, 0x78, 0x56, 0x34, 0x12 };
	struct image_head head;

	(void)state;
	for (unsigned said = 0; said < 256; said++) {
		struct span s = span_of(bytes, sizeof bytes);

		bytes[0] = (uint8_t)said;
		assert_int_equal(image_head_read(&s, &head),
		                 said >= IMAGE_FINE && said <= IMAGE_SAID_LAST);
		assert_int_equal(head.code, 0x12345678);
	}
	for (size_t len = 0; len < sizeof bytes; len++) {
		struct span s = span_of(bytes, len);

		bytes[0] = IMAGE_FINE;
		assert_false(image_head_read(&s, &head));
	}
}

/* ---- the parts of a disk */

static void
write_parts(struct buf *b, struct image_parts *parts)
{
	*parts = (struct image_parts){
		.media = IMAGE_VHD,
		.table = IMAGE_MBR,
		.size = 300u << 20,
		.at = { { .is = IMAGE_PART_NTFS,
		          .number = 1,
		          .offset = 1 << 20,
		          .len = 7 },
		        { .is = IMAGE_PART_BROKEN,
		          .code = 0x8000004,
		          .number = 5,
		          .is_cut = true } },
		.count = 2,
	};
	buf_init(b, 1000);
	image_parts_write(b, parts);
	assert_false(b->bad);
}

static void
parts_are_read_as_they_were_written(void **state)
{
	struct image_parts parts;
	struct image_parts got;
	struct buf b;

	(void)state;
	write_parts(&b, &parts);
	assert_true(image_parts_read(buf_span(&b), &got));
	assert_int_equal(got.media, IMAGE_VHD);
	assert_int_equal(got.table, IMAGE_MBR);
	assert_int_equal(got.size, 300u << 20);
	assert_int_equal(got.count, 2);
	assert_int_equal(got.at[0].is, IMAGE_PART_NTFS);
	assert_int_equal(got.at[0].offset, 1 << 20);
	assert_int_equal(got.at[1].code, 0x8000004);
	assert_int_equal(got.at[1].number, 5);
	assert_true(got.at[1].is_cut);
	buf_free(&b);
}

static void
parts_that_a_liar_writes_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} rows[] = {
		{ 0, 0 },
		{ 0, 4 }, /* no such container */
		{ 1, 0 },
		{ 1, 4 }, /* no such table */
		{ 11, 1 },
		{ 11, 3 }, /* fewer than there are, and more */
		{ 11, IMAGE_PARTS_MOST + 1 },
		{ 12, 0 },
		{ 12, IMAGE_PART_LAST + 1 }, /* no such kind */
	};
	struct image_parts parts;
	struct image_parts got;
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		write_parts(&b, &parts);
		b.at[rows[i].at] = rows[i].byte;
		assert_false(image_parts_read(buf_span(&b), &got));
		buf_free(&b);
	}
	write_parts(&b, &parts);
	for (size_t len = 0; len < b.len; len++)
		assert_false(image_parts_read(span_of(b.at, len), &got));
	buf_free(&b);
}

/* ---- a file */

static void
a_file_is_read_as_it_was_written(void **state)
{
	struct image_file file = {
		.number = 99,
		.content = { IMAGE_ENCRYPTED, 7 },
		.facts = { .is_folder = true,
		           .size = 5,
		           .has_attributes = true,
		           .attributes = 6,
		           .has_times = true,
		           .times = { 1, 2, 3, 4 },
		           .has_name_times = true,
		           .name_times = { 5, 6, 7, 8 } },
	};
	struct image_file got;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	image_file_write(&b, &file);
	assert_true(image_file_read(buf_span(&b), &got));
	assert_memory_equal(&got.facts.times, &file.facts.times,
	                    sizeof got.facts.times);
	assert_memory_equal(&got.facts.name_times, &file.facts.name_times,
	                    sizeof got.facts.name_times);
	assert_int_equal(got.number, 99);
	assert_int_equal(got.content.said, IMAGE_ENCRYPTED);
	assert_int_equal(got.content.code, 7);
	assert_int_equal(got.facts.size, 5);
	assert_int_equal(got.facts.attributes, 6);
	assert_true(got.facts.is_folder && got.facts.has_attributes);
	assert_false(got.facts.is_link || got.facts.is_other);
	for (size_t len = 0; len < b.len; len++)
		assert_false(image_file_read(span_of(b.at, len), &got));
	b.at[23] = 0x80; /* a size that no file can have */
	assert_false(image_file_read(buf_span(&b), &got));
	buf_u8(&b, 0);
	b.at[23] = 0;
	assert_false(image_file_read(buf_span(&b), &got)); /* more than a file */
	buf_free(&b);
}

/* ---- names */

static void
names_are_read_as_they_were_written(void **state)
{
	static const struct image_name names[] = {
		{ true, false, 0, "WINDOWS" },
		{ false, true, UINT64_C(5000000000), "pagefile.sys" },
		{ false, false, 0, "\xD0\x9F" },
	};
	struct file_list list = { .count = 0 };
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < 3; i++)
		image_name_write(&b, &names[i]);
	assert_true(image_list_read(buf_span(&b), &list));
	assert_int_equal(list.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(list.at[i].name, names[i].name);
		assert_int_equal(list.at[i].size, names[i].size);
		assert_int_equal(list.at[i].is_folder, names[i].is_folder);
		assert_int_equal(list.at[i].is_file, names[i].is_file);
	}
	file_list_free(&list);
	assert_true(image_list_read(span_of(b.at, 0), &list));
	assert_int_equal(list.count, 0);
	file_list_free(&list);
	buf_free(&b);
}

static void
names_that_a_liar_writes_are_refused(void **state)
{
	static const char *const wrong[] = {
		"",             /* nobody's name */
		"a\xFFz",       /* no UTF-8 */
		"\xC0\x80",     /* a zero in disguise */
		"\xED\xA0\x80", /* half a character of UTF-16 */
		"cut \xE2\x82", /* a character that ends before its end */
	};
	struct file_list list = { .count = 0 };
	char longest[NAME_ROOM + 1];
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		buf_init(&b, 1000);
		image_name_write(&b, &(struct image_name){ .name = "fine" });
		image_name_write(&b, &(struct image_name){ .name = wrong[i] });
		assert_false(image_list_read(buf_span(&b), &list));
		buf_free(&b);
	}
	memset(longest, 'x', NAME_ROOM);
	longest[NAME_ROOM] = '\0';
	buf_init(&b, 1000);
	image_name_write(&b, &(struct image_name){ .name = longest });
	assert_false(image_list_read(buf_span(&b), &list));
	buf_clear(&b);
	image_name_write(&b, &(struct image_name){ .name = longest + 1 });
	assert_true(image_list_read(buf_span(&b), &list));
	file_list_free(&list);
	b.at[12 + 5] = 0; /* a zero within the name */
	assert_false(image_list_read(buf_span(&b), &list));
	b.at[12 + 5] = 'x';
	for (size_t len = 1; len < b.len; len++)
		assert_false(image_list_read(span_of(b.at, len), &list));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_read_as_it_was_written),
		cmocka_unit_test(an_answer_begins_with_a_known_word),
		cmocka_unit_test(parts_are_read_as_they_were_written),
		cmocka_unit_test(parts_that_a_liar_writes_are_refused),
		cmocka_unit_test(a_file_is_read_as_it_was_written),
		cmocka_unit_test(names_are_read_as_they_were_written),
		cmocka_unit_test(names_that_a_liar_writes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

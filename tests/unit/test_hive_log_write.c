/*
 * Logs that are written here, held against the logs that Windows wrote: out of the same
 * pages come the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/hive_log_write.h"
#include "hive_data.h"

#define SECTOR 512
#define PAGES_MOST 4096
#define LOG_MOST (4u << 20)

static struct hive_pages pages[PAGES_MOST];

/* Each dirty sector of an old log, out of its bitmap. */
static size_t
sectors_of(struct span log, uint32_t bins_len)
{
	size_t bitmap = bins_len / SECTOR / 8;
	struct span bits = span_at(log, SECTOR + 4, bitmap);
	size_t at = (SECTOR + 4 + bitmap + SECTOR - 1) / SECTOR * SECTOR;
	size_t count = 0;

	for (uint32_t i = 0; i < bins_len / SECTOR; i++) {
		if (!(bits.at[i / 8] >> i % 8 & 1))
			continue;
		pages[count].offset = i * SECTOR;
		pages[count].bytes = span_at(log, at + count * SECTOR, SECTOR);
		assert_false(pages[count].bytes.bad);
		count++;
	}
	return count;
}

/* The pages of a log's first entry; gives how long it is, too. */
static size_t
pages_of(struct span log, size_t *len)
{
	struct span s = span_at(log, SECTOR, log.left - SECTOR);
	struct span whole = s;

	(void)span_cut(&s, 4);
	*len = span_le32(&s);
	(void)span_cut(&s, 12);
	uint32_t count = span_le32(&s);
	struct span data = span_at(whole, 40 + 8 * (size_t)count,
	                           *len - 40 - 8 * (size_t)count);
	(void)span_cut(&s, 16);
	assert_true(count < PAGES_MOST);
	for (uint32_t i = 0; i < count; i++) {
		pages[i].offset = span_le32(&s);
		uint32_t page = span_le32(&s);
		pages[i].bytes = span_cut(&data, page);
		assert_false(pages[i].bytes.bad);
	}
	return count;
}

static struct buf
written(struct span log, uint32_t kind, size_t count)
{
	struct hive_log_new new = { span_at(log, 0, HIVE_BASE), kind, pages, count };
	struct buf out;

	buf_init(&out, LOG_MOST);
	assert_true(hive_log_write(&new, &out));
	return out;
}

static void
an_old_log_is_written_as_windows_7_wrote_it(void **state)
{
	struct span log = hive_data("OldDirtyHive.LOG1");
	struct hive_base base;

	(void)state;
	assert_int_equal(hive_base_read(log, &base), HEARD);
	assert_int_equal(base.kind, HIVE_LOG_XP);
	size_t count = sectors_of(log, base.bins_len);
	assert_int_equal(count, 64);
	struct buf out = written(log, HIVE_LOG_XP, count);
	/* Windows leaves what was there between the bitmap and the next sector. */
	size_t bitmap_end = SECTOR + 4 + 119;
	assert_int_equal(out.len, 2 * SECTOR + 64 * SECTOR);
	assert_memory_equal(out.at, log.at, bitmap_end);
	assert_memory_equal(out.at + 2 * SECTOR, log.at + 2 * SECTOR, 64 * SECTOR);
	buf_free(&out);
	hive_data_free(log);
}

static void
an_entry_is_written_as_windows_10_wrote_it(void **state)
{
	static const char *const names[] = { "NewDirtyHive1.LOG1",
		                             "NewDirtyHive1.LOG2" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct span log = hive_data(names[i]);
		size_t len = 0;
		size_t count = pages_of(log, &len);
		struct buf out = written(log, HIVE_LOG_ENTRIES, count);

		assert_true(count > 0);
		assert_int_equal(out.len, SECTOR + len);
		assert_memory_equal(out.at, log.at, out.len);
		buf_free(&out);
		hive_data_free(log);
	}
}

/* What Windows 7 made of a hive is what our log of the same pages makes of it. */
static void
a_log_of_what_differs_makes_what_windows_made(void **state)
{
	struct span dirty = hive_data("OldDirtyHive");
	struct span made = hive_data("OldDirtyHive.recovered-by-windows7");
	uint8_t base[HIVE_BASE];
	struct hive_image h = { calloc(1, made.left), dirty.left, made.left };
	struct hive_replay told;
	struct hive_base was, is;
	size_t count = 0;

	(void)state;
	assert_int_equal(dirty.left, made.left);
	for (size_t at = HIVE_HEAD; at < made.left; at += HIVE_PAGE) {
		if (memcmp(dirty.at + at, made.at + at, HIVE_PAGE) == 0)
			continue;
		pages[count].offset = (uint32_t)(at - HIVE_HEAD);
		pages[count++].bytes = span_at(made, at, HIVE_PAGE);
	}
	assert_true(count > 0);
	/* The log that goes with the time of the dirty hive. */
	assert_int_equal(hive_base_read(dirty, &was), HEARD);
	(void)span_copy(dirty, base, sizeof base);
	hive_base_stamp(base, (struct hive_stamp){ was.begun, was.begun, was.written });
	struct hive_log_new new = { span_of(base, sizeof base), HIVE_LOG_XP, pages,
		                    count };
	struct buf out;
	buf_init(&out, LOG_MOST);
	assert_true(hive_log_write(&new, &out));
	memcpy(h.at, dirty.at, dirty.left);
	struct span logs[HIVE_LOGS_MOST] = { buf_span(&out) };
	assert_int_equal(hive_log_replay(&h, logs, &told), HEARD);
	assert_true(told.replayed);
	assert_int_equal(hive_base_read(span_of(h.at, h.len), &is), HEARD);
	assert_true(is.is_sound && is.begun == is.ended);
	assert_int_equal(h.len, made.left);
	assert_memory_equal(h.at + HIVE_HEAD, made.at + HIVE_HEAD,
	                    made.left - HIVE_HEAD);
	buf_free(&out);
	free(h.at);
	hive_data_free(dirty);
	hive_data_free(made);
}

static void
what_lies_behind_the_bins_is_left_out(void **state)
{
	struct span log = hive_data("OldDirtyHive.LOG1");
	static const uint8_t page[2 * HIVE_PAGE] = { 1 };

	(void)state;
	pages[0] = (struct hive_pages){ 487424 - HIVE_PAGE,
		                        span_of(page, sizeof page) };
	pages[1] = (struct hive_pages){ 487424, span_of(page, HIVE_PAGE) };
	struct buf out = written(log, HIVE_LOG_XP, 2);
	/* The base block, the bitmap of 119 bytes, and one page. */
	assert_int_equal(out.len, SECTOR + SECTOR + HIVE_PAGE);
	assert_int_equal(out.at[SECTOR + 4 + 118], 0xff);
	buf_free(&out);
	out = written(log, HIVE_LOG_ENTRIES, 2);
	assert_int_equal(out.len, 2 * HIVE_PAGE);
	buf_free(&out);
	hive_data_free(log);
}

static void
sectors_of_another_size_are_refused(void **state)
{
	struct span log = hive_data("OldDirtyHive.LOG1");
	uint8_t *bytes = (uint8_t *)(uintptr_t)log.at;
	struct buf out;

	(void)state;
	bytes[44] = 8;
	struct hive_log_new new = { span_at(log, 0, HIVE_BASE), HIVE_LOG_XP, pages, 0 };
	buf_init(&out, LOG_MOST);
	assert_false(hive_log_write(&new, &out));
	assert_int_equal(out.len, 0);
	buf_free(&out);
	hive_data_free(log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_log_is_written_as_windows_7_wrote_it),
		cmocka_unit_test(an_entry_is_written_as_windows_10_wrote_it),
		cmocka_unit_test(a_log_of_what_differs_makes_what_windows_made),
		cmocka_unit_test(what_lies_behind_the_bins_is_left_out),
		cmocka_unit_test(sectors_of_another_size_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

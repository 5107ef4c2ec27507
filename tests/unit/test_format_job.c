#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "format/job.h"

#define FILE_MOST 4096

static uint8_t bytes[FILE_MOST];

/* tests/data/tasks/NAME.job */
static struct span
file_of(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/tasks/%s.job", TEST_DATA, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t len = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	return span_of(bytes, len);
}

static void
assert_text(struct span utf16, const char *expected)
{
	char text[512];

	assert_true(text_from_utf16(utf16, text, sizeof text));
	assert_string_equal(text, expected);
}

static void
a_real_job_is_read(void **state)
{
	struct job job;

	(void)state;
	assert_int_equal(job_read(file_of("GoogleUpdate"), &job), HEARD);
	assert_int_equal(job.product, 0x0601);
	assert_text(job.application,
	            "C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe");
	assert_text(job.parameters, "/ua /installsource scheduler");
	assert_text(job.folder, "");
	assert_text(job.author, "Brian");
	assert_true(job.has_run);
	assert_int_equal(job.last_run.year, 2013);
	assert_int_equal(job.last_run.month, 8);
	assert_int_equal(job.last_run.day, 24);
	assert_int_equal(job.last_run.hour, 12);
	assert_int_equal(job.last_run.minute, 42);
	assert_int_equal(job.last_run.second, 0);
	assert_int_equal(job.trigger_count, 1);
	assert_int_equal(job.trigger.rhythm, JOB_DAILY);
	assert_int_equal(job.trigger.interval, 60);
	assert_int_equal(job.trigger.duration, 1440);
	assert_int_equal(job.trigger.begins.year, 2013);
	assert_int_equal(job.trigger.begins.month, 7);
	assert_int_equal(job.trigger.begins.day, 12);
	assert_int_equal(job.trigger.begins.hour, 15);
	assert_int_equal(job.trigger.begins.minute, 42);
}

static void
a_job_of_at_is_read(void **state)
{
	struct job job;

	(void)state;
	assert_int_equal(job_read(file_of("worm-form"), &job), HEARD);
	assert_text(job.application, "rundll32.exe");
	assert_text(job.parameters, "jxcvqm.uu,hpkmbt");
	assert_text(job.author, "SYSTEM");
	assert_text(job.comment, "Created by NetScheduleJobAdd.");
	assert_false(job.has_run);
	assert_int_equal(job.trigger.rhythm, JOB_MONTHLY);
	assert_int_equal(job.trigger.begins.hour, 13);
}

static void
every_cut_is_short(void **state)
{
	struct span whole = file_of("GoogleUpdate");
	struct job job;

	(void)state;
	for (size_t len = 0; len < whole.left; len++)
		assert_int_equal(job_read(span_of(bytes, len), &job), HEARD_SHORT);
}

static void
a_signature_may_follow_and_be_cut(void **state)
{
	struct span whole = file_of("GoogleUpdate");
	struct job job;

	(void)state;
	memset(bytes + whole.left, 0, 68);
	assert_int_equal(job_read(span_of(bytes, whole.left + 67), &job), HEARD_SHORT);
	assert_int_equal(job_read(span_of(bytes, whole.left + 68), &job), HEARD);
}

/* One byte of a sound file changed, and what is said then. */
static void
what_the_format_does_not_have_is_odd(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		enum heard heard;
	} changes[] = {
		{ 2, 2, HEARD_ODD },        /* the format's version */
		{ 20, 0x48, HEARD_ODD },    /* where the strings begin */
		{ 23, 0x7F, HEARD_SHORT },  /* triggers far off … */
		{ 23, 0x00, HEARD_ODD },    /* … and in the midst of text */
		{ 0xB2, 0x41, HEARD_ODD },  /* a string without its zero */
		{ 71, 0x7F, HEARD_SHORT },  /* a string longer than the file */
		{ 0x34E, 65, HEARD_ODD },   /* more triggers than there may be */
		{ 0x34E, 2, HEARD_SHORT },  /* more than there are */
		{ 0x350, 0x31, HEARD_ODD }, /* the size of one */
	};
	struct job job;

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct span file = file_of("GoogleUpdate");

		bytes[changes[i].at] = changes[i].byte;
		assert_int_equal(job_read(file, &job), changes[i].heard);
	}
}

static void
a_file_longer_than_64_kib_is_odd(void **state)
{
	static uint8_t big[65537];
	struct span small = file_of("GoogleUpdate");
	struct job job;

	(void)state;
	memcpy(big, small.at, small.left);
	assert_int_equal(job_read(span_of(big, 65536), &job), HEARD);
	assert_int_equal(job_read(span_of(big, 65537), &job), HEARD_ODD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_job_is_read),
		cmocka_unit_test(a_job_of_at_is_read),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(a_signature_may_follow_and_be_cut),
		cmocka_unit_test(what_the_format_does_not_have_is_odd),
		cmocka_unit_test(a_file_longer_than_64_kib_is_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

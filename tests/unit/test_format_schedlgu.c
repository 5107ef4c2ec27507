#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/text.h"
#include "format/schedlgu.h"

static enum heard
read_log(const char *text, struct schedlgu *out)
{
	OWN(buf_free) struct buf b = { .ceiling = SCHEDLGU_BYTES_MOST + 64 };

	buf_le16(&b, 0xFEFF);
	buf_utf16(&b, text);
	return schedlgu_read(buf_span(&b), "rundll32.exe", out);
}

#define SERVICE                          \
	"\"Task Scheduler Service\"\r\n" \
	"\tStarted at 3/14/2009 9:00:00 AM\r\n"
#define SEAM "[ ***** Most recent entry is above this line ***** ]\r\n"

static void
runs_of_at_jobs_are_counted_with_their_times(void **state)
{
	struct schedlgu log;

	(void)state;
	assert_int_equal(
	    read_log(SERVICE "\"At1.job\" (rundll32.exe)\r\n"
	                     "\tStarted 3/15/2009 1:00:00 AM\r\n"
	                     "\"At1.job\" (rundll32.exe)\r\n"
	                     "\tFinished 3/15/2009 1:00:01 AM\r\n"
	                     "\tResult: The task completed with an exit code of (0)."
	                     "\r\n" SEAM,
	             &log),
	    HEARD);
	assert_int_equal(log.count, 2);
	assert_string_equal(log.job, "At1.job");
	assert_string_equal(log.oldest, "Started 3/15/2009 1:00:00 AM");
	assert_string_equal(log.newest, "Finished 3/15/2009 1:00:01 AM");
}

static void
what_stands_behind_the_seam_is_older(void **state)
{
	struct schedlgu log;

	(void)state;
	assert_int_equal(read_log("\"At7.job\" (rundll32.exe)\r\n"
	                          "\tGestartet 20.03.2009 07:00:00\r\n" SEAM
	                          "\tcut off by what came later\r\n"
	                          "\"At3.job\" (rundll32.exe)\r\n"
	                          "\tGestartet 16.03.2009 03:00:00\r\n"
	                          "\"At4.job\" (rundll32.exe)\r\n"
	                          "\tGestartet 17.03.2009 04:00:00\r\n",
	                          &log),
	                 HEARD);
	assert_int_equal(log.count, 3);
	assert_string_equal(log.job, "At3.job");
	assert_string_equal(log.oldest, "Gestartet 16.03.2009 03:00:00");
	assert_string_equal(log.newest, "Gestartet 20.03.2009 07:00:00");
}

static void
where_all_stands_behind_the_seam_the_last_is_the_newest(void **state)
{
	struct schedlgu log;

	(void)state;
	assert_int_equal(read_log(SERVICE SEAM "\"At3.job\" (RUNDLL32.EXE)\r\n"
	                                       "\tone\r\n"
	                                       "\"At4.job\" (C:\\W\\rundll32.exe)\r\n"
	                                       "\ttwo\r\n",
	                          &log),
	                 HEARD);
	assert_int_equal(log.count, 2);
	assert_string_equal(log.oldest, "one");
	assert_string_equal(log.newest, "two");
}

static void
other_jobs_and_programs_do_not_count(void **state)
{
	static const char *const texts[] = {
		"",
		SERVICE,
		"\"At1.job\" (backup.cmd)\r\n\tStarted\r\n",
		"\"Attic.job\" (rundll32.exe)\r\n\tStarted\r\n",
		"\"At1x.job\" (rundll32.exe)\r\n\tStarted\r\n",
		"\"At1.job\" (rundll32.exe\r\n\tStarted\r\n",
		"\"At1.job (rundll32.exe)\r\n\tStarted\r\n",
		"\"GoogleUpdate.job\" (rundll32.exe)\r\n\tStarted\r\n",
		"\"At1.job\" (myrundll32.exe)\r\n\tStarted\r\n",
	};
	struct schedlgu log;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(read_log(texts[i], &log), HEARD);
		assert_int_equal(log.count, 0);
	}
}

static void
a_cut_is_never_more_than_there_is(void **state)
{
	OWN(buf_free) struct buf b = { .ceiling = 4096 };
	struct schedlgu log;

	(void)state;
	buf_le16(&b, 0xFEFF);
	buf_utf16(&b, "\"At1.job\" (rundll32.exe)\r\n\tStarted today\r\n");
	for (size_t len = 0; len <= b.len; len++) {
		enum heard heard = schedlgu_read(span_of(b.at, len), "rundll32.exe",
		                                 &log);

		assert_int_equal(heard, HEARD);
		/* The mark, and 24 letters of the first line. */
		assert_int_equal(log.count, len >= 2 * (1 + 24));
	}
}

static void
what_is_no_such_text_is_odd(void **state)
{
	static uint8_t big[SCHEDLGU_BYTES_MOST + 1] = { 0xFF, 0xFE };
	struct schedlgu log;

	(void)state;
	assert_int_equal(schedlgu_read(span_of("\"At1.job\" (rundll32.exe)", 24),
	                               "rundll32.exe", &log),
	                 HEARD_ODD);
	assert_int_equal(schedlgu_read(span_of(big, sizeof big), "rundll32.exe", &log),
	                 HEARD_ODD);
}

static void
names_of_at_jobs_are_told_from_others(void **state)
{
	(void)state;
	assert_true(schedlgu_is_at_job("At1.job", ".job"));
	assert_true(schedlgu_is_at_job("AT1024.JOB", ".job"));
	assert_true(schedlgu_is_at_job("At24", ""));
	assert_false(schedlgu_is_at_job("At.job", ".job"));
	assert_false(schedlgu_is_at_job("At1", ".job"));
	assert_false(schedlgu_is_at_job("At1.job", ""));
	assert_false(schedlgu_is_at_job("A", ""));
	assert_false(schedlgu_is_at_job("1", ""));
	assert_false(schedlgu_is_at_job("", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_of_at_jobs_are_counted_with_their_times),
		cmocka_unit_test(what_stands_behind_the_seam_is_older),
		cmocka_unit_test(
		    where_all_stands_behind_the_seam_the_last_is_the_newest),
		cmocka_unit_test(other_jobs_and_programs_do_not_count),
		cmocka_unit_test(a_cut_is_never_more_than_there_is),
		cmocka_unit_test(what_is_no_such_text_is_odd),
		cmocka_unit_test(names_of_at_jobs_are_told_from_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

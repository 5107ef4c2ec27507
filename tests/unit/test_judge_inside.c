#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "judge/inside.h"
#include "know/traces.h"

#define LOOKED_MS 1000000
#define BEFORE_MS (LOOKED_MS - 1)
#define AFTER_MS (LOOKED_MS + 1)

/* The verdict on these traces, ended by NULL, of a whole look inside. */
static struct verdict
judged_with(const struct findings *seen, bool whole, const char *const *ids)
{
	static struct findings all;
	struct verdict v = { .time_ms = LOOKED_MS };

	all.count = 0;
	for (; *ids; ids++)
		(void)trace_found(&all, *ids);
	judge_inside(&all, seen, whole, &v);
	return v;
}

#define JUDGED(...) judged_with(NULL, true, (const char *const[]){ __VA_ARGS__, NULL })
#define NOTHING ((const char *const[]){ NULL })

/* What a scan saw at that moment. */
static const struct findings *
seen(const char *trace, int64_t time_ms)
{
	static struct findings all;

	all.count = 0;
	trace_found(&all, trace)->time_ms = time_ms;
	return &all;
}

static void
nothing_found_in_a_whole_look_is_clean(void **state)
{
	struct verdict v = judged_with(NULL, true, NOTHING);

	(void)state;
	assert_int_equal(v.state, STATE_CLEAN);
	assert_true(v.inside);
	assert_int_equal(v.reason_count, 0);
}

static void
without_a_windows_nothing_is_clean(void **state)
{
	(void)state;
	assert_int_equal(judged_with(NULL, false, NOTHING).state, STATE_UNKNOWN);
	assert_int_equal(JUDGED("no-windows").state, STATE_UNKNOWN);
}

static void
one_conclusive_sign_is_infected(void **state)
{
	struct verdict v = JUDGED("place-unread", "showall-off", "svc-worm");

	(void)state;
	assert_int_equal(v.state, STATE_INFECTED);
	assert_string_equal(v.reasons[0], "svc-worm");
	assert_true(v.variants != 0);
}

static void
one_strong_sign_is_suspect(void **state)
{
	struct verdict v = JUDGED("showall-off", "applets");

	(void)state;
	assert_int_equal(v.state, STATE_SUSPECT);
	assert_string_equal(v.reasons[0], "applets");
}

static void
four_weak_signs_are_clean_and_five_are_suspect(void **state)
{
	struct verdict four = JUDGED("showall-off", "tcpnum", "fw-port", "wsc-gone");
	struct verdict five = JUDGED("showall-off", "tcpnum", "fw-port", "wsc-gone",
	                             "safeboot-gone");

	(void)state;
	assert_int_equal(four.state, STATE_CLEAN);
	assert_non_null(strstr(four.why, "4 weak signs stand alone"));
	assert_int_equal(five.state, STATE_SUSPECT);
}

static void
one_weak_sign_in_many_places_counts_once(void **state)
{
	(void)state;
	assert_int_equal(
	    JUDGED("fw-port", "fw-port", "fw-port", "fw-port", "fw-port", "fw-port")
		.state,
	    STATE_CLEAN);
}

static void
what_could_not_be_read_is_unknown_and_the_first_reason(void **state)
{
	struct verdict v = JUDGED("showall-off", "place-unread");

	(void)state;
	assert_int_equal(v.state, STATE_UNKNOWN);
	assert_string_equal(v.reasons[0], "place-unread");
}

static void
a_reason_is_named_once(void **state)
{
	struct verdict v = JUDGED("file-worm", "file-worm", "svc-worm", "file-worm");

	(void)state;
	assert_int_equal(v.reason_count, 2);
	assert_string_equal(v.reasons[0], "file-worm");
	assert_string_equal(v.reasons[1], "svc-worm");
}

static void
a_clean_disk_after_a_scan_that_saw_the_worm_is_suspect(void **state)
{
	struct verdict v = judged_with(seen("netpath-invalid-parameter", BEFORE_MS),
	                               true, NOTHING);

	(void)state;
	assert_int_equal(v.state, STATE_SUSPECT);
	assert_string_equal(v.reasons[0], "scan-saw-worm");
}

static void
a_scan_that_saw_the_worm_since_decides(void **state)
{
	struct verdict v = judged_with(seen("netpath-invalid-parameter", AFTER_MS),
	                               true, NOTHING);

	(void)state;
	assert_int_equal(v.state, STATE_INFECTED);
	assert_string_equal(v.reasons[0], "netpath-invalid-parameter");
}

static void
a_scan_that_saw_nothing_changes_nothing(void **state)
{
	struct verdict v = judged_with(seen("netpath-clean-answer", AFTER_MS), true,
	                               NOTHING);

	(void)state;
	assert_int_equal(v.state, STATE_CLEAN);
}

static void
what_the_disk_shows_outranks_an_honest_answer(void **state)
{
	struct verdict v = judged_with(seen("netpath-clean-answer", AFTER_MS), true,
	                               (const char *const[]){ "svc-worm", NULL });

	(void)state;
	assert_int_equal(v.state, STATE_INFECTED);
}

static void
places_that_a_plain_folder_lacks_are_named_and_lower_nothing(void **state)
{
	struct machine plain = { .can = { .key_security = true } };
	struct installation windows = { .there = true,
		                        .computer = "WARD-3",
		                        .os = "Windows XP SP3" };
	struct verdict v = { .time_ms = LOOKED_MS };

	(void)state;
	judge_installation(&plain, &windows, &v);
	assert_string_equal(v.name.utf8, "WARD-3");
	assert_string_equal(v.os.utf8, "Windows XP SP3");
	assert_int_equal(v.not_asked_count, 5);
	assert_non_null(strstr(v.not_asked[0], "memory"));
	assert_non_null(strstr(v.not_asked[1], "hidden files"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_found_in_a_whole_look_is_clean),
		cmocka_unit_test(without_a_windows_nothing_is_clean),
		cmocka_unit_test(one_conclusive_sign_is_infected),
		cmocka_unit_test(one_strong_sign_is_suspect),
		cmocka_unit_test(four_weak_signs_are_clean_and_five_are_suspect),
		cmocka_unit_test(
		    what_could_not_be_read_is_unknown_and_the_first_reason),
		cmocka_unit_test(one_weak_sign_in_many_places_counts_once),
		cmocka_unit_test(a_reason_is_named_once),
		cmocka_unit_test(
		    a_clean_disk_after_a_scan_that_saw_the_worm_is_suspect),
		cmocka_unit_test(a_scan_that_saw_the_worm_since_decides),
		cmocka_unit_test(a_scan_that_saw_nothing_changes_nothing),
		cmocka_unit_test(what_the_disk_shows_outranks_an_honest_answer),
		cmocka_unit_test(
		    places_that_a_plain_folder_lacks_are_named_and_lower_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "keep/past.h"
#include "keep_sample.h"

static struct case_file *
open_or_fail(const char *path, enum case_mode mode)
{
	struct case_file *c = NULL;

	assert_int_equal(case_open(path, mode, &c), OK);
	assert_non_null(c);
	return c;
}

static void
begin(struct case_file *c, int64_t later_s)
{
	struct run run = keep_run("scan");

	run.started_ms += later_s * 1000;
	assert_int_equal(case_begin_run(c, &run, "[\"10.0.0.0/24\"]"), OK);
}

static void
add(struct case_file *c, unsigned b, enum state state)
{
	struct row row = keep_row(0, b, state);

	assert_int_equal(case_add(c, &row, "[]"), OK);
}

static void
add_absent(struct case_file *c, unsigned b)
{
	struct verdict v = keep_absent(0, b);

	assert_int_equal(case_add_absent(c, &v), OK);
}

static bool
has(struct case_file *c, unsigned b)
{
	struct verdict v = keep_absent(0, b);
	bool is_there = false;

	assert_int_equal(case_has(c, v.key, &is_there), OK);
	return is_there;
}

static void
a_row_comes_back_as_it_was(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct row back;
	bool found = false;

	(void)state;
	begin(c, 0);
	add(c, 7, STATE_INFECTED);
	assert_int_equal(case_close(c), OK);

	c = open_or_fail("ward.db", CASE_READ);
	assert_int_equal(case_find(c, "10.0.0.7", &back, &found), OK);
	assert_true(found);
	assert_string_equal(back.verdict.host, "10.0.0.7");
	assert_memory_equal(back.verdict.key, "\4\12\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0",
	                    17);
	assert_int_equal(back.verdict.state, STATE_INFECTED);
	assert_int_equal(back.verdict.variants, VARIANT_A | VARIANT_B);
	assert_int_equal(back.verdict.time_ms, KEEP_STARTED + 1500);
	assert_string_equal(back.verdict.name.utf8, "WARD-3");
	assert_string_equal(back.verdict.why, "It answers so.");
	assert_int_equal(back.findings.count, 1);
	assert_string_equal(back.findings.at[0].trace, "netpath-invalid-parameter");
	assert_int_equal(back.findings.at[0].field_count, 2);
	assert_int_equal(back.findings.at[0].fields[0].number, 87);
	assert_int_equal(case_close(c), OK);
}

static void
an_absent_host_comes_back_with_its_reason(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct row back;
	bool found = false;

	(void)state;
	begin(c, 0);
	add_absent(c, 9);
	assert_int_equal(case_find(c, "10.0.0.9", &back, &found), OK);
	assert_true(found);
	assert_int_equal(back.verdict.state, STATE_ABSENT);
	assert_string_equal(back.verdict.host, "10.0.0.9");
	assert_int_equal(back.verdict.time_ms, KEEP_STARTED + 1000);
	assert_int_equal(back.verdict.reason_count, 1);
	assert_string_equal(back.verdict.reasons[0], "absent-silent");
	assert_string_equal(back.verdict.why, "Nobody answers.");
	assert_string_equal(back.verdict.next, "Nothing to do.");
	assert_int_equal(case_close(c), OK);
}

static void
the_worst_come_first_or_all_by_address(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);

	(void)state;
	begin(c, 0);
	add(c, 10, STATE_INFECTED);
	add(c, 200, STATE_NO_SIGN);
	add(c, 9, STATE_INFECTED);
	add(c, 1, STATE_UNKNOWN);
	add_absent(c, 5);
	add(c, 3, STATE_SUSPECT);
	assert_string_equal(keep_list(c, VIEW_WORST_FIRST, false),
	                    "10.0.0.9 infected\n10.0.0.10 infected\n10.0.0.3 suspect\n"
	                    "10.0.0.1 unknown\n10.0.0.200 no-sign\n");
	assert_string_equal(keep_list(c, VIEW_BY_ADDRESS, true),
	                    "10.0.0.1 unknown\n10.0.0.3 suspect\n10.0.0.5 absent\n"
	                    "10.0.0.9 infected\n10.0.0.10 infected\n"
	                    "10.0.0.200 no-sign\n");
	assert_int_equal(case_close(c), OK);
}

static void
a_view_knows_the_run_and_the_sum(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct summary s = { .command = "scan", .targets = 3, .seconds = 1.5 };
	struct view view;

	(void)state;
	begin(c, 0);
	add(c, 1, STATE_INFECTED);
	add_absent(c, 2);
	add_absent(c, 3);
	assert_int_equal(case_end_run(c, &s), OK);
	assert_int_equal(case_view(c, false, &view), OK);
	assert_int_equal(view.run.started_ms, KEEP_STARTED);
	assert_string_equal(view.run.version, "0.1.0");
	assert_int_equal(view.run.argc, 3);
	assert_string_equal(view.run.argv[2], "10.0.0.0/24");
	assert_string_equal(view.summary.command, "scan");
	assert_int_equal(view.summary.targets, 3);
	assert_int_equal(view.summary.count[STATE_INFECTED], 1);
	assert_int_equal(view.summary.count[STATE_ABSENT], 2);
	assert_true(view.summary.seconds > 1.49 && view.summary.seconds < 1.51);
	assert_false(view.summary.interrupted);
	case_view_end(&view);
	assert_int_equal(case_close(c), OK);
}

static void
a_run_that_never_ended_was_interrupted(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct view view;

	(void)state;
	begin(c, 0);
	add(c, 1, STATE_NO_SIGN);
	assert_int_equal(case_view(c, false, &view), OK);
	assert_true(view.summary.interrupted);
	assert_true(view.summary.seconds > 1.49 && view.summary.seconds < 1.51);
	case_view_end(&view);
	assert_int_equal(case_close(c), OK);
}

static void
the_newest_row_of_a_host_counts(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);

	(void)state;
	begin(c, 0);
	add(c, 1, STATE_INFECTED);
	add_absent(c, 2);
	begin(c, 3600);
	add(c, 1, STATE_NO_SIGN);
	add(c, 2, STATE_NO_SIGN);
	assert_string_equal(keep_list(c, VIEW_BY_ADDRESS, true),
	                    "10.0.0.1 no-sign\n10.0.0.2 no-sign\n");
	assert_int_equal(case_close(c), OK);
}

static void
a_second_row_in_the_same_run_replaces_the_first(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);

	(void)state;
	begin(c, 0);
	add_absent(c, 1);
	add(c, 1, STATE_UNKNOWN);
	add(c, 1, STATE_NO_SIGN);
	assert_string_equal(keep_list(c, VIEW_BY_ADDRESS, true), "10.0.0.1 no-sign\n");
	assert_int_equal(case_close(c), OK);
}

static void
an_infected_host_that_is_gone_is_unknown_and_a_clean_one_absent(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct row back;
	bool found = false;

	(void)state;
	begin(c, 0);
	add(c, 1, STATE_INFECTED);
	add(c, 2, STATE_NO_SIGN);
	begin(c, 3600);
	add_absent(c, 1);
	add_absent(c, 2);
	assert_string_equal(keep_list(c, VIEW_WORST_FIRST, true),
	                    "10.0.0.1 unknown\n10.0.0.2 absent\n");
	assert_int_equal(case_find(c, "10.0.0.1", &back, &found), OK);
	assert_true(found);
	assert_string_equal(back.verdict.why,
	                    "It was infected on 2026-11-22 19:33 UTC and not there on "
	                    "2026-11-22 20:33 UTC. Switched off is not clean.");
	assert_string_equal(back.verdict.name.utf8, "WARD-3");
	assert_int_equal(back.verdict.variants, 0);
	assert_int_equal(case_close(c), OK);
}

static enum err
add_to_list(void *with, const struct row *row)
{
	char *list = with;
	size_t len = strlen(list);

	snprintf(list + len, 256 - len, "%s %s\n", row->verdict.host,
	         state_name(row->verdict.state));
	return OK;
}

static void
older_rows_stay_as_history(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	char list[256] = "";

	(void)state;
	begin(c, 0);
	add(c, 1, STATE_INFECTED);
	begin(c, 10);
	add(c, 1, STATE_NO_SIGN);
	begin(c, 20);
	add_absent(c, 1);
	assert_int_equal(past_rows(c, "10.0.0.1", add_to_list, list), OK);
	assert_string_equal(list,
	                    "10.0.0.1 absent\n10.0.0.1 no-sign\n10.0.0.1 infected\n");
	assert_int_equal(case_close(c), OK);
}

static void
a_host_is_found_by_its_name_in_either_case(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	char list[256] = "";
	struct row back;
	bool found = false;

	(void)state;
	begin(c, 0);
	add(c, 4, STATE_INFECTED);
	add(c, 2, STATE_INFECTED);
	assert_int_equal(case_find(c, "ward-3", &back, &found), OK);
	assert_true(found);
	assert_string_equal(back.verdict.host, "10.0.0.2");
	assert_int_equal(past_namesakes(c, "Ward-3", add_to_list, list), OK);
	assert_string_equal(list, "10.0.0.2 infected\n10.0.0.4 infected\n");
	assert_int_equal(case_find(c, "nobody", &back, &found), OK);
	assert_false(found);
	assert_int_equal(case_find(c, "10.0.0.99", &back, &found), OK);
	assert_false(found);
	assert_int_equal(case_close(c), OK);
}

static void
a_resumed_run_has_the_hosts_of_those_it_goes_on_with(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct run run = keep_run("scan");

	(void)state;
	begin(c, 0);
	add(c, 9, STATE_NO_SIGN); /* of an older scan: to be asked again */
	begin(c, 10);
	add(c, 1, STATE_NO_SIGN);
	add_absent(c, 2);
	assert_int_equal(case_close(c), OK);

	c = open_or_fail("ward.db", CASE_WRITE);
	assert_int_equal(case_resume_run(c, &run), OK);
	add(c, 3, STATE_NO_SIGN);
	assert_int_equal(case_resume_run(c, &run), OK);
	assert_true(has(c, 1));
	assert_true(has(c, 2));
	assert_true(has(c, 3));
	assert_false(has(c, 4));
	assert_false(has(c, 9));
	assert_int_equal(case_close(c), OK);
}

static void
a_broken_off_run_is_not_hidden_by_a_later_one(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct summary broken_off = { .command = "scan", .interrupted = true };
	struct summary whole = { .command = "scan" };
	struct run run = keep_run("scan");
	struct view view;
	char *spec = NULL;

	(void)state;
	assert_int_equal(case_begin_run(c, &run, "[\"10.0.0.0/24\"]"), OK);
	add(c, 1, STATE_NO_SIGN);
	assert_int_equal(case_end_run(c, &broken_off), OK);
	assert_int_equal(case_begin_run(c, &run, "[\"10.0.0.9\"]"), OK);
	assert_int_equal(case_end_run(c, &whole), OK);
	assert_int_equal(case_view(c, false, &view), OK);
	assert_true(view.summary.interrupted);
	case_view_end(&view);

	assert_int_equal(case_last_spec(c, "scan", &spec), OK);
	assert_string_equal(spec, "[\"10.0.0.0/24\"]");
	free(spec);
	assert_int_equal(case_resume_run(c, &run), OK);
	assert_true(has(c, 1));
	assert_int_equal(case_end_run(c, &whole), OK);
	assert_int_equal(case_view(c, false, &view), OK);
	assert_false(view.summary.interrupted);
	case_view_end(&view);
	assert_int_equal(case_close(c), OK);
}

static void
typing_a_broken_off_scan_again_is_as_good_as_going_on(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct summary whole = { .command = "scan" };
	struct run run = keep_run("scan");
	struct view view;

	(void)state;
	assert_int_equal(case_begin_run(c, &run, "[\"10.0.0.0/24\"]"), OK);
	assert_int_equal(case_begin_run(c, &run, "[\"10.0.0.0/24\"]"), OK);
	assert_int_equal(case_end_run(c, &whole), OK);
	assert_int_equal(case_view(c, false, &view), OK);
	assert_false(view.summary.interrupted);
	case_view_end(&view);
	assert_int_equal(case_close(c), OK);
}

static void
a_new_run_has_no_hosts_yet(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);

	(void)state;
	begin(c, 0);
	add(c, 1, STATE_NO_SIGN);
	assert_true(has(c, 1));
	begin(c, 10);
	assert_false(has(c, 1));
	assert_int_equal(case_close(c), OK);
}

static void
the_spec_of_the_latest_run_of_a_command_is_kept(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct run check = keep_run("check");
	struct run scan = keep_run("scan");
	char *spec = NULL;

	(void)state;
	assert_int_equal(case_last_spec(c, "scan", &spec), OK);
	assert_null(spec);
	begin(c, 0);
	assert_int_equal(case_begin_run(c, &check, "[\"c\"]"), OK);
	assert_int_equal(case_resume_run(c, &scan), OK);
	assert_int_equal(case_last_spec(c, "scan", &spec), OK);
	assert_string_equal(spec, "[\"10.0.0.0/24\"]");
	free(spec);
	assert_int_equal(case_close(c), OK);
}

static enum err
count_run(void *with, const struct past_run *past)
{
	int *count = with;

	*count += 1;
	if (*count == 1) {
		assert_true(past->has_ended);
		assert_int_equal(past->summary.targets, 12);
		assert_int_equal(past->summary.count[STATE_UNKNOWN], 5);
	} else {
		assert_false(past->has_ended);
		assert_true(past->summary.interrupted);
		assert_int_equal(past->first_ms, KEEP_STARTED);
	}
	return OK;
}

static void
runs_are_told_oldest_first(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct summary s = { .targets = 12, .count = { [STATE_UNKNOWN] = 5 } };
	struct run run = keep_run("scan");
	int count = 0;

	(void)state;
	begin(c, 0);
	assert_int_equal(case_end_run(c, &s), OK);
	run.started_ms += 60000;
	assert_int_equal(case_resume_run(c, &run), OK);
	assert_int_equal(past_runs(c, count_run, &count), OK);
	assert_int_equal(count, 2);
	assert_int_equal(case_close(c), OK);
}

static void
ipv6_sorts_behind_ipv4(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);
	struct verdict v = keep_absent(0, 1);
	struct row row = keep_row(0, 1, STATE_NO_SIGN);
	static const uint8_t key[ADDRESS_KEY] = { 6, 0x20, 1, 0xD, 0xB8, 0, 0, 0, 0,
		                                  0, 0,    0, 0,   0,    0, 0, 1 };

	(void)state;
	begin(c, 0);
	memcpy(row.verdict.key, key, sizeof key);
	(void)text_copy(row.verdict.host, ADDRESS_ROOM, "2001:db8::1");
	assert_int_equal(case_add(c, &row, "[]"), OK);
	memcpy(v.key, key, sizeof key);
	v.key[16] = 0;
	assert_int_equal(case_add_absent(c, &v), OK);
	add(c, 255, STATE_NO_SIGN);
	assert_string_equal(keep_list(c, VIEW_BY_ADDRESS, true),
	                    "10.0.0.255 no-sign\n2001:db8:: absent\n"
	                    "2001:db8::1 no-sign\n");
	assert_int_equal(case_close(c), OK);
}

static void
a_temporary_case_sorts_and_leaves_nothing(void **state)
{
	struct case_file *c = open_or_fail(NULL, CASE_TEMPORARY);

	(void)state;
	begin(c, 0);
	add(c, 2, STATE_NO_SIGN);
	add(c, 1, STATE_INFECTED);
	assert_int_equal(case_commit(c), OK);
	assert_string_equal(keep_list(c, VIEW_WORST_FIRST, false),
	                    "10.0.0.1 infected\n10.0.0.2 no-sign\n");
	assert_int_equal(case_close(c), OK);
	/* keep_no_folder fails if a file has been left. */
}

static void
a_case_is_one_file_when_nobody_has_it_open(void **state)
{
	struct case_file *c = open_or_fail("ward.db", CASE_WRITE);

	(void)state;
	begin(c, 0);
	add(c, 1, STATE_INFECTED);
	assert_int_equal(case_close(c), OK);
	assert_int_equal(access("ward.db-wal", F_OK), -1);
	c = open_or_fail("ward.db", CASE_READ);
	assert_string_equal(keep_list(c, VIEW_WORST_FIRST, false),
	                    "10.0.0.1 infected\n");
	assert_int_equal(case_close(c), OK);
	assert_int_equal(access("ward.db-wal", F_OK), -1);
	assert_int_equal(access("ward.db-shm", F_OK), -1);
}

static void
no_file_name_means_anything_else(void **state)
{
	static const char *const names[] = { "odd ?%#.db", ":memory:" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct case_file *c = open_or_fail(names[i], CASE_WRITE);

		begin(c, 0);
		add(c, 1, STATE_INFECTED);
		assert_int_equal(case_close(c), OK);
		assert_int_equal(access(names[i], F_OK), 0);
	}
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, keep_folder, keep_no_folder)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_row_comes_back_as_it_was),
		IN_FOLDER(an_absent_host_comes_back_with_its_reason),
		IN_FOLDER(the_worst_come_first_or_all_by_address),
		IN_FOLDER(a_view_knows_the_run_and_the_sum),
		IN_FOLDER(a_run_that_never_ended_was_interrupted),
		IN_FOLDER(the_newest_row_of_a_host_counts),
		IN_FOLDER(a_second_row_in_the_same_run_replaces_the_first),
		IN_FOLDER(
		    an_infected_host_that_is_gone_is_unknown_and_a_clean_one_absent),
		IN_FOLDER(older_rows_stay_as_history),
		IN_FOLDER(a_host_is_found_by_its_name_in_either_case),
		IN_FOLDER(a_resumed_run_has_the_hosts_of_those_it_goes_on_with),
		IN_FOLDER(a_broken_off_run_is_not_hidden_by_a_later_one),
		IN_FOLDER(typing_a_broken_off_scan_again_is_as_good_as_going_on),
		IN_FOLDER(a_new_run_has_no_hosts_yet),
		IN_FOLDER(the_spec_of_the_latest_run_of_a_command_is_kept),
		IN_FOLDER(runs_are_told_oldest_first),
		IN_FOLDER(ipv6_sorts_behind_ipv4),
		IN_FOLDER(a_temporary_case_sorts_and_leaves_nothing),
		IN_FOLDER(a_case_is_one_file_when_nobody_has_it_open),
		IN_FOLDER(no_file_name_means_anything_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

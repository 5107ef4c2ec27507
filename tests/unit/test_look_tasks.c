#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../fake/case_play.h"
#include "../fake/fake_machine.h"
#include "look/defences.h"
#include "look/rundll.h"
#include "base/own.h"

static void
every_case_is_told_as_it_ought_to_be(void **state)
{
	static const struct case_detector detectors[] = { { "tasks", look_tasks } };

	(void)state;
	cases_play("tasks-", detectors, 1);
}

/* ---- command lines */

static void
commands_of_rundll32_are_taken_apart(void **state)
{
	static const struct {
		const char *command;
		const char *target; /* NULL: it is none */
		const char *function;
		bool is_bare;
	} rows[] = {
		{ "rundll32.exe jxcvqm.uu,hpkmbt", "jxcvqm.uu", "hpkmbt", true },
		{ "RUNDLL32 a.b,c", "a.b", "c", true },
		{ "\"C:\\W 1\\rundll32.exe\"  a.b , c ", "a.b", "c", true },
		{ "C:/w/rundll32.exe a.b c", "a.b", "c", true },
		{ "rundll32.exe \"C:\\x y\\a.dll\",go", "C:\\x y\\a.dll", "go", false },
		{ "rundll32.exe a.b,c d", "a.b", "c", false },
		{ "rundll32.exe a.b,C", "a.b", "C", false },
		{ "rundll32.exe A.b,c", "A.b", "c", false },
		{ "rundll32.exe a.b.c,d", "a.b.c", "d", false },
		{ "rundll32.exe a,b", "a", "b", false },
		{ "rundll32.exe .b,c", ".b", "c", false },
		{ "rundll32.exe a.,c", "a.", "c", false },
		{ "rundll32.exe a.b,", "a.b", "", false },
		{ "rundll32.exe a1.b,c", "a1.b", "c", false },
		{ "rundll32.exe a.b,#1", "a.b", "#1", false },
		{ "rundll32.exe shell32.dll,ShellExec_RunDLL rundll32 a.b,c", "a.b",
		  "c", true },
		{ "rundll32.exe shell32.dll,ShellExec_RunDLL setup.exe", NULL, "",
		  false },
		{ "rundll32.exe", NULL, "", false },
		{ "rundll32.exe ,c", NULL, "", false },
		{ "myrundll32.exe a.b,c", NULL, "", false },
		{ "cmd /c rundll32.exe a.b,c", NULL, "", false },
		{ "", NULL, "", false },
	};
	struct rundll_call call;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(rundll_call_read(rows[i].command, &call),
		                 rows[i].target != NULL);
		if (!rows[i].target)
			continue;
		assert_string_equal(call.target, rows[i].target);
		assert_string_equal(call.function, rows[i].function);
		assert_int_equal(rundll_call_is_bare(&call), rows[i].is_bare);
	}
}

/* ---- the list */

static struct installation windows = { .there = true,
	                               .root = "C:\\WINDOWS",
	                               .system32 = "C:\\WINDOWS\\system32",
	                               .drive = "C:" };

static void
list(const char *text, struct statuses *out)
{
	static struct findings findings;
	struct fake_case *c = fake_case_of(text);
	struct inside in = { .machine = c->machine,
		             .windows = &windows,
		             .out = &findings };

	assert_int_equal(defence_tasks(&in, out), OK);
	fake_case_free(c);
}

static void
assert_field(const struct status *s, const char *key, const char *expected)
{
	const struct status_field *f = status_field(s, key);

	assert_non_null(f);
	assert_string_equal(f->text, expected);
}

static void
every_task_is_listed_with_what_it_starts(void **state)
{
	struct statuses all = { .count = 0 };

	(void)state;
	list("windows C:\\WINDOWS\n"
	     "file C:\\WINDOWS\\Tasks\\GoogleUpdate.job\n"
	     "\tdata tasks/GoogleUpdate.job\n"
	     "file C:\\WINDOWS\\Tasks\\At1.job\n"
	     "\tdata tasks/worm-form.job\n"
	     "file C:\\WINDOWS\\Tasks\\At2.job\n"
	     "\tdata tasks/backup.job\n"
	     "file C:\\WINDOWS\\Tasks\\At3.job\n"
	     "\tdata tasks/cut.job\n",
	     &all);
	assert_int_equal(all.count, 4);
	assert_int_equal(statuses_exit_code(&all), 1);
	assert_field(&all.at[0], "name", "At1");
	assert_field(&all.at[0], "kind", "at");
	assert_field(&all.at[0], "command", "rundll32.exe");
	assert_field(&all.at[0], "arguments", "jxcvqm.uu,hpkmbt");
	assert_field(&all.at[0], "author", "SYSTEM");
	assert_field(&all.at[0], "schedule",
	             "on days of the month at 13:00, from 2009-02-12");
	assert_field(&all.at[0], "verdict", "suspect");
	assert_int_equal(all.at[0].need, NEED_DOING);
	assert_string_equal(all.at[0].says,
	                    "At1 has the form of the worm's tasks, and what it would "
	                    "start is gone: rundll32.exe jxcvqm.uu,hpkmbt");
	assert_field(&all.at[1], "verdict", "other");
	assert_int_equal(all.at[1].need, NEED_NOTHING);
	assert_field(&all.at[2], "verdict", "unread");
	assert_int_equal(all.at[2].need, NEED_TELLING);
	assert_field(&all.at[3], "name", "GoogleUpdate");
	assert_field(&all.at[3], "kind", "task");
	assert_field(&all.at[3], "schedule",
	             "daily at 15:42, every 60 minutes, from 2013-07-12");
	assert_field(&all.at[3], "last_run", "2013-08-24 12:42:00");
	assert_field(&all.at[3], "file", "C:\\WINDOWS\\Tasks\\GoogleUpdate.job");
	statuses_free(&all);
}

static void
a_folder_that_a_policy_closed_is_told_and_no_harm(void **state)
{
	struct statuses all = { .count = 0 };

	(void)state;
	list("windows C:\\WINDOWS\n"
	     "folder C:\\WINDOWS\\Tasks\n"
	     "\tsecurity protected A:BA:1200a9 A:SY:1200a9\n",
	     &all);
	assert_int_equal(all.count, 1);
	assert_field(&all.at[0], "verdict", "locked");
	assert_int_equal(all.at[0].need, NEED_NOTHING);
	statuses_free(&all);
	list("windows C:\\WINDOWS\nfolder C:\\WINDOWS\\Tasks\n\tsecurity default\n",
	     &all);
	assert_int_equal(all.count, 0);
	statuses_free(&all);
}

/* ---- floods */

/* A job of the worm's form, as Vista writes it. */
static void
put_job(struct buf *b, unsigned number, const char *target)
{
	char text[512];

	(void)snprintf(text, sizeof text,
	               "file C:\\WINDOWS\\system32\\Tasks\\At%u\n"
	               "\ttext <Task><RegistrationInfo><Author>SYSTEM</Author>"
	               "<Description>Created by NetScheduleJobAdd.</Description>"
	               "</RegistrationInfo><Actions><Exec>"
	               "<Command>rundll32.exe</Command>"
	               "<Arguments>%s.uu,go</Arguments></Exec></Actions></Task>\n",
	               number, target);
	buf_text(b, text);
}

static void
jobs_whose_file_is_gone_do_not_hide_the_one_that_starts_the_worm(void **state)
{
	static struct findings findings;
	OWN(buf_free) struct buf text = { .ceiling = 65536 };
	const struct finding *worm = NULL;

	(void)state;
	buf_text(&text, "windows C:\\WINDOWS\n");
	for (unsigned i = 1; i <= 40; i++) {
		char target[] = { 'g', (char)('a' + i % 20), (char)('a' + i / 20), 0 };

		put_job(&text, i, i == 30 ? "worm" : target);
	}
	buf_text(&text, "file C:\\WINDOWS\\system32\\worm.uu\n"
	                "\tattributes hidden system\n\tinert 7\n");
	struct fake_case *c = fake_case_of(buf_string(&text));
	struct inside in = { .machine = c->machine,
		             .windows = &windows,
		             .out = &findings };

	findings.count = 0;
	assert_int_equal(look_tasks(&in), OK);
	assert_int_equal(findings.count, 24);
	for (size_t i = 0; i < findings.count; i++) {
		if (strcmp(findings.at[i].trace, "task-worm") == 0)
			worm = &findings.at[i];
	}
	assert_non_null(worm);
	assert_string_equal(worm->where, "C:\\WINDOWS\\system32\\Tasks\\At30");
	fake_case_free(c);
}

/* More than are listed: the last line says so, and nothing is in order. */
static void
a_list_that_is_cut_is_not_in_order(void **state)
{
	OWN(buf_free) struct buf text = { .ceiling = 1u << 20 };
	struct statuses all = { .count = 0 };

	(void)state;
	buf_text(&text, "windows C:\\WINDOWS\n");
	for (unsigned i = 1; i <= STATUSES_MOST + 1; i++) {
		char line[128];

		(void)snprintf(line, sizeof line,
		               "file C:\\WINDOWS\\Tasks\\At%u.job\n"
		               "\tdata tasks/backup.job\n",
		               i);
		buf_text(&text, line);
	}
	list(buf_string(&text), &all);
	assert_int_equal(all.count, STATUSES_MOST);
	assert_int_equal(all.at[STATUSES_MOST - 1].need, NEED_TELLING);
	assert_non_null(strstr(all.at[STATUSES_MOST - 1].says, "not listed"));
	assert_int_equal(statuses_exit_code(&all), 3);
	statuses_free(&all);
}

/* Each question in turn meets a machine without memory. */
static void
lack_of_memory_is_an_error_and_no_finding(void **state)
{
	static struct findings findings;

	(void)state;
	for (size_t nth = 0; nth < 4; nth++) {
		struct fake_case *c = fake_case_of("windows C:\\WINDOWS\n"
		                                   "file C:\\WINDOWS\\Tasks\\At1.job\n"
		                                   "\tdata tasks/worm-form.job\n");
		struct inside in = { .machine = c->machine,
			             .windows = &windows,
			             .out = &findings };

		findings.count = 0;
		fake_machine_fail_at(c->machine, nth);
		(void)look_tasks(&in);
		assert_true(machine_failed(c->machine));
		fake_case_free(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_told_as_it_ought_to_be),
		cmocka_unit_test(commands_of_rundll32_are_taken_apart),
		cmocka_unit_test(every_task_is_listed_with_what_it_starts),
		cmocka_unit_test(a_folder_that_a_policy_closed_is_told_and_no_harm),
		cmocka_unit_test(
		    jobs_whose_file_is_gone_do_not_hide_the_one_that_starts_the_worm),
		cmocka_unit_test(a_list_that_is_cut_is_not_in_order),
		cmocka_unit_test(lack_of_memory_is_an_error_and_no_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

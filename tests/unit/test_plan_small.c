/* The plans of the small commands: Autorun, auditing, tasks, drives. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mend/admit.h"
#include "mend/vaccine.h"
#include "plan_tried.h"

#define SET "HKLM\\SYSTEM\\ControlSet001"
#define MAPPING                                                                   \
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\IniFileMapping\\" \
	"Autorun.inf"
#define POLICY "HKLM\\SECURITY\\Policy\\PolAdtEv"
#define CACHE \
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache"

struct played {
	struct fake_case *c;
	struct tried *t;
	struct plan *plan;
};

static struct played
begin(const char *text)
{
	struct played p = { .c = fake_case_of(text) };

	p.t = check_try(p.c->machine);
	p.plan = p.t->plan;
	return p;
}

static void
stop(struct played *p)
{
	tried_free(p->t);
	fake_case_free(p->c);
}

/* ---- Autorun */

static void
autorun_is_closed_by_the_one_value(void **state)
{
	struct played p = begin("include xp\n");

	(void)state;
	assert_int_equal(plan_autorun(&p.t->in, true, p.plan), OK);
	assert_int_equal(p.plan->count, 1);
	const struct change *c = &p.plan->at[0];
	assert_int_equal(c->kind, CHANGE_SET_VALUE);
	assert_string_equal(c->target, MAPPING);
	assert_string_equal(c->name, "");
	assert_int_equal(c->type, REG_TYPE_SZ);
	assert_int_equal(c->after.len, 2 * sizeof "@SYS:DoesNotExist");
	assert_memory_equal(c->after.at, "@\0S\0Y\0S\0:\0", 10);
	assert_int_equal(p.plan->person_count, 1);
	stop(&p);
	p = begin("include xp\nkey " MAPPING "\n\tsz \"\" @SYS:DoesNotExist\n");
	assert_int_equal(plan_autorun(&p.t->in, true, p.plan), OK);
	assert_int_equal(p.plan->count, 0);
	stop(&p);
}

static void
autorun_is_opened_by_taking_just_that_away(void **state)
{
	struct played p = begin("include xp\nkey " MAPPING
	                        "\n\tsz \"\" @SYS:DoesNotExist\n");

	(void)state;
	assert_int_equal(plan_autorun(&p.t->in, false, p.plan), OK);
	assert_int_equal(p.plan->count, 1);
	assert_int_equal(p.plan->at[0].kind, CHANGE_DELETE_KEY);
	stop(&p);
	/* Something else of somebody's is in the key. */
	p = begin("include xp\nkey " MAPPING
	          "\n\tsz \"\" @SYS:DoesNotExist\n\tsz other x\n");
	assert_int_equal(plan_autorun(&p.t->in, false, p.plan), OK);
	assert_int_equal(p.plan->count, 1);
	assert_int_equal(p.plan->at[0].kind, CHANGE_DELETE_VALUE);
	stop(&p);
	/* It is mapped elsewhere: that was not us. */
	p = begin("include xp\nkey " MAPPING "\n\tsz \"\" @SYS:DoesNotExisT2\n");
	assert_int_equal(plan_autorun(&p.t->in, false, p.plan), OK);
	assert_int_equal(p.plan->count, 0);
	stop(&p);
}

/* ---- auditing */

/* As an XP writes it: on, Logon success, Account logon success; nine categories. */
#define XP_POLICY                                                           \
	"key " POLICY "\n\thex 0 \"\" 01e30c00 00000000 01000000 00000000 " \
	"00000000 00000000 00000000 00000000 00000000 01000000 09000000\n"

static void
auditing_adds_and_takes_nothing_away(void **state)
{
	static const uint8_t wanted[44] = {
		[0] = 1, [1] = 0xE3, [2] = 0x0C, [8] = 3, [28] = 1, [36] = 3, [40] = 9
	};
	struct played p = begin("include xp\n" XP_POLICY "key " SET
	                        "\\Services\\EventLog\\Security\n"
	                        "\tdword MaxSize 524288\n\tdword Retention 604800\n");

	(void)state;
	assert_int_equal(plan_audit(&p.t->in, p.plan), OK);
	assert_int_equal(p.plan->count, 3);
	const struct change *c = plan_find(p.plan, CHANGE_SET_VALUE, POLICY, "");
	assert_non_null(c);
	assert_int_equal(c->type, 0);
	assert_int_equal(c->after.len, sizeof wanted);
	assert_memory_equal(c->after.at, wanted, sizeof wanted);
	c = plan_find(p.plan, CHANGE_SET_VALUE, SET "\\Services\\EventLog\\Security",
	              "MaxSize");
	assert_non_null(c);
	assert_memory_equal(c->after.at, "\0\0\xA0\0", 4);
	assert_non_null(plan_find(p.plan, CHANGE_SET_VALUE,
	                          SET "\\Services\\EventLog\\Security", "Retention"));
	stop(&p);
}

static void
a_machine_that_would_stop_is_left_alone(void **state)
{
	struct played p = begin("include xp\n" XP_POLICY "key " SET
	                        "\\Control\\Lsa\n\tdword CrashOnAuditFail 1\n");

	(void)state;
	assert_int_equal(plan_audit(&p.t->in, p.plan), OK);
	assert_int_equal(p.plan->count, 0);
	assert_int_equal(p.plan->left_count, 1);
	stop(&p);
}

static void
a_policy_of_another_form_is_left_alone(void **state)
{
	struct played p = begin("include xp\nkey " POLICY "\n\thex 0 \"\" 0102\n");

	(void)state;
	assert_int_equal(plan_audit(&p.t->in, p.plan), OK);
	assert_int_equal(p.plan->count, 0);
	assert_int_equal(p.plan->left_count, 1);
	stop(&p);
}

/* ---- tasks */

#define VISTA_JOB                                                              \
	"include xp\n"                                                         \
	"file C:\\WINDOWS\\Tasks\\At1.job\n\tdata tasks/worm-form.job\n"       \
	"file C:\\WINDOWS\\system32\\Tasks\\At1\n"                             \
	"\ttext <?xml version=\"1.0\"?><Task version=\"1.0\">\n"               \
	"\ttext <RegistrationInfo><Author>SYSTEM</Author>\n"                   \
	"\ttext <Description>Created by NetScheduleJobAdd.</Description>\n"    \
	"\ttext </RegistrationInfo><Principals><Principal id=\"Author\">\n"    \
	"\ttext <UserId>@AtServiceAccount</UserId></Principal></Principals>\n" \
	"\ttext <Actions><Exec><Command>rundll32.exe</Command>\n"              \
	"\ttext <Arguments>jxcvqm.uu,hpkmbt</Arguments></Exec></Actions>\n"    \
	"\ttext </Task>\n"                                                     \
	"key " CACHE "\\Tree\\At1\n\tsz Id " ID "\n"                           \
	"key " CACHE "\\Tasks\\" ID "\n\tsz Path \\At1\n"                      \
	"key " CACHE "\\Plain\\" ID "\n\tdword x 1\n"
#define ID "{0A1B2C3D-0000-4111-8222-333344445555}"

static void
a_task_goes_from_all_its_places(void **state)
{
	struct played p = begin(VISTA_JOB);

	(void)state;
	assert_int_equal(plan_tasks(&p.t->in, false, p.plan), OK);
	assert_int_equal(p.plan->count, 5);
	assert_non_null(
	    plan_find(p.plan, CHANGE_DELETE_TASK, "C:\\WINDOWS\\Tasks\\At1.job", NULL));
	assert_non_null(plan_find(p.plan, CHANGE_DELETE_TASK,
	                          "C:\\WINDOWS\\system32\\Tasks\\At1", NULL));
	assert_non_null(
	    plan_find(p.plan, CHANGE_DELETE_KEY, CACHE "\\Tree\\At1", NULL));
	assert_non_null(
	    plan_find(p.plan, CHANGE_DELETE_KEY, CACHE "\\Tasks\\" ID, NULL));
	assert_non_null(
	    plan_find(p.plan, CHANGE_DELETE_KEY, CACHE "\\Plain\\" ID, NULL));
	stop(&p);
}

static void
somebody_elses_number_is_not_taken_away(void **state)
{
	/* The number that At1 has is that of another task. */
	struct played p = begin(VISTA_JOB "key " CACHE "\\Tasks\\" ID
	                                  "\n\tsz Path \\Microsoft\\Defrag\n");

	(void)state;
	assert_int_equal(plan_tasks(&p.t->in, false, p.plan), OK);
	assert_null(plan_find(p.plan, CHANGE_DELETE_KEY, CACHE "\\Tasks\\" ID, NULL));
	assert_null(plan_find(p.plan, CHANGE_DELETE_KEY, CACHE "\\Plain\\" ID, NULL));
	assert_int_equal(p.plan->count, 3);
	stop(&p);
}

static void
all_jobs_of_at_go_where_that_is_asked(void **state)
{
	/* backup: an honest At job; real: a task that was not made by way of AT. */
	static const char text[] =
	    "include xp\n"
	    "file C:\\WINDOWS\\Tasks\\At1.job\n\tdata tasks/backup.job\n"
	    "file C:\\WINDOWS\\Tasks\\GoogleUpdate.job\n"
	    "\tdata tasks/GoogleUpdate.job\n";
	struct played p = begin(text);

	(void)state;
	assert_int_equal(plan_tasks(&p.t->in, false, p.plan), OK);
	assert_int_equal(p.plan->count, 0);
	stop(&p);
	p = begin(text);
	assert_int_equal(plan_tasks(&p.t->in, true, p.plan), OK);
	assert_int_equal(p.plan->count, 1);
	assert_string_equal(p.plan->at[0].target, "C:\\WINDOWS\\Tasks\\At1.job");
	assert_string_equal(p.plan->at[0].why, "asked");
	stop(&p);
}

/* ---- drives */

#define BIN "E:\\RECYCLER\\S-5-3-42-2819952290-8240758988-879315005-3665"
#define STICK                                                                \
	"drive E:\\ the stick\n"                                             \
	"file E:\\autorun.inf\n\ttext [autorun]\n"                           \
	"\ttext shellexecute=rundll32.exe .\\RECYCLER\\S-5-3-42-2819952290-" \
	"8240758988-879315005-3665\\jwgkvsq.vmx,ahaezedrn\n"                 \
	"file " BIN "\\jwgkvsq.vmx\n\tinert 3\n"                             \
	"file E:\\RECYCLER\\S-1-5-21-1-2-3-1003\\dc1.dll\n\tinert 3\n"       \
	"file E:\\photos\\a.jpg\n\ttext picture\n"

static void
a_stick_is_taken_clean_and_its_bins_are_kept(void **state)
{
	static const struct plan_wishes none;
	struct played p = begin(STICK);

	(void)state;
	assert_int_equal(plan_usb(&p.t->in, &p.c->machine->drives[0], &none, p.plan),
	                 OK);
	assert_int_equal(p.plan->count, 3);
	assert_string_equal(p.plan->at[0].target, "E:\\autorun.inf");
	assert_string_equal(p.plan->at[1].target, BIN "\\jwgkvsq.vmx");
	assert_int_equal(p.plan->at[2].kind, CHANGE_REMOVE_FOLDER);
	assert_string_equal(p.plan->at[2].target, BIN);
	stop(&p);
}

static void
a_bin_with_something_else_in_it_stays(void **state)
{
	static const struct plan_wishes none;
	struct played p = begin(STICK "file " BIN "\\letter.txt\n\ttext dear\n");

	(void)state;
	assert_int_equal(plan_usb(&p.t->in, &p.c->machine->drives[0], &none, p.plan),
	                 OK);
	assert_int_equal(p.plan->count, 2);
	assert_int_equal(plan_count(p.plan, CHANGE_REMOVE_FOLDER), 0);
	stop(&p);
}

static void
a_stick_is_vaccinated_where_there_is_no_autorun(void **state)
{
	struct played p = begin("drive E:\\ the stick\nfile E:\\a.txt\n\ttext a\n");

	(void)state;
	assert_int_equal(plan_vaccine(&p.t->in, &p.c->machine->drives[0], p.plan), OK);
	assert_int_equal(p.plan->count, 2);
	assert_int_equal(p.plan->at[0].kind, CHANGE_MAKE_FOLDER);
	assert_string_equal(p.plan->at[0].target, "E:\\autorun.inf");
	assert_int_equal(p.plan->at[1].kind, CHANGE_MAKE_FILE);
	assert_string_equal(p.plan->at[1].target, "E:\\" VACCINE_CHILD);
	assert_int_equal(p.plan->person_count, 1); /* its limits */
	stop(&p);
	p = begin(STICK);
	assert_int_equal(plan_vaccine(&p.t->in, &p.c->machine->drives[0], p.plan), OK);
	assert_int_equal(p.plan->count, 0);
	assert_true(p.plan->left_count > 0);
	stop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(autorun_is_closed_by_the_one_value),
		cmocka_unit_test(autorun_is_opened_by_taking_just_that_away),
		cmocka_unit_test(auditing_adds_and_takes_nothing_away),
		cmocka_unit_test(a_machine_that_would_stop_is_left_alone),
		cmocka_unit_test(a_policy_of_another_form_is_left_alone),
		cmocka_unit_test(a_task_goes_from_all_its_places),
		cmocka_unit_test(somebody_elses_number_is_not_taken_away),
		cmocka_unit_test(all_jobs_of_at_go_where_that_is_asked),
		cmocka_unit_test(a_stick_is_taken_clean_and_its_bins_are_kept),
		cmocka_unit_test(a_bin_with_something_else_in_it_stays),
		cmocka_unit_test(a_stick_is_vaccinated_where_there_is_no_autorun),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Findings become a plan: what becomes what, by wishes and by what the machine has. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "know/traces.h"
#include "mend/admit.h"
#include "mend/plan_parts.h"
#include "plan_tried.h"

#define SET "HKLM\\SYSTEM\\ControlSet001"
#define SVCHOST "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SvcHost"
#define RUN "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run"
#define ILL "include xp\ninclude worm-service\n"
#define VISTA                                                            \
	"key HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\n"    \
	"\tsz CurrentVersion 6.0\n\tsz ProductName Windows Vista (TM)\n" \
	"\tsz CurrentBuildNumber 6001\n"

struct played {
	struct fake_case *c;
	struct tried *t;
	const struct plan *plan;
};

static struct played
play(const char *text, struct plan_wishes wishes)
{
	struct played p = { .c = fake_case_of(text) };

	p.t = plan_try(p.c->machine, &wishes);
	p.plan = p.t->plan;
	return p;
}

static void
stop(struct played *p)
{
	tried_free(p->t);
	fake_case_free(p->c);
}

static const struct plan_wishes none, suspects = { .suspects = true },
				      residue = { .residue = true };

/* ---- everything that was found has its part */

static bool
is_handled(const struct plan *p, const struct finding *f)
{
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->at[i].why, f->trace) == 0 ||
		    text_same(p->at[i].target, f->where))
			return true;
	}
	for (size_t i = 0; i < p->left_count; i++) {
		if (strcmp(p->left[i].why, f->trace) == 0 ||
		    text_same(p->left[i].target, f->where))
			return true;
	}
	return false;
}

static size_t
unhandled(const struct tried *t, const char *called)
{
	size_t count = 0;

	for (size_t i = 0; i < t->findings.count; i++) {
		const struct finding *f = &t->findings.at[i];

		if (f->grade == GRADE_EXONERATING || is_handled(t->plan, f))
			continue;
		print_error("%s: %s at %s has no part in the plan\n", called, f->trace,
		            f->where);
		count++;
	}
	return count;
}

static size_t
play_case(const char *path, struct plan_wishes wishes)
{
	struct fake_case *c = fake_case_read(path);
	struct tried *t = plan_try(c->machine, &wishes);
	size_t wrong = unhandled(t, path);
	char why[WHY_ROOM];

	for (size_t i = 0; i < t->plan->count; i++) {
		const struct change *change = &t->plan->at[i];

		wrong += change->sign_count < 2 || !change->says[0];
		wrong += admit_change(&t->in, change, why) != OK;
	}
	tried_free(t);
	fake_case_free(c);
	return wrong;
}

/* All cases of the detectors: none of them was written for the planner. */
static void
the_cases_of_all_detectors_are_planned_for(void **state)
{
	const struct plan_wishes all = { .suspects = true, .residue = true };
	glob_t found = { .gl_pathc = 0 };
	size_t wrong = 0;

	(void)state;
	assert_int_equal(glob(TEST_DATA "/inside/*.case", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		wrong += play_case(found.gl_pathv[i], none);
		wrong += play_case(found.gl_pathv[i], all);
	}
	assert_true(found.gl_pathc >= 120);
	globfree(&found);
	assert_int_equal(wrong, 0);
}

static bool
is_from_inside(const struct trace *t)
{
	static const char *const inside[] = { "files",    "machine",   "memory",
		                              "patches",  "removable", "run",
		                              "services", "settings",  "tasks" };

	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
		if (strcmp(t->detector, inside[i]) == 0)
			return true;
	}
	return false;
}

/* Also those that no case has: they are told, and left with a reason. */
static void
every_trace_from_inside_is_handled(void **state)
{
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < traces_count; i++) {
		if (!is_from_inside(&traces[i]) || traces[i].grade == GRADE_EXONERATING)
			continue;
		struct fake_case *c = fake_case_of("include xp\n");
		struct tried *t = check_try(c->machine);
		struct finding *f = trace_found(&t->findings, traces[i].id);

		(void)text_copy(f->where, sizeof f->where, "C:\\somewhere");
		assert_int_equal(plan_for(&t->in, &t->verdict, NULL, NULL, t->plan),
		                 OK);
		assert_int_equal(unhandled(t, traces[i].id), 0);
		assert_int_equal(t->plan->count, 0); /* a finding alone moves nothing */
		count++;
		tried_free(t);
		fake_case_free(c);
	}
	assert_true(count >= 35);
}

/* ---- services */

static void
the_worm_goes_from_the_group_the_keys_and_the_disk(void **state)
{
	struct played p = play(ILL, none);

	(void)state;
	assert_non_null(plan_find(p.plan, CHANGE_REMOVE_STRING, SVCHOST, "knqdgsm"));
	assert_non_null(
	    plan_find(p.plan, CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm", NULL));
	assert_non_null(plan_find(p.plan, CHANGE_QUARANTINE,
	                          "C:\\WINDOWS\\system32\\zorizr.dll", NULL));
	assert_int_equal(p.plan->count, 3);
	assert_int_equal(p.plan->at[0].kind, CHANGE_REMOVE_STRING);
	assert_int_equal(p.plan->at[2].kind, CHANGE_QUARANTINE);
	stop(&p);
}

static void
a_member_without_a_key_goes_on_demand_only(void **state)
{
	static const char gone[] = "include xp\nkey " SVCHOST "\n\tmore netsvcs mhnx\n";
	struct played p = play(gone, none);

	(void)state;
	assert_int_equal(p.plan->count, 0);
	assert_non_null(plan_find_left(p.plan, "svc-residue"));
	stop(&p);
	p = play(gone, residue);
	assert_int_equal(p.plan->count, 1);
	assert_non_null(plan_find(p.plan, CHANGE_REMOVE_STRING, SVCHOST, "mhnx"));
	stop(&p);
}

static void
what_is_suspect_goes_on_demand_only(void **state)
{
	/* Packed, in System32, with a drawn name: two marks, and nothing names it. */
	static const char text[] =
	    "include xp\nfile C:\\WINDOWS\\system32\\kqzvab.dll\n\tinert 7\n";
	struct played p = play(text, none);

	(void)state;
	assert_int_equal(p.plan->count, 0);
	assert_non_null(plan_find_left(p.plan, "file-suspect"));
	stop(&p);
	p = play(text, suspects);
	assert_non_null(plan_find(p.plan, CHANGE_QUARANTINE,
	                          "C:\\WINDOWS\\system32\\kqzvab.dll", NULL));
	assert_int_equal(p.plan->count, 1);
	stop(&p);
}

/* ---- copies */

static void
a_copy_goes_where_its_content_is_the_worms(void **state)
{
	/* The last digit decides: 7 is the worm's file, 8 is another. */
	static const char same[] = ILL "file C:\\WINDOWS\\system32\\x\n\tinert 7\n";
	static const char other[] = ILL "file C:\\WINDOWS\\system32\\x\n\tinert 8\n";
	struct played p = play(same, none);

	(void)state;
	const struct change *c = plan_find(p.plan, CHANGE_QUARANTINE,
	                                   "C:\\WINDOWS\\system32\\x", NULL);
	assert_non_null(c);
	assert_string_equal(c->like, "C:\\WINDOWS\\system32\\zorizr.dll");
	stop(&p);
	p = play(other, none);
	assert_null(
	    plan_find(p.plan, CHANGE_QUARANTINE, "C:\\WINDOWS\\system32\\x", NULL));
	assert_non_null(plan_find_left(p.plan, "file-x"));
	stop(&p);
}

static void
a_locked_suspect_that_stays_can_be_read_again(void **state)
{
	struct played p = play(ILL "file C:\\WINDOWS\\system32\\kqzvab.dll\n\tinert 9\n"
	                           "\tsecurity locked\n",
	                       none);

	(void)state;
	const struct change *c = plan_find(p.plan, CHANGE_RESET_ACL,
	                                   "C:\\WINDOWS\\system32\\kqzvab.dll", NULL);
	assert_non_null(c);
	assert_string_equal(c->like, "C:\\WINDOWS\\system32\\kernel32.dll");
	stop(&p);
}

/* ---- settings */

#define HIDES                                                                          \
	"key HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Advanced\\" \
	"Folder\\Hidden\\SHOWALL\n\tdword CheckedValue 0\n"
#define SHOWALL                                                                    \
	"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Advanced\\" \
	"Folder\\Hidden\\SHOWALL"

static void
a_setting_is_put_back_where_the_machine_is_infected(void **state)
{
	struct played p = play("include xp\n" HIDES, none);

	(void)state;
	assert_int_equal(p.plan->count, 0);
	assert_non_null(plan_find_left(p.plan, "showall-off"));
	stop(&p);
	p = play(ILL HIDES, none);
	const struct change *c = plan_find(p.plan, CHANGE_SET_VALUE, SHOWALL,
	                                   "CheckedValue");
	assert_non_null(c);
	assert_int_equal(c->type, REG_TYPE_DWORD);
	assert_memory_equal(c->after.at, "\1\0\0\0", 4);
	stop(&p);
}

/* The whole key of A, 128 bytes, at the beginning of the page file. */
#define KEY_IN_MEMORY                                                        \
	"file C:\\pagefile.sys\n\tbytes "                                    \
	"cff07b6189d716e81b09ed3145fe2ee78a24b956f673413678ef3750dfec86ca"   \
	"4fe2964bc3e6f450ba1656e84e76f25b724557987a070b971517e9abf66d1356"   \
	"de661a55aeae9e9453ee602534fc01cbf7661df4b0e91d6fe9a91b82c1a35c6e"   \
	"e3da616528ab366aa53ee9ee0ac13ae22743f61e0b032a3c9b91fee94076bf25\n" \
	"\tsize 40000\n"

/* The gate reads the key again where it was seen, and believes nobody that it is. */
static void
a_key_in_memory_is_enough_where_it_is_found_again(void **state)
{
	struct fake_case *c = fake_case_of("include xp\n" HIDES KEY_IN_MEMORY);
	struct tried *t = check_try(c->machine);

	(void)state;
	assert_int_equal(t->verdict.state, STATE_INFECTED);
	assert_int_equal(plan_for(&t->in, &t->verdict, NULL, &none, t->plan), OK);
	assert_non_null(plan_find(t->plan, CHANGE_SET_VALUE, SHOWALL, "CheckedValue"));
	assert_non_null(plan_find_left(t->plan, "memory-key"));
	plan_free(t->plan);
	t->plan = plan_new();
	for (size_t i = 0; i < t->findings.count; i++)
		t->findings.at[i].fields[0].number++; /* the offset */
	assert_int_equal(plan_for(&t->in, &t->verdict, NULL, &none, t->plan), OK);
	assert_int_equal(t->plan->count, 0);
	const struct plan_note *left = plan_find_left(t->plan, "showall-off");
	assert_non_null(left);
	assert_non_null(strstr(left->says, "surely the worm's"));
	tried_free(t);
	fake_case_free(c);
}

#define DISABLED                                             \
	"key " SET "\\Services\\wuauserv\n\tdword Start 4\n" \
	"key " SET "\\Services\\BITS\n\tdword Start 4\n"     \
	"key " SET "\\Services\\ERSvc\n\tdword Start 4\n"
#define TWO_SETS "key HKLM\\SYSTEM\\Select\n\tdword LastKnownGood 2\n"

static uint32_t
start_of(const struct plan *p, const char *service)
{
	char key[PATH_ROOM];

	snprintf(key, sizeof key, SET "\\Services\\%s", service);
	const struct change *c = plan_find(p, CHANGE_SET_VALUE, key, "Start");
	struct span s = c ? buf_span(&c->after) : span_of(NULL, 0);
	return span_le32(&s);
}

static void
services_start_as_the_best_source_has_it(void **state)
{
	/* Another set, then a backup, then Windows' default. */
	struct played p = play(
	    ILL DISABLED TWO_SETS
	    "key HKLM\\SYSTEM\\ControlSet002\\Services\\BITS\n\tdword Start 2\n"
	    "key C:\\WINDOWS\\repair\\system\\ControlSet001\\Services\\ERSvc\n"
	    "\tdword Start 3\n",
	    none);

	(void)state;
	assert_int_equal(start_of(p.plan, "BITS"), 2);
	assert_int_equal(start_of(p.plan, "ERSvc"), 3);
	assert_int_equal(start_of(p.plan, "wuauserv"), 2);
	const struct change *c = plan_find(p.plan, CHANGE_SET_VALUE,
	                                   SET "\\Services\\BITS", "Start");
	assert_non_null(strstr(c->from, "ControlSet002"));
	c = plan_find(p.plan, CHANGE_SET_VALUE, SET "\\Services\\ERSvc", "Start");
	assert_non_null(strstr(c->from, "repair\\system"));
	c = plan_find(p.plan, CHANGE_SET_VALUE, SET "\\Services\\wuauserv", "Start");
	assert_non_null(strstr(c->from, "Windows XP"));
	stop(&p);
}

static void
a_group_policy_is_not_fought(void **state)
{
	struct played p = play(ILL DISABLED
	                       "key HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\"
	                       "WindowsUpdate\n\tdword DisableWindowsUpdateAccess 1\n",
	                       none);

	(void)state;
	assert_int_equal(start_of(p.plan, "wuauserv"), 0);
	assert_int_equal(start_of(p.plan, "BITS"), 0);
	assert_int_equal(start_of(p.plan, "ERSvc"), 2);
	assert_non_null(plan_find_left(p.plan, "services-disabled"));
	stop(&p);
	/* Nor one of which nobody knows whether it is there. */
	p = play(ILL DISABLED "key HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\"
	                      "WindowsUpdate\n\tunreadable it is damaged\n",
	         none);
	assert_int_equal(start_of(p.plan, "wuauserv"), 0);
	assert_int_equal(start_of(p.plan, "ERSvc"), 2);
	assert_non_null(strstr(plan_find_left(p.plan, "services-disabled")->says,
	                       "could not be read"));
	stop(&p);
}

/* One more than it holds is told, and not passed over. */
static void
files_that_a_plan_has_no_room_for_are_left(void **state)
{
#define MANY "file C:\\WINDOWS\\system32\\qz%03d.dll\n\tinert 7\n\tattributes hidden\n"
	static char text[256 * 1024] = ILL;
	size_t at = strlen(text);

	(void)state;
	for (int i = 0; i < PLANNED_FILES_MOST + 40; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, MANY, i);
	struct played p = play(text, none);
	assert_in_range(plan_count(p.plan, CHANGE_QUARANTINE), 1, PLANNED_FILES_MOST);
	assert_non_null(strstr(plan_find_left(p.plan, "file-worm")->says,
	                       "more files than one plan"));
	stop(&p);
}

static void
defender_is_not_started_beside_another_scanner(void **state)
{
#define DEFENDER DISABLED "key " SET "\\Services\\WinDefend\n\tdword Start 4\n"
	struct played p = play(ILL VISTA DEFENDER, none);

	(void)state;
	assert_int_equal(start_of(p.plan, "WinDefend"), 2);
	stop(&p);
	p = play(ILL VISTA DEFENDER "key " SET "\\Services\\ekrn\n\tdword Start 2\n",
	         none);
	assert_int_equal(start_of(p.plan, "WinDefend"), 0);
	stop(&p);
	/* Disabled itself, it is none. */
	p = play(ILL VISTA DEFENDER "key " SET "\\Services\\ekrn\n\tdword Start 4\n",
	         none);
	assert_int_equal(start_of(p.plan, "WinDefend"), 2);
	stop(&p);
}

static void
from_vista_on_updates_start_later(void **state)
{
	struct played p = play(ILL VISTA DISABLED
	                       "key " SET "\\Services\\WerSvc\n\tdword Start 4\n",
	                       none);

	(void)state;
	assert_int_equal(start_of(p.plan, "wuauserv"), 2);
	assert_non_null(plan_find(p.plan, CHANGE_SET_VALUE, SET "\\Services\\wuauserv",
	                          "DelayedAutostart"));
	assert_null(plan_find(p.plan, CHANGE_SET_VALUE, SET "\\Services\\WerSvc",
	                      "DelayedAutostart"));
	stop(&p);
}

/* ---- safe mode */

#define NO_SAFE_MODE "gone " SET "\\Control\\SafeBoot\n"

static size_t
entries(const struct plan *p, const char *from)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		count += strcmp(p->at[i].why, "safeboot-gone") == 0 &&
		         strstr(p->at[i].from, from);
	return count;
}

#define MODES_AT(place)                                        \
	"key " place "\\Control\\SafeBoot\\Minimal\\AppMgmt\n" \
	"\tsz \"\" Service\n"                                  \
	"key " place "\\Control\\SafeBoot\\Network\\AFD\n"     \
	"\tsz \"\" Service\n"                                  \
	"key " place "\\Control\\SafeBoot\\Network\\bare\n"    \
	"\twithout none\n"

static void
safe_mode_comes_from_the_best_source(void **state)
{
	static const char backup[] = MODES_AT(
	    "C:\\WINDOWS\\repair\\system\\ControlSet001");
	char text[4096];
	struct played p = play(
	    ILL NO_SAFE_MODE TWO_SETS MODES_AT("HKLM\\SYSTEM\\ControlSet002"), none);

	(void)state;
	assert_int_equal(entries(p.plan, "ControlSet002"), 3);
	assert_non_null(plan_find(p.plan, CHANGE_MAKE_KEY,
	                          SET "\\Control\\SafeBoot\\Network\\bare", NULL));
	stop(&p);
	snprintf(text, sizeof text, "%s%s", ILL NO_SAFE_MODE, backup);
	p = play(text, none);
	assert_int_equal(entries(p.plan, "repair\\system"), 3);
	stop(&p);
	p = play(ILL NO_SAFE_MODE, none);
	assert_int_equal(entries(p.plan, "what Windows XP has by itself"), 122);
	stop(&p);
	p = play(ILL VISTA NO_SAFE_MODE, none);
	assert_int_equal(entries(p.plan, ""), 0);
	const struct plan_note *left = plan_find_left(p.plan, "safeboot-gone");
	assert_non_null(left);
	assert_non_null(strstr(left->says, "Take a donor"));
	stop(&p);
}

static void
the_newest_restore_point_is_taken(void **state)
{
#define POINT(n)                                                                   \
	"folder C:\\System Volume Information\\_restore{1}\\RP" n                  \
	"\\snapshot\n" MODES_AT("C:\\System Volume Information\\_restore{1}\\RP" n \
	                        "\\snapshot\\_REGISTRY_MACHINE_SYSTEM"             \
	                        "\\ControlSet001")
	struct played p = play(ILL NO_SAFE_MODE POINT("9") POINT("10") POINT("2"),
	                       none);

	(void)state;
	assert_int_equal(entries(p.plan, "RP10"), 3);
	stop(&p);
}

static void
only_missing_entries_are_copied(void **state)
{
	struct played p = play(ILL "gone " SET
	                           "\\Control\\SafeBoot\\Network\n" TWO_SETS MODES_AT(
				       "HKLM\\SYSTEM\\ControlSet002"),
	                       none);

	(void)state;
	assert_null(plan_find(p.plan, CHANGE_SET_VALUE,
	                      SET "\\Control\\SafeBoot\\Minimal\\AppMgmt", NULL));
	assert_int_equal(entries(p.plan, "ControlSet002"), 2);
	stop(&p);
}

/* ---- steps for a person, and lack of memory */

static bool
asks_for(const struct plan *p, const char *words)
{
	for (size_t i = 0; i < p->person_count; i++) {
		if (strstr(p->persons[i].says, words))
			return true;
	}
	return false;
}

static void
what_only_a_person_can_do_is_said(void **state)
{
#define UNPATCHED \
	"file C:\\WINDOWS\\system32\\netapi32.dll\n\tstock netapi32.dll 5.1.2600.5512\n"
	struct played p = play(ILL UNPATCHED, none);

	(void)state;
	assert_true(asks_for(p.plan, "network cable"));
	assert_true(asks_for(p.plan, "WindowsXP-KB958644-x86-ENU.exe"));
	assert_true(asks_for(p.plan, "passwords"));
	assert_true(asks_for(p.plan, "confine autorun disable"));
	assert_true(asks_for(p.plan, "Restart"));
	stop(&p);
	p = play("include xp\n" UNPATCHED, none);
	assert_false(asks_for(p.plan, "network cable"));
	assert_true(asks_for(p.plan, "KB958644"));
	stop(&p);
}

static void
lack_of_memory_at_any_question_is_an_error(void **state)
{
	enum err err = ERR_MEMORY;

	(void)state;
	for (size_t nth = 0; err != OK; nth += 7) {
		struct fake_case *c = fake_case_of(ILL HIDES DISABLED NO_SAFE_MODE);
		struct tried *t = check_try(c->machine);

		fake_machine_fail_at(c->machine, nth);
		err = plan_for(&t->in, &t->verdict, &t->statuses, &none, t->plan);
		assert_true(err == ERR_MEMORY || !machine_failed(c->machine));
		tried_free(t);
		fake_case_free(c);
		assert_in_range(nth, 0, 20000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cases_of_all_detectors_are_planned_for),
		cmocka_unit_test(every_trace_from_inside_is_handled),
		cmocka_unit_test(the_worm_goes_from_the_group_the_keys_and_the_disk),
		cmocka_unit_test(a_member_without_a_key_goes_on_demand_only),
		cmocka_unit_test(what_is_suspect_goes_on_demand_only),
		cmocka_unit_test(a_copy_goes_where_its_content_is_the_worms),
		cmocka_unit_test(a_locked_suspect_that_stays_can_be_read_again),
		cmocka_unit_test(a_setting_is_put_back_where_the_machine_is_infected),
		cmocka_unit_test(a_key_in_memory_is_enough_where_it_is_found_again),
		cmocka_unit_test(services_start_as_the_best_source_has_it),
		cmocka_unit_test(a_group_policy_is_not_fought),
		cmocka_unit_test(files_that_a_plan_has_no_room_for_are_left),
		cmocka_unit_test(defender_is_not_started_beside_another_scanner),
		cmocka_unit_test(from_vista_on_updates_start_later),
		cmocka_unit_test(safe_mode_comes_from_the_best_source),
		cmocka_unit_test(the_newest_restore_point_is_taken),
		cmocka_unit_test(only_missing_entries_are_copied),
		cmocka_unit_test(what_only_a_person_can_do_is_said),
		cmocka_unit_test(lack_of_memory_at_any_question_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

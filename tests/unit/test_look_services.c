/* Most of what this detector can see and cannot is in tests/data/inside/services-*. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../fake/case_play.h"
#include "../fake/fake_machine.h"
#include "look/installation.h"

static const struct case_detector detector[] = { { "services", look_services } };

static void
its_cases_play(void **state)
{
	(void)state;
	cases_play("services-", detector, 1);
}

/* A worm's service on a Windows XP, and `lines` beside. */
static struct fake_case *
with_worm(const char *lines)
{
	char text[4096];

	snprintf(text, sizeof text, "include xp\ninclude worm-service\n%s", lines);
	return fake_case_of(text);
}

static void
look(struct fake_case *c, struct findings *all)
{
	struct installation windows;
	struct inside in = { .machine = c->machine, .windows = &windows, .out = all };

	all->count = 0;
	assert_int_equal(installation_find(c->machine, &windows, all), OK);
	assert_int_equal(look_services(&in), OK);
	installation_free(&windows);
}

static const char *
evidence(const struct finding *f, const char *key)
{
	for (size_t i = 0; i < f->field_count; i++) {
		if (strcmp(f->fields[i].key, key) == 0)
			return f->fields[i].text;
	}
	return NULL;
}

static void
the_finding_holds_what_a_sceptic_would_ask_for(void **state)
{
	static struct findings all;
	struct fake_case *c = with_worm("");

	(void)state;
	look(c, &all);
	assert_int_equal(all.count, 1);
	const struct finding *f = &all.at[0];
	assert_string_equal(f->trace, "svc-worm");
	assert_string_equal(f->detector, "services");
	assert_int_equal(f->grade, GRADE_CONCLUSIVE);
	assert_string_equal(evidence(f, "dll"), "C:\\WINDOWS\\system32\\zorizr.dll");
	assert_string_equal(evidence(f, "key"), "administrators may not read it");
	assert_string_equal(evidence(f, "display_name"), "Security Manager");
	assert_string_equal(evidence(f, "description"), "the same as that of wuauserv");
	assert_int_equal(strlen(evidence(f, "sha256")), 64);
	fake_case_free(c);
}

/* zodjru is what B and C compute for KANG, ulaugl what D does. */
static void
a_computed_name_tells_the_variants_when_the_file_is_gone(void **state)
{
	static const struct {
		const char *dll;
		unsigned variants;
	} names[] = { { "zodjru", VARIANT_B | VARIANT_C }, { "ulaugl", VARIANT_D } };
	static struct findings all;
	char lines[512];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(lines, sizeof lines,
		         "gone C:\\WINDOWS\\system32\\zorizr.dll\n"
		         "key HKLM\\SYSTEM\\ControlSet001\\Services\\knqdgsm\\"
		         "Parameters\n"
		         "\texpand ServiceDll C:\\WINDOWS\\system32\\%s.dll\n",
		         names[i].dll);
		struct fake_case *c = with_worm(lines);
		look(c, &all);
		assert_int_equal(all.count, 1);
		assert_string_equal(all.at[0].trace, "svc-worm");
		assert_int_equal(all.at[0].variants, names[i].variants);
		fake_case_free(c);
	}
}

/* The command line of the group, and what is nearly that. */
static const struct {
	const char *command;
	const char *trace;
} commands[] = {
	{ "%SystemRoot%\\system32\\svchost.exe -k netsvcs", "svc-worm" },
	{ "%systemroot%\\System32\\SVCHOST.EXE -k netsvcs", "svc-worm" },
	{ "C:\\WINDOWS\\system32\\svchost.exe  -k netsvcs ", "svc-worm" },
	{ "\"C:\\WINDOWS\\system32\\svchost.exe\" -k netsvcs", "svc-worm" },
	{ "%SystemRoot%\\system32\\svchost.exe -k netsvc", "svc-suspect" },
	{ "%SystemRoot%\\system32\\svchost.exe -k netsvcss", "svc-suspect" },
	{ "%SystemRoot%\\system32\\svchost.exe -k LocalService", "svc-suspect" },
	{ "%SystemRoot%\\system32\\svchost.exe-k netsvcs", "svc-suspect" },
	{ "%SystemRoot%\\system\\svchost.exe -k netsvcs", "svc-suspect" },
	{ "%SystemRoot%\\system32\\svchost.exe", "svc-suspect" },
	{ "%SystemRoot%\\system32\\scvhost.exe -k netsvcs", "svc-suspect" },
};

static void
only_the_groups_own_command_line_makes_it_whole(void **state)
{
	static struct findings all;
	char lines[512];

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		snprintf(lines, sizeof lines,
		         "key HKLM\\SYSTEM\\ControlSet001\\Services\\knqdgsm\n"
		         "\texpand ImagePath %s\n",
		         commands[i].command);
		struct fake_case *c = with_worm(lines);
		look(c, &all);
		assert_int_equal(all.count, 1);
		if (strcmp(all.at[0].trace, commands[i].trace) != 0)
			fail_msg("%s: %s", commands[i].command, all.at[0].trace);
		fake_case_free(c);
	}
}

/* The descriptor of a key whose DLL lies on another drive. */
static const struct {
	const char *descriptor;
	bool is_locked;
} descriptors[] = {
	{ "locked", true },
	{ "default", false },
	{ "empty", true },
	{ "null", false },
	{ "bare", false },
	{ "none", false },
	{ "protected A:SY:f003f A:BA:20019", false },
	{ "protected A:SY:f003f A:BA:20018", true },
	{ "D:WD:1 A:BA:f003f", true },
	{ "A:BA:f003f D:WD:1", false },
	{ "A:SY:f003f A:AU:80000000", false },
	{ "A:SY:f003f A:BA:10000000:08", true },
	{ "A:SY:f003f A:CO:f003f", true },
	{ "hex 0100048000000000000000000000000014000000", false },
	{ "hex 01", false },
};

static void
a_key_is_locked_where_administrators_may_not_ask_for_values(void **state)
{
	static struct findings all;
	char lines[512];

	(void)state;
	for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
		snprintf(lines, sizeof lines,
		         "key HKLM\\SYSTEM\\ControlSet001\\Services\\knqdgsm\n"
		         "\tsecurity %s\n\tsz DisplayName Q\n\tsz Description Q\n"
		         "file C:\\WINDOWS\\system32\\zorizr.dll\n"
		         "\tlost the disk is broken here\n",
		         descriptors[i].descriptor);
		struct fake_case *c = with_worm(lines);
		look(c, &all);
		/* Its random name and the locked key are two signs. */
		bool is = all.count == 2 && strcmp(all.at[0].trace, "svc-suspect") == 0;
		if (is != descriptors[i].is_locked)
			fail_msg("%s: %zu", descriptors[i].descriptor, all.count);
		assert_string_equal(all.at[all.count - 1].trace, "svc-dll-unread");
		fake_case_free(c);
	}
}

static void
a_machine_full_of_services_ends_and_says_so(void **state)
{
	static char text[65536];
	static struct findings all;
	size_t len = 0;
	bool told = false;

	(void)state;
	len += (size_t)snprintf(text, sizeof text, "include xp\n");
	for (int i = 0; i < 300; i++)
		len += (size_t)snprintf(
		    text + len, sizeof text - len,
		    "key HKLM\\SYSTEM\\ControlSet001\\Services\\drawn%c%c\n"
		    "\texpand ImagePath %%SystemRoot%%\\system32\\svchost.exe -k "
		    "netsvcs\n\tsz ServiceDll C:\\gone%d.dll\n",
		    'a' + i / 26, 'a' + i % 26, i);
	struct fake_case *c = fake_case_of(text);
	look(c, &all);
	assert_int_equal(all.count, 17);
	for (size_t i = 0; i < all.count; i++)
		told = told || strcmp(all.at[i].trace, "place-unread") == 0;
	assert_true(told);
	fake_case_free(c);
}

static void
lack_of_memory_at_any_question_is_an_error(void **state)
{
	static struct findings all;
	struct installation windows;
	enum err err = ERR_MEMORY;

	(void)state;
	for (size_t nth = 0; err != OK; nth++) {
		struct fake_case *c = with_worm("");
		struct inside in = { .machine = c->machine,
			             .windows = &windows,
			             .out = &all };

		all.count = 0;
		assert_int_equal(installation_find(c->machine, &windows, &all), OK);
		fake_machine_fail_at(c->machine, nth);
		err = look_services(&in);
		assert_true(err == ERR_MEMORY || !machine_failed(c->machine));
		installation_free(&windows);
		fake_case_free(c);
		assert_in_range(nth, 0, 500);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_cases_play),
		cmocka_unit_test(the_finding_holds_what_a_sceptic_would_ask_for),
		cmocka_unit_test(
		    a_computed_name_tells_the_variants_when_the_file_is_gone),
		cmocka_unit_test(only_the_groups_own_command_line_makes_it_whole),
		cmocka_unit_test(
		    a_key_is_locked_where_administrators_may_not_ask_for_values),
		cmocka_unit_test(a_machine_full_of_services_ends_and_says_so),
		cmocka_unit_test(lack_of_memory_at_any_question_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

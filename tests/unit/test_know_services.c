#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "know/disabled_services.h"
#include "know/netsvcs.h"
#include "know/service_names.h"
#include "know/traces.h"

static struct installation
windows(enum windows_kind kind)
{
	return (struct installation){ .there = true, .kind = kind };
}

static void
no_member_is_listed_twice_in_any_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < netsvcs_members_count; i++) {
		assert_ptr_equal(netsvcs_member_find(netsvcs_members[i].service),
		                 &netsvcs_members[i]);
		assert_in_range(strlen(netsvcs_members[i].service), 3, 63);
	}
	assert_int_equal(netsvcs_members_count, 70);
}

static void
a_member_is_usual_on_the_windows_that_brings_it(void **state)
{
	struct installation xp = windows(WINDOWS_XP);
	struct installation vista = windows(WINDOWS_VISTA);
	struct installation w2000 = windows(WINDOWS_2000);

	(void)state;
	assert_true(netsvcs_is_usual(&xp, "WZCSVC"));
	assert_true(netsvcs_is_usual(&xp, "wzcsvc"));
	assert_false(netsvcs_is_usual(&vista, "wzcsvc"));
	assert_true(netsvcs_is_usual(&vista, "ProfSvc"));
	assert_false(netsvcs_is_usual(&w2000, "wuauserv"));
	assert_true(netsvcs_is_usual(&w2000, "Ias"));
}

static void
one_letter_decides(void **state)
{
	struct installation xp = windows(WINDOWS_XP);

	(void)state;
	assert_true(netsvcs_is_usual(&xp, "LanmanServer"));
	assert_false(netsvcs_is_usual(&xp, "lanmanServe"));
	assert_false(netsvcs_is_usual(&xp, "lanmanServers"));
	/* A small L for the capital I. */
	assert_false(netsvcs_is_usual(&xp, "lrmon"));
	/* A Cyrillic letter that looks the same. */
	assert_false(netsvcs_is_usual(&xp, "L\xD0\xB0nmanServer"));
}

static void
x64_of_xp_has_what_server_2003_brings(void **state)
{
	struct installation xp = windows(WINDOWS_XP);

	(void)state;
	assert_false(netsvcs_is_usual(&xp, "TrkSvr"));
	xp.is_x64 = true;
	assert_true(netsvcs_is_usual(&xp, "TrkSvr"));
}

static void
on_an_unknown_windows_any_default_is_usual(void **state)
{
	struct installation other = windows(WINDOWS_OTHER);

	(void)state;
	assert_true(netsvcs_is_usual(&other, "TrkSvr"));
	assert_true(netsvcs_is_usual(&other, "BDESVC"));
	assert_false(netsvcs_is_usual(&other, "knqdgsm"));
}

static void
what_is_known_to_be_added_is_usual_everywhere(void **state)
{
	struct installation w7 = windows(WINDOWS_7);

	(void)state;
	assert_true(netsvcs_is_usual(&w7, "UxTuneUp"));
	assert_true(netsvcs_is_usual(&w7, "ip6fwhlp"));
	assert_true(netsvcs_is_usual(&w7, "MHN"));
}

static void
disabled_services_are_those_that_a_windows_has(void **state)
{
	static const struct {
		const char *service;
		unsigned kinds; /* a bit for each of enum windows_kind */
	} expected[] = {
		{ "BITS", 0x7F },      { "ERSvc", 0x0D },  { "WerSvc", 0x71 },
		{ "WinDefend", 0x7D }, { "wscsvc", 0x55 }, { "wuauserv", 0x7F },
	};

	(void)state;
	assert_int_equal(disabled_services_count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_string_equal(disabled_services[i].service, expected[i].service);
		for (unsigned kind = WINDOWS_OTHER; kind <= WINDOWS_7; kind++) {
			assert_int_equal(
			    disabled_service_is_on(&disabled_services[i],
			                           (enum windows_kind)kind),
			    expected[i].kinds >> kind & 1);
		}
	}
}

static void
names_are_glued_from_one_beginning_and_one_end(void **state)
{
	(void)state;
	assert_true(service_name_is_glued("Iaslogon"));
	assert_true(service_name_is_glued("wuauman"));
	assert_true(service_name_is_glued("xmlprov"));
	assert_false(service_name_is_glued("Ias"));
	assert_false(service_name_is_glued("logon"));
	assert_false(service_name_is_glued("logonIas"));
	assert_false(service_name_is_glued("Iaslogo"));
	assert_false(service_name_is_glued("knqdgsm"));
	assert_false(service_name_is_glued(""));
}

static void
display_names_are_two_different_words(void **state)
{
	(void)state;
	assert_true(display_name_is_of_words("Security Manager"));
	assert_true(display_name_is_of_words("Windows Time"));
	assert_false(display_name_is_of_words("Time Time"));
	assert_false(display_name_is_of_words("Security"));
	assert_false(display_name_is_of_words("Security Managers"));
	assert_false(display_name_is_of_words("Security  Manager"));
	assert_false(display_name_is_of_words("Security Manager Service"));
	assert_false(display_name_is_of_words("Automatic Updates"));
	assert_false(display_name_is_of_words(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_member_is_listed_twice_in_any_spelling),
		cmocka_unit_test(a_member_is_usual_on_the_windows_that_brings_it),
		cmocka_unit_test(one_letter_decides),
		cmocka_unit_test(x64_of_xp_has_what_server_2003_brings),
		cmocka_unit_test(on_an_unknown_windows_any_default_is_usual),
		cmocka_unit_test(what_is_known_to_be_added_is_usual_everywhere),
		cmocka_unit_test(disabled_services_are_those_that_a_windows_has),
		cmocka_unit_test(names_are_glued_from_one_beginning_and_one_end),
		cmocka_unit_test(display_names_are_two_different_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

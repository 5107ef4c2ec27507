#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "know/windows.h"

static struct windows_said
os(const char *native_os, const char *native_lm)
{
	return (struct windows_said){ .native_os = native_os, .native_lm = native_lm };
}

static struct windows_said
version(uint8_t major, uint8_t minor, uint16_t build)
{
	return (struct windows_said){ .native_os = "",
		                      .native_lm = "",
		                      .has_version = true,
		                      .major = major,
		                      .minor = minor,
		                      .build = build };
}

static void
assert_named(struct windows_said told, const char *name, enum windows_victim victim)
{
	struct windows w;

	assert_true(windows_name(&told, &w));
	assert_string_equal(w.name.utf8, name);
	assert_int_equal(w.victim, victim);
}

static void
every_row_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < windows_rows_count; i++) {
		const struct windows_row *row = &windows_rows[i];

		assert_true(row->said[0] || row->major >= 0 || row->dialect);
		assert_in_range(strlen(row->name), 1, SAID_ROOM - 5);
		assert_in_range(row->victim, VICTIM_EXPLOIT, VICTIM_NO);
		assert_true(strlen(row->sources) > 0);
	}
}

static void
no_row_hides_behind_a_broader_one_before_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < windows_rows_count; i++) {
		const struct windows_row *row = &windows_rows[i];
		struct windows w;
		struct windows_said told = version((uint8_t)row->major,
		                                   (uint8_t)row->minor, 0x7FFF);

		if (row->said[0] || row->major < 0)
			continue;
		if (row->build >= 0)
			told.build = (uint16_t)row->build;
		assert_true(windows_name(&told, &w));
		assert_string_equal(w.name.utf8, row->name);
	}
}

static void
the_old_ones_say_only_a_number(void **state)
{
	(void)state;
	assert_named(os("Windows 5.0", "Windows 2000 LAN Manager"), "Windows 2000",
	             VICTIM_EXPLOIT);
	assert_named(os("Windows 5.1", "Windows 2000 LAN Manager"), "Windows XP",
	             VICTIM_EXPLOIT);
	assert_named(os("Windows NT 4.0", "NT LAN Manager 4.0"), "Windows NT 4.0",
	             VICTIM_YES);
}

static void
a_service_pack_is_named_only_where_it_was_told(void **state)
{
	(void)state;
	assert_named(
	    os("Windows Server 2003 3790 Service Pack 2", "Windows Server 2003 5.2"),
	    "Windows Server 2003 SP2", VICTIM_EXPLOIT);
	assert_named(os("Windows Server 2003 R2 3790 Service Pack 1",
	                "Windows Server 2003 R2 5.2"),
	             "Windows Server 2003 R2 SP1", VICTIM_EXPLOIT);
	assert_named(os("Windows Server 2003 3790", "Windows Server 2003 5.2"),
	             "Windows Server 2003", VICTIM_EXPLOIT);
	assert_named(os("Windows XP 3790 Service Pack 2", "Windows XP 5.2"),
	             "Windows XP x64 SP2", VICTIM_EXPLOIT);
	assert_named(os("Windows XP 2600 Service Pack 3", "Windows XP 5.1"),
	             "Windows XP SP3", VICTIM_EXPLOIT);
	assert_named(os("Windows 5.1 Service Pack ", ""), "Windows XP", VICTIM_EXPLOIT);
	assert_named(os("Windows 5.1 Service Pack x", ""), "Windows XP",
	             VICTIM_EXPLOIT);
}

static void
the_second_pack_of_vista_and_2008_closes_the_hole(void **state)
{
	(void)state;
	assert_named(os("Windows Vista (TM) Business 6001 Service Pack 1",
	                "Windows Vista (TM) Business 6.0"),
	             "Windows Vista SP1", VICTIM_ACCOUNT);
	assert_named(os("Windows Vista (TM) Ultimate 6002 Service Pack 2",
	                "Windows Vista (TM) Ultimate 6.0"),
	             "Windows Vista SP2", VICTIM_YES);
	assert_named(os("Windows Server (R) 2008 Standard 6001 Service Pack 1",
	                "Windows Server (R) 2008 Standard 6.0"),
	             "Windows Server 2008 SP1", VICTIM_ACCOUNT);
	assert_named(os("Windows Server (R) 2008 Standard 6003 Service Pack 2",
	                "Windows Server (R) 2008 Standard 6.0"),
	             "Windows Server 2008 SP2", VICTIM_YES);
}

static void
newer_ones_are_told_apart_by_their_names(void **state)
{
	(void)state;
	assert_named(
	    os("Windows 7 Ultimate 7601 Service Pack 1", "Windows 7 Ultimate 6.1"),
	    "Windows 7 SP1", VICTIM_YES);
	assert_named(os("Windows Server 2008 R2 Enterprise 7600",
	                "Windows Server 2008 R2 Enterprise 6.1"),
	             "Windows Server 2008 R2", VICTIM_YES);
	assert_named(os("Windows Server 2012 R2 Standard 9600",
	                "Windows Server 2012 R2 Standard 6.3"),
	             "Windows Server 2012 R2", VICTIM_HARDLY);
	assert_named(
	    os("Windows Server 2012 Standard 9200", "Windows Server 2012 Standard 6.2"),
	    "Windows Server 2012", VICTIM_HARDLY);
	assert_named(os("Windows 8.1 Pro 9600", "Windows 8.1 Pro 6.3"), "Windows 8.1",
	             VICTIM_HARDLY);
}

static void
windows_11_calls_itself_10_and_is_known_by_its_build(void **state)
{
	(void)state;
	assert_named(os("Windows 10 Pro 10240", "Windows 10 Pro 6.3"),
	             "Windows 10 1507", VICTIM_HARDLY);
	assert_named(
	    os("Windows 10 Enterprise LTSB 14393", "Windows 10 Enterprise LTSB 6.3"),
	    "Windows 10 1607", VICTIM_HARDLY);
	assert_named(os("Windows 10 Pro 19045", "Windows 10 Pro 6.3"),
	             "Windows 10 22H2", VICTIM_HARDLY);
	assert_named(os("Windows 10 Pro 22000", "Windows 10 Pro 6.3"),
	             "Windows 11 21H2", VICTIM_HARDLY);
	assert_named(os("Windows 10 Pro", "Windows 10 Pro 6.3"),
	             "Windows 10 / Server 2016 or newer", VICTIM_HARDLY);
}

static void
samba_is_believed_by_the_name_of_its_lan_manager(void **state)
{
	struct windows_said told = os("Windows 6.1", "Samba 4.17.12-Debian");

	(void)state;
	assert_named(told, "Samba 4.17", VICTIM_NO);
	told.has_version = true;
	told.major = 6;
	told.minor = 1;
	assert_named(told, "Samba 4.17", VICTIM_NO);
	assert_named(os("Unix", "Samba 3.0.37"), "Samba 3.0", VICTIM_NO);
	assert_named(os("Unix", ""), "Samba or another Unix server", VICTIM_NO);
	assert_named(os("Unix", "Samba"), "Samba", VICTIM_NO);
	assert_named(version(6, 1, 0), "Samba", VICTIM_NO);
}

static void
the_version_of_the_challenge_names_what_it_can(void **state)
{
	(void)state;
	assert_named(version(5, 0, 2195), "Windows 2000", VICTIM_EXPLOIT);
	assert_named(version(5, 1, 2600), "Windows XP", VICTIM_EXPLOIT);
	assert_named(version(5, 2, 3790), "Windows Server 2003 / XP x64",
	             VICTIM_EXPLOIT);
	assert_named(version(6, 0, 6000), "Windows Vista", VICTIM_ACCOUNT);
	assert_named(version(6, 0, 6002), "Windows Vista SP2 / Server 2008 SP2",
	             VICTIM_YES);
	assert_named(version(6, 1, 6801), "Windows 7 beta", VICTIM_EXPLOIT);
	assert_named(version(6, 1, 7601), "Windows 7 SP1 / Server 2008 R2 SP1",
	             VICTIM_YES);
	assert_named(version(6, 2, 9200), "Windows 8 / Server 2012", VICTIM_HARDLY);
	assert_named(version(6, 3, 9600), "Windows 8.1 / Server 2012 R2",
	             VICTIM_HARDLY);
	assert_named(version(10, 0, 17763), "Windows 10 1809 / Server 2019",
	             VICTIM_HARDLY);
	assert_named(version(10, 0, 26100), "Windows 11 24H2 / 25H2 / Server 2025",
	             VICTIM_HARDLY);
	assert_named(version(10, 0, 60000), "Windows 10 / Server 2016 or newer",
	             VICTIM_HARDLY);
}

static void
the_dialect_is_the_last_resort(void **state)
{
	struct windows_said told = os("", "");

	(void)state;
	told.smb2_dialect = 0x0202;
	assert_named(told, "SMB 2.0.2, like Windows Vista SP1 / Server 2008",
	             VICTIM_YES);
	told.smb2_dialect = 0x0311;
	assert_named(told, "SMB 3.1.1, like Windows 10 / Server 2016 or newer",
	             VICTIM_HARDLY);
	told.has_version = true;
	told.major = 6;
	told.minor = 3;
	told.build = 9600;
	assert_named(told, "Windows 8.1 / Server 2012 R2", VICTIM_HARDLY);
}

static void
a_name_in_no_row_is_given_as_it_was_said(void **state)
{
	(void)state;
	assert_named(os("EMC-SNAS:T8.1.21", "EMC-SNAS:T8.1.21"), "EMC-SNAS:T8.1.21",
	             VICTIM_UNTOLD);
	assert_named(os("Windows 99999999999999999999", ""),
	             "Windows 99999999999999999999", VICTIM_UNTOLD);
}

static void
a_very_long_name_is_cut(void **state)
{
	char lm[400] = "Samba ";
	struct windows_said told = os("", lm);
	struct windows w;

	(void)state;
	memset(lm + 6, '9', sizeof lm - 7);
	assert_true(windows_name(&told, &w));
	assert_in_range(strlen(w.name.utf8), 6, SAID_ROOM - 1);
}

static void
who_says_nothing_has_no_name(void **state)
{
	struct windows_said told = os("", "");
	struct windows w;

	(void)state;
	assert_false(windows_name(&told, &w));
	told.smb2_dialect = 0x0999;
	assert_false(windows_name(&told, &w));
	told = version(3, 51, 1057);
	assert_false(windows_name(&told, &w));
	assert_int_equal(w.victim, VICTIM_UNTOLD);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(no_row_hides_behind_a_broader_one_before_it),
		cmocka_unit_test(the_old_ones_say_only_a_number),
		cmocka_unit_test(a_service_pack_is_named_only_where_it_was_told),
		cmocka_unit_test(the_second_pack_of_vista_and_2008_closes_the_hole),
		cmocka_unit_test(newer_ones_are_told_apart_by_their_names),
		cmocka_unit_test(windows_11_calls_itself_10_and_is_known_by_its_build),
		cmocka_unit_test(samba_is_believed_by_the_name_of_its_lan_manager),
		cmocka_unit_test(the_version_of_the_challenge_names_what_it_can),
		cmocka_unit_test(the_dialect_is_the_last_resort),
		cmocka_unit_test(a_name_in_no_row_is_given_as_it_was_said),
		cmocka_unit_test(a_very_long_name_is_cut),
		cmocka_unit_test(who_says_nothing_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow/status.h"
#include "look/patch_decide.h"
#include "look/patch_words.h"

/* "XP SP3" and the like, as the tables below write them. */
static struct windows_told
machine(const char *name)
{
	static const struct {
		const char *name;
		struct windows_told told;
	} all[] = {
		{ "NT4", { 4, 0, 1381, 6, false, false, PROCESSOR_X86 } },
		{ "2000", { 5, 0, 2195, 0, false, false, PROCESSOR_X86 } },
		{ "2000 SP4", { 5, 0, 2195, 4, false, false, PROCESSOR_X86 } },
		{ "XP", { 5, 1, 2600, 0, false, false, PROCESSOR_X86 } },
		{ "XP SP1", { 5, 1, 2600, 1, false, false, PROCESSOR_X86 } },
		{ "XP SP2", { 5, 1, 2600, 2, false, false, PROCESSOR_X86 } },
		{ "XP SP3", { 5, 1, 2600, 3, false, false, PROCESSOR_X86 } },
		{ "XP embedded", { 5, 1, 2600, 0, false, true, PROCESSOR_X86 } },
		{ "XP ia64", { 5, 1, 2600, 1, false, false, PROCESSOR_IA64 } },
		{ "XP x64", { 5, 2, 3790, 0, false, false, PROCESSOR_X64 } },
		{ "XP x64 SP2", { 5, 2, 3790, 2, false, false, PROCESSOR_X64 } },
		{ "2003", { 5, 2, 3790, 0, true, false, PROCESSOR_X86 } },
		{ "2003 SP1", { 5, 2, 3790, 1, true, false, PROCESSOR_X86 } },
		{ "2003 SP2", { 5, 2, 3790, 2, true, false, PROCESSOR_X86 } },
		{ "2003 SP2 x64", { 5, 2, 3790, 2, true, false, PROCESSOR_X64 } },
		{ "2003 SP2 ia64", { 5, 2, 3790, 2, true, false, PROCESSOR_IA64 } },
		{ "Vista RTM", { 6, 0, 6000, 0, false, false, PROCESSOR_X86 } },
		{ "Vista SP1", { 6, 0, 6001, 1, false, false, PROCESSOR_X86 } },
		{ "Vista SP2", { 6, 0, 6002, 2, false, false, PROCESSOR_X64 } },
		{ "2008 6001", { 6, 0, 6001, 1, true, false, PROCESSOR_X86 } },
		{ "2008 6002", { 6, 0, 6002, 2, true, false, PROCESSOR_X86 } },
		{ "2008 6003", { 6, 0, 6003, 2, true, false, PROCESSOR_X86 } },
		{ "7 6801", { 6, 1, 6801, 0, false, false, PROCESSOR_X86 } },
		{ "7", { 6, 1, 7601, 1, false, false, PROCESSOR_X86 } },
		{ "2008 R2", { 6, 1, 7601, 1, true, false, PROCESSOR_IA64 } },
		{ "8", { 6, 2, 9200, 0, false, false, PROCESSOR_X64 } },
		{ "10", { 10, 0, 19045, 0, false, false, PROCESSOR_X64 } },
		{ "XP SP7", { 5, 1, 2600, 7, false, false, PROCESSOR_X86 } },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (strcmp(all[i].name, name) == 0)
			return all[i].told;
	}
	fail_msg("no machine is called %s", name);
	return all[0].told;
}

static uint64_t
version(const char *text)
{
	uint64_t v = 0;
	char *at = NULL;

	for (size_t i = 0; i < 4; i++) {
		v = v << 16 | strtoul(text, &at, 10);
		assert_int_equal(*at, i < 3 ? '.' : 0);
		text = at + 1;
	}
	return v;
}

static struct patch_claims no_claims;

static struct patch_file
file(const char *text)
{
	return (struct patch_file){ .is = PATCH_FILE_READ, .version = version(text) };
}

/* With no second copies, and a Windows around it. */
static struct patch_facts
facts(const char *name, const char *kb, const char *text)
{
	static char full[16];

	snprintf(full, sizeof full, "KB%s", kb);
	struct patch_facts f = { .kb = full,
		                 .told = machine(name),
		                 .has_service_pack = true,
		                 .file = { .is = PATCH_FILE_ABSENT },
		                 .wow64 = { .is = PATCH_FILE_ABSENT },
		                 .cache = { .is = PATCH_FILE_ABSENT },
		                 .has_ntdll = true,
		                 .claims = &no_claims };
	if (text)
		f.file = file(text);
	return f;
}

static struct status status;

/* A field of the status that the facts give. */
static const char *
field(const struct patch_facts *f, const char *key)
{
	struct patch_decided d;

	patch_decide(f, &d);
	status = (struct status){ .need = patch_need(&d) };
	patch_words(f, &d, "0407", &status);
	return status_field(&status, key)->text;
}

/* The table of the specification: right answers, and wrong ones that are told. */
static void
the_known_traps_give_the_right_answer(void **state)
{
	static const struct {
		const char *machine, *kb, *version, *state, *says, *bug;
	} rows[] = {
		{ "XP SP3", "958644", "5.1.2600.5512", "missing", "", "present" },
		{ "XP SP3", "958644", "5.1.2600.5694", "present", "", "missing" },
		{ "XP SP3", "958644", "5.1.2600.6260", "superseded",
		  "superseded by KB2705219-v2 (", "something later" },
		{ "XP SP3", "958644", "5.1.2600.3462", "present",
		  "file of another service pack (SP2)", "missing" },
		{ "XP SP2", "958644", "5.1.2600.3462", "present", "", "missing" },
		{ "XP SP2", "958644", "5.1.2600.2180", "missing", "", "present" },
		{ "XP SP2", "958687", "5.1.2600.3490", "missing", "", "present" },
		{ "XP SP1", "958644", "5.1.2600.1874", "missing", "no package is for",
		  "present" },
		{ "2003 SP2", "957097", "5.2.3790.3959", "missing", "", "present" },
		{ "2003 SP2 x64", "958644", "5.2.3790.4392", "present", "", "missing" },
		{ "2003 SP1", "958687", "5.2.3790.3260", "present", "", "missing" },
		{ "XP x64 SP2", "958687", "5.2.3790.6021", "superseded",
		  "superseded by KB4012598 (", "something later" },
		{ "Vista RTM", "958644", "6.0.6000.20500", "missing", "", "present" },
		{ "Vista RTM", "958644", "6.0.6000.20937", "present", "", "missing" },
		{ "Vista SP1", "958644", "6.0.6001.18000", "missing", "", "present" },
		{ "Vista SP1", "957097", "6.0.6001.22252", "present", "mrxsmb10.sys",
		  "missing" },
		{ "2008 6001", "958687", "6.0.6001.18184", "missing", "", "present" },
		{ "2008 6002", "958644", "6.0.6002.18005", "not-needed", "",
		  "unknown" },
		{ "2008 6003", "958687", "6.0.6003.20500", "not-needed", "",
		  "unknown" },
		{ "2000 SP4", "958644", "5.0.2195.7203", "present", "", "missing" },
		{ "7", "958644", NULL, "not-needed", "", "unknown" },
		{ "XP SP3", "958644", "5.1.2600.10000", "superseded",
		  "superseded by KB2705219-v2 or something later", "missing" },
	};

	(void)state;
	assert_int_equal(sizeof rows / sizeof *rows, 22);
	for (size_t i = 0; i < 22; i++) {
		struct patch_facts f = facts(rows[i].machine, rows[i].kb,
		                             rows[i].version);

		assert_string_equal(field(&f, "state"), rows[i].state);
		if (!strstr(status.says, rows[i].says))
			fail_msg("%zu: %s", i, status.says);
		if (strstr(status.says, rows[i].bug))
			fail_msg("%zu: %s", i, status.says);
	}
}

static void
any_file_will_do_where_the_level_has_the_fix(void **state)
{
	static const char *const machines[] = { "Vista SP2", "2008 6002", "2008 6003",
		                                "7",         "2008 R2",   "8",
		                                "10" };
	static const char *const kbs[] = { "958644", "957097", "958687" };

	(void)state;
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
		for (size_t k = 0; k < 3; k++) {
			struct patch_facts f = facts(machines[i], kbs[k], NULL);

			assert_string_equal(field(&f, "state"), "not-needed");
			assert_int_equal(status.need, NEED_NOTHING);
			assert_string_equal(status_field(&status, "package")->text, "");
		}
	}
}

static void
the_evidence_is_a_line_that_a_person_can_check(void **state)
{
	struct patch_claims claims = { .count = 0 };
	struct patch_facts f = facts("XP SP3", "958644", "5.1.2600.5512");

	(void)state;
	claim_add(&claims, 958644, CLAIM_INSTALLED);
	f.claims = &claims;
	assert_string_equal(field(&f, "evidence"),
	                    "netapi32.dll 5.1.2600.5512 < 5.1.2600.5694 (P003); "
	                    "registry says KB958644 installed");
	assert_string_equal(status.says,
	                    "missing (MS08-067): netapi32.dll 5.1.2600.5512 < "
	                    "5.1.2600.5694 (P003); registry says KB958644 installed.");
	assert_int_equal(status.need, NEED_DOING);
}

static void
a_later_one_that_is_claimed_and_not_there_is_told_too(void **state)
{
	struct patch_claims claims = { .count = 0 };
	struct patch_facts f = facts("XP SP3", "958644", "5.1.2600.5693");

	(void)state;
	claim_add(&claims, 2705219, CLAIM_INSTALLED);
	f.claims = &claims;
	assert_string_equal(field(&f, "evidence"),
	                    "netapi32.dll 5.1.2600.5693 < 5.1.2600.5694 (P003); "
	                    "registry says KB2705219-v2 installed");
}

static void
the_package_is_of_the_language_and_a_newer_one_stands_beside(void **state)
{
	struct patch_facts f = facts("XP SP3", "958687", "5.1.2600.5512");

	(void)state;
	assert_string_equal(field(&f, "package"), "WindowsXP-KB958687-x86-DEU.exe");
	/* Not KB4018466, whose package nobody has named. */
	assert_string_equal(field(&f, "newest"),
	                    "WindowsXP-KB4012598-x86-Custom-DEU.exe");
	assert_non_null(strstr(status.next, "p1.exe /quiet /norestart"));

	f = facts("Vista SP1", "958644", "6.0.6001.18000");
	assert_string_equal(field(&f, "package"), "Windows6.0-KB958644-x86.msu");
	assert_string_equal(field(&f, "newest"), "Windows6.0-KB948465-X86.exe");
	assert_non_null(strstr(status.next, "wusa.exe FILE /quiet /norestart"));

	f = facts("XP SP1", "958644", "5.1.2600.1874");
	assert_string_equal(field(&f, "package"),
	                    "Service Pack 3 (KB936929), then the three updates");

	f = facts("2000 SP4", "958644", "5.0.2195.7000");
	assert_string_equal(field(&f, "newest"), "");
}

static void
the_last_number_alone_decides(void **state)
{
	static const struct {
		const char *machine, *kb, *old, *fixed;
	} rows[] = {
		{ "2000 SP4", "957097", "5.0.2195.7173", "5.0.2195.7174" },
		{ "2000 SP4", "958687", "5.0.2195.7221", "5.0.2195.7222" },
		{ "2000 SP4", "967715", "5.0.3900.7154", "5.0.3900.7155" },
		{ "XP SP2", "957097", "5.1.2600.3466", "5.1.2600.3467" },
		{ "XP SP3", "957097", "5.1.2600.5699", "5.1.2600.5700" },
		{ "XP SP3", "958687", "5.1.2600.5724", "5.1.2600.5725" },
		{ "XP SP3", "967715", "6.0.2900.5621", "6.0.2900.5622" },
		{ "XP x64", "958644", "5.2.3790.3228", "5.2.3790.3229" },
		{ "2003 SP2 ia64", "958687", "5.2.3790.4424", "5.2.3790.4425" },
		{ "2003 SP2", "967715", "6.0.3790.4314", "6.0.3790.4315" },
		{ "Vista RTM", "958687", "6.0.6000.16788", "6.0.6000.16789" },
		{ "Vista RTM", "950582", "6.0.6000.20821", "6.0.6000.20822" },
		{ "Vista SP1", "957097", "6.0.6001.18129", "6.0.6001.18130" },
		{ "2008 6001", "958644", "6.0.6001.22287", "6.0.6001.22288" },
		{ "2008 6001", "958687", "6.0.6001.18184", "6.0.6001.18185" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct patch_facts f = facts(rows[i].machine, rows[i].kb, rows[i].old);

		assert_string_equal(field(&f, "state"), "missing");
		assert_int_equal(status.need, NEED_DOING);
		f = facts(rows[i].machine, rows[i].kb, rows[i].fixed);
		assert_string_equal(field(&f, "state"), "present");
		assert_int_equal(status.need, NEED_NOTHING);
	}
}

static void
a_range_holds_its_first_version_and_not_its_last(void **state)
{
	(void)state;
	struct patch_facts f = facts("XP SP3", "958644", "5.1.2600.5511");
	assert_string_equal(field(&f, "state"), "superseded");
	assert_non_null(strstr(status.says, "(SP2)"));
	f = facts("XP SP3", "958644", "5.1.2601.0");
	assert_string_equal(field(&f, "state"), "unknown");
	f = facts("XP SP3", "958644", "5.1.2600.2179");
	assert_string_equal(field(&f, "state"), "unknown");
	assert_non_null(strstr(status.says, "netapi32.dll 5.1.2600.2179 is of no"));
	f = facts("Vista RTM", "958644", "6.0.6000.20480");
	assert_string_equal(field(&f, "state"), "missing");
	f = facts("Vista RTM", "958644", "6.0.6000.20479");
	assert_string_equal(field(&f, "state"), "superseded");
}

static void
versions_between_two_of_the_chain_name_the_earlier(void **state)
{
	struct patch_facts f = facts("XP SP3", "957097", "5.1.2600.6081");

	(void)state;
	assert_string_equal(field(&f, "state"), "superseded");
	assert_non_null(
	    strstr(status.says, "superseded by KB980232 or something later"));
	f = facts("Vista SP1", "958687", "6.0.6001.22581");
	assert_string_equal(field(&f, "state"), "superseded");
	assert_non_null(strstr(status.says, "superseded by KB971468 ("));
	f = facts("XP SP3", "958644", "5.1.2600.5695");
	assert_non_null(
	    strstr((field(&f, "state"), status.says), "superseded by a later hotfix"));
}

static void
an_absent_driver_is_not_needed_and_netapi32_is_a_question(void **state)
{
	struct patch_facts f = facts("XP embedded", "958687", NULL);

	(void)state;
	assert_string_equal(field(&f, "state"), "not-needed");
	f.has_ntdll = false;
	assert_string_equal(field(&f, "state"), "unknown");
	f = facts("XP SP3", "958644", NULL);
	assert_string_equal(field(&f, "state"), "unknown");
	assert_int_equal(status.need, NEED_TELLING);
}

static void
a_swapped_file_is_unknown_whatever_the_registry_says(void **state)
{
	struct patch_claims claims = { .count = 0 };
	struct patch_facts f = facts("XP SP3", "958644", NULL);

	(void)state;
	claim_add(&claims, 958644, CLAIM_INSTALLED);
	f.claims = &claims;
	f.file.is = PATCH_FILE_SWAPPED;
	assert_string_equal(field(&f, "state"), "unknown");
}

static void
the_registry_stands_in_for_a_file_that_cannot_be_read(void **state)
{
	struct patch_claims claims = { .count = 0 };
	struct patch_facts f = facts("XP SP3", "958644", NULL);

	(void)state;
	f.claims = &claims;
	f.file.is = PATCH_FILE_UNREAD;
	snprintf(f.file.because, sizeof f.file.because, "the disk ends here");
	assert_string_equal(field(&f, "state"), "unknown");
	assert_string_equal(status_field(&status, "evidence")->text,
	                    "by registry only: not registered, which proves nothing; "
	                    "netapi32.dll: the disk ends here");
	claim_add(&claims, 958687, CLAIM_INSTALLED); /* another one */
	assert_string_equal(field(&f, "state"), "unknown");
	claim_add(&claims, 2705219, CLAIM_INSTALLED);
	assert_string_equal(field(&f, "state"), "superseded");
	assert_non_null(strstr(status.says, "superseded by KB2705219-v2 ("));
	claim_add(&claims, 958644, CLAIM_INSTALLED);
	assert_string_equal(field(&f, "state"), "present");
	assert_string_equal(status_field(&status, "evidence")->text,
	                    "by registry only: installed; netapi32.dll: the disk ends "
	                    "here");
}

static void
a_package_that_waits_or_was_replaced_is_told_apart(void **state)
{
	struct patch_claims claims = { .count = 0 };
	struct patch_facts f = facts("Vista SP1", "958644", NULL);

	(void)state;
	f.claims = &claims;
	f.file.is = PATCH_FILE_UNREAD;
	claim_add(&claims, 958644, CLAIM_REPLACED);
	assert_string_equal(field(&f, "state"), "superseded");
	claim_add(&claims, 958644, CLAIM_PENDING);
	assert_string_equal(field(&f, "state"), "missing");
	assert_int_equal(status_field(&status, "restart")->number, 1);
	assert_int_equal(status.need, NEED_DOING);
}

static void
a_version_found_by_searching_needs_the_registry_to_agree(void **state)
{
	struct patch_claims claims = { .count = 0 };
	struct patch_facts f = facts("XP SP3", "958644", "5.1.2600.5694");

	(void)state;
	f.claims = &claims;
	f.file.is = PATCH_FILE_SCANNED;
	assert_string_equal(field(&f, "state"), "unknown");
	claim_add(&claims, 958644, CLAIM_INSTALLED);
	assert_string_equal(field(&f, "state"), "present");
	f.file.version = version("5.1.2600.5512");
	assert_string_equal(field(&f, "state"), "unknown");
}

static void
a_service_pack_that_the_registry_leaves_out_is_told_by_the_file(void **state)
{
	struct patch_facts f = facts("XP", "958644", "5.1.2600.5694");

	(void)state;
	assert_string_equal(field(&f, "state"), "present");
	assert_non_null(strstr(status.says, "told by the file only (SP3)"));
	f = facts("XP embedded", "958644", "5.1.2600.5512");
	assert_string_equal(field(&f, "state"), "missing");
	assert_non_null(strstr(status.says, "told by the file only (SP3)"));
	f = facts("XP", "958644", "5.1.2600.0");
	assert_string_equal(field(&f, "state"), "missing");
	assert_non_null(strstr(status.says, "no package is for Windows XP without"));
	/* The range of Windows 2000 is that of all service packs. */
	f = facts("2000", "958644", "5.0.2195.7203");
	assert_string_equal(field(&f, "state"), "missing");
	f.has_service_pack = false;
	assert_string_equal(field(&f, "state"), "present");
	f.file = file("5.0.2195.7202");
	assert_string_equal(field(&f, "state"), "missing");
	/* x64 "without service pack" is the level of SP1, and no news. */
	f = facts("XP x64", "958644", "5.2.3790.3229");
	assert_string_equal(field(&f, "state"), "present");
	assert_null(strstr(status.says, "service pack told"));
}

static void
no_service_pack_told_at_all_is_not_none(void **state)
{
	struct patch_facts f = facts("XP", "958644", NULL);

	(void)state;
	f.file.is = PATCH_FILE_UNREAD;
	assert_string_equal(field(&f, "state"), "missing");
	f.has_service_pack = false;
	assert_string_equal(field(&f, "state"), "unknown");
	assert_string_equal(status_field(&status, "evidence")->text,
	                    "neither the registry nor the file tells the service pack");
}

static void
old_second_copies_are_told_and_leave_the_state(void **state)
{
	struct patch_facts f = facts("2003 SP2 x64", "958644", "5.2.3790.4392");

	(void)state;
	f.wow64 = file("5.2.3790.3959");
	assert_string_equal(field(&f, "state"), "present");
	assert_non_null(strstr(status.says, "32-bit copy old: update incomplete"));
	assert_int_equal(status.need, NEED_DOING);
	f.wow64 = file("5.2.3790.4392");
	assert_string_equal(field(&f, "state"), "present");
	assert_int_equal(status.need, NEED_NOTHING);

	f = facts("XP SP3", "958644", "5.1.2600.5694");
	f.cache = file("5.1.2600.5512");
	assert_string_equal(field(&f, "state"), "present");
	assert_non_null(strstr(status.says, "dllcache would put back 5.1.2600.5512"));
	assert_int_equal(status.need, NEED_DOING);
	f.cache = file("5.1.2600.5694");
	assert_string_equal(field(&f, "state"), "present");
	assert_int_equal(status.need, NEED_NOTHING);
}

static void
a_staged_file_owes_a_restart(void **state)
{
	struct patch_facts f = facts("XP SP3", "958644", "5.1.2600.5512");

	(void)state;
	f.staged = true;
	assert_string_equal(field(&f, "state"), "missing");
	assert_int_equal(status_field(&status, "restart")->number, 1);
	assert_string_equal(status.next, "Restart the machine and look again: an "
	                                 "update waits for it.");
	f = facts("XP SP3", "958644", "5.1.2600.5694");
	f.staged = true;
	assert_string_equal(field(&f, "state"), "present");
	assert_int_equal(status.need, NEED_DOING);
}

static void
a_restart_of_servicing_is_this_ones_where_it_is_claimed(void **state)
{
	struct patch_claims claims = { .count = 0, .restart = true };
	struct patch_facts f = facts("Vista SP1", "958644", "6.0.6001.18000");

	(void)state;
	f.claims = &claims;
	(void)field(&f, "state");
	assert_int_equal(status_field(&status, "restart")->number, 0);
	claim_add(&claims, 958644, CLAIM_INSTALLED);
	(void)field(&f, "state");
	assert_int_equal(status_field(&status, "restart")->number, 1);
}

static void
windows_that_no_table_knows_are_unknown(void **state)
{
	struct patch_facts f = facts("XP SP7", "958644", "5.1.2600.9000");

	(void)state;
	assert_string_equal(field(&f, "state"), "unknown");
	assert_string_equal(status_field(&status, "evidence")->text,
	                    "Windows 5.1.2600 SP7 is not in the tables");
	f = facts("NT4", "958644", NULL);
	assert_string_equal(field(&f, "state"), "unknown");
	assert_non_null(strstr(status.next, "isolate it"));
	f = facts("7 6801", "958644", NULL);
	assert_string_equal(field(&f, "state"), "missing");
	f = facts("XP ia64", "958644", NULL);
	assert_string_equal(field(&f, "state"), "missing");
	f = facts("2003", "958644", "5.2.3790.0");
	assert_string_equal(field(&f, "state"), "missing");
}

static void
the_autorun_updates_go_by_shell32_and_one_by_registry_only(void **state)
{
	struct patch_claims claims = { .count = 0 };
	struct patch_facts f = facts("XP SP3", "967715", NULL);

	(void)state;
	f.claims = &claims;
	f.file.is = PATCH_FILE_UNREAD;
	claim_add(&claims, 950582, CLAIM_INSTALLED); /* the same fix */
	assert_string_equal(field(&f, "state"), "present");

	f = facts("XP SP3", "971029", NULL);
	f.claims = &claims;
	assert_string_equal(field(&f, "state"), "unknown");
	claim_add(&claims, 971029, CLAIM_INSTALLED);
	assert_string_equal(field(&f, "state"), "present");
	f = facts("XP SP3", "967715", "6.0.2900.5623");
	f.claims = &claims;
	assert_string_equal(field(&f, "state"), "superseded");
	f = facts("7", "971029", NULL);
	assert_string_equal(field(&f, "state"), "not-needed");
	f = facts("Vista SP2", "950582", NULL);
	assert_string_equal(field(&f, "state"), "not-needed");
}

static void
claims_keep_what_says_most(void **state)
{
	struct patch_claims claims = { .count = 0 };

	(void)state;
	claim_add(&claims, 1, CLAIM_PENDING);
	claim_add(&claims, 1, CLAIM_INSTALLED);
	claim_add(&claims, 1, CLAIM_NONE);
	assert_int_equal(claim_of(&claims, 1), CLAIM_INSTALLED);
	assert_int_equal(claim_of(&claims, 2), CLAIM_NONE);
	for (uint32_t kb = 10; kb < 10 + 2 * CLAIMS_MOST; kb++)
		claim_add(&claims, kb, CLAIM_PENDING);
	assert_int_equal(claims.count, CLAIMS_MOST);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_known_traps_give_the_right_answer),
		cmocka_unit_test(any_file_will_do_where_the_level_has_the_fix),
		cmocka_unit_test(the_evidence_is_a_line_that_a_person_can_check),
		cmocka_unit_test(a_later_one_that_is_claimed_and_not_there_is_told_too),
		cmocka_unit_test(
		    the_package_is_of_the_language_and_a_newer_one_stands_beside),
		cmocka_unit_test(the_last_number_alone_decides),
		cmocka_unit_test(a_range_holds_its_first_version_and_not_its_last),
		cmocka_unit_test(versions_between_two_of_the_chain_name_the_earlier),
		cmocka_unit_test(
		    an_absent_driver_is_not_needed_and_netapi32_is_a_question),
		cmocka_unit_test(a_swapped_file_is_unknown_whatever_the_registry_says),
		cmocka_unit_test(the_registry_stands_in_for_a_file_that_cannot_be_read),
		cmocka_unit_test(a_package_that_waits_or_was_replaced_is_told_apart),
		cmocka_unit_test(
		    a_version_found_by_searching_needs_the_registry_to_agree),
		cmocka_unit_test(
		    a_service_pack_that_the_registry_leaves_out_is_told_by_the_file),
		cmocka_unit_test(no_service_pack_told_at_all_is_not_none),
		cmocka_unit_test(old_second_copies_are_told_and_leave_the_state),
		cmocka_unit_test(a_staged_file_owes_a_restart),
		cmocka_unit_test(
		    a_restart_of_servicing_is_this_ones_where_it_is_claimed),
		cmocka_unit_test(windows_that_no_table_knows_are_unknown),
		cmocka_unit_test(
		    the_autorun_updates_go_by_shell32_and_one_by_registry_only),
		cmocka_unit_test(claims_keep_what_says_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

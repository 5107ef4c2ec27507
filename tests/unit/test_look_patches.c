#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../fake/fake_machine.h"
#include "../fake/fake_parts.h"
#include "lab/stock_dll.h"
#include "look/defences.h"

#define UPDATES "HKLM\\SOFTWARE\\Microsoft\\Updates\\"
#define HOTFIX "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\HotFix\\"
#define SERVICING                                              \
	"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\" \
	"Component Based Servicing\\"

/* An XP SP3 whose three files are as they were released. */
#define OLD_XP                                              \
	"windows C:\\WINDOWS\n"                             \
	"file C:\\WINDOWS\\system32\\ntdll.dll\n"           \
	"\tstock ntdll.dll 5.1.2600.5512\n"                 \
	"file C:\\WINDOWS\\system32\\netapi32.dll\n"        \
	"\tstock netapi32.dll 5.1.2600.5512\n"              \
	"file C:\\WINDOWS\\system32\\drivers\\mrxsmb.sys\n" \
	"\tstock mrxsmb.sys 5.1.2600.5512\n"                \
	"file C:\\WINDOWS\\system32\\drivers\\srv.sys\n"    \
	"\tstock srv.sys 5.1.2600.5512\n"                   \
	"file C:\\WINDOWS\\system32\\shell32.dll\n"         \
	"\tstock shell32.dll 6.0.2900.5512\n"

static struct installation xp;
static struct findings findings;
static struct statuses statuses;

static int
begin(void **state)
{
	(void)state;
	xp = (struct installation){ .there = true,
		                    .kind = WINDOWS_XP,
		                    .has_version = true,
		                    .major = 5,
		                    .minor = 1,
		                    .build = 2600,
		                    .has_service_pack = true,
		                    .service_pack = 3,
		                    .language = "0409",
		                    .sets = { "HKLM\\SYSTEM\\ControlSet001" },
		                    .set_count = 1,
		                    .root = "C:\\WINDOWS",
		                    .system32 = "C:\\WINDOWS\\system32",
		                    .drive = "C:" };
	return 0;
}

static int
end(void **state)
{
	(void)state;
	statuses_free(&statuses);
	return 0;
}

static void
vista(void)
{
	xp.kind = WINDOWS_VISTA;
	xp.major = 6;
	xp.minor = 0;
	xp.build = 6001;
	xp.service_pack = 1;
}

static void
look(struct fake_case *c)
{
	const struct inside in = { .machine = c->machine,
		                   .windows = &xp,
		                   .out = &findings };

	statuses_free(&statuses);
	assert_int_equal(defence_patches(&in, &statuses), OK);
}

static void
look_at(const char *text)
{
	struct fake_case *c = fake_case_of(text);

	look(c);
	fake_case_free(c);
}

static const struct status *
of(const char *kb)
{
	for (size_t i = 0; i < statuses.count; i++) {
		if (strcmp(status_field(&statuses.at[i], "kb")->text, kb) == 0)
			return &statuses.at[i];
	}
	fail_msg("no status of %s", kb);
	return NULL;
}

static const char *
state_of(const char *kb)
{
	return status_field(of(kb), "state")->text;
}

static const char *
evidence_of(const char *kb)
{
	return status_field(of(kb), "evidence")->text;
}

static void
a_machine_as_it_was_released_misses_all(void **state)
{
	(void)state;
	look_at(OLD_XP);
	assert_int_equal(statuses.count, 5);
	assert_string_equal(state_of("KB958644"), "missing");
	assert_string_equal(state_of("KB957097"), "missing");
	assert_string_equal(state_of("KB958687"), "missing");
	assert_string_equal(state_of("KB967715"), "missing");
	assert_string_equal(state_of("KB971029"), "unknown");
	assert_string_equal(evidence_of("KB957097"),
	                    "mrxsmb.sys 5.1.2600.5512 < 5.1.2600.5700 (P014)");
	assert_string_equal(status_field(of("KB958644"), "package")->text,
	                    "WindowsXP-KB958644-x86-ENU.exe");
	assert_int_equal(statuses_exit_code(&statuses), 1);
}

/* As captured: the best-kept machines list none of the three. */
static void
a_fully_updated_machine_is_in_order_with_none_of_the_three_listed(void **state)
{
	(void)state;
	look_at(OLD_XP "gone C:\\WINDOWS\\system32\\netapi32.dll\n"
	               "file C:\\WINDOWS\\system32\\netapi32.dll\n"
	               "\tstock netapi32.dll 5.1.2600.6260\n"
	               "gone C:\\WINDOWS\\system32\\drivers\\mrxsmb.sys\n"
	               "file C:\\WINDOWS\\system32\\drivers\\mrxsmb.sys\n"
	               "\tstock mrxsmb.sys 5.1.2600.6133\n"
	               "gone C:\\WINDOWS\\system32\\drivers\\srv.sys\n"
	               "file C:\\WINDOWS\\system32\\drivers\\srv.sys\n"
	               "\tstock srv.sys 5.1.2600.6082\n"
	               "gone C:\\WINDOWS\\system32\\shell32.dll\n"
	               "file C:\\WINDOWS\\system32\\shell32.dll\n"
	               "\tstock shell32.dll 6.0.2900.6242\n"
	               "key " UPDATES "Windows XP\\SP4\\KB2705219-v2\n"
	               "key " UPDATES "Windows XP\\SP4\\KB2536276-v2\n"
	               "key " UPDATES "Windows XP\\SP4\\KB2508429\n"
	               "key " UPDATES "Windows XP\\SP4\\KB971029\n");
	assert_string_equal(state_of("KB958644"), "superseded");
	assert_string_equal(state_of("KB957097"), "superseded");
	assert_string_equal(state_of("KB958687"), "superseded");
	assert_string_equal(state_of("KB967715"), "superseded");
	assert_string_equal(state_of("KB971029"), "present");
	assert_non_null(strstr(of("KB957097")->says, "by KB2536276-v2"));
	assert_int_equal(statuses_exit_code(&statuses), 0);
}

static void
keys_that_claim_it_over_an_old_file_are_a_contradiction(void **state)
{
	static const char *const keys[] = {
		"key " UPDATES "Windows XP\\SP4\\KB958644\n",
		"key " UPDATES "Windows XP\\SP-1\\kb958644\n",
		"key " HOTFIX "KB958644\n\tdword Installed 1\n",
	};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		snprintf(text, sizeof text, "%s%s", OLD_XP, keys[i]);
		look_at(text);
		assert_string_equal(state_of("KB958644"), "missing");
		assert_string_equal(evidence_of("KB958644"),
		                    "netapi32.dll 5.1.2600.5512 < 5.1.2600.5694 "
		                    "(P003); registry says KB958644 installed");
	}
}

static void
keys_that_claim_nothing_are_none(void **state)
{
	static const char *const keys[] = {
		"key " UPDATES "Windows XP\\KB958644\n",
		"key " UPDATES "Windows XP\\SP4\\KB9586444\n",
		"key " UPDATES "Windows XP\\SP4\\Q958644\n",
		"key " HOTFIX "KB958644\n\tdword Installed 0\n",
		"key " HOTFIX "KB958644\n",
		/* Planted to silence Windows Update. */
		"key HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\"
		"KB958644\n",
	};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		snprintf(text, sizeof text, "%s%s", OLD_XP, keys[i]);
		look_at(text);
		assert_string_equal(evidence_of("KB958644"),
		                    "netapi32.dll 5.1.2600.5512 < 5.1.2600.5694 "
		                    "(P003)");
	}
}

static void
an_unreadable_file_is_told_by_the_registry_or_not_at_all(void **state)
{
	static const char broken[] = "file C:\\WINDOWS\\system32\\netapi32.dll\n"
				     "\tunreadable the disk is broken here\n";
	char text[4096];

	(void)state;
	snprintf(text, sizeof text, "%s%s", OLD_XP, broken);
	look_at(text);
	assert_string_equal(state_of("KB958644"), "unknown");
	assert_non_null(strstr(evidence_of("KB958644"), "the disk is broken here"));
	snprintf(text, sizeof text, "%s%skey %s\n", OLD_XP, broken,
	         UPDATES "Windows XP\\SP4\\KB958644");
	look_at(text);
	assert_string_equal(state_of("KB958644"), "present");
	assert_non_null(strstr(evidence_of("KB958644"), "by registry only"));
}

static void
a_registry_that_cannot_be_read_is_told_where_it_matters(void **state)
{
	(void)state;
	look_at(OLD_XP "key HKLM\\SOFTWARE\\Microsoft\\Updates\n"
	               "\tunreadable the hive is broken here\n");
	assert_string_equal(state_of("KB958644"), "missing");
	assert_null(strstr(evidence_of("KB958644"), "hive"));
	assert_string_equal(state_of("KB971029"), "unknown");
	assert_non_null(strstr(evidence_of("KB971029"), "the hive is broken here"));
}

static void
a_file_of_another_kind_is_no_evidence(void **state)
{
	static const char *const files[] = {
		"\tstock lz32.dll 5.1.2600.5694\n",
		"\tvendor netapi32.dll Wine\n",
		"\ttext SZDD\n",
	};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(text, sizeof text,
		         "%sgone C:\\WINDOWS\\system32\\netapi32.dll\n"
		         "file C:\\WINDOWS\\system32\\netapi32.dll\n%s",
		         OLD_XP, files[i]);
		look_at(text);
		assert_string_equal(state_of("KB958644"), "unknown");
	}
}

static void
put_stock(struct fake_case *c, const char *path, const struct stock_dll *dll)
{
	struct fake_file *f = fake_file_at((struct fake *)c->machine, path, false);

	buf_free(&f->content);
	f->content.ceiling = 1 << 20;
	assert_int_equal(stock_dll(&f->content, dll), OK);
	f->facts.size = f->content.len;
}

static void
a_file_for_another_processor_is_no_evidence(void **state)
{
	struct fake_case *c = fake_case_of(OLD_XP);

	(void)state;
	put_stock(c, "C:\\WINDOWS\\system32\\netapi32.dll",
	          &(struct stock_dll){ .name = "netapi32.dll",
	                               .company = "Microsoft Corporation",
	                               .version = { 5, 1, 2600, 5694 },
	                               .is_x64 = true });
	look(c);
	fake_case_free(c);
	assert_string_equal(state_of("KB958644"), "unknown");
	assert_non_null(strstr(evidence_of("KB958644"), "not for this processor"));
}

static void
a_64_bit_windows_is_told_by_its_64_bit_file(void **state)
{
	struct fake_case *c = fake_case_of(OLD_XP);

	(void)state;
	xp.minor = 2;
	xp.build = 3790;
	xp.service_pack = 2;
	xp.is_server = xp.is_x64 = true;
	put_stock(c, "C:\\WINDOWS\\system32\\netapi32.dll",
	          &(struct stock_dll){ .name = "netapi32.dll",
	                               .company = "Microsoft Corporation",
	                               .version = { 5, 2, 3790, 4392 },
	                               .is_x64 = true });
	put_stock(c, "C:\\WINDOWS\\SysWOW64\\netapi32.dll",
	          &(struct stock_dll){ .name = "netapi32.dll",
	                               .company = "Microsoft Corporation",
	                               .version = { 5, 2, 3790, 3959 } });
	look(c);
	fake_case_free(c);
	assert_string_equal(state_of("KB958644"), "present");
	assert_string_equal(evidence_of("KB958644"),
	                    "netapi32.dll 5.2.3790.4392 = 5.2.3790.4392 (P009); "
	                    "32-bit copy old: update incomplete: 5.2.3790.3959");
}

static void
an_old_copy_in_dllcache_can_undo_it(void **state)
{
	(void)state;
	look_at(OLD_XP "gone C:\\WINDOWS\\system32\\netapi32.dll\n"
	               "file C:\\WINDOWS\\system32\\netapi32.dll\n"
	               "\tstock netapi32.dll 5.1.2600.5694\n"
	               "file C:\\WINDOWS\\system32\\dllcache\\netapi32.dll\n"
	               "\tstock netapi32.dll 5.1.2600.5512\n");
	assert_string_equal(state_of("KB958644"), "present");
	assert_int_equal(of("KB958644")->need, NEED_DOING);
	assert_non_null(
	    strstr(evidence_of("KB958644"), "dllcache would put back 5.1.2600.5512"));
}

static void
a_rename_that_waits_owes_a_restart(void **state)
{
	static const struct {
		const char *pairs;
		bool is_owed;
	} rows[] = {
		{ "\\??\\C:\\WINDOWS\\system32\\SET1.tmp "
		  "!\\??\\C:\\WINDOWS\\system32\\netapi32.dll",
		  true },
		/* A deletion before it, whose target is empty. */
		{ "\\??\\C:\\x.tmp \"\" \\??\\C:\\y.tmp "
		  "\\??\\c:\\windows\\SYSTEM32\\NETAPI32.DLL",
		  true },
		{ "\\??\\C:\\WINDOWS\\system32\\netapi32.dll \"\"", false },
		{ "\\??\\C:\\a \\??\\C:\\WINDOWS\\system32\\dllcache\\netapi32.dll",
		  false },
	};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(text, sizeof text,
		         "%skey HKLM\\SYSTEM\\ControlSet001\\Control\\Session Manager\n"
		         "\tmulti PendingFileRenameOperations %s\n",
		         OLD_XP, rows[i].pairs);
		look_at(text);
		assert_string_equal(state_of("KB958644"), "missing");
		assert_int_equal(status_field(of("KB958644"), "restart")->number,
		                 rows[i].is_owed);
		assert_int_equal(status_field(of("KB957097"), "restart")->number, 0);
	}
}

/* The state of one package, where the file of a Vista SP1 cannot be read. */
static const char *
state_with_package(const char *name, unsigned current)
{
	char text[4096];

	snprintf(text, sizeof text,
	         "windows C:\\WINDOWS\n"
	         "file C:\\WINDOWS\\system32\\netapi32.dll\n\tunreadable it is so\n"
	         "key %sPackages\\%s\n\tdword CurrentState %u\n",
	         SERVICING, name, current);
	vista();
	look_at(text);
	return state_of("KB958644");
}

static void
vista_keeps_a_state_for_each_package(void **state)
{
	static const char outer[] =
	    "Package_for_KB958644~31bf3856ad364e35~x86~~6.0.1.0";

	(void)state;
	assert_string_equal(state_with_package(outer, 7), "present");
	assert_string_equal(state_with_package(outer, 8), "present");
	assert_string_equal(state_with_package(outer, 0x70), "present");
	assert_string_equal(state_with_package(outer, 0x80), "present");
	assert_string_equal(state_with_package(outer, 0x50), "superseded");
	assert_string_equal(state_with_package(outer, 6), "missing");
	assert_string_equal(state_with_package(outer, 0x60), "missing");
	assert_string_equal(state_with_package(outer, 4), "unknown");
	assert_string_equal(state_with_package(outer, 5), "unknown");
	/* Inner pieces say nothing. */
	assert_string_equal(state_with_package("Package_1_for_KB958644~31bf", 7),
	                    "unknown");
	assert_string_equal(state_with_package("Package_for_KB958644_client~31bf", 7),
	                    "unknown");
}

static void
a_windows_that_cannot_be_told_leaves_all_three_open(void **state)
{
	(void)state;
	xp.has_version = false;
	look_at(OLD_XP);
	assert_int_equal(statuses.count, 3);
	assert_string_equal(state_of("KB958687"), "unknown");
	assert_string_equal(evidence_of("KB958687"),
	                    "the registry does not say which Windows this is");
	xp.there = false;
	look_at(OLD_XP);
	assert_string_equal(state_of("KB958644"), "unknown");
	assert_int_equal(statuses_exit_code(&statuses), 3);
}

static void
windows_7_needs_none_and_asks_nothing(void **state)
{
	(void)state;
	xp.major = 6;
	xp.minor = 1;
	xp.build = 7601;
	xp.service_pack = 1;
	look_at("windows C:\\WINDOWS\n");
	assert_int_equal(statuses.count, 5);
	assert_string_equal(state_of("KB958644"), "not-needed");
	assert_string_equal(evidence_of("KB958644"),
	                    "Windows 7 never had the flaw (W24)");
	assert_string_equal(state_of("KB971029"), "not-needed");
	assert_int_equal(statuses_exit_code(&statuses), 0);
}

static void
lack_of_memory_is_never_an_answer(void **state)
{
	size_t nth = 0;
	enum err err = ERR_MEMORY;

	(void)state;
	for (; nth < 200 && err != OK; nth++) {
		struct fake_case *c = fake_case_of(OLD_XP);
		const struct inside in = { .machine = c->machine,
			                   .windows = &xp,
			                   .out = &findings };

		fake_machine_fail_at(c->machine, nth);
		statuses_free(&statuses);
		err = defence_patches(&in, &statuses);
		if (err != OK)
			assert_int_equal(err, ERR_MEMORY);
		fake_case_free(c);
	}
	assert_true(nth > 10);
	assert_int_equal(err, OK);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		CASE(a_machine_as_it_was_released_misses_all),
		CASE(a_fully_updated_machine_is_in_order_with_none_of_the_three_listed),
		CASE(keys_that_claim_it_over_an_old_file_are_a_contradiction),
		CASE(keys_that_claim_nothing_are_none),
		CASE(an_unreadable_file_is_told_by_the_registry_or_not_at_all),
		CASE(a_registry_that_cannot_be_read_is_told_where_it_matters),
		CASE(a_file_of_another_kind_is_no_evidence),
		CASE(a_file_for_another_processor_is_no_evidence),
		CASE(a_64_bit_windows_is_told_by_its_64_bit_file),
		CASE(an_old_copy_in_dllcache_can_undo_it),
		CASE(a_rename_that_waits_owes_a_restart),
		CASE(vista_keeps_a_state_for_each_package),
		CASE(a_windows_that_cannot_be_told_leaves_all_three_open),
		CASE(windows_7_needs_none_and_asks_nothing),
		CASE(lack_of_memory_is_never_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

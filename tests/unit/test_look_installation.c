#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "../fake/fake_machine.h"
#include "look/inside.h"
#include "look/installation.h"

/* A machine, its Windows, and what was found in finding it. */
struct found {
	struct fake_case *machine;
	struct installation windows;
	struct findings all;
};

static struct found *
find(const char *text)
{
	static struct found f;

	f.machine = fake_case_of(text);
	f.all.count = 0;
	assert_int_equal(installation_find(f.machine->machine, &f.windows, &f.all), OK);
	return &f;
}

static void
drop(struct found *f)
{
	installation_free(&f->windows);
	fake_case_free(f->machine);
}

static void
assert_found(const struct found *f, size_t i, const char *trace, const char *place)
{
	assert_in_range(i, 0, f->all.count - 1);
	assert_string_equal(f->all.at[i].trace, trace);
	assert_string_equal(f->all.at[i].where, place);
	assert_string_equal(f->all.at[i].detector, "machine");
}

static void
a_windows_xp_is_found_with_everything(void **state)
{
	struct found *f = find("include xp\n");
	const struct installation *w = &f->windows;

	(void)state;
	assert_int_equal(f->all.count, 0);
	assert_true(w->there && w->has_version && w->has_service_pack);
	assert_int_equal(w->kind, WINDOWS_XP);
	assert_int_equal(w->major * 100 + w->minor, 501);
	assert_int_equal(w->build, 2600);
	assert_int_equal(w->service_pack, 3);
	assert_false(w->is_server || w->is_x64 || w->is_ia64 || w->is_embedded);
	assert_string_equal(w->os, "Windows XP SP3");
	assert_string_equal(w->product, "Microsoft Windows XP");
	assert_string_equal(w->language, "0409");
	assert_string_equal(w->computer, "KANG");
	assert_int_equal(w->name_count, 2);
	assert_string_equal(w->names[0], "KANG");
	assert_string_equal(w->names[1], "kang");
	assert_int_equal(w->set_count, 1);
	assert_string_equal(w->sets[0], "HKLM\\SYSTEM\\ControlSet001");
	assert_string_equal(w->system32, "C:\\WINDOWS\\system32");
	assert_string_equal(w->drive, "C:");
	assert_string_equal(w->letters, "C");
	assert_string_equal(w->program_files[0], "C:\\Program Files");
	assert_string_equal(w->common_app_data,
	                    "C:\\Documents and Settings\\All Users\\Application Data");
	drop(f);
}

static void
places_are_those_that_are_there_and_system32_is_first(void **state)
{
	static const char *const expected[] = {
		"C:\\WINDOWS\\system32",
		"C:\\Program Files\\Internet Explorer",
		"C:\\Program Files\\Windows NT",
		"C:\\Documents and Settings\\All Users\\Application Data",
		"C:\\WINDOWS\\Temp",
		"C:\\Documents and Settings\\Kang\\Local Settings\\Temp",
		"D:\\Auslagerung",
		"C:\\Documents and Settings\\Gone\\Local Settings\\Temp",
	};
	struct found *f = find(
	    "include xp\n"
	    "drive D:\\ the other\n"
	    "folder C:\\Program Files\\Windows NT\n"
	    "folder C:\\Documents and Settings\\All Users\\Application Data\n"
	    "folder D:\\Auslagerung\n"
	    "folder C:\\Documents and Settings\\Gone\\Local Settings\\Temp\n"
	    "key HKU\\S-1-5-21-1-2-3-1003\\Environment\n"
	    "\texpand TEMP %USERPROFILE%\\Local Settings\\Temp\n"
	    "\texpand TMP D:\\Auslagerung\n");

	(void)state;
	assert_int_equal(f->all.count, 0);
	for (size_t i = 0; i < 8; i++)
		assert_string_equal(f->windows.places[i], expected[i]);
	assert_int_equal(f->windows.place_count, 8);
	drop(f);
}

static void
the_junctions_of_vista_are_no_unknowns(void **state)
{
	struct found *f = find("include xp\n"
	                       "key HKLM\\SOFTWARE\\Microsoft\\Windows "
	                       "NT\\CurrentVersion\n"
	                       "\tsz CurrentVersion 6.0\n"
	                       "gone C:\\Documents and Settings\n"
	                       "file C:\\Documents and Settings\\Kang\\Local Settings\n"
	                       "\tis link\n"
	                       "file C:\\Documents and Settings\\Kang\\Local "
	                       "Settings\\Temp\n"
	                       "\tlost a link is not followed\n");

	(void)state;
	assert_int_equal(f->all.count, 0);
	assert_int_equal(f->windows.place_count, 3);
	drop(f);
}

static void
a_place_behind_another_link_is_unread(void **state)
{
	struct found *f = find("include xp\n"
	                       "gone C:\\WINDOWS\\Temp\n"
	                       "file C:\\WINDOWS\\Temp\n"
	                       "\tis link\n");

	(void)state;
	assert_int_equal(f->all.count, 1);
	assert_found(f, 0, "place-unread", "C:\\WINDOWS\\Temp");
	drop(f);
}

/* Each: what differs from a Windows XP SP3, and how it is then called. */
static const struct {
	const char *lines;
	const char *os;
	enum windows_kind kind;
} kinds[] = {
	{ "sz CurrentVersion 5.0\n\tsz CurrentBuildNumber 2195\n", "Windows 2000 SP3",
	  WINDOWS_2000 },
	{ "sz CurrentVersion 5.2\n\tsz ProductName Microsoft Windows Server 2003 R2\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\ProductOptions\n"
	  "\tsz ProductType ServerNT\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\Session Manager\\Environment\n"
	  "\tsz PROCESSOR_ARCHITECTURE AMD64\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\Windows\n\tdword CSDVersion 512\n",
	  "Windows Server 2003 R2 SP2 x64", WINDOWS_2003 },
	{ "sz CurrentVersion 5.2\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\Session Manager\\Environment\n"
	  "\tsz PROCESSOR_ARCHITECTURE AMD64\n",
	  "Windows XP SP3 x64", WINDOWS_XP },
	{ "sz CurrentVersion 6.0\n", "Windows Vista SP3", WINDOWS_VISTA },
	{ "sz CurrentVersion 6.0\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\ProductOptions\n"
	  "\tsz ProductType LanmanNT\n",
	  "Windows Server 2008 SP3", WINDOWS_2008 },
	{ "sz CurrentVersion 6.1\n\twithout CSDVersion\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\Windows\n\tdword CSDVersion 0\n",
	  "Windows 7", WINDOWS_7 },
	{ "sz CurrentVersion 6.3\n\tsz ProductName Windows 10 Pro\n\tdword "
	  "CurrentMajorVersionNumber 10\n\tdword CurrentMinorVersionNumber 0\n"
	  "\twithout CSDVersion\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\Windows\n\tdword CSDVersion 0\n",
	  "Windows 10 Pro", WINDOWS_OTHER },
	{ "sz CSDVersion Service Pack 2, v.2180\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\Windows\n\twithout CSDVersion\n",
	  "Windows XP SP2", WINDOWS_XP },
	{ "sz CSDVersion Service Pack 2\n", "Windows XP SP3", WINDOWS_XP },
	{ "sz CSDVersion Service Pack 3\n"
	  "key HKLM\\SYSTEM\\ControlSet001\\Control\\ProductOptions\n"
	  "\tmulti ProductSuite EmbeddedNT\n",
	  "Windows XP Embedded SP3", WINDOWS_XP },
	{ "sz CurrentVersion five\n\twithout ProductName\n", "Windows SP3",
	  WINDOWS_OTHER },
	{ "hex 1 CurrentVersion 3500\n\thex 7 ProductName 00\n", "Windows SP3",
	  WINDOWS_OTHER },
};

static void
every_windows_is_called_by_its_name(void **state)
{
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		snprintf(text, sizeof text,
		         "include xp\n"
		         "key HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\n"
		         "\t%s",
		         kinds[i].lines);
		struct found *f = find(text);
		assert_string_equal(f->windows.os, kinds[i].os);
		assert_int_equal(f->windows.kind, kinds[i].kind);
		assert_int_equal(f->all.count, 0);
		drop(f);
	}
}

static void
neither_number_nor_text_leaves_the_service_pack_untold(void **state)
{
	struct found *f = find("include xp\n"
	                       "key HKLM\\SYSTEM\\ControlSet001\\Control\\Windows\n"
	                       "\twithout CSDVersion\n"
	                       "key HKLM\\SOFTWARE\\Microsoft\\Windows "
	                       "NT\\CurrentVersion\n"
	                       "\twithout CSDVersion\n");

	(void)state;
	assert_false(f->windows.has_service_pack);
	drop(f);
}

static void
the_current_set_is_first_and_old_names_are_kept(void **state)
{
	struct found *f = find(
	    "include xp\n"
	    "key HKLM\\SYSTEM\\Select\n"
	    "\tdword Current 3\n"
	    "key HKLM\\SYSTEM\\ControlSet003\\Control\\ComputerName\\ComputerName\n"
	    "\tsz ComputerName NEWNAME\n"
	    "key HKLM\\SYSTEM\\ControlSet002\\Services\\Tcpip\\Parameters\n"
	    "\tsz \"NV Hostname\" older\n"
	    "\tsz Domain ward.example\n"
	    "key HKLM\\SYSTEM\\ControlSetX02\\Services\n"
	    "key HKLM\\SYSTEM\\ControlSet0020\\Services\n");
	const struct installation *w = &f->windows;

	(void)state;
	assert_int_equal(f->all.count, 0);
	assert_int_equal(w->set_count, 3);
	assert_string_equal(w->sets[0], "HKLM\\SYSTEM\\ControlSet003");
	assert_string_equal(w->sets[1], "HKLM\\SYSTEM\\ControlSet001");
	assert_string_equal(w->sets[2], "HKLM\\SYSTEM\\ControlSet002");
	assert_string_equal(w->computer, "NEWNAME");
	assert_int_equal(w->name_count, 4);
	assert_string_equal(w->names[3], "older");
	assert_string_equal(w->domain, "");
	drop(f);
}

static void
sets_that_were_not_looked_at_are_told(void **state)
{
	static const char six[] = "include xp\n"
				  "key HKLM\\SYSTEM\\ControlSet003\\Control\n"
				  "key HKLM\\SYSTEM\\ControlSet004\\Control\n"
				  "key HKLM\\SYSTEM\\ControlSet005\\Control\n"
				  "key HKLM\\SYSTEM\\ControlSet006\\Control\n"
				  "key HKLM\\SYSTEM\\ControlSet007\\Control\n"
				  "key HKLM\\SYSTEM\\ControlSet008\\Control\n";
	char text[sizeof six + 128];
	struct found *f = find(six);

	(void)state;
	assert_int_equal(f->all.count, 0);
	drop(f);
	snprintf(text, sizeof text, "%skey HKLM\\SYSTEM\\ControlSet009\\Control\n%s",
	         six, "key HKLM\\SYSTEM\\ControlSet010\\Control\n");
	f = find(text);
	assert_int_equal(f->all.count, 1);
	assert_found(f, 0, "place-unread", "HKLM\\SYSTEM");
	assert_int_equal(f->windows.set_count, CONTROL_SETS_MOST);
	drop(f);
}

static void
a_select_that_names_no_set_is_told_and_all_sets_are_looked_at(void **state)
{
	static const char *const odd[] = { "\tdword Current 7\n", "\twithout Current\n",
		                           "\thex 4 Current 01\n",
		                           "\tdword Current 4294967295\n" };
	char text[256];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		snprintf(text, sizeof text,
		         "include xp\nkey HKLM\\SYSTEM\\ControlSet002\\Control\n"
		         "key HKLM\\SYSTEM\\Select\n%s",
		         odd[i]);
		struct found *f = find(text);
		assert_int_equal(f->all.count, 1);
		assert_found(f, 0, "control-set-missing", "HKLM\\SYSTEM\\Select");
		assert_int_equal(f->windows.set_count, 2);
		drop(f);
	}
}

static void
what_is_no_windows_is_told_and_a_memory_image_is_not(void **state)
{
	struct found *f = find("drive E:\\ the stick\n");

	(void)state;
	assert_int_equal(f->all.count, 1);
	assert_found(f, 0, "no-windows", "E:\\");
	assert_false(f->windows.there);
	f->machine->machine->drive_count = 0;
	f->all.count = 0;
	assert_int_equal(installation_find(f->machine->machine, &f->windows, &f->all),
	                 OK);
	assert_int_equal(f->all.count, 0);
	drop(f);
}

static void
hives_that_are_damaged_dirty_or_missing_are_told_once(void **state)
{
	struct found *f = find(
	    "include xp\n"
	    "gone HKLM\\SOFTWARE\n"
	    "damaged C:\\Documents and Settings\\Kang\\NTUSER.DAT: it is cut off\n"
	    "damaged C:\\WINDOWS\\system32\\config\\SYSTEM: writes were pending, and "
	    "there is no log\n"
	    "damaged C:\\WINDOWS\\system32\\config\\SECURITY: it is no hive\n");

	(void)state;
	assert_int_equal(f->all.count, 4);
	assert_found(f, 0, "user-hive-damaged",
	             "C:\\Documents and Settings\\Kang\\NTUSER.DAT");
	assert_string_equal(f->all.at[0].fields[0].text, "it is cut off");
	assert_found(f, 1, "hive-dirty", "C:\\WINDOWS\\system32\\config\\SYSTEM");
	assert_found(f, 2, "hive-damaged", "C:\\WINDOWS\\system32\\config\\SECURITY");
	assert_found(f, 3, "hive-damaged", "HKLM\\SOFTWARE");
	drop(f);

	f = find("include xp\ngone HKLM\\SYSTEM\n"
	         "damaged C:\\WINDOWS\\system32\\config\\system: it is no hive\n");
	assert_int_equal(f->all.count, 1);
	assert_int_equal(f->windows.set_count, 0);
	drop(f);
}

static void
keys_that_cannot_be_read_are_told_and_the_rest_is_found(void **state)
{
	struct found *f = find(
	    "include xp\n"
	    "key HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\n"
	    "\tunreadable its values point outside\n"
	    "key HKLM\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters\n"
	    "\tunreadable its values point outside\n");

	(void)state;
	assert_found(f, 0, "place-unread",
	             "HKLM\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters");
	assert_string_equal(f->all.at[0].fields[0].text, "its values point outside");
	assert_found(f, f->all.count - 1, "place-unread",
	             "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
	assert_string_equal(f->windows.computer, "KANG");
	assert_true(f->windows.place_count > 0);
	drop(f);
}

static void
lack_of_memory_at_any_question_is_an_error(void **state)
{
	static struct findings all;
	struct installation w;
	enum err err = ERR_MEMORY;

	(void)state;
	for (size_t nth = 0; err != OK; nth++) {
		struct fake_case *c = fake_case_of("include xp\n");

		all.count = 0;
		fake_machine_fail_at(c->machine, nth);
		err = installation_find(c->machine, &w, &all);
		assert_true(err == ERR_MEMORY || !machine_failed(c->machine));
		installation_free(&w);
		fake_case_free(c);
		assert_in_range(nth, 0, 500);
	}
}

/* What the registry says, and where that is. */
static const struct {
	const char *said;
	const char *is; /* NULL: on no drive of this machine */
} paths[] = {
	{ "%SystemRoot%\\system32\\x.dll", "C:\\WINDOWS\\system32\\x.dll" },
	{ "%systemroot%\\System32\\x.dll", "C:\\WINDOWS\\System32\\x.dll" },
	{ "%windir%\\x.dll", "C:\\WINDOWS\\x.dll" },
	{ "%SystemDrive%\\x.dll", "C:\\x.dll" },
	{ "%ProgramFiles%\\Movie Maker\\x.dll",
	  "C:\\Program Files\\Movie Maker\\x.dll" },
	{ "%ALLUSERSPROFILE%\\x.dll", "C:\\Documents and Settings\\All Users\\x.dll" },
	{ "%USERPROFILE%\\x.dll", "C:\\Documents and Settings\\Kang\\x.dll" },
	{ "\\??\\C:\\WINDOWS\\x.dll", "C:\\WINDOWS\\x.dll" },
	{ "\\\\?\\C:\\WINDOWS\\x.dll", "C:\\WINDOWS\\x.dll" },
	{ "\\SystemRoot\\system32\\x.dll", "C:\\WINDOWS\\system32\\x.dll" },
	{ "system32\\drivers\\x.sys", "C:\\WINDOWS\\system32\\drivers\\x.sys" },
	{ "\\x.dll", "C:\\x.dll" },
	{ "x.dll", "C:\\WINDOWS\\system32\\x.dll" },
	{ "\"C:\\Program Files\\x.exe\" -a", "C:\\Program Files\\x.exe" },
	{ "c:/windows/x.dll", "c:\\windows\\x.dll" },
	{ "C:\\WINDOWS\\.\\system32\\..\\x.dll", "C:\\WINDOWS\\x.dll" },
	{ "C:\\..\\..\\x.dll", "C:\\x.dll" },
	{ "C:\\WINDOWS\\\\x.dll. ", "C:\\WINDOWS\\x.dll" },
	{ "C:\\", "C:\\" },
	{ "D:\\x.dll", NULL },
	{ "C:x.dll", NULL },
	{ "\\\\server\\share\\x.dll", NULL },
	{ "\\\\?\\UNC\\server\\x.dll", "C:\\WINDOWS\\UNC\\server\\x.dll" },
	{ "%APPDATA%\\x.dll", NULL },
	{ "%SystemRoot\\x.dll", NULL },
	{ "", NULL },
	{ "  ", NULL },
};

static void
paths_of_the_registry_become_paths_of_this_machine(void **state)
{
	struct found *f = find("include xp\n");
	char to[PATH_ROOM];

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		bool is = look_expand(&f->windows, &f->machine->machine->users[1],
		                      paths[i].said, to, sizeof to);

		if (is != (paths[i].is != NULL))
			fail_msg("%s: %d %s", paths[i].said, is, to);
		assert_string_equal(to, is ? paths[i].is : paths[i].said);
	}
	assert_false(look_expand(&f->windows, NULL, "%USERPROFILE%\\x", to, sizeof to));
	assert_false(look_expand(&f->windows, NULL, "C:\\WINDOWS", to, 10));
	assert_true(look_expand(&f->windows, NULL, "C:\\WINDOWS", to, 11));
	drop(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_windows_xp_is_found_with_everything),
		cmocka_unit_test(places_are_those_that_are_there_and_system32_is_first),
		cmocka_unit_test(the_junctions_of_vista_are_no_unknowns),
		cmocka_unit_test(a_place_behind_another_link_is_unread),
		cmocka_unit_test(every_windows_is_called_by_its_name),
		cmocka_unit_test(
		    neither_number_nor_text_leaves_the_service_pack_untold),
		cmocka_unit_test(the_current_set_is_first_and_old_names_are_kept),
		cmocka_unit_test(sets_that_were_not_looked_at_are_told),
		cmocka_unit_test(
		    a_select_that_names_no_set_is_told_and_all_sets_are_looked_at),
		cmocka_unit_test(what_is_no_windows_is_told_and_a_memory_image_is_not),
		cmocka_unit_test(hives_that_are_damaged_dirty_or_missing_are_told_once),
		cmocka_unit_test(
		    keys_that_cannot_be_read_are_told_and_the_rest_is_found),
		cmocka_unit_test(lack_of_memory_at_any_question_is_an_error),
		cmocka_unit_test(paths_of_the_registry_become_paths_of_this_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

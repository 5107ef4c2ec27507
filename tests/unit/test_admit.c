/* The gate, place by place: what passes, and its twin that differs in what decides. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "mend/admit.h"
#include "plan_tried.h"

#define SET "HKLM\\SYSTEM\\ControlSet001"
#define SET2 "HKLM\\SYSTEM\\ControlSet002"
#define WINDOWS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion"
#define SVCHOST "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SvcHost"
#define SYSTEM32 "C:\\WINDOWS\\system32"
#define ILL "include xp\ninclude worm-service\n"
#define BIN "C:\\RECYCLER\\S-5-3-42-2819952290-8240758988-879315005-3665"

/* A change with what its kind needs. */
static struct change
change(enum change_kind kind, const char *target, const char *name)
{
	struct change c = { .kind = kind };

	(void)text_copy(c.target, sizeof c.target, target);
	if (kind == CHANGE_REMOVE_STRING) {
		(void)text_copy(c.name, sizeof c.name, "netsvcs");
		(void)text_copy(c.string, sizeof c.string, name);
	} else {
		(void)text_copy(c.name, sizeof c.name, name);
	}
	(void)text_copy(c.why, sizeof c.why, "file-worm");
	buf_init(&c.after, 4096);
	return c;
}

static struct change
number(const char *target, const char *name, uint32_t n)
{
	struct change c = change(CHANGE_SET_VALUE, target, name);

	c.type = REG_TYPE_DWORD;
	buf_le32(&c.after, n);
	return c;
}

static struct change
words(const char *target, uint32_t type, const char *text)
{
	struct change c = change(CHANGE_SET_VALUE, target, "");

	c.type = type;
	buf_utf16(&c.after, text);
	buf_le16(&c.after, 0);
	return c;
}

/* `refusal` NULL: it passes; else the reason has these words. */
static void
gate_says(const char *volume, struct change c, const char *refusal)
{
	static struct findings findings;
	struct fake_case *f = fake_case_of(volume);
	struct tried *t = check_try(f->machine);
	char why[WHY_ROOM];

	findings.count = 0; /* what was found before is not asked for */
	t->in.out = &findings;
	enum err err = admit_change(&t->in, &c, why);
	if (refusal ? err != ERR_REFUSED || !strstr(why, refusal) : err != OK)
		fail_msg("%s %s %s: %d, %s", change_kind_name(c.kind), c.target, c.name,
		         (int)err, why);
	change_free(&c);
	tried_free(t);
	fake_case_free(f);
}

/* ---- services */

static void
a_foreign_service_passes_and_one_of_windows_never(void **state)
{
	(void)state;
	gate_says(ILL, change(CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm", ""), NULL);
	gate_says(ILL, change(CHANGE_REMOVE_STRING, SVCHOST, "knqdgsm"), NULL);
	gate_says(ILL, change(CHANGE_REMOVE_STRING, SVCHOST, "KNQDGSM"), "spelled so");
	gate_says(ILL, change(CHANGE_DELETE_KEY, SET "\\Services\\wuauserv", ""),
	          "comes with Windows");
	gate_says(ILL, change(CHANGE_REMOVE_STRING, SVCHOST, "WUAUSERV"),
	          "comes with Windows");
	/* Not of netsvcs, and made to look as if it were. */
	gate_says(ILL "key " SET "\\Services\\Dnscache\n\tdword Type 0x20\n"
	              "\texpand ImagePath %SystemRoot%\\system32\\svchost.exe -k "
	              "netsvcs\n\tsecurity locked\n",
	          change(CHANGE_DELETE_KEY, SET "\\Services\\Dnscache", ""),
	          "comes with Windows");
	gate_says(ILL, change(CHANGE_DELETE_KEY, SET "\\Services", ""),
	          "nothing is changed");
	gate_says(ILL,
	          change(CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm\\Parameters", ""),
	          "only the whole key");
	gate_says(ILL, change(CHANGE_DELETE_KEY, SET, ""), "nothing is changed");
}

/* Dressed up as the worm's in every way but its name. */
static void
a_service_of_windows_that_looks_like_the_worms_stays(void **state)
{
	static const char dressed[] = ILL
	    "key " SET "\\Services\\Browser\n\tdword Type 0x20\n"
	    "\texpand ImagePath %SystemRoot%\\system32\\svchost.exe -k netsvcs\n"
	    "\tsz DisplayName Security Manager\n\tsecurity locked\n"
	    "key " SET "\\Services\\Browser\\Parameters\n"
	    "\texpand ServiceDll " SYSTEM32 "\\zorizr.dll\n";

	(void)state;
	gate_says(dressed, change(CHANGE_DELETE_KEY, SET "\\Services\\Browser", ""),
	          "comes with Windows");
	/* And its file with it, though the worm's own service has the same. */
	gate_says(dressed, change(CHANGE_QUARANTINE, SYSTEM32 "\\zorizr.dll", ""),
	          "a service of Windows loads it");
}

static void
a_service_whose_dll_has_a_version_stays(void **state)
{
	static const char vendor[] = ILL
	    "file " SYSTEM32 "\\zorizr.dll\n\tbytes 00\n"
	    "gone " SYSTEM32 "\\zorizr.dll\n"
	    "file " SYSTEM32 "\\zorizr.dll\n\tvendor zorizr.dll Radiance\n"
	    "\tattributes hidden system\n\tsecurity locked\n";

	(void)state;
	gate_says(vendor, change(CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm", ""),
	          "which version");
	gate_says(vendor, change(CHANGE_REMOVE_STRING, SVCHOST, "knqdgsm"),
	          "which version");
}

static void
a_member_stays_where_another_set_has_a_makers_service_of_the_name(void **state)
{
	static const char both[] = ILL
	    "key HKLM\\SYSTEM\\Select\n\tdword LastKnownGood 2\n"
	    "key " SET2 "\\Services\\knqdgsm\n\tdword Type 0x20\n"
	    "\texpand ImagePath %SystemRoot%\\system32\\svchost.exe -k netsvcs\n"
	    "key " SET2 "\\Services\\knqdgsm\\Parameters\n"
	    "\texpand ServiceDll C:\\Vendor\\agent.dll\n"
	    "file C:\\Vendor\\agent.dll\n\tvendor agent.dll Radiance\n";

	(void)state;
	gate_says(both, change(CHANGE_REMOVE_STRING, SVCHOST, "knqdgsm"),
	          "which version");
	gate_says(both, change(CHANGE_DELETE_KEY, SET2 "\\Services\\knqdgsm", ""),
	          "which version");
	gate_says(both, change(CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm", ""), NULL);
}

static void
a_driver_and_another_command_line_stay(void **state)
{
	(void)state;
	gate_says(ILL "key " SET "\\Services\\knqdgsm\n\tdword Type 1\n",
	          change(CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm", ""), "driver");
	gate_says(ILL "key " SET "\\Services\\knqdgsm\n"
	              "\texpand ImagePath %SystemRoot%\\system32\\svchost.exe -k "
	              "netsvc\n",
	          change(CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm", ""),
	          "command line");
}

/* ---- files */

static void
a_file_passes_by_two_signs_of_its_own(void **state)
{
	/* A packed file in a folder of its own; then hidden as well. */
	static const char one[] = "include xp\nfile C:\\Tools\\a1.dll\n\tinert 3\n";
	static const char two[] = "include xp\nfile C:\\Tools\\a1.dll\n\tinert 3\n"
				  "\tattributes hidden system\n";

	(void)state;
	gate_says(one, change(CHANGE_QUARANTINE, "C:\\Tools\\a1.dll", ""), "one sign");
	gate_says(two, change(CHANGE_QUARANTINE, "C:\\Tools\\a1.dll", ""), NULL);
	gate_says(two, change(CHANGE_QUARANTINE, "C:\\Tools\\..\\Tools\\a1.dll", ""),
	          "its path");
	gate_says(two, change(CHANGE_QUARANTINE, "C:\\Tools\\a1.dll:x", ""),
	          "its path");
	gate_says(two, change(CHANGE_QUARANTINE, "D:\\Tools\\a1.dll", ""), "its path");
	gate_says(two, change(CHANGE_QUARANTINE, "C:\\Tools", ""), "no plain file");
}

/* Does the gate refuse it for a thing that could not be read? */
static bool
could_not_tell(const char *volume, struct change c)
{
	static struct findings findings;
	struct fake_case *f = fake_case_of(volume);
	struct tried *t = check_try(f->machine);
	struct gate *gate = NULL;
	char why[WHY_ROOM];

	findings.count = 0;
	t->in.out = &findings;
	assert_int_equal(gate_open(&t->in, &gate), OK);
	assert_int_equal(gate_admit(gate, &c, why), ERR_REFUSED);
	bool could_not = gate_could_not_tell(gate);
	/* Of the last one only. */
	(void)text_copy(c.target, sizeof c.target, "C:\\WINDOWS\\..\\x");
	assert_int_equal(gate_admit(gate, &c, why), ERR_REFUSED);
	assert_false(gate_could_not_tell(gate));
	gate_close(gate);
	change_free(&c);
	tried_free(t);
	fake_case_free(f);
	return could_not;
}

static void
what_cannot_be_read_is_told_from_what_is_refused(void **state)
{
#define HIDDEN \
	"include xp\nfile C:\\Tools\\a1.dll\n\tinert 3\n\tattributes hidden system\n"
	const char *dll = "C:\\Tools\\a1.dll";

	(void)state;
	gate_says(HIDDEN, change(CHANGE_QUARANTINE, dll, ""), NULL);
	assert_false(could_not_tell("include xp\nfile C:\\Tools\\a1.dll\n\tinert 3\n",
	                            change(CHANGE_QUARANTINE, dll, "")));
	assert_true(could_not_tell(HIDDEN "\tunreadable a bad sector\n",
	                           change(CHANGE_QUARANTINE, dll, "")));
	/* Where a version might stand, of which nobody knows then. */
	gate_says(HIDDEN "\tsize 300000\n", change(CHANGE_QUARANTINE, dll, ""), NULL);
	gate_says(HIDDEN "\tsize 300000\n\tbreaks 250000 a bad sector\n",
	          change(CHANGE_QUARANTINE, dll, ""), "could not be read");
	assert_true(could_not_tell(HIDDEN
	                           "\tsize 300000\n\tbreaks 250000 a bad sector\n",
	                           change(CHANGE_QUARANTINE, dll, "")));
	gate_says(HIDDEN "\tsize 60000000\n", change(CHANGE_QUARANTINE, dll, ""), NULL);
	gate_says(HIDDEN "\tsize 70000000\n", change(CHANGE_QUARANTINE, dll, ""),
	          "larger than 64 MB");
	assert_true(could_not_tell(
	    ILL "file " SYSTEM32 "\\zorizr.dll\n\tunreadable a bad sector\n",
	    change(CHANGE_DELETE_KEY, SET "\\Services\\knqdgsm", "")));
}

static void
a_name_that_is_computed_is_one_sign_however_it_looks(void **state)
{
	/* KANG's own of B; a program that is not packed.  It has the form of a drawn
	 * name, and lies in one of the places, as well. */
	(void)state;
	gate_says("include xp\nfile " SYSTEM32 "\\zodjru.dll\n\tdata "
	          "tasks/exports-delnodexm.dll\n",
	          change(CHANGE_QUARANTINE, SYSTEM32 "\\zodjru.dll", ""), "one sign");
	gate_says("include xp\nfile " SYSTEM32 "\\zodjru.dll\n\tdata "
	          "tasks/exports-delnodexm.dll\n\tattributes hidden system\n",
	          change(CHANGE_QUARANTINE, SYSTEM32 "\\zodjru.dll", ""), NULL);
}

static void
names_and_copies_of_windows_are_never_taken_away(void **state)
{
#define HIDDEN_PACKED(path)      \
	"include xp\nfile " path \
	"\n\tinert 3\n\tattributes hidden system\n\tsecurity locked\n"
	(void)state;
	gate_says(HIDDEN_PACKED(SYSTEM32 "\\UXTHEME.dll"),
	          change(CHANGE_QUARANTINE, SYSTEM32 "\\UXTHEME.dll", ""),
	          "file of Windows");
	gate_says(HIDDEN_PACKED(SYSTEM32 "\\uxthems.dll"),
	          change(CHANGE_QUARANTINE, SYSTEM32 "\\uxthems.dll", ""), NULL);
	gate_says(
	    HIDDEN_PACKED(SYSTEM32
	                  "\\kqzvab.dll") "file C:\\WINDOWS\\inf\\"
					  "layout.inf\n\ttext [SourceDisksFiles]\n"
					  "\ttext kqzvab.dll = 1,,12345,,,,,2,0,0\n",
	    change(CHANGE_QUARANTINE, SYSTEM32 "\\kqzvab.dll", ""), "layout.inf");
	gate_says(
	    HIDDEN_PACKED(SYSTEM32 "\\kqzvab.dll") "file C:\\WINDOWS\\inf\\"
						   "layout.inf\n\tutf16 KQZVAB.DLL=1\n",
	    change(CHANGE_QUARANTINE, SYSTEM32 "\\kqzvab.dll", ""), "layout.inf");
	gate_says(HIDDEN_PACKED(SYSTEM32
	                        "\\kqzvab.dll") "file C:\\WINDOWS\\inf\\"
	                                        "layout.inf\n\ttext xkqzvab.dll = 1\n"
	                                        "\ttext kqzvab.dlls = 1\n",
	          change(CHANGE_QUARANTINE, SYSTEM32 "\\kqzvab.dll", ""), NULL);
	gate_says(
	    HIDDEN_PACKED(SYSTEM32 "\\kqzvab.dll") "file " SYSTEM32
						   "\\dllcache\\other.dll\n\tinert 3\n",
	    change(CHANGE_QUARANTINE, SYSTEM32 "\\kqzvab.dll", ""), "spare copy");
	gate_says(
	    HIDDEN_PACKED(SYSTEM32 "\\kqzvab.dll") "file " SYSTEM32
						   "\\dllcache\\other.dll\n\tinert 4\n",
	    change(CHANGE_QUARANTINE, SYSTEM32 "\\kqzvab.dll", ""), NULL);
	gate_says(
	    HIDDEN_PACKED(SYSTEM32 "\\kqzvab.dll") "file C:\\WINDOWS\\winsxs\\"
						   "x86_a_b_c\\kqzvab.dll\n\ttext x\n",
	    change(CHANGE_QUARANTINE, SYSTEM32 "\\kqzvab.dll", ""), "spare copy");
}

static void
a_copy_passes_by_a_file_that_is_the_worms_itself(void **state)
{
	struct change c = change(CHANGE_QUARANTINE, SYSTEM32 "\\x", "");

	(void)state;
	(void)text_copy(c.like, sizeof c.like, SYSTEM32 "\\zorizr.dll");
	gate_says(ILL "file " SYSTEM32 "\\x\n\tinert 7\n", c, NULL);
	c = change(CHANGE_QUARANTINE, "C:\\Tools\\a1.dll", "");
	(void)text_copy(c.like, sizeof c.like, "C:\\Tools\\a2.dll");
	/* The other has one sign itself: packed. */
	gate_says("include xp\nfile C:\\Tools\\a1.dll\n\tinert 3\n"
	          "file C:\\Tools\\a2.dll\n\tinert 3\n",
	          c, "one sign");
	c = change(CHANGE_QUARANTINE, "C:\\Tools\\a1.dll", "");
	(void)text_copy(c.like, sizeof c.like, SYSTEM32 "\\zorizr.dll");
	gate_says(ILL "file C:\\Tools\\a1.dll\n\tinert 8\n", c, "not the content");
	c = change(CHANGE_QUARANTINE, "C:\\Tools\\a1.dll", "");
	(void)text_copy(c.like, sizeof c.like, "C:\\TOOLS\\a1.dll");
	gate_says(ILL "file C:\\Tools\\a1.dll\n\tinert 8\n", c, "for itself");
}

/* ---- folders */

static void
only_a_made_up_bin_with_nothing_else_in_it_goes(void **state)
{
	(void)state;
	gate_says("include xp\nfile " BIN "\\jwgkvsq.vmx\n\tinert 3\n",
	          change(CHANGE_REMOVE_FOLDER, BIN, ""), NULL);
	gate_says("include xp\nfile " BIN "\\jwgkvsq.vmx\n\tinert 3\n"
	          "file " BIN "\\jwgkvsq.txt\n\ttext mine\n",
	          change(CHANGE_REMOVE_FOLDER, BIN, ""), "something else");
	gate_says("include xp\nfile C:\\RECYCLER\\S-1-5-21-1-2-3-1003\\a.dll\n"
	          "\tinert 3\n",
	          change(CHANGE_REMOVE_FOLDER, "C:\\RECYCLER\\S-1-5-21-1-2-3-1003", ""),
	          "no waste bin");
	gate_says("include xp\nfile C:\\x\\RECYCLER\\S-5-3-42-1-2\\a.dll\n\tinert 3\n",
	          change(CHANGE_REMOVE_FOLDER, "C:\\x\\RECYCLER\\S-5-3-42-1-2", ""),
	          "no waste bin");
}

/* ---- settings */

static void
a_service_is_only_put_back_where_it_is_disabled_and_in_force(void **state)
{
#define START(n) "key " SET "\\Services\\wuauserv\n\tdword Start " n "\n"
#define OTHER                                                 \
	"key HKLM\\SYSTEM\\Select\n\tdword LastKnownGood 2\n" \
	"key " SET2 "\\Services\\wuauserv\n\tdword Start 4\n"
	(void)state;
	gate_says(ILL START("4"), number(SET "\\Services\\wuauserv", "Start", 2), NULL);
	gate_says(ILL START("3"), number(SET "\\Services\\wuauserv", "Start", 2),
	          "not disabled");
	gate_says(ILL START("4"), number(SET "\\Services\\wuauserv", "Start", 3),
	          "did not start so");
	gate_says(ILL START("4"), number(SET "\\Services\\wuauserv", "Start", 0),
	          "did not start so");
	gate_says(ILL START("4") OTHER, number(SET2 "\\Services\\wuauserv", "Start", 2),
	          "not the one in force");
	gate_says(ILL "key " SET "\\Services\\Messenger\n\tdword Start 4\n",
	          number(SET "\\Services\\Messenger", "Start", 2), "worm disables");
	gate_says("include xp\n" START("4"),
	          number(SET "\\Services\\wuauserv", "Start", 2), "surely the worm's");
}

static void
safe_mode_is_only_put_back_as_a_copy_has_it(void **state)
{
#define GONE "gone " SET "\\Control\\SafeBoot\n"
#define ENTRY SET "\\Control\\SafeBoot\\Minimal\\CryptSvc"
	(void)state;
	gate_says(ILL GONE, words(ENTRY, REG_TYPE_SZ, "Service"), NULL);
	gate_says(ILL GONE, words(ENTRY, REG_TYPE_SZ, "Driver"), "no copy");
	gate_says(ILL GONE, words(ENTRY "x", REG_TYPE_SZ, "Service"), "no copy");
	gate_says(ILL GONE, words(ENTRY, REG_TYPE_EXPAND_SZ, "Service"), "no copy");
	gate_says(
	    ILL,
	    words(SET "\\Control\\SafeBoot\\Minimal\\AppMgmt", REG_TYPE_SZ, "Service"),
	    "is there");
	gate_says(ILL GONE,
	          words(SET "\\Control\\SafeBoot\\Option", REG_TYPE_SZ, "Service"),
	          "only missing entries");
	gate_says("include xp\n" GONE, words(ENTRY, REG_TYPE_SZ, "Service"),
	          "surely the worm's");
}

static void
other_places_of_the_registry_are_never_touched(void **state)
{
	static const char *const places[] = {
		"HKLM\\SAM\\SAM\\Domains\\Account\\Users",
		"HKLM\\SECURITY\\Policy\\Secrets",
		"HKLM\\SYSTEM\\Select",
		"HKLM\\SYSTEM\\Setup",
		SET "\\Control\\Lsa",
		SET "\\Enum\\Root",
		SET "\\Services\\Tcpip",
		WINDOWS "\\Policies\\Explorer",
		WINDOWS "\\RunOnce",
		"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon",
		"HKLM\\SOFTWARE",
		"HKU\\S-1-5-21-1-2-3-1003\\Software",
		"HKU\\S-1-5-21-9\\Software\\Microsoft\\Windows\\CurrentVersion\\Run",
		"HKLM\\confine-1\\ControlSet001\\Services\\knqdgsm",
		"HKCR\\CLSID",
	};
	static const enum change_kind kinds[] = { CHANGE_DELETE_KEY,
		                                  CHANGE_DELETE_VALUE, CHANGE_MAKE_KEY,
		                                  CHANGE_REMOVE_STRING };

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
			gate_says(ILL, change(kinds[k], places[i], "Shell"), " ");
		gate_says(ILL, number(places[i], "Start", 2), " ");
	}
}

static void
autorun_takes_one_text_and_no_other(void **state)
{
#define MAPPING                                                   \
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\" \
	"IniFileMapping\\Autorun.inf"
	(void)state;
	gate_says("include xp\n", words(MAPPING, REG_TYPE_SZ, "@SYS:DoesNotExist"),
	          NULL);
	gate_says("include xp\n", words(MAPPING, REG_TYPE_SZ, "@SYS:DoesNotExisT2"),
	          "not closed");
	gate_says("include xp\n", words(MAPPING "2", REG_TYPE_SZ, "@SYS:DoesNotExist"),
	          "nothing is changed");
	gate_says("include xp\nkey " MAPPING "\n\tsz \"\" somewhere\n",
	          change(CHANGE_DELETE_KEY, MAPPING, ""), "not closed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_foreign_service_passes_and_one_of_windows_never),
		cmocka_unit_test(a_service_of_windows_that_looks_like_the_worms_stays),
		cmocka_unit_test(a_service_whose_dll_has_a_version_stays),
		cmocka_unit_test(
		    a_member_stays_where_another_set_has_a_makers_service_of_the_name),
		cmocka_unit_test(a_driver_and_another_command_line_stay),
		cmocka_unit_test(a_file_passes_by_two_signs_of_its_own),
		cmocka_unit_test(what_cannot_be_read_is_told_from_what_is_refused),
		cmocka_unit_test(a_name_that_is_computed_is_one_sign_however_it_looks),
		cmocka_unit_test(names_and_copies_of_windows_are_never_taken_away),
		cmocka_unit_test(a_copy_passes_by_a_file_that_is_the_worms_itself),
		cmocka_unit_test(only_a_made_up_bin_with_nothing_else_in_it_goes),
		cmocka_unit_test(
		    a_service_is_only_put_back_where_it_is_disabled_and_in_force),
		cmocka_unit_test(safe_mode_is_only_put_back_as_a_copy_has_it),
		cmocka_unit_test(other_places_of_the_registry_are_never_touched),
		cmocka_unit_test(autorun_takes_one_text_and_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Linked with --wrap=volume_image_open: a test may give folders for the volumes of an
 * image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/own.h"
#include "offline_tree.h"
#include "reach/volume.h"

static const char *const *parts; /* folders that stand for an image's volumes */
static size_t part_count;

enum err __real_volume_image_open(const char *, struct volume **, size_t, size_t *,
                                  char why[WHY_ROOM]);
enum err __wrap_volume_image_open(const char *, struct volume **, size_t, size_t *,
                                  char why[WHY_ROOM]);

enum err
__wrap_volume_image_open(const char *path, struct volume **out, size_t most,
                         size_t *count, char why[WHY_ROOM])
{
	if (part_count == 0)
		return __real_volume_image_open(path, out, most, count, why);
	for (*count = 0; *count < part_count; (*count)++)
		assert_int_equal(volume_tree_open(temp_path(&tree, parts[*count]),
		                                  &out[*count], why),
		                 OK);
	return OK;
}

static int
make_tree(void **state)
{
	(void)state;
	temp_make(&tree);
	machine = NULL;
	part_count = 0;
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	machine_free(machine);
	temp_remove(&tree);
	return 0;
}

/* ---- where Windows is */

static void
windows_is_found_and_its_hives_are_asked(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	open_machine(".");
	assert_string_equal(machine->windows, "C:\\WINDOWS");
	assert_int_equal(machine->drive_count, 1);
	assert_string_equal(machine->drives[0].root, "C:\\");
	assert_int_equal(machine->damaged_count, 0);
	assert_true(machine->can.key_security);
	text_is("HKLM\\SYSTEM\\Select", "the system");
	text_is("hklm\\system\\SELECT", "the system");
	assert_int_equal(key_is("HKLM\\SYSTEM\\CurrentControlSet"), HEARD_NOTHING);
	assert_int_equal(key_is("HKLM\\SYSTEM"), HEARD);
	assert_int_equal(key_is("HKLM\\SYSTEMS"), HEARD_NOTHING);
	assert_int_equal(key_is("HKLM\\SAM\\SAM"), HEARD_NOTHING); /* no file */
	assert_int_equal(key_is("HKLM"), HEARD_NOTHING);
	assert_int_equal(key_is("HKCU\\Software"), NOT_ASKED);
}

static void
winnt_comes_before_other_names(void **state)
{
	(void)state;
	put_windows("AAA", "C:\\AAA");
	put_windows("WinNT", "C:\\WINNT");
	open_machine(".");
	assert_string_equal(machine->windows, "C:\\WinNT");
	/* The other one is not passed over in silence. */
	assert_int_equal(machine->damaged_count, 1);
	assert_string_equal(machine->damaged[0],
	                    "C:\\AAA\\System32\\config\\SYSTEM: it is of another "
	                    "Windows than C:\\WinNT, and was not looked at; mount its "
	                    "volume and name its folder to look at it");
}

/* However full the root is, and in whatever order it is listed. */
static void
windows_is_found_among_a_thousand_folders(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof name, "folder-%d", i);
		temp_folder(&tree, name);
	}
	put_windows("windows", "C:\\WINDOWS");
	open_machine(".");
	assert_string_equal(machine->windows, "C:\\windows");
}

static void
a_windows_of_another_name_is_found(void **state)
{
	(void)state;
	put_windows("XPBOX", "C:\\XPBOX");
	temp_folder(&tree, "WINDOWS/system32");
	open_machine(".");
	assert_string_equal(machine->windows, "C:\\XPBOX");
}

static void
the_letter_is_the_one_that_windows_gave_itself(void **state)
{
	struct file_facts facts;

	(void)state;
	put_windows("WINDOWS", "e:\\WINDOWS");
	temp_file(&tree, "Documents and Settings/Kang/NTUSER.DAT", "no hive", 7);
	open_machine(".");
	assert_string_equal(machine->windows, "E:\\WINDOWS");
	assert_string_equal(machine->drives[0].root, "E:\\");
	assert_int_equal(machine_stat(machine, "e:\\windows", &facts), HEARD);
	assert_int_equal(machine_stat(machine, "C:\\windows", &facts), NOT_ASKED);
	assert_true(has_user("HKU\\" KANG, "E:\\Documents and Settings\\Kang"));
	assert_int_equal(machine->damaged_count, 1);
	assert_ptr_equal(strstr(machine->damaged[0],
	                        "E:\\Documents and Settings\\Kang\\NTUSER.DAT: "),
	                 machine->damaged[0]);
}

static void
windows_own_folder_may_be_named(void **state)
{
	(void)state;
	put_windows("disk/WINDOWS", "C:\\WINDOWS");
	put_small("disk/Documents and Settings/Kang/NTUSER.DAT", "Software", "Kang's");
	open_machine("disk/WINDOWS");
	assert_string_equal(machine->windows, "C:\\WINDOWS");
	text_is("HKU\\" KANG "\\Software", "Kang's");
}

static void
a_folder_without_a_windows_is_drive_x(void **state)
{
	struct file_facts facts;

	(void)state;
	temp_file(&tree, "autorun.inf", "[autorun]", 9);
	open_machine(".");
	assert_string_equal(machine->windows, "");
	assert_int_equal(machine->drive_count, 1);
	assert_string_equal(machine->drives[0].root, "X:\\");
	assert_int_equal(machine->user_count, 0);
	assert_int_equal(machine_stat(machine, "x:\\AUTORUN.INF", &facts), HEARD);
	assert_int_equal(facts.size, 9);
	assert_int_equal(key_is("HKLM\\SYSTEM\\Select"), HEARD_NOTHING);
}

static void
volumes_of_an_image_have_the_letters_after_windows(void **state)
{
	static const char *const folders[] = { "data", "system", "other", "more" };
	struct buf b;

	(void)state;
	put_windows("system/WINDOWS", "Y:\\WINDOWS");
	put_windows("other/WINDOWS", "C:\\WINDOWS");
	temp_file(&tree, "data/autorun.inf", "first", 5);
	temp_file(&tree, "more/autorun.inf", "last", 4);
	temp_file(&tree, "disk.img", "an image", 8);
	parts = folders;
	part_count = 4;
	open_machine("disk.img");
	assert_string_equal(machine->windows, "Y:\\WINDOWS");
	assert_int_equal(machine->drive_count, 4);
	assert_string_equal(machine->drives[0].root, "Z:\\");
	assert_string_equal(machine->drives[1].root, "Y:\\");
	assert_string_equal(machine->drives[2].root, "A:\\");
	assert_string_equal(machine->drives[3].root, "B:\\");
	buf_init(&b, 64);
	assert_int_equal(machine_head(machine, "z:\\autorun.inf", 64, &b), HEARD);
	assert_int_equal(machine_head(machine, "b:\\autorun.inf", 64, &b), HEARD);
	assert_string_equal(buf_string(&b), "firstlast");
	buf_free(&b);
	assert_int_equal(machine->damaged_count, 1);
	assert_ptr_equal(
	    strstr(machine->damaged[0], "A:\\WINDOWS\\System32\\config\\SYSTEM: "),
	    machine->damaged[0]);
}

/* ---- files */

static void
files_are_read_by_their_windows_paths(void **state)
{
	struct buf b;
	struct file_list l = { .count = 0 };
	struct file_facts facts;

	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	temp_file(&tree, "WINDOWS/system32/kernel32.dll", "MZ...", 5);
	open_machine(".");
	buf_init(&b, 64);
	assert_int_equal(
	    machine_head(machine, "c:\\Windows\\System32\\KERNEL32.DLL", 2, &b), HEARD);
	assert_int_equal(b.len, 2);
	assert_memory_equal(b.at, "MZ", 2);
	buf_free(&b);
	assert_int_equal(machine_stat(machine, "C:", &facts), HEARD);
	assert_true(facts.is_folder);
	assert_int_equal(machine_list(machine, "C:\\WINDOWS\\system32", &l), HEARD);
	assert_int_equal(l.count, 2);
	file_list_free(&l);
	assert_int_equal(machine_stat(machine, "D:\\x", &facts), NOT_ASKED);
	assert_non_null(strstr(machine_why(machine), "that drive by itself"));
	assert_int_equal(machine_stat(machine, "\\\\server\\x", &facts), NOT_ASKED);
	assert_int_equal(machine_stat(machine, "", &facts), NOT_ASKED);
	buf_init(&b, 64);
	assert_int_equal(machine_security(machine, "C:\\WINDOWS", &b), NOT_ASKED);
	buf_free(&b);
}

static void
files_open_at_once_are_told_apart_and_have_a_limit(void **state)
{
	struct machine_file files[65];
	char bytes[4];
	size_t got = 0;

	(void)state;
	temp_file(&tree, "a", "aa", 2);
	temp_file(&tree, "b", "bbb", 3);
	open_machine(".");
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(
		    machine_open(machine, i % 2 ? "X:\\a" : "X:\\b", &files[i]), HEARD);
	assert_int_equal(machine_open(machine, "X:\\a", &files[64]), NOT_ASKED);
	for (size_t i = 0; i < 64; i++) {
		assert_int_equal(machine_read(machine, &files[i],
		                              (struct machine_want){ 0, bytes, 4 },
		                              &got),
		                 HEARD);
		assert_int_equal(got, i % 2 ? 2 : 3);
		machine_close_file(machine, &files[i]);
	}
	assert_int_equal(machine_open(machine, "X:\\a", &files[64]), HEARD);
	machine_close_file(machine, &files[64]);
}

static void
what_can_be_no_machine_is_refused(void **state)
{
	char why[WHY_ROOM] = "";

	(void)state;
	temp_file(&tree, "empty", "", 0);
	assert_int_equal(mkfifo(temp_path(&tree, "fifo"), 0600), 0);
	const char *const paths[] = { temp_path(&tree, "empty"),
		                      temp_path(&tree, "fifo"),
		                      temp_path(&tree, "none"), "/dev/null" };
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		assert_int_equal(offline_open(paths[i], &machine, why), ERR_REFUSED);
		assert_null(machine);
		assert_non_null(strstr(why, paths[i]));
		assert_null(strchr(why, '\n'));
	}
}

static void
a_file_that_is_no_image_is_no_machine_and_no_fault(void **state)
{
	static const char text[4096] = "a page of something else";
	char why[WHY_ROOM] = "";

	(void)state;
	temp_file(&tree, "memory.raw", text, sizeof text);
	assert_int_equal(offline_open(temp_path(&tree, "memory.raw"), &machine, why),
	                 OK);
	assert_null(machine);
	assert_non_null(strstr(why, "memory.raw"));
}

/* A path of 242 letters of Japan is as long as one of Windows may be. */
static void
what_to_do_is_said_of_a_long_path_too(void **state)
{
	OWN(buf_free) struct buf path = { .ceiling = 1024 };
	struct file_facts facts;
	char asked[PATH_ROOM];

	(void)state;
	for (int depth = 0; depth < 3; depth++) {
		for (int i = 0; i < 80; i++)
			buf_text(&path, "\xE7\x97\x85");
		buf_text(&path, "/");
	}
	temp_folder(&tree, buf_string(&path));
	buf_text(&path, "x");
	assert_int_equal(symlink("none", temp_path(&tree, buf_string(&path))), 0);
	open_machine(".");
	(void)snprintf(asked, sizeof asked, "X:\\%s/y", buf_string(&path));
	assert_int_equal(machine_stat(machine, asked, &facts), HEARD_ODD);
	assert_non_null(
	    strstr(machine_why(machine), "look at the folder that it leads to"));
	assert_non_null(strstr(machine_why(machine), "\xE7\x97\x85/x/y in "));
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)
	const struct CMUnitTest tests[] = {
		CASE(windows_is_found_and_its_hives_are_asked),
		CASE(winnt_comes_before_other_names),
		CASE(windows_is_found_among_a_thousand_folders),
		CASE(a_windows_of_another_name_is_found),
		CASE(the_letter_is_the_one_that_windows_gave_itself),
		CASE(windows_own_folder_may_be_named),
		CASE(a_folder_without_a_windows_is_drive_x),
		CASE(volumes_of_an_image_have_the_letters_after_windows),
		CASE(files_are_read_by_their_windows_paths),
		CASE(files_open_at_once_are_told_apart_and_have_a_limit),
		CASE(what_can_be_no_machine_is_refused),
		CASE(a_file_that_is_no_image_is_no_machine_and_no_fault),
		CASE(what_to_do_is_said_of_a_long_path_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

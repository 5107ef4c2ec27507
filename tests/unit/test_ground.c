#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mend/ground.h"
#include "reach/offline.h"
#include "temp_tree.h"

static struct temp_tree tree;
static struct machine *machine;
static struct ground *ground;
static struct spot spot;
static char why[WHY_ROOM];

static int
make_tree(void **state)
{
	(void)state;
	temp_make(&tree);
	spot = (struct spot){ .folder = -1, .thing = -1 };
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	spot_close(&spot);
	ground_free(ground);
	machine_free(machine);
	ground = NULL;
	machine = NULL;
	temp_remove(&tree);
	return 0;
}

static void
put(const char *name)
{
	temp_file(&tree, name, "MZ", 2);
}

static void
open_ground(void)
{
	assert_int_equal(offline_open(tree.root, &machine, why), OK);
	assert_int_equal(ground_open(machine, &ground, why), OK);
}

static enum heard
find(const char *path)
{
	spot_close(&spot);
	return ground_find(ground, path, &spot, why);
}

static void
a_file_is_found_by_any_spelling(void **state)
{
	struct stat s;

	(void)state;
	put("WINDOWS/system32/Worm.dll");
	open_ground();
	assert_int_equal(find("x:\\windows\\SYSTEM32\\worm.DLL"), HEARD);
	assert_true(spot.there);
	assert_string_equal(spot.name, "Worm.dll");
	assert_string_equal(spot.path, "X:\\WINDOWS\\system32\\Worm.dll");
	assert_int_equal(fstatat(spot.folder, "Worm.dll", &s, 0), 0);
	assert_int_equal(s.st_ino, spot.stat.st_ino);
	assert_int_equal(find("X:/WINDOWS\\\\system32\\worm.dll"), HEARD);
	assert_string_equal(spot.path, "X:\\WINDOWS\\system32\\Worm.dll");
	assert_int_equal(find("X:\\windows"), HEARD);
	assert_string_equal(spot.path, "X:\\WINDOWS");
	assert_true(S_ISDIR(spot.stat.st_mode));
}

static void
what_is_not_there_keeps_its_spelling_and_has_its_folder(void **state)
{
	(void)state;
	put("WINDOWS/system32/a.dll");
	open_ground();
	assert_int_equal(find("X:\\windows\\SYSTEM32\\New.dll"), HEARD);
	assert_false(spot.there);
	assert_int_equal(spot.thing, -1);
	assert_string_equal(spot.path, "X:\\WINDOWS\\system32\\New.dll");
	assert_int_equal(faccessat(spot.folder, "a.dll", R_OK, 0), 0);
	assert_int_equal(find("X:\\WINDOWS\\gone\\New.dll"), HEARD_NOTHING);
	assert_non_null(strstr(why, "the folder WINDOWS\\gone\\ is not in "));
	assert_int_equal(find("X:\\WINDOWS\\system32\\a.dll\\b"), HEARD_NOTHING);
}

static void
no_link_is_entered_or_found(void **state)
{
	(void)state;
	put("real/x.dll");
	assert_int_equal(symlink("real", temp_path(&tree, "junction")), 0);
	assert_int_equal(symlink("real/x.dll", temp_path(&tree, "link.dll")), 0);
	assert_int_equal(mkfifo(temp_path(&tree, "pipe"), 0600), 0);
	open_ground();
	assert_int_equal(find("X:\\junction\\x.dll"), HEARD_ODD);
	assert_non_null(strstr(why, "never followed"));
	assert_int_equal(find("X:\\junction\\new.dll"), HEARD_ODD);
	assert_int_equal(find("X:\\link.dll"), HEARD_ODD);
	assert_non_null(strstr(why, "never followed"));
	assert_int_equal(find("X:\\pipe"), HEARD_ODD);
	assert_non_null(strstr(why, "never opened"));
}

static void
no_other_mount_is_entered(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	temp_folder(&tree, "in");
	if (mount("other", temp_path(&tree, "in"), "tmpfs", 0, "size=64k") != 0)
		skip();
	put("in/x.dll");
	open_ground();
	enum heard file = find("X:\\in\\x.dll");
	enum heard new = find("X:\\in\\new.dll");
	enum heard folder = find("X:\\in");
	assert_int_equal(umount2(temp_path(&tree, "in"), MNT_DETACH), 0);
	assert_int_equal(file, HEARD_ODD);
	assert_int_equal(new, HEARD_ODD);
	assert_int_equal(folder, HEARD_ODD);
	assert_non_null(strstr(why, "something else is mounted on "));
}

static void
two_names_of_other_case_are_none(void **state)
{
	(void)state;
	put("a.dll");
	put("A.dll");
	open_ground();
	assert_int_equal(find("X:\\a.dll"), HEARD_ODD);
	assert_non_null(strstr(why, "case of letters"));
}

static void
paths_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const paths[] = {
		"",
		"X",
		"X:",
		"X:a.dll",
		"Y:\\a.dll",
		"\\\\a\\b\\c",
		"X:\\",
		"X:\\..\\a",
		"X:\\in\\..",
		"X:\\.\\a.dll",
		"X:\\a.dll:s",
		"X:\\a\tb",
		"X:\\a?",
		"X:\\b.",
		"X:\\b ",
	};

	(void)state;
	put("a.dll");
	temp_folder(&tree, "in");
	open_ground();
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		why[0] = '\0';
		assert_int_not_equal(find(paths[i]), HEARD);
		assert_int_not_equal(why[0], '\0');
	}
}

/* The machine remembers names as well. */
static void
what_has_changed_is_seen_when_names_are_forgotten(void **state)
{
	struct file_facts facts;

	(void)state;
	put("in/a.dll");
	open_ground();
	assert_int_equal(find("X:\\in\\b.dll"), HEARD);
	assert_false(spot.there);
	assert_int_equal(machine_stat(machine, "X:\\in\\b.dll", &facts), HEARD_NOTHING);
	put("in/b.dll");
	ground_forget(ground);
	assert_int_equal(find("X:\\in\\b.dll"), HEARD);
	assert_true(spot.there);
	assert_int_equal(machine_stat(machine, "X:\\in\\b.dll", &facts), HEARD);
}

/* The root that was looked at is the one that is changed. */
static void
a_root_that_is_swapped_is_not_followed(void **state)
{
	char aside[TEMP_ROOM];

	(void)state;
	put("drive/mine");
	put("other/theirs");
	assert_int_equal(offline_open(temp_path(&tree, "drive"), &machine, why), OK);
	(void)snprintf(aside, sizeof aside, "%s", temp_path(&tree, "aside"));
	assert_int_equal(rename(temp_path(&tree, "drive"), aside), 0);
	assert_int_equal(symlink("other", temp_path(&tree, "drive")), 0);
	assert_int_equal(ground_open(machine, &ground, why), OK);
	assert_int_equal(find("X:\\theirs"), HEARD);
	assert_false(spot.there);
	assert_int_equal(find("X:\\mine"), HEARD);
	assert_true(spot.there);
}

static enum err
try_as_nobody(void)
{
	if (setegid(65534) != 0 || seteuid(65534) != 0)
		return OK;
	enum err err = ground_open(machine, &ground, why);
	if (seteuid(0) != 0 || setegid(0) != 0)
		return OK;
	return err;
}

static void
a_folder_that_is_not_ours_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	put("a.dll");
	assert_int_equal(chmod(tree.root, 0755), 0);
	assert_int_equal(offline_open(tree.root, &machine, why), OK);
	assert_int_equal(try_as_nobody(), ERR_REFUSED);
	assert_null(ground);
	assert_non_null(strstr(why, "no permission to write to it; run as root"));
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(a_file_is_found_by_any_spelling),
		WITH_TREE(what_is_not_there_keeps_its_spelling_and_has_its_folder),
		WITH_TREE(no_link_is_entered_or_found),
		WITH_TREE(no_other_mount_is_entered),
		WITH_TREE(two_names_of_other_case_are_none),
		WITH_TREE(paths_that_lead_elsewhere_are_refused),
		WITH_TREE(what_has_changed_is_seen_when_names_are_forgotten),
		WITH_TREE(a_root_that_is_swapped_is_not_followed),
		WITH_TREE(a_folder_that_is_not_ours_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

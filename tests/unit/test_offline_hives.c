/* Linked with --wrap=hive_open,--wrap=hive_free: how many are open is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "offline_tree.h"
#include "reach/hive.h"

static size_t open_now;
static size_t open_most;

enum heard __real_hive_open(const struct hive_files *, struct hive **,
                            struct hive_state *, char why[WHY_ROOM]);
enum heard __wrap_hive_open(const struct hive_files *, struct hive **,
                            struct hive_state *, char why[WHY_ROOM]);
void __real_hive_free(struct hive *);
void __wrap_hive_free(struct hive *);

enum heard
__wrap_hive_open(const struct hive_files *files, struct hive **out,
                 struct hive_state *state, char why[WHY_ROOM])
{
	enum heard heard = __real_hive_open(files, out, state, why);

	open_now += heard == HEARD;
	open_most = open_now > open_most ? open_now : open_most;
	return heard;
}

void
__wrap_hive_free(struct hive *h)
{
	open_now -= h != NULL;
	__real_hive_free(h);
}

static int
make_tree(void **state)
{
	(void)state;
	temp_make(&tree);
	machine = NULL;
	open_now = 0;
	open_most = 0;
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	machine_free(machine);
	assert_int_equal(open_now, 0);
	temp_remove(&tree);
	return 0;
}

/* ---- users */

static void
users_are_those_listed_the_default_and_those_on_disk(void **state)
{
	struct hive_make *h = software("C:\\WINDOWS");

	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	hive_at(h, PROFILES);
	hive_expand(h, "ProfilesDirectory",
	            "%SystemDrive%\\Dokumente und Einstellungen");
	add_profile(h, KANG, "%SystemDrive%\\Dokumente und Einstellungen\\Kang");
	add_profile(h, KANG ".bak", "C:\\Dokumente und Einstellungen\\KANG");
	add_profile(h, "S-1-5-18", "%systemroot%\\system32\\config\\systemprofile");
	add_profile(h, "S-1-5-21-gone",
	            "%SystemDrive%\\Dokumente und Einstellungen\\No");
	add_profile(h, "S-1-5-21-far", "\\\\server\\profiles\\far");
	put_hive("WINDOWS/system32/config/software", h);
	put_small("WINDOWS/system32/config/default", "Software", "nobody's");
	put_small("WINDOWS/system32/config/systemprofile/ntuser.dat", "Software",
	          "18's");
	put_small("Dokumente und Einstellungen/Kang/NTUSER.DAT", "Software", "Kang's");
	put_small("Dokumente und Einstellungen/Left/NTUSER.DAT", "Software", "left");
	put_small("Users/Kiosk/NTUSER.MAN", "Software", "kiosk");
	temp_folder(&tree, "Dokumente und Einstellungen/Empty");
	open_machine(".");
	assert_int_equal(machine->damaged_count, 0);
	assert_int_equal(machine->user_count, 5);
	assert_true(has_user("HKU\\" KANG, "C:\\Dokumente und Einstellungen\\Kang"));
	assert_true(
	    has_user("HKU\\S-1-5-18", "C:\\WINDOWS\\system32\\config\\systemprofile"));
	assert_true(has_user("HKU\\.DEFAULT", ""));
	assert_true(has_user("HKU\\Left", "C:\\Dokumente und Einstellungen\\Left"));
	assert_true(has_user("HKU\\Kiosk", "C:\\Users\\Kiosk"));
	text_is("HKU\\" KANG "\\Software", "Kang's");
	text_is("HKU\\s-1-5-18\\Software", "18's");
	text_is("HKU\\.default\\Software", "nobody's");
	text_is("HKU\\Left\\Software", "left");
	text_is("HKU\\Kiosk\\Software", "kiosk");
	assert_int_equal(key_is("HKU\\S-1-5-21-gone\\Software"), HEARD_NOTHING);
}

/* An old Windows was upgraded, and both of its folders stayed. */
static void
two_profiles_of_one_name_are_both_read(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	put_small("Documents and Settings/Kang/NTUSER.DAT", "Software", "first");
	put_small("Documents and Settings/Left/NTUSER.DAT", "Software", "old");
	put_small("Users/LEFT/NTUSER.DAT", "Software", "new");
	put_small("Users/" KANG "/NTUSER.DAT", "Software", "no SID's");
	open_machine(".");
	assert_int_equal(machine->damaged_count, 0);
	assert_int_equal(machine->user_count, 4);
	assert_true(has_user("HKU\\" KANG, "C:\\Documents and Settings\\Kang"));
	text_is("HKU\\" KANG "\\Software", "first");
	assert_true(has_user("HKU\\" KANG " (2)", "C:\\Users\\" KANG));
	text_is("HKU\\" KANG " (2)\\Software", "no SID's");
	assert_true(has_user("HKU\\Left", "C:\\Documents and Settings\\Left"));
	text_is("HKU\\Left\\Software", "old");
	assert_true(has_user("HKU\\LEFT (2)", "C:\\Users\\LEFT"));
	text_is("HKU\\LEFT (2)\\Software", "new");
}

static void
a_profile_whose_folder_cannot_be_told_is_told(void **state)
{
	struct hive_make *h = software("C:\\WINDOWS");

	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	hive_at(h, PROFILES "\\" KANG);
	hive_u32(h, "ProfileImagePath", 7);
	put_hive("WINDOWS/system32/config/software", h);
	open_machine(".");
	assert_int_equal(machine->user_count, 0);
	assert_int_equal(machine->damaged_count, 1);
	assert_ptr_equal(
	    strstr(machine->damaged[0], "HKLM\\SOFTWARE\\" PROFILES "\\" KANG ": "),
	    machine->damaged[0]);
}

static void
a_profile_on_a_drive_that_is_not_here_is_told(void **state)
{
	struct hive_make *h = software("C:\\WINDOWS");

	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	add_profile(h, KANG, "D:\\Profiles\\Kang");
	put_hive("WINDOWS/system32/config/software", h);
	open_machine(".");
	assert_int_equal(machine->user_count, 0);
	assert_int_equal(machine->damaged_count, 1);
	assert_ptr_equal(
	    strstr(machine->damaged[0], "D:\\Profiles\\Kang\\NTUSER.DAT: "),
	    machine->damaged[0]);
	assert_non_null(strstr(machine->damaged[0], "look at that drive by itself"));
}

/* The link of Vista and later, beside Users. */
static void
a_junction_in_place_of_the_profiles_is_passed_over(void **state)
{
	(void)state;
	put_windows("Windows", "C:\\Windows");
	put_small("Users/Kang/NTUSER.DAT", "Software", "Kang's");
	assert_int_equal(symlink("Users", temp_path(&tree, "Documents and Settings")),
	                 0);
	open_machine(".");
	assert_true(has_user("HKU\\Kang", "C:\\Users\\Kang"));
	/* What ProfileList says lies behind the link. */
	assert_int_equal(machine->damaged_count, 1);
	assert_non_null(strstr(machine->damaged[0], "never followed"));
}

static void
more_users_than_cages_take_turns(void **state)
{
	char name[64];
	char is[16];

	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	for (unsigned i = 0; i < 40; i++) {
		(void)snprintf(name, sizeof name, "Users/u%u/NTUSER.DAT", i);
		(void)snprintf(is, sizeof is, "%u", i);
		put_small(name, "Software", is);
	}
	open_machine(".");
	assert_int_equal(machine->user_count, 40);
	assert_int_equal(machine->damaged_count, 0);
	for (unsigned i = 0; i < 80; i++) {
		(void)snprintf(name, sizeof name, "HKU\\u%u\\Software", i % 40);
		(void)snprintf(is, sizeof is, "%u", i % 40);
		text_is(name, is);
	}
	text_is("HKLM\\SYSTEM\\Select", "the system");
	assert_in_range(open_most, 10, 16);
}

static void
more_users_than_there_is_room_for_are_told(void **state)
{
	char name[64];

	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	for (unsigned i = 0; i < 1027; i++) {
		(void)snprintf(name, sizeof name, "Users/u%u/NTUSER.DAT", i);
		temp_file(&tree, name, "", 0);
	}
	open_machine(".");
	assert_int_equal(machine->user_count, 1024);
	assert_int_equal(machine->damaged_count, 1025); /* all are empty */
	assert_non_null(strstr(machine->damaged[0], "ProfileList: 3 users' hives"));
}

/* ---- damage */

static void
a_broken_hive_is_told_once_and_its_reason_each_time(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	temp_file(&tree, "WINDOWS/system32/config/system", "no hive at all", 14);
	open_machine(".");
	assert_int_equal(machine->damaged_count, 1);
	assert_ptr_equal(
	    strstr(machine->damaged[0], "C:\\WINDOWS\\System32\\config\\SYSTEM: "),
	    machine->damaged[0]);
	for (unsigned i = 0; i < 3; i++) {
		enum heard heard = key_is("HKLM\\SYSTEM\\Select");

		assert_true(heard == HEARD_ODD || heard == HEARD_SHORT);
		assert_non_null(strstr(machine_why(machine), "SYSTEM"));
	}
	assert_int_equal(machine->damaged_count, 1);
	assert_string_equal(machine->windows, "C:\\WINDOWS");
}

static void
security_is_opened_when_it_is_asked(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	put_small("WINDOWS/system32/config/SECURITY", "Policy", "audit");
	temp_file(&tree, "WINDOWS/system32/config/SAM", "no hive", 7);
	open_machine(".");
	assert_int_equal(machine->damaged_count, 0);
	text_is("HKLM\\SECURITY\\Policy", "audit");
	assert_int_not_equal(key_is("HKLM\\SAM\\SAM"), HEARD);
	assert_int_equal(machine->damaged_count, 1);
}

/* The sequence numbers of a base block differ, and its checksum is right. */
static void
put_dirty(const char *name)
{
	uint8_t head[512];
	uint32_t sum = 0;
	FILE *f = fopen(temp_path(&tree, name), "r+");

	assert_non_null(f);
	assert_int_equal(fread(head, 1, sizeof head, f), sizeof head);
	head[4]++;
	for (size_t i = 0; i < 508; i += 4)
		sum ^= (uint32_t)head[i] | (uint32_t)head[i + 1] << 8 |
		       (uint32_t)head[i + 2] << 16 | (uint32_t)head[i + 3] << 24;
	for (size_t i = 0; i < 4; i++)
		head[508 + i] = (uint8_t)(sum >> (8 * i));
	rewind(f);
	assert_int_equal(fwrite(head, 1, sizeof head, f), sizeof head);
	assert_int_equal(fclose(f), 0);
}

static void
pending_writes_without_a_log_are_told_and_the_hive_is_read(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	put_dirty("WINDOWS/system32/config/system");
	open_machine(".");
	assert_int_equal(machine->damaged_count, 1);
	assert_ptr_equal(strstr(machine->damaged[0],
	                        "C:\\WINDOWS\\System32\\config\\SYSTEM: "
	                        "writes were pending"),
	                 machine->damaged[0]);
	text_is("HKLM\\SYSTEM\\Select", "the system");
}

/* 4 GB where some MB are expected: it is not read, whatever is in it. */
static void
a_hive_larger_than_any_is_not_read(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	assert_int_equal(
	    truncate(temp_path(&tree, "WINDOWS/system32/config/system"), 4LL << 30), 0);
	open_machine(".");
	assert_int_equal(machine->damaged_count, 1);
	assert_non_null(strstr(machine->damaged[0], "larger than a hive"));
}

static void
a_hive_that_is_a_link_or_a_pipe_is_damage(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	assert_int_equal(unlink(temp_path(&tree, "WINDOWS/system32/config/software")),
	                 0);
	assert_int_equal(
	    symlink("system", temp_path(&tree, "WINDOWS/system32/config/software")), 0);
	assert_int_equal(
	    mkfifo(temp_path(&tree, "WINDOWS/system32/config/default"), 0600), 0);
	open_machine(".");
	assert_int_equal(machine->damaged_count, 2);
	assert_int_equal(key_is("HKLM\\SOFTWARE\\Microsoft"), HEARD_ODD);
}

/* ---- those that Windows does not use */

static void
a_backup_is_read_where_it_is_attached(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	put_small("WINDOWS/repair/system", "Select", "of the backup");
	open_machine(".");
	assert_int_equal(key_is("HKLM\\confine-1\\Select"), HEARD_NOTHING);
	assert_int_equal(machine_attach_hive(machine, "C:\\WINDOWS\\repair\\system",
	                                     "HKLM\\confine-1"),
	                 HEARD);
	text_is("HKLM\\confine-1\\Select", "of the backup");
	text_is("HKLM\\SYSTEM\\Select", "the system");
	/* Again is fine; another at the same root is not. */
	assert_int_equal(machine_attach_hive(machine, "C:\\WINDOWS\\repair\\system",
	                                     "HKLM\\confine-1"),
	                 HEARD);
	assert_int_equal(machine_attach_hive(machine, "C:\\WINDOWS\\repair\\other",
	                                     "HKLM\\confine-1"),
	                 NOT_ASKED);
}

static void
a_backup_that_is_absent_or_damaged_is_no_damage_of_the_machine(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	temp_file(&tree, "WINDOWS/repair/system", "no hive", 7);
	open_machine(".");
	size_t before = machine->damaged_count;
	assert_int_equal(machine_attach_hive(machine, "C:\\WINDOWS\\repair\\gone",
	                                     "HKLM\\confine-1"),
	                 HEARD_NOTHING);
	enum heard heard = machine_attach_hive(machine, "C:\\WINDOWS\\repair\\system",
	                                       "HKLM\\confine-2");
	assert_true(heard == HEARD_ODD || heard == HEARD_SHORT);
	assert_non_null(strstr(machine_why(machine), "repair"));
	assert_int_equal(machine->damaged_count, before);
}

/* Half of its writes may be missing, so nothing is taken out of it. */
static void
a_backup_with_pending_writes_is_not_taken(void **state)
{
	(void)state;
	put_windows("WINDOWS", "C:\\WINDOWS");
	put_small("WINDOWS/repair/system", "Select", "of the backup");
	put_dirty("WINDOWS/repair/system");
	open_machine(".");
	size_t before = machine->damaged_count;
	assert_int_equal(machine_attach_hive(machine, "C:\\WINDOWS\\repair\\system",
	                                     "HKLM\\confine-1"),
	                 HEARD_ODD);
	assert_non_null(strstr(machine_why(machine), "writes were pending"));
	assert_int_equal(key_is("HKLM\\confine-1\\Select"), HEARD_ODD);
	assert_int_equal(machine->damaged_count, before);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)
	const struct CMUnitTest tests[] = {
		CASE(users_are_those_listed_the_default_and_those_on_disk),
		CASE(two_profiles_of_one_name_are_both_read),
		CASE(a_profile_whose_folder_cannot_be_told_is_told),
		CASE(a_profile_on_a_drive_that_is_not_here_is_told),
		CASE(a_junction_in_place_of_the_profiles_is_passed_over),
		CASE(more_users_than_cages_take_turns),
		CASE(more_users_than_there_is_room_for_are_told),
		CASE(a_broken_hive_is_told_once_and_its_reason_each_time),
		CASE(security_is_opened_when_it_is_asked),
		CASE(pending_writes_without_a_log_are_told_and_the_hive_is_read),
		CASE(a_hive_larger_than_any_is_not_read),
		CASE(a_hive_that_is_a_link_or_a_pipe_is_damage),
		CASE(a_backup_is_read_where_it_is_attached),
		CASE(a_backup_that_is_absent_or_damaged_is_no_damage_of_the_machine),
		CASE(a_backup_with_pending_writes_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/volume.h"
#include "reach/volume_tree_names.h"
#include "sys/clock.h"
#include "temp_tree.h"

static struct temp_tree tree;
static struct volume *volume;

static int
make_tree(void **state)
{
	(void)state;
	temp_make(&tree);
	volume = NULL;
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	volume_free(volume);
	temp_remove(&tree);
	return 0;
}

static void
open_tree(void)
{
	char why[WHY_ROOM] = "";

	assert_int_equal(volume_tree_open(tree.root, &volume, why), OK);
	assert_string_equal(why, "");
}

static void
put(const char *name, const char *text)
{
	temp_file(&tree, name, text, strlen(text));
}

static enum heard
stat_of(const char *path, struct file_facts *facts)
{
	volume->why[0] = '\0';
	*facts = (struct file_facts){ .size = 0 };
	return volume->ops->stat(volume, path, facts);
}

static enum heard
what_of(const char *path)
{
	struct file_facts facts;

	return stat_of(path, &facts);
}

static enum heard
what_of_opening(const char *path)
{
	struct machine_file f;
	enum heard heard = volume->ops->open(volume, path, &f);

	if (heard == HEARD)
		volume->ops->close(volume, &f);
	return heard;
}

static void
holds(const char *path, const char *text)
{
	struct machine_file f;
	char bytes[64] = { 0 };
	size_t got = 0;

	assert_int_equal(volume->ops->open(volume, path, &f), HEARD);
	assert_int_equal(f.size, strlen(text));
	assert_int_equal(
	    volume->ops->read(
		volume, &f, (struct machine_want){ 0, bytes, sizeof bytes - 1 }, &got),
	    HEARD);
	assert_int_equal(got, strlen(text));
	assert_string_equal(bytes, text);
	volume->ops->close(volume, &f);
}

static const struct file_entry *
entry(const struct file_list *l, const char *name)
{
	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->at[i].name, name) == 0)
			return &l->at[i];
	}
	return NULL;
}

static void
letters_of_either_case_are_the_same(void **state)
{
	(void)state;
	put("WINDOWS/system32/Kernel32.dll", "MZ");
	put("Users/J\303\226RG/\320\237\321\200\320\270.txt", "x"); /* JÖRG/При.txt */
	open_tree();
	holds("windows\\SYSTEM32\\kernel32.DLL", "MZ");
	holds("users\\j\303\266rg\\\320\277\321\200\320\230.TXT", "x");
	assert_int_equal(what_of("windows\\system32\\kernel33.dll"), HEARD_NOTHING);
	assert_int_equal(what_of("windows\\sys\\kernel32.dll"), HEARD_NOTHING);
	assert_int_equal(what_of("windows\\system32\\kernel32.dll\\x"), HEARD_NOTHING);
}

static void
letters_that_windows_keeps_apart_are_kept_apart(void **state)
{
	(void)state;
	put("\304\261.txt", "dotless"); /* U+0131 */
	put("i.txt", "i");
	open_tree();
	holds("I.TXT", "i");
	holds("\304\261.txt", "dotless");
}

static void
dots_and_doubled_backslashes_mean_what_windows_means(void **state)
{
	(void)state;
	put("WINDOWS/system32/a.dll", "a");
	open_tree();
	holds("\\WINDOWS\\\\system32\\a.dll", "a");
	holds("WINDOWS/system32/a.dll", "a");
	holds("WINDOWS\\.\\system32\\..\\..\\windows\\system32\\a.dll", "a");
	holds("..\\..\\..\\WINDOWS\\system32\\a.dll", "a");
}

static void
the_root_is_a_folder(void **state)
{
	struct file_facts facts;
	struct file_list l = { .count = 0 };

	(void)state;
	put("boot.ini", "[boot loader]");
	temp_folder(&tree, "WINDOWS");
	open_tree();
	assert_int_equal(stat_of("", &facts), HEARD);
	assert_true(facts.is_folder);
	assert_int_equal(volume->ops->list(volume, "", &l), HEARD);
	assert_int_equal(l.count, 2);
	assert_true(entry(&l, "boot.ini")->is_file);
	assert_int_equal(entry(&l, "boot.ini")->size, 13);
	assert_true(entry(&l, "WINDOWS")->is_folder);
	file_list_free(&l);
}

static void
a_link_is_told_and_never_followed(void **state)
{
	struct file_facts facts;
	struct file_list l = { .count = 0 };

	(void)state;
	put("real/x.txt", "x");
	assert_int_equal(symlink("/etc/passwd", temp_path(&tree, "out")), 0);
	assert_int_equal(symlink("real", temp_path(&tree, "junction")), 0);
	assert_int_equal(symlink("loop", temp_path(&tree, "loop")), 0);
	open_tree();
	assert_int_equal(stat_of("out", &facts), HEARD);
	assert_true(facts.is_link && !facts.is_folder && !facts.is_other);
	assert_int_equal(facts.size, 0);
	assert_int_equal(what_of_opening("out"), HEARD_ODD);
	assert_non_null(strstr(volume->why, "never followed"));
	assert_int_equal(what_of("junction\\x.txt"), HEARD_ODD);
	assert_int_equal(volume->ops->list(volume, "junction", &l), HEARD_ODD);
	assert_int_equal(what_of("loop\\loop\\loop"), HEARD_ODD);
	assert_int_equal(volume->ops->list(volume, "", &l), HEARD);
	assert_false(entry(&l, "out")->is_file || entry(&l, "out")->is_folder);
	file_list_free(&l);
}

static void
what_is_no_file_is_never_opened(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct file_facts facts;
	const char *const others[] = { "fifo", "socket", "device" };
	size_t count = 2;

	(void)state;
	assert_int_equal(mkfifo(temp_path(&tree, "fifo"), 0666), 0);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s",
	               temp_path(&tree, "socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	close(fd);
	/* Where we may make one: 1, 3 is the null device. */
	if (mknod(temp_path(&tree, "device"), S_IFCHR | 0666, 0x103) == 0)
		count = 3;
	open_tree();
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(stat_of(others[i], &facts), HEARD);
		assert_true(facts.is_other && !facts.is_link && !facts.is_folder);
		assert_int_equal(what_of_opening(others[i]), HEARD_ODD);
		assert_non_null(strstr(volume->why, "never opened"));
	}
	assert_int_equal(what_of_opening(""), HEARD_ODD);
	assert_non_null(strstr(volume->why, "is a folder"));
}

static void
two_names_that_differ_in_case_only_are_odd(void **state)
{
	struct file_list l = { .count = 0 };

	(void)state;
	put("WINDOWS/evil.dll", "1");
	put("WINDOWS/EVIL.dll", "2");
	put("WINDOWS/good.dll", "3");
	put("twin/a", "a");
	put("TWIN/b", "b");
	open_tree();
	assert_int_equal(what_of("WINDOWS\\evil.dll"), HEARD_ODD);
	assert_non_null(strstr(volume->why, "case of letters"));
	assert_int_equal(what_of_opening("WINDOWS\\EVIL.dll"), HEARD_ODD);
	assert_int_equal(what_of("twin\\a"), HEARD_ODD);
	holds("WINDOWS\\good.dll", "3");
	assert_int_equal(volume->ops->list(volume, "WINDOWS", &l), HEARD);
	assert_int_equal(l.count, 3);
	file_list_free(&l);
}

/* Bytes that are no UTF-8, a lone surrogate as ntfs-3g writes it, odd names. */
static void
every_name_that_is_listed_can_be_asked_for(void **state)
{
	static const char *const names[] = {
		"b\377d",
		"\355\240\200x",
		"\355\260\200x",
		"CON",
		"a:stream",
		" ",
		"x.",
		"\360\237\230\200",
		"\1\n",
		"back\\slash",
		"%s%n",
		"\303",
		"\304",
		"aux.txt",
	};
	struct file_list l = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put(names[i], names[i]);
	open_tree();
	assert_int_equal(volume->ops->list(volume, "", &l), HEARD);
	assert_int_equal(l.count, sizeof names / sizeof names[0]);
	for (size_t i = 0; i < l.count; i++)
		assert_int_equal(what_of_opening(l.at[i].name), HEARD);
	assert_non_null(entry(&l, "back\357\201\234slash")); /* U+F05C */
	holds("back\357\201\234slash", "back\\slash");
	holds("\355\240\200x", "\355\240\200x");
	file_list_free(&l);
}

static void
a_sentence_is_utf8_whatever_the_name(void **state)
{
	(void)state;
	assert_int_equal(symlink("/", temp_path(&tree, "\377")), 0);
	open_tree();
	assert_int_equal(what_of_opening("\377"), HEARD_ODD);
	assert_non_null(strstr(volume->why, "\357\277\275")); /* U+FFFD */
	assert_null(strchr(volume->why, '\377'));
}

static void
long_names_and_deep_folders_are_walked(void **state)
{
	char name[256];
	char deep[1400] = "";
	int at = open(tree.root, O_PATH | O_CLOEXEC);

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	put(name, "long");
	for (size_t i = 0; i < 600; i++) {
		assert_int_equal(mkdirat(at, "d", 0755), 0);
		int next = openat(at, "d", O_PATH | O_CLOEXEC);
		close(at);
		at = next;
	}
	close(at);
	for (size_t i = 0; i < 600; i++)
		memcpy(deep + 2 * i, "D\\", 3);
	open_tree();
	memset(name, 'N', 255);
	holds(name, "long");
	assert_int_equal(what_of(deep), HEARD);
	assert_int_equal(what_of_opening(deep), HEARD_ODD);
	memcpy(deep + 1200, "e", 2);
	assert_int_equal(what_of(deep), HEARD_NOTHING);
}

static void
a_path_too_long_for_windows_was_not_asked(void **state)
{
	static char path[FOLDED_ROOM * 2];

	(void)state;
	memset(path, 'p', sizeof path - 1);
	open_tree();
	assert_int_equal(what_of(path), NOT_ASKED);
	assert_non_null(strstr(volume->why, "longer than any of Windows"));
	for (size_t i = 0; i + 1 < sizeof path; i += 2)
		path[i] = '\\';
	assert_int_equal(what_of(path), NOT_ASKED);
}

/* More folders than are kept open, each asked for twice. */
static void
more_folders_than_are_kept_are_all_found(void **state)
{
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof name, "f%u/sub/x%u", i, i);
		put(name, name);
	}
	open_tree();
	for (unsigned i = 0; i < 400; i++) {
		char path[32];

		(void)snprintf(name, sizeof name, "f%u/sub/x%u", i % 200, i % 200);
		(void)snprintf(path, sizeof path, "F%u\\SUB\\X%u", i % 200, i % 200);
		holds(path, name);
	}
	/* The folders kept and the root, with room for what the test itself has. */
	int fd = dup(0);
	assert_in_range(fd, 0, 80);
	close(fd);
}

/* System32 of a Windows 7 has about 3,000 files; a rescan asks for each. */
static void
thousands_of_look_ups_list_a_folder_once(void **state)
{
	char name[64];

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		(void)snprintf(name, sizeof name, "WINDOWS/system32/library%u.dll", i);
		put(name, "");
	}
	open_tree();
	int64_t begun = clock_steady();
	for (unsigned i = 0; i < 20000; i++) {
		(void)snprintf(name, sizeof name, "windows\\System32\\LIBRARY%u.dll",
		               i % 5000);
		assert_int_equal(what_of(name),
		                 i % 5000 < 4000 ? HEARD : HEARD_NOTHING);
	}
	/* 0.15 s on a quiet machine; listing each time would take a minute. */
	assert_in_range(clock_steady() - begun, 0, 5000);
}

static void
what_was_removed_since_is_not_there(void **state)
{
	(void)state;
	put("WINDOWS/a.dll", "a");
	open_tree();
	holds("WINDOWS\\a.dll", "a");
	assert_int_equal(unlink(temp_path(&tree, "WINDOWS/a.dll")), 0);
	assert_int_equal(what_of("WINDOWS\\a.dll"), HEARD_NOTHING);
	assert_int_equal(what_of_opening("WINDOWS\\a.dll"), HEARD_NOTHING);
}

/* Between the look and the opening, a file may become something else. */
static void
what_became_a_pipe_since_is_not_waited_for(void **state)
{
	(void)state;
	put("a", "a");
	open_tree();
	holds("a", "a");
	assert_int_equal(unlink(temp_path(&tree, "a")), 0);
	assert_int_equal(mkfifo(temp_path(&tree, "a"), 0666), 0);
	assert_int_equal(what_of_opening("a"), HEARD_ODD);
}

static void
a_part_of_a_file_is_read_and_no_more_at_its_end(void **state)
{
	struct machine_file f;
	char bytes[8] = { 0 };
	size_t got = 99;

	(void)state;
	put("f", "0123456789");
	open_tree();
	assert_int_equal(volume->ops->open(volume, "F", &f), HEARD);
	assert_int_equal(
	    volume->ops->read(volume, &f, (struct machine_want){ 8, bytes, 8 }, &got),
	    HEARD);
	assert_int_equal(got, 2);
	assert_string_equal(bytes, "89");
	assert_int_equal(
	    volume->ops->read(volume, &f, (struct machine_want){ 10, bytes, 8 }, &got),
	    HEARD);
	assert_int_equal(got, 0);
	assert_int_equal(
	    volume->ops->read(volume, &f, (struct machine_want){ UINT64_MAX, bytes, 8 },
	                      &got),
	    HEARD);
	assert_int_equal(got, 0);
	volume->ops->close(volume, &f);
}

static void
a_descriptor_reads_and_cannot_write(void **state)
{
	struct machine_file f;
	char bytes[4] = { 0 };
	int fd = -1;

	(void)state;
	put("f", "abc");
	open_tree();
	assert_int_equal(volume->ops->open(volume, "f", &f), HEARD);
	assert_int_equal(volume->ops->descriptor(volume, &f, 1 << 20, &fd), HEARD);
	volume->ops->close(volume, &f);
	assert_int_equal(pread(fd, bytes, 3, 0), 3);
	assert_string_equal(bytes, "abc");
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	close(fd);
}

/* The descriptor of a file on a device that went away answers so. */
static void
a_device_that_vanishes_is_a_reading_with_a_sentence(void **state)
{
	struct machine_file f = { .size = 1 };
	char byte = 0;
	size_t got = 0;

	(void)state;
	open_tree();
	/* /proc/self/mem gives EIO where nothing is mapped: at zero. */
	f.handle = (uint64_t)open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	assert_int_equal(
	    volume->ops->read(volume, &f, (struct machine_want){ 0, &byte, 1 }, &got),
	    HEARD_SHORT);
	assert_non_null(strstr(volume->why, "ddrescue"));
	volume->ops->close(volume, &f);
}

static void
a_plain_folder_tells_what_it_has(void **state)
{
	struct file_facts facts;
	struct buf b;

	(void)state;
	put("a", "a");
	open_tree();
	assert_false(volume->can.times || volume->can.name_times);
	assert_false(volume->can.attributes || volume->can.file_security);
	assert_int_equal(stat_of("a", &facts), HEARD);
	assert_false(facts.has_times || facts.has_attributes || facts.has_name_times);
	buf_init(&b, 1024);
	assert_int_equal(volume->ops->security(volume, "a", &b), NOT_ASKED);
	buf_free(&b);
}

static void
attributes_that_samba_kept_are_told(void **state)
{
	struct file_facts facts;

	(void)state;
	put("a", "a");
	put("b", "b");
	put("c", "c");
	if (setxattr(temp_path(&tree, "a"), "user.DOSATTRIB", "0x06", 4, 0) != 0)
		skip(); /* this file system keeps none */
	assert_int_equal(
	    setxattr(temp_path(&tree, "c"), "user.DOSATTRIB", "nonsense", 8, 0), 0);
	open_tree();
	assert_true(volume->can.attributes);
	assert_int_equal(stat_of("a", &facts), HEARD);
	assert_true(facts.has_attributes);
	assert_int_equal(facts.attributes, FILE_HIDDEN | FILE_SYSTEM);
	assert_int_equal(stat_of("b", &facts), HEARD);
	assert_false(facts.has_attributes);
	assert_int_equal(stat_of("c", &facts), HEARD);
	assert_false(facts.has_attributes);
}

static void
what_is_no_folder_is_refused(void **state)
{
	char why[WHY_ROOM] = "";

	(void)state;
	put("f", "f");
	assert_int_equal(mkfifo(temp_path(&tree, "fifo"), 0666), 0);
	assert_int_equal(volume_tree_open(temp_path(&tree, "f"), &volume, why),
	                 ERR_REFUSED);
	assert_non_null(strstr(why, "Not a directory"));
	assert_int_equal(volume_tree_open(temp_path(&tree, "fifo"), &volume, why),
	                 ERR_REFUSED);
	assert_int_equal(volume_tree_open(temp_path(&tree, "none"), &volume, why),
	                 ERR_REFUSED);
	assert_non_null(strstr(why, "No such file"));
	assert_null(strchr(why, '\n'));
	assert_null(volume);
}

static void
the_folder_itself_may_be_named_by_a_link(void **state)
{
	char why[WHY_ROOM] = "";

	(void)state;
	put("real/f", "f");
	assert_int_equal(symlink("real", temp_path(&tree, "link")), 0);
	assert_int_equal(volume_tree_open(temp_path(&tree, "link"), &volume, why), OK);
	holds("F", "f");
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)
	const struct CMUnitTest tests[] = {
		CASE(letters_of_either_case_are_the_same),
		CASE(letters_that_windows_keeps_apart_are_kept_apart),
		CASE(dots_and_doubled_backslashes_mean_what_windows_means),
		CASE(the_root_is_a_folder),
		CASE(a_link_is_told_and_never_followed),
		CASE(what_is_no_file_is_never_opened),
		CASE(two_names_that_differ_in_case_only_are_odd),
		CASE(every_name_that_is_listed_can_be_asked_for),
		CASE(a_sentence_is_utf8_whatever_the_name),
		CASE(long_names_and_deep_folders_are_walked),
		CASE(a_path_too_long_for_windows_was_not_asked),
		CASE(more_folders_than_are_kept_are_all_found),
		CASE(thousands_of_look_ups_list_a_folder_once),
		CASE(what_was_removed_since_is_not_there),
		CASE(what_became_a_pipe_since_is_not_waited_for),
		CASE(a_part_of_a_file_is_read_and_no_more_at_its_end),
		CASE(a_descriptor_reads_and_cannot_write),
		CASE(a_device_that_vanishes_is_a_reading_with_a_sentence),
		CASE(a_plain_folder_tells_what_it_has),
		CASE(attributes_that_samba_kept_are_told),
		CASE(what_is_no_folder_is_refused),
		CASE(the_folder_itself_may_be_named_by_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

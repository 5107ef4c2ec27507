#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "mend/kept.h"
#include "temp_tree.h"

static struct temp_tree tree;
static const struct kept_way plain = { KEPT_ON_PLAIN, STREAMS_ARE_ATTRIBUTES };
static char why[WHY_ROOM];
static struct buf bytes;

static int
make_tree(void **state)
{
	(void)state;
	temp_make(&tree);
	buf_init(&bytes, KEPT_MOST);
	why[0] = '\0';
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	buf_free(&bytes);
	temp_remove(&tree);
	return 0;
}

#define OLD 1000000000 /* 2001-09-09T01:46:40Z */

static const struct timespec old[2] = { { .tv_sec = OLD, .tv_nsec = 123456789 },
	                                { .tv_sec = OLD + 1, .tv_nsec = 987654321 } };

/* A file that has something of everything. */
static struct kept_thing
a_file(const char *name)
{
	const char *path = temp_path(&tree, name);

	temp_file(&tree, name, "MZ", 2);
	assert_int_equal(chmod(path, 0604), 0);
	assert_int_equal(setxattr(path, "user.one", "first", 5, 0), 0);
	assert_int_equal(setxattr(path, "user.two", "", 0, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	assert_true(fd >= 0);
	return (struct kept_thing){ &plain, fd, name, "C:\\a.dll" };
}

static struct kept
kept_of(const struct kept_thing *t)
{
	struct kept k;

	assert_int_equal(kept_read(t, &bytes, why), OK);
	assert_true(kept_parse(buf_span(&bytes), &k));
	return k;
}

static void
what_is_kept_can_be_read(void **state)
{
	struct kept_thing t = a_file("a.dll");
	struct kept k = kept_of(&t);

	(void)state;
	assert_true(k.whole);
	assert_int_equal(k.mode, S_IFREG | 0604);
	assert_int_equal(k.owner, geteuid());
	assert_int_equal(k.size, 2);
	assert_int_equal(k.read.tv_sec, OLD);
	assert_int_equal(k.read.tv_nsec, 123456789);
	assert_int_equal(k.written.tv_sec, OLD + 1);
	assert_int_equal(k.written.tv_nsec, 987654321);
	assert_int_equal(k.attribute_count, 2);
	assert_true(span_is(kept_attribute(&k, "user.one"), "first", 5));
	assert_true(span_is(kept_attribute(&k, "user.two"), "", 0));
	assert_true(kept_attribute(&k, "user.on").bad);
	assert_true(kept_is_untouched(&t, &k));
	close(t.fd);
}

/* Between two attributes a cut is not seen; the journal has a hash over all. */
static void
what_is_kept_cut_anywhere_is_refused(void **state)
{
	struct kept_thing t = a_file("a.dll");
	struct kept k = kept_of(&t);
	size_t fine = 0;

	(void)state;
	for (size_t len = 0; len < bytes.len; len++)
		fine += kept_parse(span_of(bytes.at, len), &k);
	assert_int_equal(fine, 2);
	for (size_t at = 0; at < 8; at++) { /* format, version, kind of mount */
		bytes.at[at] ^= 0x40;
		assert_int_equal(kept_parse(buf_span(&bytes), &k), at == 5 || at == 7);
		bytes.at[at] ^= 0x40;
	}
	close(t.fd);
}

static void
an_attribute_without_its_end_is_refused(void **state)
{
	struct kept_thing t = a_file("a.dll");
	struct kept k = kept_of(&t);
	size_t at = span_find(buf_span(&bytes), "user.one", 9);

	(void)state;
	assert_int_not_equal(at, SIZE_MAX);
	bytes.at[at + 8] = 'x';
	assert_false(kept_parse(buf_span(&bytes), &k));
	bytes.at[at + 8] = '\0';
	bytes.at[at + 4] = '\0';
	assert_false(kept_parse(buf_span(&bytes), &k));
	close(t.fd);
}

static const char *
differs(const struct kept_thing *t, const struct kept *k)
{
	const char *what = NULL;

	assert_int_equal(kept_compare(t, k, &what, why), OK);
	return what ? what : "";
}

static void
put_back(const struct kept_thing *t, const struct kept *k)
{
	assert_int_equal(kept_put(t, k, why), OK);
	assert_int_equal(kept_put_short_name(t, k, why), OK);
	assert_int_equal(kept_put_times(t, k, why), OK);
	assert_string_equal(differs(t, k), "");
}

static void
each_difference_is_named_and_put_back(void **state)
{
	struct kept_thing t = a_file("a.dll");
	struct kept k = kept_of(&t);
	const char *path = temp_path(&tree, "a.dll");
	const struct timespec other[2] = { old[0], { .tv_sec = OLD + 1 } };

	(void)state;
	assert_string_equal(differs(&t, &k), "");
	assert_int_equal(chmod(path, 0605), 0);
	assert_string_equal(differs(&t, &k), "its mode");
	put_back(&t, &k);
	assert_int_equal(setxattr(path, "user.one", "First", 5, 0), 0);
	assert_string_equal(differs(&t, &k), "its streams or attributes");
	put_back(&t, &k);
	assert_int_equal(removexattr(path, "user.two"), 0);
	assert_string_equal(differs(&t, &k), "its streams or attributes");
	put_back(&t, &k);
	assert_int_equal(setxattr(path, "user.three", "", 0, 0), 0);
	assert_string_equal(differs(&t, &k), "its streams or attributes");
	put_back(&t, &k);
	assert_int_equal(utimensat(AT_FDCWD, path, other, 0), 0);
	assert_string_equal(differs(&t, &k), "its time of writing");
	put_back(&t, &k);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 1, 2), 0);
		assert_string_equal(differs(&t, &k), "its owner");
		put_back(&t, &k);
	}
	close(t.fd);
}

static void
what_is_so_already_is_not_touched(void **state)
{
	struct kept_thing t = a_file("a.dll");
	struct kept k = kept_of(&t);

	(void)state;
	put_back(&t, &k);
	assert_true(kept_is_untouched(&t, &k)); /* the inode's own time, too */
	assert_int_equal(chmod(temp_path(&tree, "a.dll"), 0604), 0);
	assert_false(kept_is_untouched(&t, &k));
	close(t.fd);
}

static void
times_alone_are_kept_of_a_folder(void **state)
{
	struct kept k;
	struct stat s;

	(void)state;
	temp_folder(&tree, "in");
	const char *path = temp_path(&tree, "in");
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct kept_thing t = { &plain, fd, "in", "C:\\in" };
	assert_int_equal(kept_read_times(&t, &bytes, why), OK);
	assert_true(kept_parse(buf_span(&bytes), &k));
	assert_false(k.whole);
	assert_int_equal(k.attribute_count, 0);
	temp_file(&tree, "in/new", "", 0);
	assert_int_equal(kept_put_times(&t, &k, why), OK);
	assert_int_equal(fstat(fd, &s), 0);
	assert_int_equal(s.st_mtim.tv_sec, OLD + 1);
	assert_int_equal(s.st_mtim.tv_nsec, 987654321);
	close(fd);
}

static void
what_was_kept_through_another_kind_of_mount_is_refused(void **state)
{
	const struct kept_way windows = { KEPT_ON_NTFS, STREAMS_ARE_FILES };
	struct kept_thing t = a_file("a.dll");
	struct kept k = kept_of(&t);
	const char *what = NULL;

	(void)state;
	t.way = &windows;
	assert_int_equal(kept_put(&t, &k, why), ERR_REFUSED);
	assert_string_equal(why, "C:\\a.dll was kept through another kind of mount; "
	                         "mount its volume as it was then");
	k.on = KEPT_ON_NTFS;
	assert_int_equal(kept_compare(&t, &k, &what, why), ERR_REFUSED);
	assert_string_equal(why, "C:\\a.dll was kept through another kind of mount; "
	                         "mount its volume as it was then: with ntfs-3g -o "
	                         "streams_interface=xattr");
	close(t.fd);
}

static void
a_file_with_two_names_is_refused(void **state)
{
	struct kept_thing t = a_file("a.dll");

	(void)state;
	assert_int_equal(link(temp_path(&tree, "a.dll"), temp_path(&tree, "b")), 0);
	assert_int_equal(kept_read(&t, &bytes, why), ERR_REFUSED);
	assert_string_equal(why, "C:\\a.dll has a second name (a hard link), and could "
	                         "not be put back as it is; find the other name by its "
	                         "number, and remove it");
	close(t.fd);
}

static void
a_file_of_zeros_only_is_told_by_its_blocks(void **state)
{
	struct kept_thing t = a_file("a.dll");

	(void)state;
	assert_int_equal(truncate(temp_path(&tree, "a.dll"), 1 << 20), 0);
	struct kept k = kept_of(&t);
	assert_true(kept_is_sparse(&k));
	close(t.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_kept_can_be_read, make_tree,
		                                remove_tree),
		cmocka_unit_test_setup_teardown(what_is_kept_cut_anywhere_is_refused,
		                                make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(an_attribute_without_its_end_is_refused,
		                                make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(each_difference_is_named_and_put_back,
		                                make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(what_is_so_already_is_not_touched,
		                                make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(times_alone_are_kept_of_a_folder,
		                                make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(
		    what_was_kept_through_another_kind_of_mount_is_refused, make_tree,
		    remove_tree),
		cmocka_unit_test_setup_teardown(a_file_with_two_names_is_refused,
		                                make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(
		    a_file_of_zeros_only_is_told_by_its_blocks, make_tree, remove_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Linked with --wrap=readdir64: a folder has the names that a test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/volume_tree_names.h"

static const char *const *listed; /* NULL: "Name0", "Name1", … */
static unsigned names_there;
static unsigned names_given;
static int fails_with;

struct dirent *__wrap_readdir64(DIR *folder);

struct dirent *
__wrap_readdir64(DIR *folder)
{
	static struct dirent d;

	(void)folder;
	if (names_given >= names_there) {
		errno = fails_with;
		return NULL;
	}
	if (listed)
		(void)snprintf(d.d_name, sizeof d.d_name, "%s", listed[names_given++]);
	else
		(void)snprintf(d.d_name, sizeof d.d_name, "Name%u", names_given++);
	return &d;
}

static enum err
read_names(struct names *n, unsigned there)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	names_there = there;
	names_given = 0;
	enum err err = names_read(n, fd, 0);
	close(fd);
	return err;
}

static void
a_folder_of_a_million_names_is_given_up_at_the_limit(void **state)
{
	struct names n;

	(void)state;
	fails_with = 0;
	assert_int_equal(read_names(&n, 1000000), ERR_LIMIT);
	assert_int_equal(names_given, 262145);
	names_free(&n);
}

static void
a_folder_as_full_as_may_be_is_read_whole(void **state)
{
	struct names n;
	const char *name = NULL;

	(void)state;
	fails_with = 0;
	assert_int_equal(read_names(&n, 262144), OK);
	assert_int_equal(n.count, 262144);
	assert_int_equal(names_find(&n, "NAME262143", &name), 1);
	assert_string_equal(name, "Name262143");
	assert_int_equal(names_find(&n, "NAME262144", &name), 0);
	names_free(&n);
}

/* A listing that breaks off is not a shorter listing. */
static void
a_device_that_fails_in_mid_listing_is_an_error(void **state)
{
	struct names n;

	(void)state;
	fails_with = EIO;
	assert_int_equal(read_names(&n, 5), ERR_SYSTEM);
	assert_int_equal(errno, EIO);
	names_free(&n);
}

static void
an_empty_folder_has_no_names(void **state)
{
	struct names n;
	const char *name = NULL;

	(void)state;
	fails_with = 0;
	assert_int_equal(read_names(&n, 0), OK);
	assert_int_equal(n.count, 0);
	assert_int_equal(names_find(&n, "NAME", &name), 0);
	names_free(&n);
}

/* It is looked through at first, and sorted once it was asked for a few names. */
static void
a_name_is_the_same_however_often_it_is_asked_for(void **state)
{
	static const char *const folder[] = {
		"two", "\\slash", "Two", "One", "\xff\xfe", "Once", "Zwei", "Zwei",
	};
	static const struct {
		const char *folded, *name;
		unsigned found;
	} asked[] = {
		{ "ONE", "One", 1 },   { "ONCE", "Once", 1 },
		{ "TWO", "two", 2 },   { "\xef\x81\x9cSLASH", "\\slash", 1 },
		{ "ZWEI", "Zwei", 1 }, { "\xff\xfe", "\xff\xfe", 1 },
		{ "ON", "-", 0 },      { "ONES", "-", 0 },
	};
	struct names n;

	(void)state;
	fails_with = 0;
	listed = folder;
	assert_int_equal(read_names(&n, sizeof folder / sizeof folder[0]), OK);
	listed = NULL;
	for (size_t i = 0; i < 32; i++) {
		const char *name = "-";
		size_t a = i % (sizeof asked / sizeof asked[0]);

		assert_int_equal(names_find(&n, asked[a].folded, &name),
		                 asked[a].found);
		assert_string_equal(name, asked[a].name);
		assert_int_equal(n.sorted != NULL, i >= 8);
	}
	names_free(&n);
}

static void
a_path_that_grows_by_its_letters_is_held_to_its_room(void **state)
{
	static char path[FOLDED_ROOM * 2];
	char key[FOLDED_ROOM];

	(void)state;
	memset(path, 'a', sizeof path);
	for (size_t len = FOLDED_ROOM - 3; len < FOLDED_ROOM + 3; len++) {
		path[len] = '\0';
		assert_int_equal(names_fold_path(path, 0, key), len < FOLDED_ROOM);
		path[len] = 'a';
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_of_a_million_names_is_given_up_at_the_limit),
		cmocka_unit_test(a_folder_as_full_as_may_be_is_read_whole),
		cmocka_unit_test(a_device_that_fails_in_mid_listing_is_an_error),
		cmocka_unit_test(an_empty_folder_has_no_names),
		cmocka_unit_test(a_name_is_the_same_however_often_it_is_asked_for),
		cmocka_unit_test(a_path_that_grows_by_its_letters_is_held_to_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

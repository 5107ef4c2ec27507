/*
 * A journal never lies on what is to be changed, however one gets there.
 */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hush.h"
#include "journal_sample.h"
#include "plan_sample.h"

static int
folder_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* "m" is the machine, a plain folder with one in it; "m-not" is a neighbour. */
static int
make_machine(void **state)
{
	if (journal_folder_made(state) != 0)
		return -1;
	return mkdir("m", 0755) | mkdir("m/WINDOWS", 0755) | mkdir("m-not", 0755);
}

static enum err
make_in(const char *dir, const char *machine)
{
	struct journal *j = NULL;
	struct plan *p = plan_sample();
	struct run run = journal_run();
	int volume = folder_open(machine);

	enum err err = journal_make(dir, &run, p, volume, &j);
	assert_true((err == OK) == (j != NULL));
	journal_free(j);
	plan_free(p);
	(void)close(volume);
	return err;
}

static void
assert_refused(const char *dir, const char *machine)
{
	char line[512];

	snprintf(line, sizeof line,
	         "confine: cannot make a journal in %s: it lies on the volume that is "
	         "to be changed; name a folder elsewhere with --journal-dir\n",
	         dir);
	hush();
	enum err err = make_in(dir, machine);
	assert_string_equal(heard(), line);
	assert_int_equal(err, ERR_REFUSED);
}

static void
a_folder_inside_the_machine_is_refused_by_whatever_way(void **state)
{
	char path[512];

	(void)state;
	assert_refused("m", "m");
	assert_refused("m/", "m");
	assert_refused("m/j", "m");
	assert_refused("m/WINDOWS/j", "m");
	assert_refused("m-not/../m/j", "m");
	assert_int_equal(symlink("m/WINDOWS", "link"), 0);
	assert_refused("link", "m");
	assert_refused("link/j", "m");
	assert_int_equal(symlink("../m", "m-not/link"), 0);
	assert_refused("m-not/link/WINDOWS", "m");
	assert_non_null(getcwd(path, sizeof path - 8));
	(void)text_copy(path + strlen(path), 8, "/m/j");
	assert_refused(path, "m");
	assert_int_equal(chdir("m/WINDOWS"), 0);
	assert_refused(".", "..");
	assert_refused("j", "..");
	assert_refused("../../m/j", "..");
	assert_int_equal(chdir("../.."), 0);
	/* And nothing was made there. */
	assert_int_equal(access("m/j", F_OK), -1);
	assert_int_equal(rmdir("m/WINDOWS"), 0);
}

static void
a_folder_beside_the_machine_is_fine_on_the_same_disk(void **state)
{
	(void)state;
	assert_int_equal(make_in("j", "m"), OK);
	assert_int_equal(make_in("m-not", "m"), OK);
	assert_int_equal(make_in("m/../j2", "m"), OK);
	assert_int_equal(symlink("../m-not", "m/out"), 0);
	assert_int_equal(make_in("m/out", "m"), OK);
	/* Above it is not in it. */
	assert_int_equal(make_in(".", "m"), OK);
}

static void
a_folder_that_cannot_be_made_is_one_line(void **state)
{
	(void)state;
	hush();
	enum err err = make_in("none/j", "m");
	assert_string_equal(heard(),
	                    "confine: cannot make a journal in none/j: No such "
	                    "file or directory; name another folder with "
	                    "--journal-dir\n");
	assert_int_equal(err, ERR_REFUSED);
	FILE *f = fopen("file", "w");
	assert_non_null(f);
	(void)fclose(f);
	hush();
	err = make_in("file", "m");
	assert_string_equal(heard(), "confine: cannot make a journal in file: Not a "
	                             "directory; name another folder with "
	                             "--journal-dir\n");
	assert_int_equal(err, ERR_REFUSED);
	hush();
	err = make_in("", "m");
	assert_non_null(strstr(heard(), "name another folder with --journal-dir\n"));
	assert_int_equal(err, ERR_REFUSED);
}

#define NO_MOUNTS 77

/* In a world of its own, where it may mount; what it gives, or NO_MOUNTS. */
static int
where_mounting_is_allowed(void (*what)(void))
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (unshare(CLONE_NEWNS) != 0 &&
		    unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
			_exit(NO_MOUNTS);
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
			_exit(NO_MOUNTS);
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
expect(bool is)
{
	if (!is)
		_exit(1);
}

static void
bind_at(const char *from, const char *to)
{
	(void)mkdir(to, 0755);
	if (mount(from, to, NULL, MS_BIND, NULL) != 0)
		_exit(NO_MOUNTS);
}

static void
try_a_volume_seen_twice(void)
{
	if (mount("none", "m", "tmpfs", 0, "size=4m") != 0)
		_exit(NO_MOUNTS);
	expect(mkdir("m/sub", 0755) == 0);
	bind_at("m/sub", "b");
	hush();
	expect(make_in("b/j", "m") == ERR_REFUSED);
	expect(make_in("b", "m") == ERR_REFUSED);
	expect(make_in("m/sub", "m") == ERR_REFUSED);
	expect(make_in("j", "m") == OK);
	expect(strstr(heard(), "it lies on the volume that is to be changed") != NULL);
	expect(access("m/sub/j", F_OK) != 0);
}

static void
try_a_folder_seen_twice(void)
{
	bind_at("m/WINDOWS", "b b"); /* a blank, which is written as \040 there */
	bind_at("m-not", "b2");
	hush();
	expect(make_in("b b", "m") == ERR_REFUSED);
	expect(make_in("b b/j", "m") == ERR_REFUSED);
	expect(access("m/WINDOWS/j", F_OK) != 0);
	expect(make_in("b2/j", "m") == OK);
	expect(access("m-not/j", F_OK) == 0);
	expect(strstr(heard(), "it lies on the volume that is to be changed") != NULL);
}

static void
a_mounted_volume_is_known_by_its_device(void **state)
{
	(void)state;
	int got = where_mounting_is_allowed(try_a_volume_seen_twice);
	if (got == NO_MOUNTS)
		skip();
	assert_int_equal(got, 0);
}

static void
a_folder_of_the_machine_is_known_under_another_mount(void **state)
{
	(void)state;
	int got = where_mounting_is_allowed(try_a_folder_seen_twice);
	if (got == NO_MOUNTS)
		skip();
	assert_int_equal(got, 0);
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_machine, journal_folder_gone)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_folder_inside_the_machine_is_refused_by_whatever_way),
		IN_FOLDER(a_folder_beside_the_machine_is_fine_on_the_same_disk),
		IN_FOLDER(a_folder_that_cannot_be_made_is_one_line),
		IN_FOLDER(a_mounted_volume_is_known_by_its_device),
		IN_FOLDER(a_folder_of_the_machine_is_known_under_another_mount),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

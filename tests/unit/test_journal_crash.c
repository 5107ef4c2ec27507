/*
 * Whatever call fails, and whenever the writer is killed: there is no journal, or a
 * whole one that opens, and all that was committed is in it.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "hush.h"
#include "journal_sample.h"
#include "plan_sample.h"
#include "vfs_trap.h"

#define PART_LEN 300000u /* two chunks */

/* Shared with the writing child: how far its commits have come. */
static volatile unsigned *committed;

static int
share(void **state)
{
	(void)state;
	committed = mmap(NULL, sizeof *committed, PROT_READ | PROT_WRITE,
	                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return committed == MAP_FAILED ? -1 : 0;
}

/* ---- calls of ours that fail when their turn comes */

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_mkdirat(int folder, const char *name, mode_t mode);
int __wrap_mkdirat(int folder, const char *name, mode_t mode);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);

int
__wrap_rename(const char *from, const char *to)
{
	return trap_call() ? errno = EIO, -1 : __real_rename(from, to);
}

int
__wrap_fsync(int fd)
{
	return trap_call() ? errno = EIO, -1 : __real_fsync(fd);
}

int
__wrap_mkdirat(int folder, const char *name, mode_t mode)
{
	return trap_call() ? errno = EIO, -1 : __real_mkdirat(folder, name, mode);
}

int
__wrap_fchmod(int fd, mode_t mode)
{
	return trap_call() ? errno = EIO, -1 : __real_fchmod(fd, mode);
}

/* ---- a run, as short as can be */

/* Under the sanitizers a child takes ten times as long: one point of seven. */
#ifdef __SANITIZE_ADDRESS__
#define FEWER 7
#else
#define FEWER 1
#endif

static enum err
keep_all(struct journal *j)
{
	for (int step = 1; step <= 2; step++) {
		struct step_row row = { .kind = 2, .state = 1, .path = "C:\\a" };

		TRY(journal_add_step(j, &row));
		TRY(journal_put_part(j, step, 0, step == 1 ? PART_LEN : 17));
		TRY(journal_bind(j, (unsigned)step, step));
	}
	TRY(journal_commit(j));
	*committed = 2;
	return OK;
}

static enum err
change_all(struct journal *j)
{
	TRY(journal_set_state(j, JOURNAL_CHANGING));
	TRY(journal_commit(j));
	*committed = 3;
	TRY(journal_set_step(j, 1, 2));
	TRY(journal_set_step(j, 2, 2));
	TRY(journal_set_state(j, JOURNAL_DONE));
	TRY(journal_commit(j));
	*committed = 4;
	return OK;
}

static enum err
write_all(void)
{
	struct journal *j = NULL;
	struct plan *p = plan_sample();
	struct run run = journal_run();

	enum err err = journal_make("j", &run, p, -1, &j);
	if (err == OK) {
		*committed = 1;
		err = keep_all(j);
	}
	if (err == OK)
		err = change_all(j);
	journal_free(j);
	plan_free(p);
	return err;
}

/* ---- what is left of it */

static enum err
count_steps(void *with, struct step_row *row)
{
	unsigned *done = with;

	*done += row->state == 2 ? 10 : 1;
	return OK;
}

/* How far the journal has come by its own words. */
static unsigned
come(struct journal *j)
{
	unsigned steps = 0;

	assert_int_equal(journal_steps(j, false, count_steps, &steps), OK);
	switch (journal_about(j)->state) {
	case JOURNAL_KEEPING:
		assert_true(steps == 0 || steps == 2);
		return steps == 0 ? 1 : 2;
	case JOURNAL_CHANGING: assert_int_equal(steps, 2); return 3;
	case JOURNAL_DONE: assert_int_equal(steps, 20); return 4;
	default: fail(); return 0;
	}
}

/*
 * The last commit may have come through although it was not heard of any more: so it
 * is as far as was heard, or one further.
 */
static void
assert_whole_or_absent(void)
{
	struct journal *j = NULL;
	struct plan *p = NULL;

	if (access(JOURNAL_PATH, F_OK) != 0) {
		assert_int_equal(*committed, 0);
		return;
	}
	assert_int_equal(journal_open(JOURNAL_PATH, true, &j), OK);
	unsigned is = come(j);
	assert_true(is == *committed || is == *committed + 1);
	assert_int_equal(journal_plan(j, &p), OK);
	assert_int_equal(p->count, 14);
	plan_free(p);
	if (is >= 2) {
		assert_int_equal(journal_part_is_whole(j, 1, 0), PART_LEN);
		assert_int_equal(journal_part_is_whole(j, 2, 0), 17);
	}
	journal_free(j);
}

/* Nothing but the journal lies there, and only where it is whole. */
static void
assert_nothing_is_left_over(void)
{
	DIR *d = opendir("j");
	struct dirent *e = NULL;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.')
			assert_string_equal(e->d_name, JOURNAL_NAME);
	}
	if (d)
		(void)closedir(d);
}

static void
clear(void)
{
	DIR *d = opendir("j");
	struct dirent *e = NULL;

	while (d && (e = readdir(d))) {
		char path[512];

		snprintf(path, sizeof path, "j/%s", e->d_name);
		(void)unlink(path);
	}
	if (d)
		(void)closedir(d);
	(void)rmdir("j");
	*committed = 0;
}

/* In a child; its exit code, or 128 and the signal that ended it. */
static int
write_in_child(enum trap_how how, unsigned at)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		trap_set(how, at);
		enum err err = write_all();
		(void)fflush(stderr);
		_exit(err == OK ? 0 : err == ERR_REFUSED ? 3 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define CALLS_MOST 5000

static void
every_call_fails_once(enum trap_how how)
{
	unsigned refused = 0;
	int code = 3;

	for (unsigned at = 1; code != 0 || at < 100; at += FEWER) {
		assert_true(at < CALLS_MOST);
		hush();
		code = write_in_child(how, at);
		const char *line = heard();
		assert_true(code == 0 || code == 3);
		refused += code == 3;
		if (code == 3) { /* one line, and it is about the journal */
			assert_true(strncmp(line, "confine: cannot ", 16) == 0);
			assert_non_null(strstr(line, " j"));
			assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
		} else {
			assert_string_equal(line, "");
			assert_int_equal(*committed, 4);
		}
		assert_whole_or_absent();
		clear();
	}
	assert_true(refused * FEWER > 100);
}

static void
any_call_may_fail_once(void **state)
{
	(void)state;
	every_call_fails_once(TRAP_ONCE);
}

static void
any_call_may_fail_and_all_that_follow(void **state)
{
	(void)state;
	every_call_fails_once(TRAP_ALWAYS);
}

static void
killed_before_every_call(enum trap_how how)
{
	int code = 128 + SIGKILL;
	unsigned at = 1;

	for (; code != 0; at += FEWER) {
		assert_true(at < CALLS_MOST);
		code = write_in_child(how, at);
		assert_true(code == 0 || code == 128 + SIGKILL);
		assert_whole_or_absent();
		/* What the killed one left beside it does not stop the next. */
		clear();
	}
	assert_true(at > 100);
}

static void
it_may_be_killed_before_any_call(void **state)
{
	(void)state;
	killed_before_every_call(TRAP_KILL);
}

static void
it_may_be_killed_in_the_middle_of_any_write(void **state)
{
	(void)state;
	killed_before_every_call(TRAP_KILL_HALF);
}

static void
a_journal_is_made_beside_what_a_killed_one_left(void **state)
{
	(void)state;
	for (unsigned at = 1; at < 40; at += 3) {
		assert_int_equal(write_in_child(TRAP_KILL, at), 128 + SIGKILL);
		*committed = 0;
		assert_int_equal(write_in_child(TRAP_NOTHING, 0), 0);
		assert_int_equal(*committed, 4);
		clear();
	}
}

/* ---- a full disk */

/* What the child said when its files could not grow beyond `bytes`. */
static const char *
write_with_room_for(rlim_t bytes)
{
	int status = 0;

	hush();
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit limit = { bytes, bytes };

		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		enum err err = write_all();
		(void)fflush(stderr);
		_exit(err == ERR_REFUSED ? 3 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	const char *line = heard();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	return line;
}

static void
a_part_that_the_disk_has_no_room_for_is_one_line_and_nothing_half(void **state)
{
	struct journal *j = NULL;

	(void)state;
	for (rlim_t room = 192 * 1024; room < PART_LEN; room += 32 * 1024) {
		assert_string_equal(write_with_room_for(room),
		                    "confine: cannot write " JOURNAL_PATH
		                    ": disk full; free some space and run it again, or "
		                    "name another folder with --journal-dir\n");
		assert_int_equal(*committed, 1);
		assert_whole_or_absent();
		assert_nothing_is_left_over();
		assert_int_equal(journal_open(JOURNAL_PATH, false, &j), OK);
		assert_int_equal(come(j), 1);
		journal_free(j);
		clear();
	}
}

static void
a_journal_that_never_had_room_leaves_nothing(void **state)
{
	(void)state;
	for (rlim_t room = 4096; room <= 64 * 1024; room += 8192) {
		const char *line = write_with_room_for(room);

		assert_non_null(strstr(line, "confine: cannot write " JOURNAL_PATH));
		assert_non_null(strstr(line, "disk full; free some space"));
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
		assert_int_equal(access("j", F_OK), -1);
	}
}

/* ---- memory */

/* SQLite's; ours is a chunk for each part that is open. */
static void
a_large_part_is_written_and_read_in_constant_memory(void **state)
{
	struct journal *j = journal_of_sample();

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	(void)sqlite3_memory_highwater(1);
	assert_int_equal(journal_put_part(j, 1, 0, 32u << 20), OK);
	assert_int_equal(journal_commit(j), OK);
	assert_int_equal(journal_part_is_whole(j, 1, 0), 32u << 20);
	assert_true(sqlite3_memory_highwater(0) < 4 << 20);
	journal_free(j);
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, journal_folder_made, journal_folder_gone)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_large_part_is_written_and_read_in_constant_memory),
		IN_FOLDER(any_call_may_fail_once),
		IN_FOLDER(any_call_may_fail_and_all_that_follow),
		IN_FOLDER(it_may_be_killed_before_any_call),
		IN_FOLDER(it_may_be_killed_in_the_middle_of_any_write),
		IN_FOLDER(a_journal_is_made_beside_what_a_killed_one_left),
		IN_FOLDER(
		    a_part_that_the_disk_has_no_room_for_is_one_line_and_nothing_half),
		IN_FOLDER(a_journal_that_never_had_room_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, share, NULL);
}

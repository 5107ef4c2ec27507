/*
 * What is left of a case when its writer is killed, or the disk is full.  Each
 * time: all that was committed is there, and the case can be gone on with.
 */
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keep_sample.h"

#define KILLS 30
#define ROWS_A_COMMIT 7
#define MOST_ROWS 60000u /* of a child that nobody kills */

/* Shared with the writing child: rows whose commit has returned. */
static volatile unsigned *committed;

static int
share(void **state)
{
	(void)state;
	committed = mmap(NULL, sizeof *committed, PROT_READ | PROT_WRITE,
	                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return committed == MAP_FAILED ? -1 : 0;
}

/* Rows until something fails, or somebody kills us. */
static enum err
write_rows(void)
{
	struct case_file *c = NULL;
	struct run run = keep_run("scan");

	TRY(case_open("ward.db", CASE_WRITE, &c));
	TRY(case_begin_run(c, &run, "[]"));
	for (unsigned i = 0; i < MOST_ROWS; i++) {
		struct row row = keep_row(i >> 8, i & 255, STATE_INFECTED);
		struct verdict gone = keep_absent(i >> 8, i & 255);

		if (i % 2 == 0)
			TRY(case_add(c, &row, "[]"));
		else
			TRY(case_add_absent(c, &gone));
		if (i % ROWS_A_COMMIT == ROWS_A_COMMIT - 1) {
			TRY(case_commit(c));
			*committed = i + 1;
		}
	}
	return case_close(c);
}

/* Microseconds that differ from time to time, the same in every run. */
static useconds_t
some_time(unsigned i, unsigned most)
{
	return (useconds_t)((i * 2654435761u >> 7) % most);
}

static pid_t
start_writer(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(write_rows() == OK ? 0 : 1);
	return child;
}

static void
kill_writer(pid_t child)
{
	int status = 0;

	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void
assert_whole(unsigned least)
{
	struct case_file *c = NULL;
	struct view view;

	assert_int_equal(case_open("ward.db", CASE_READ, &c), OK);
	assert_int_equal(case_view(c, true, &view), OK);
	assert_true(view.summary.targets >= least);
	/* A transaction is there whole, or not at all. */
	assert_int_equal(view.summary.targets % ROWS_A_COMMIT, 0);
	assert_true(view.summary.interrupted);
	case_view_end(&view);
	assert_int_equal(case_close(c), OK);
	keep_tamper("ward.db",
	            "CREATE TEMP TABLE sound (ok TEXT CHECK (ok = 'ok'));"
	            "INSERT INTO sound SELECT * FROM pragma_integrity_check");
}

static void
kill_9_loses_nothing_that_was_committed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KILLS; i++) {
		*committed = 0;
		pid_t child = start_writer();

		while (*committed == 0)
			usleep(200);
		usleep(some_time(i, 40000));
		kill_writer(child);
		assert_whole(*committed);
		assert_int_equal(unlink("ward.db"), 0);
	}
}

static void
a_case_whose_making_was_killed_can_be_made_again(void **state)
{
	struct case_file *c = NULL;

	(void)state;
	for (unsigned i = 0; i < KILLS; i++) {
		pid_t child = start_writer();

		usleep(some_time(i, 6000));
		kill_writer(child);
		assert_int_equal(case_open("ward.db", CASE_WRITE, &c), OK);
		assert_int_equal(case_close(c), OK);
		assert_int_equal(unlink("ward.db"), 0);
	}
}

/* What the child said when its files could not grow beyond `bytes`. */
static const char *
write_with_room_for(rlim_t bytes)
{
	int status = 0;

	*committed = 0;
	keep_hush();
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit limit = { bytes, bytes };

		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		int code = write_rows() == ERR_REFUSED ? 3 : 0;
		(void)fflush(stderr);
		_exit(code);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	const char *heard = keep_heard();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
	return heard;
}

static void
a_full_disk_gives_one_line_and_loses_nothing_that_was_committed(void **state)
{
	(void)state;
	for (rlim_t room = 128 * 1024; room <= 4096 * 1024; room *= 2) {
		assert_string_equal(
		    write_with_room_for(room),
		    "confine: cannot write ward.db: disk full; what was "
		    "written before is kept: free some space and run it again "
		    "(a scan goes on with --resume), or name another file with "
		    "--case\n");
		assert_true(*committed > 0);
		assert_whole(*committed);
		assert_int_equal(unlink("ward.db"), 0);
		(void)unlink("ward.db-wal");
		(void)unlink("ward.db-shm");
	}
}

static void
a_case_that_never_had_room_leaves_no_file(void **state)
{
	(void)state;
	assert_non_null(strstr(write_with_room_for(4096), "disk full"));
	assert_int_equal(access("ward.db", F_OK), -1);
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, keep_folder, keep_no_folder)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(kill_9_loses_nothing_that_was_committed),
		IN_FOLDER(a_case_whose_making_was_killed_can_be_made_again),
		IN_FOLDER(
		    a_full_disk_gives_one_line_and_loses_nothing_that_was_committed),
		IN_FOLDER(a_case_that_never_had_room_leaves_no_file),
	};

	return cmocka_run_group_tests(tests, share, NULL);
}

/*
 * Somebody is at work on the volume while a step is: a process that swaps a folder, or
 * a file in it, for a link to a victim outside of the root, as fast as it can.  The
 * victim has a file of the same name and content, so that nothing but the place
 * itself tells them apart.  Rounds: CONFINE_RACES, 2,000 unless said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mend/step.h"
#include "reach/offline.h"
#include "temp_tree.h"

#define WORM "X:\\in\\system32\\worm.dll"
#define CONTENT "MZ, and no more"

static struct temp_tree tree;
static struct stage stage;
static struct step_row row;
static char drive[64 + 8];

static void
make_journal(void)
{
	static char word[] = "confine";
	static char *const words[] = { word, NULL };
	struct plan *plan = plan_new();
	struct run run = {
		.version = "0", .command = "clean", .argv = words, .argc = 1
	};

	assert_non_null(plan);
	assert_int_equal(journal_make(temp_path(&tree, "journals"), &run, plan,
	                              ground_root(stage.ground), &stage.journal),
	                 OK);
	plan_free(plan);
}

static int
make_tree(void **state)
{
	(void)state;
	temp_make(&tree);
	temp_file(&tree, "drive/in/system32/worm.dll", CONTENT, strlen(CONTENT));
	temp_file(&tree, "victim/worm.dll", CONTENT, strlen(CONTENT));
	(void)snprintf(drive, sizeof drive, "%s/drive", tree.root);
	stage = (struct stage){ .ground = NULL };
	assert_int_equal(offline_open(drive, &stage.machine, stage.why), OK);
	assert_int_equal(ground_open(stage.machine, &stage.ground, stage.why), OK);
	make_journal();
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	step_row_free(&row);
	journal_free(stage.journal);
	ground_free(stage.ground);
	machine_free(stage.machine);
	temp_remove(&tree);
	return 0;
}

/* ---- the racer */

struct swap {
	const char *thing;
	const char *aside;
	const char *to; /* what the link leads to */
};

static _Noreturn void
race(const struct swap *s)
{
	if (chdir(tree.root) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		_exit(1);
	for (;;) {
		(void)renameat2(AT_FDCWD, s->thing, AT_FDCWD, s->aside,
		                RENAME_NOREPLACE);
		(void)!symlink(s->to, s->thing);
		(void)sched_yield();
		struct stat is;
		if (lstat(s->thing, &is) == 0 && S_ISLNK(is.st_mode))
			(void)unlink(s->thing);
		(void)renameat2(AT_FDCWD, s->aside, AT_FDCWD, s->thing,
		                RENAME_NOREPLACE);
		/* A step is to get through now and then. */
		(void)usleep((unsigned)rand() % 1500);
	}
}

static pid_t
start(const struct swap *s)
{
	pid_t racer = fork();

	assert_true(racer >= 0);
	if (racer == 0)
		race(s);
	return racer;
}

/* And everything is where it belongs again. */
static void
stop(pid_t racer, const struct swap *s)
{
	struct stat is;

	assert_int_equal(kill(racer, SIGKILL), 0);
	assert_int_equal(waitpid(racer, NULL, 0), racer);
	assert_int_equal(chdir(tree.root), 0);
	if (lstat(s->thing, &is) == 0 && S_ISLNK(is.st_mode))
		assert_int_equal(unlink(s->thing), 0);
	(void)renameat2(AT_FDCWD, s->aside, AT_FDCWD, s->thing, RENAME_NOREPLACE);
	(void)unlink(s->aside);
	assert_int_equal(chdir("/"), 0);
}

/* ---- the rounds */

static unsigned
rounds(void)
{
	const char *said = getenv("CONFINE_RACES");

	return said ? (unsigned)strtoul(said, NULL, 10) : 2000;
}

struct victim {
	struct stat folder;
	struct stat file;
};

static struct victim
look_at_victim(void)
{
	struct victim v;

	assert_int_equal(stat(temp_path(&tree, "victim"), &v.folder), 0);
	assert_int_equal(stat(temp_path(&tree, "victim/worm.dll"), &v.file), 0);
	return v;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void
is_unharmed(const struct stat *before, const struct stat *now)
{
	assert_int_equal(now->st_ino, before->st_ino);
	assert_int_equal(now->st_size, before->st_size);
	assert_true(same_time(now->st_mtim, before->st_mtim));
	assert_true(same_time(now->st_ctim, before->st_ctim));
}

/* Done and undone, again and again, through whatever stands there just then. */
static void
race_for(const struct swap *s)
{
	const struct step_ops *ops = step_ops(STEP_REMOVE_FILE);
	struct victim before = look_at_victim();
	unsigned done[2] = { 0, 0 };

	assert_int_equal(step_keep_remove_file(&stage, WORM, "", &row), OK);
	assert_int_equal(journal_commit(stage.journal), OK);
	pid_t racer = start(s);
	for (unsigned i = 0; i < rounds() / 2; i++) {
		enum err err = i % 2 == 0 ? ops->apply(&stage, &row)
		                          : ops->undo(&stage, &row);

		assert_true(err == OK || err == ERR_REFUSED);
		done[i % 2] += err == OK;
	}
	stop(racer, s);
	struct victim now = look_at_victim();
	is_unharmed(&before.folder, &now.folder);
	is_unharmed(&before.file, &now.file);
	/* The race was one: some rounds went through, and some were refused. */
	assert_true(done[0] > 0 && done[1] > 0);
	print_message("%u of %u rounds went through\n", done[0] + done[1],
	              rounds() / 2);
	assert_int_equal(ops->undo(&stage, &row), OK);
	assert_int_equal(ops->look(&stage, &row), STANDS_BEFORE);
}

static void
a_folder_swapped_for_a_link_is_never_written_through(void **state)
{
	static const struct swap s = { "drive/in/system32", "drive/in/aside",
		                       "../../victim" };

	(void)state;
	race_for(&s);
}

static void
a_file_swapped_for_a_link_is_never_written_through(void **state)
{
	static const struct swap s = { "drive/in/system32/worm.dll", "drive/in/aside",
		                       "../../../victim/worm.dll" };

	(void)state;
	race_for(&s);
}

/* ---- the lock */

static void
nothing_is_written_before_the_journal_is_safe(void **state)
{
	const struct step_ops *ops = step_ops(STEP_REMOVE_FILE);
	int status = 0;

	(void)state;
	assert_int_equal(step_keep_remove_file(&stage, WORM, "", &row), OK);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit none = { 0, 0 };

		(void)setrlimit(RLIMIT_CORE, &none);
		(void)!freopen("/dev/null", "w", stderr);
		_exit(ops->apply(&stage, &row));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_int_equal(access(temp_path(&tree, "drive/in/system32/worm.dll"), F_OK),
	                 0);
	assert_int_equal(journal_commit(stage.journal), OK);
	assert_int_equal(ops->apply(&stage, &row), OK);
}

static void
a_kind_of_a_later_version_has_no_step(void **state)
{
	(void)state;
	assert_null(step_ops(0));
	assert_null(step_ops(1000));
	assert_string_equal(step_ops(STEP_REMOVE_FILE)->name, "file");
	assert_string_equal(step_ops(STEP_SECURITY)->name, "descriptor");
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(a_folder_swapped_for_a_link_is_never_written_through),
		WITH_TREE(a_file_swapped_for_a_link_is_never_written_through),
		WITH_TREE(nothing_is_written_before_the_journal_is_safe),
		cmocka_unit_test(a_kind_of_a_later_version_has_no_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

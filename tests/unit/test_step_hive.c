/*
 * Hives of a machine in a folder, changed and put back, with a real journal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "format/hive_log.h"
#include "hive_data.h"
#include "journal_sample.h"
#include "mend/step.h"
#include "offline_tree.h"
#include "reach/cage_nursery.h"
#include "reg_edits.h"

#define CONFIG "WINDOWS/system32/config"
#define SAM "C:\\WINDOWS\\system32\\config\\SAM"

static const struct reg_edit edits[] = {
	SET("SAM\\Domains", "Name", 1, "A\0\0\0"),
	MAKE_KEY("New\\One"),
};
#define EDITS 2

static struct stage stage;

static void
put_data(const char *name, const char *data)
{
	struct span s = hive_data(data);

	temp_file(&tree, name, s.at, s.left);
	hive_data_free(s);
}

static struct buf
content(const char *name)
{
	int fd = open(temp_path(&tree, name), O_RDONLY | O_CLOEXEC);
	struct buf b;
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	buf_init(&b, (size_t)st.st_size);
	buf_zero(&b, (size_t)st.st_size);
	assert_int_equal(pread(fd, b.at, b.len, 0), b.len);
	close(fd);
	return b;
}

static void
has_content(const char *name, const struct buf *is)
{
	struct buf b = content(name);

	assert_int_equal(b.len, is->len);
	assert_memory_equal(b.at, is->at, is->len);
	buf_free(&b);
}

static struct stat
stat_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(temp_path(&tree, name), &st), 0);
	return st;
}

static void
same_times(const char *name, const struct stat *was)
{
	struct stat is = stat_of(name);

	assert_int_equal(is.st_mtim.tv_sec, was->st_mtim.tv_sec);
	assert_int_equal(is.st_mtim.tv_nsec, was->st_mtim.tv_nsec);
	assert_int_equal(is.st_ino, was->st_ino);
}

static bool
is_there(const char *name)
{
	return access(temp_path(&tree, name), F_OK) == 0;
}

/* ---- a machine */

static void
begin(const char *data)
{
	char why[WHY_ROOM] = "";

	temp_make(&tree);
	put_windows("WINDOWS", "C:\\WINDOWS");
	put_data(CONFIG "/SAM", data);
	open_machine(".");
	stage = (struct stage){ .machine = machine };
	assert_int_equal(ground_open(machine, &stage.ground, why), OK);
	stage.journal = journal_of_sample();
}

static void
end(void)
{
	journal_free(stage.journal);
	ground_free(stage.ground);
	machine_free(machine);
	machine = NULL;
	temp_remove(&tree);
	cage_nursery_end();
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static struct step_row
keep(void)
{
	struct step_row row;
	enum err err = step_keep_hive(&stage, SAM, edits, EDITS, &row);

	if (err != OK)
		fail_msg("%s", stage.why);
	assert_int_equal(journal_commit(stage.journal), OK);
	return row;
}

static const struct step_ops *
ops(void)
{
	return step_ops(STEP_HIVE);
}

static void
apply(struct step_row *row)
{
	if (ops()->apply(&stage, row) != OK)
		fail_msg("%s", stage.why);
}

static void
undo(struct step_row *row)
{
	if (ops()->undo(&stage, row) != OK)
		fail_msg("%s", stage.why);
}

/* The value that the edits set, as another reader finds it. */
static void
is_edited(const char *name, bool edited)
{
	int fd = open(temp_path(&tree, name), O_RDONLY | O_CLOEXEC);
	struct hive_files files = { fd, { -1, -1, -1 }, "H" };
	struct hive_state state;
	struct hive *h = NULL;
	struct reg_key k;
	char why[WHY_ROOM];

	assert_int_equal(hive_open(&files, &h, &state, why), HEARD);
	assert_false(state.dirty);
	assert_int_equal(hive_key(h, "New\\One", &k, why),
	                 edited ? HEARD : HEARD_NOTHING);
	reg_key_free(&k);
	hive_free(h);
	close(fd);
}

/* ---- tests */

static void
a_hive_is_changed_in_place_and_put_back(void **state)
{
	(void)state;
	begin("SAM-win7");
	struct buf was = content(CONFIG "/SAM");
	struct stat then = stat_of(CONFIG "/SAM");
	struct stat folder = stat_of(CONFIG);
	struct step_row row = keep();

	has_content(CONFIG "/SAM", &was);
	assert_int_equal(ops()->look(&stage, &row), STANDS_BEFORE);
	apply(&row);
	assert_int_equal(ops()->look(&stage, &row), STANDS_AFTER);
	assert_int_equal(stat_of(CONFIG "/SAM").st_ino, then.st_ino);
	is_edited(CONFIG "/SAM", true);
	assert_false(is_there(CONFIG "/SAM.LOG"));
	apply(&row);
	assert_int_equal(ops()->look(&stage, &row), STANDS_AFTER);
	undo(&row);
	assert_int_equal(ops()->look(&stage, &row), STANDS_BEFORE);
	has_content(CONFIG "/SAM", &was);
	same_times(CONFIG "/SAM", &then);
	same_times(CONFIG, &folder);
	assert_false(is_there(CONFIG "/SAM.LOG"));
	undo(&row);
	has_content(CONFIG "/SAM", &was);
	same_times(CONFIG "/SAM", &then);
	step_row_free(&row);
	buf_free(&was);
	end();
}

static void
its_log_stays_what_it_was(void **state)
{
	(void)state;
	begin("SAM-win7");
	put_data(CONFIG "/SAM.LOG", "UnicodeHive"); /* of another time, at least */
	put_data(CONFIG "/sam.log1", "OldDirtyHive.LOG1");
	struct buf was = content(CONFIG "/sam.log1");
	struct stat then = stat_of(CONFIG "/sam.log1");
	struct stat other = stat_of(CONFIG "/SAM.LOG");
	struct step_row row = keep();

	apply(&row);
	assert_int_equal(ops()->look(&stage, &row), STANDS_AFTER);
	has_content(CONFIG "/sam.log1", &was);
	same_times(CONFIG "/sam.log1", &then);
	same_times(CONFIG "/SAM.LOG", &other);
	undo(&row);
	has_content(CONFIG "/sam.log1", &was);
	same_times(CONFIG "/sam.log1", &then);
	step_row_free(&row);
	buf_free(&was);
	end();
}

static void
a_dirty_hive_is_made_clean_and_dirty_again(void **state)
{
	(void)state;
	begin("OldDirtyHive");
	put_data(CONFIG "/SAM.LOG1", "OldDirtyHive.LOG1");
	struct buf was = content(CONFIG "/SAM");
	struct buf log = content(CONFIG "/SAM.LOG1");
	struct step_row row = keep();

	apply(&row);
	is_edited(CONFIG "/SAM", true);
	has_content(CONFIG "/SAM.LOG1", &log);
	assert_int_equal(ops()->look(&stage, &row), STANDS_AFTER);
	undo(&row);
	has_content(CONFIG "/SAM", &was);
	has_content(CONFIG "/SAM.LOG1", &log);
	assert_int_equal(ops()->look(&stage, &row), STANDS_BEFORE);
	step_row_free(&row);
	buf_free(&was);
	buf_free(&log);
	end();
}

static void
a_dirty_hive_without_its_log_is_refused(void **state)
{
	struct step_row row;

	(void)state;
	begin("OldDirtyHive");
	struct buf was = content(CONFIG "/SAM");
	assert_int_equal(step_keep_hive(&stage, SAM, edits, EDITS, &row), ERR_REFUSED);
	assert_string_equal(
	    stage.why,
	    SAM ": writes to it were under way, and no sound log is beside it: the "
		"last changes may be missing, so it is not changed; start this Windows "
		"and shut it down properly, then try again");
	has_content(CONFIG "/SAM", &was);
	buf_free(&was);
	end();
}

static void
flip(const char *name, off_t at)
{
	int fd = open(temp_path(&tree, name), O_RDWR | O_CLOEXEC);
	uint8_t byte = 0;

	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* Of the hive: its name, an untouched page, and a page that was written. */
static void
one_other_byte_is_somebody_elses(void **state)
{
	static const struct {
		off_t at;
		const char *why;
	} places[] = {
		{ 48, "it has been written to since" },
		{ 600, "something else in it has changed since" },
		{ 100000, "something else in it has changed since" },
		{ HIVE_HEAD + 40, "what was changed has been changed again since" },
	};

	(void)state;
	begin("SAM-win7");
	struct step_row row = keep();
	apply(&row);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		char words[WHY_ROOM];

		flip(CONFIG "/SAM", places[i].at);
		struct buf is = content(CONFIG "/SAM");
		assert_int_equal(ops()->look(&stage, &row), STANDS_OTHER);
		(void)snprintf(words, sizeof words,
		               SAM ": %s; it stays as it is: look who has written to "
		                   "it (Windows itself does when it starts)",
		               places[i].why);
		assert_string_equal(stage.why, words);
		assert_int_equal(ops()->undo(&stage, &row), ERR_REFUSED);
		assert_int_equal(ops()->apply(&stage, &row), ERR_REFUSED);
		has_content(CONFIG "/SAM", &is);
		flip(CONFIG "/SAM", places[i].at);
		assert_int_equal(ops()->look(&stage, &row), STANDS_AFTER);
		buf_free(&is);
	}
	step_row_free(&row);
	end();
}

static void
a_hive_that_is_gone_cannot_be_read(void **state)
{
	(void)state;
	begin("SAM-win7");
	struct step_row row = keep();

	assert_int_equal(unlink(temp_path(&tree, CONFIG "/SAM")), 0);
	assert_int_equal(ops()->look(&stage, &row), STANDS_UNREAD);
	assert_string_equal(stage.why, SAM " is not there, or is no file; put the hive "
	                                   "back where it was");
	assert_int_equal(ops()->apply(&stage, &row), ERR_REFUSED);
	step_row_free(&row);
	end();
}

static enum err
take_row(void *with, struct step_row *row)
{
	struct step_row *out = with;

	*out = *row;
	buf_init(&out->facts, row->facts.len);
	buf_put(&out->facts, row->facts.at, row->facts.len);
	return OK;
}

static void
another_run_can_put_it_back(void **state)
{
	struct step_row again = { .id = 0 };
	char path[PATH_ROOM];

	(void)state;
	begin("SAM-win7");
	struct buf was = content(CONFIG "/SAM");
	struct step_row row = keep();
	apply(&row);
	(void)snprintf(path, sizeof path, "%s", journal_about(stage.journal)->path);
	journal_free(stage.journal);
	assert_int_equal(journal_open(path, true, &stage.journal), OK);
	assert_int_equal(journal_steps(stage.journal, true, take_row, &again), OK);
	assert_int_equal(again.kind, STEP_HIVE);
	assert_string_equal(again.path, SAM);
	assert_int_equal(ops()->look(&stage, &again), STANDS_AFTER);
	undo(&again);
	has_content(CONFIG "/SAM", &was);
	step_row_free(&row);
	step_row_free(&again);
	buf_free(&was);
	end();
}

static void
how_it_was_is_told_without_touching_it(void **state)
{
	int before = -1;
	int again = -1;

	(void)state;
	begin("SAM-win7");
	struct buf was = content(CONFIG "/SAM");
	struct step_row row = keep();
	apply(&row);
	struct buf after = content(CONFIG "/SAM");
	assert_int_equal(step_hive_before(&stage, &row, -1, &before), OK);
	has_content(CONFIG "/SAM", &after);
	uint8_t *bytes = malloc(was.len + 1);
	assert_int_equal(pread(before, bytes, was.len + 1, 0), was.len);
	assert_memory_equal(bytes, was.at, was.len);
	/* And from bytes that lie nowhere. */
	int memfd = hive_data_put(buf_span(&after));
	assert_int_equal(step_hive_before(&stage, &row, memfd, &again), OK);
	assert_int_equal(pread(again, bytes, was.len + 1, 0), was.len);
	assert_memory_equal(bytes, was.at, was.len);
	free(bytes);
	close(memfd);
	close(before);
	close(again);
	step_row_free(&row);
	buf_free(&was);
	buf_free(&after);
	end();
}

static void
a_state_that_is_there_becomes_the_hives(void **state)
{
	struct step_row second;
	int before = -1;

	(void)state;
	begin("minimal"); /* it has to grow, and does not shrink again */
	struct step_row row = keep();
	apply(&row);
	struct buf after = content(CONFIG "/SAM");
	assert_int_equal(step_hive_before(&stage, &row, -1, &before), OK);
	assert_int_equal(step_keep_hive_as(&stage, SAM, before, &second), OK);
	assert_int_equal(journal_commit(stage.journal), OK);
	apply(&second);
	is_edited(CONFIG "/SAM", false);
	assert_int_equal(ops()->look(&stage, &second), STANDS_AFTER);
	undo(&second);
	has_content(CONFIG "/SAM", &after);
	undo(&row);
	close(before);
	step_row_free(&second);
	step_row_free(&row);
	buf_free(&after);
	end();
}

static void
a_full_disk_is_one_clear_line(void **state)
{
	struct rlimit was_most, most;

	(void)state;
	begin("minimal");
	struct buf was = content(CONFIG "/SAM");
	struct step_row row = keep();
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was_most), 0);
	most = (struct rlimit){ was.len, was_most.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &most), 0);
	enum err err = ops()->apply(&stage, &row);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was_most), 0);
	assert_int_equal(err, ERR_REFUSED);
	assert_string_equal(stage.why, "cannot write to " SAM
	                               ".LOG: File too large; raise the limit on the "
	                               "size of files (ulimit -f)");
	has_content(CONFIG "/SAM", &was);
	assert_int_equal(ops()->look(&stage, &row), STANDS_BETWEEN);
	undo(&row);
	assert_int_equal(ops()->look(&stage, &row), STANDS_BEFORE);
	assert_false(is_there(CONFIG "/SAM.LOG"));
	step_row_free(&row);
	buf_free(&was);
	end();
}

static void
nothing_is_written_before_undoing_is_safe(void **state)
{
	struct step_row row;
	int status = 0;

	(void)state;
	begin("SAM-win7");
	struct buf was = content(CONFIG "/SAM");
	assert_int_equal(step_keep_hive(&stage, SAM, edits, EDITS, &row), OK);
	pid_t child = fork();
	if (child == 0) {
		(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		(void)signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO); /* the line on it is no news here */
		_exit(ops()->apply(&stage, &row) == OK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	has_content(CONFIG "/SAM", &was);
	assert_false(is_there(CONFIG "/SAM.LOG"));
	step_row_free(&row);
	buf_free(&was);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hive_is_changed_in_place_and_put_back),
		cmocka_unit_test(its_log_stays_what_it_was),
		cmocka_unit_test(a_dirty_hive_is_made_clean_and_dirty_again),
		cmocka_unit_test(a_dirty_hive_without_its_log_is_refused),
		cmocka_unit_test(one_other_byte_is_somebody_elses),
		cmocka_unit_test(a_hive_that_is_gone_cannot_be_read),
		cmocka_unit_test(another_run_can_put_it_back),
		cmocka_unit_test(how_it_was_is_told_without_touching_it),
		cmocka_unit_test(a_state_that_is_there_becomes_the_hives),
		cmocka_unit_test(a_full_disk_is_one_clear_line),
		cmocka_unit_test(nothing_is_written_before_undoing_is_safe),
	};

	return cmocka_run_group_tests(tests, journal_folder_made, journal_folder_gone);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/own.h"
#include "hush.h"
#include "journal_sample.h"
#include "plan_sample.h"

static void
a_journal_says_what_it_is_of(void **state)
{
	struct stat about;

	(void)state;
	journal_free(journal_of_sample());
	struct journal *j = journal_reopened(false);
	const struct journal_about *a = journal_about(j);
	assert_string_equal(a->path, JOURNAL_PATH);
	assert_int_equal(a->state, JOURNAL_KEEPING);
	assert_string_equal(a->command, "clean");
	assert_string_equal(a->called, "/mnt/c");
	assert_string_equal(a->host, "10.0.3.7");
	assert_int_equal(a->started_ms, JOURNAL_STARTED);
	assert_int_equal(a->changes, 14);
	journal_free(j);
	assert_int_equal(stat("j", &about), 0);
	assert_int_equal(about.st_mode & 07777, 0700);
	assert_int_equal(stat(JOURNAL_PATH, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
}

static void
the_plan_comes_back_with_the_states_of_its_changes(void **state)
{
	struct plan *p = plan_sample();
	struct plan *back = NULL;
	struct journal *j = journal_of_sample();
	struct change *c = &p->at[8];

	(void)state;
	p->at[0].state = CHANGE_VERIFIED;
	c->state = CHANGE_FAILED;
	(void)text_copy(c->error, sizeof c->error, "No room.");
	assert_int_equal(journal_set_change(j, &p->at[0]), OK);
	assert_int_equal(journal_set_change(j, c), OK);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	j = journal_reopened(false);
	assert_int_equal(journal_plan(j, &back), OK);
	OWN(own_mem) char *want = plan_text(p);
	OWN(own_mem) char *got = plan_text(back);
	assert_string_equal(got, want);
	plan_free(back);
	plan_free(p);
	journal_free(j);
}

static void
the_state_of_the_run_goes_on(void **state)
{
	struct journal *j = journal_of_sample();

	(void)state;
	assert_int_equal(journal_set_state(j, JOURNAL_CHANGING), OK);
	assert_int_equal(journal_commit(j), OK);
	assert_int_equal(journal_set_state(j, JOURNAL_DONE), OK);
	assert_int_equal(journal_about(j)->state, JOURNAL_DONE);
	journal_free(j);
	/* What was not committed has never been. */
	j = journal_reopened(true);
	assert_int_equal(journal_about(j)->state, JOURNAL_CHANGING);
	journal_free(j);
}

struct seen {
	struct journal *j;
	char list[256];
};

static enum err
see(void *with, struct step_row *row)
{
	struct seen *s = with;
	size_t len = strlen(s->list);

	snprintf(s->list + len, sizeof s->list - len, "%d:%s=%d ", (int)row->id,
	         row->path, row->state);
	assert_int_equal(row->kind, 2);
	assert_true(row->facts.len == 9 + strlen(row->path));
	if (!s->j)
		return OK;
	TRY(journal_set_step(s->j, row->id, 3));
	return journal_commit(s->j);
}

static void
steps_come_in_order_and_may_be_written_while_they_are_read(void **state)
{
	struct journal *j = journal_of_sample();
	struct seen s = { .j = NULL };

	(void)state;
	assert_int_equal(journal_put_step(j, "C:\\a"), 1);
	assert_int_equal(journal_put_step(j, "C:\\b"), 2);
	assert_int_equal(journal_put_step(j, "C:\\c"), 3);
	assert_int_equal(journal_set_step(j, 2, 7), OK);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	j = journal_reopened(true);
	assert_int_equal(journal_steps(j, false, see, &s), OK);
	assert_string_equal(s.list, "1:C:\\a=1 2:C:\\b=7 3:C:\\c=1 ");
	s = (struct seen){ .j = j };
	assert_int_equal(journal_steps(j, true, see, &s), OK);
	assert_string_equal(s.list, "3:C:\\c=1 2:C:\\b=7 1:C:\\a=1 ");
	s = (struct seen){ .j = NULL };
	assert_int_equal(journal_steps(j, true, see, &s), OK);
	assert_string_equal(s.list, "3:C:\\c=3 2:C:\\b=3 1:C:\\a=3 ");
	journal_free(j);
}

static enum err
stop(void *with, struct step_row *row)
{
	int *calls = with;

	(void)row;
	++*calls;
	return ERR_LIMIT;
}

static void
whoever_takes_steps_may_stop(void **state)
{
	struct journal *j = journal_of_sample();
	int calls = 0;

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	(void)journal_put_step(j, "C:\\b");
	assert_int_equal(journal_steps(j, false, stop, &calls), ERR_LIMIT);
	assert_int_equal(calls, 1);
	journal_free(j);
}

static void
a_change_leads_to_its_step_and_several_to_one(void **state)
{
	struct journal *j = journal_of_sample();
	struct step_row row;
	bool found = false;

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	(void)journal_put_step(j, "C:\\b");
	assert_int_equal(journal_bind(j, 1, 2), OK);
	assert_int_equal(journal_bind(j, 2, 2), OK);
	assert_int_equal(journal_bind(j, 3, 1), OK);
	assert_int_equal(journal_step_of(j, 2, &row, &found), OK);
	assert_true(found);
	assert_int_equal(row.id, 2);
	assert_string_equal(row.path, "C:\\b");
	assert_true(span_is(buf_span(&row.facts), "facts of C:\\b", 13));
	step_row_free(&row);
	assert_int_equal(journal_step_of(j, 4, &row, &found), OK);
	assert_false(found);
	journal_free(j);
}

static void
a_step_may_have_a_megabyte_of_facts_or_none(void **state)
{
	struct journal *j = journal_of_sample();
	struct step_row row = { .kind = 1, .state = 1, .path = "C:\\a" };
	struct step_row back;
	bool found = false;

	(void)state;
	buf_init(&row.facts, 1u << 20);
	assert_int_equal(journal_add_step(j, &row), OK);
	buf_zero(&row.facts, 1u << 20);
	assert_int_equal(journal_add_step(j, &row), OK);
	step_row_free(&row);
	assert_int_equal(journal_bind(j, 1, 1), OK);
	assert_int_equal(journal_bind(j, 2, 2), OK);
	assert_int_equal(journal_step_of(j, 1, &back, &found), OK);
	assert_int_equal(back.facts.len, 0);
	assert_int_equal(journal_step_of(j, 2, &back, &found), OK);
	assert_int_equal(back.facts.len, 1048576);
	step_row_free(&back);
	journal_free(j);
}

/* An independent reader: the command line program of SQLite. */
static char *
sqlite3_says(const char *sql)
{
	FILE *said = tmpfile();
	char *text = NULL;
	size_t len = 0;
	int status = 0;

	assert_non_null(said);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)dup2(fileno(said), STDOUT_FILENO);
		(void)execlp("sqlite3", "sqlite3", "-readonly", JOURNAL_PATH, sql,
		             NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	rewind(said);
	assert_true(getdelim(&text, &len, 0, said) > 0);
	(void)fclose(said);
	return text;
}

static void
the_file_is_sound_to_another_reader(void **state)
{
	struct journal *j = journal_of_sample();

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	assert_int_equal(journal_put_part(j, 1, 0, 600000), OK);
	assert_int_equal(journal_bind(j, 9, 1), OK);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	OWN(own_mem) char *sound = sqlite3_says("PRAGMA integrity_check");
	assert_string_equal(sound, "ok\n");
	OWN(own_mem)
	char *kind = sqlite3_says("PRAGMA journal_mode; PRAGMA user_version");
	assert_string_equal(kind, "delete\n1\n");
	OWN(own_mem)
	char *what = sqlite3_says("SELECT command, words, called, host FROM about");
	assert_string_equal(
	    what, "clean|[\"confine\",\"clean\",\"/mnt/c\"]|/mnt/c|10.0.3.7\n");
	OWN(own_mem)
	char *chunks = sqlite3_says(
	    "SELECT part.len, count(*), sum(length(bytes)), change.id FROM chunk "
	    "JOIN part ON part.id = chunk.part JOIN change USING (step)");
	assert_string_equal(chunks, "600000|3|600000|9\n");
	assert_int_equal(access(JOURNAL_PATH "-journal", F_OK), -1);
}

static void
a_second_writer_is_refused_and_a_reader_is_not(void **state)
{
	struct journal *j = journal_of_sample();
	struct journal *second = NULL;

	(void)state;
	hush();
	enum err err = journal_open(JOURNAL_PATH, true, &second);
	assert_string_equal(heard(),
	                    "confine: " JOURNAL_PATH " is in use by another confine; "
	                    "wait until it ends\n");
	assert_int_equal(err, ERR_REFUSED);
	assert_null(second);
	second = journal_reopened(false);
	journal_free(second);
	journal_free(j);
	journal_free(journal_reopened(true));
}

static void
two_runs_of_one_second_have_two_journals(void **state)
{
	struct journal *first = journal_of_sample();
	struct journal *second = journal_of_sample();

	(void)state;
	assert_string_equal(journal_about(first)->path, JOURNAL_PATH);
	assert_string_equal(journal_about(second)->path,
	                    "j/20261129T003945Z-clean-WARD-35-2.journal");
	journal_free(first);
	journal_free(second);
}

static void
a_name_is_made_of_harmless_letters(void **state)
{
	struct plan *p = plan_new();
	struct run run = journal_run();
	struct journal *j = NULL;

	(void)state;
	(void)text_copy(p->computer, sizeof p->computer, "../WARD \xC3\xA9;rm");
	assert_int_equal(journal_make("j", &run, p, -1, &j), OK);
	assert_string_equal(journal_about(j)->path,
	                    "j/20261129T003945Z-clean-___WARD____rm.journal");
	journal_free(j);
	p->computer[0] = 0;
	assert_int_equal(journal_make("j/", &run, p, -1, &j), OK);
	assert_string_equal(journal_about(j)->path,
	                    "j//20261129T003945Z-clean-machine.journal");
	journal_free(j);
	plan_free(p);
}

static enum err
list_one(void *with, const struct journal_about *about)
{
	char *list = with;
	size_t len = strlen(list);

	snprintf(list + len, 512 - len, "%s %d\n", about->path, about->state);
	return OK;
}

static void
journals_are_listed_newest_last(void **state)
{
	struct plan *p = plan_sample();
	struct run run = journal_run();
	struct journal *j = NULL;
	char list[512] = "";

	(void)state;
	assert_int_equal(journal_each("j", list_one, list), OK);
	assert_string_equal(list, "");
	run.started_ms += 5000;
	assert_int_equal(journal_make("j", &run, p, -1, &j), OK);
	assert_int_equal(journal_set_state(j, JOURNAL_DONE), OK);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	run.started_ms -= 86400000;
	assert_int_equal(journal_make("j", &run, p, -1, &j), OK);
	journal_free(j);
	j = journal_of_sample();
	/* What is no journal, or not one yet. */
	FILE *f = fopen("j/x.journal", "w");
	assert_non_null(f);
	(void)fclose(f);
	f = fopen("j/20261129T003945Z-clean-WARD-36.journal.part", "w");
	assert_non_null(f);
	(void)fclose(f);
	hush();
	enum err err = journal_each("j", list_one, list);
	assert_string_equal(heard(),
	                    "confine: j/x.journal is no journal of confine: it is a "
	                    "database of another program; `confine undo --list` shows "
	                    "those that there are\n");
	assert_int_equal(err, OK);
	assert_string_equal(list, "j/20261128T003950Z-clean-WARD-35.journal 1\n"
	                          "j/20261129T003945Z-clean-WARD-35.journal 1\n"
	                          "j/20261129T003950Z-clean-WARD-35.journal 3\n");
	journal_free(j);
	plan_free(p);
}

/* A folder that was listed while its journal is written: the writer goes on. */
static void
listing_does_not_disturb_a_writer_of_this_process(void **state)
{
	struct journal *j = journal_of_sample();
	char list[512] = "";

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	assert_int_equal(journal_each("j", list_one, list), OK);
	assert_string_equal(list, JOURNAL_PATH " 1\n");
	/* Another process still sees who is at work, and rolls nothing back. */
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct journal *other = NULL;
		enum err err = journal_open(JOURNAL_PATH, false, &other);

		journal_free(other);
		_exit(err == OK ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	j = journal_reopened(true);
	struct seen s = { .j = NULL };
	assert_int_equal(journal_steps(j, false, see, &s), OK);
	assert_string_equal(s.list, "1:C:\\a=1 ");
	journal_free(j);
}

static void
a_plan_that_would_not_come_back_makes_no_journal(void **state)
{
	struct plan *p = plan_sample();
	struct run run = journal_run();
	struct journal *j = NULL;

	(void)state;
	(void)text_copy(p->at[8].target, PATH_ROOM, "C:\\..\\x");
	hush();
	enum err err = journal_make("j", &run, p, -1, &j);
	assert_string_equal(heard(), "confine: cannot write " JOURNAL_PATH
	                             ": the plan has a change that cannot be kept in a "
	                             "journal; nothing was changed\n");
	assert_int_equal(err, ERR_REFUSED);
	assert_null(j);
	assert_int_equal(access("j", F_OK), -1);
	plan_free(p);
}

static void
a_failed_write_takes_all_with_it_that_was_not_committed(void **state)
{
	struct journal *j = journal_of_sample();
	struct plan *p = plan_sample();

	(void)state;
	(void)journal_put_step(j, "C:\\a");
	hush();
	enum err err = journal_bind(j, 1, 77); /* no such step */
	assert_string_equal(heard(), "confine: cannot use " JOURNAL_PATH
	                             ": it is damaged: it lacks what is to be noted; "
	                             "take a copy from before\n");
	assert_int_equal(err, ERR_REFUSED);
	assert_int_equal(journal_set_change(j, &p->at[0]), ERR_REFUSED);
	assert_int_equal(journal_commit(j), ERR_REFUSED);
	/* From here on it can be written again. */
	assert_int_equal(journal_put_step(j, "C:\\b"), 1);
	assert_int_equal(journal_commit(j), OK);
	plan_free(p);
	journal_free(j);
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, journal_folder_made, journal_folder_gone)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_journal_says_what_it_is_of),
		IN_FOLDER(the_plan_comes_back_with_the_states_of_its_changes),
		IN_FOLDER(the_state_of_the_run_goes_on),
		IN_FOLDER(steps_come_in_order_and_may_be_written_while_they_are_read),
		IN_FOLDER(whoever_takes_steps_may_stop),
		IN_FOLDER(a_change_leads_to_its_step_and_several_to_one),
		IN_FOLDER(a_step_may_have_a_megabyte_of_facts_or_none),
		IN_FOLDER(the_file_is_sound_to_another_reader),
		IN_FOLDER(a_second_writer_is_refused_and_a_reader_is_not),
		IN_FOLDER(two_runs_of_one_second_have_two_journals),
		IN_FOLDER(a_name_is_made_of_harmless_letters),
		IN_FOLDER(journals_are_listed_newest_last),
		IN_FOLDER(listing_does_not_disturb_a_writer_of_this_process),
		IN_FOLDER(a_plan_that_would_not_come_back_makes_no_journal),
		IN_FOLDER(a_failed_write_takes_all_with_it_that_was_not_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

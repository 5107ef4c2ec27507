/* What a case remembers of changes, and cases that were made before it did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keep/mends.h"
#include "keep/past.h"
#include "keep_sample.h"

#define JOURNAL "/home/it/ward.case.d/1.journal"

static struct case_file *
open_case(enum case_mode mode)
{
	struct case_file *c = NULL;

	assert_int_equal(case_open("ward.db", mode, &c), OK);
	return c;
}

static struct plan *
a_plan(enum change_state state)
{
	struct plan *plan = plan_new();

	assert_non_null(plan);
	(void)text_copy(plan->host, sizeof plan->host, "10.0.0.1");
	struct change *c = plan_add(plan, CHANGE_QUARANTINE);
	assert_non_null(c);
	(void)text_copy(c->target, sizeof c->target,
	                "C:\\WINDOWS\\system32\\abcde.dll");
	(void)text_copy(c->why, sizeof c->why, "svc-worm");
	(void)text_copy(c->says, sizeof c->says, "Take the worm's file away.");
	memset(c->was, 'a', SHA256_TEXT - 1);
	change_sign(c, "svc-worm");
	change_sign(c, "file-worm");
	c->state = state;
	return plan;
}

static struct mended
a_mended(const struct plan *plan)
{
	struct mended m = { .time_ms = KEEP_STARTED,
		            .state = MENDED_BEGUN,
		            .plan = plan };

	(void)text_copy(m.command, sizeof m.command, "clean");
	(void)text_copy(m.journal, sizeof m.journal, JOURNAL);
	(void)text_copy(m.before, sizeof m.before, "infected");
	return m;
}

/* ward.db with the host 10.0.0.1, of an ordinary run. */
static struct row
make_case(void)
{
	struct case_file *c = open_case(CASE_WRITE);
	struct run run = keep_run("clean");
	struct row row = keep_row(0, 1, STATE_CLEAN);

	assert_int_equal(case_begin_run(c, &run, "[]"), OK);
	assert_int_equal(case_add(c, &row, "[]"), OK);
	assert_int_equal(case_close(c), OK);
	return row;
}

static int64_t
remember(const struct row *row, const struct mended *m)
{
	struct case_file *c = open_case(CASE_WRITE);
	int64_t id = 0;

	assert_int_equal(mends_add(c, row->verdict.key, m, &id), OK);
	assert_int_equal(case_close(c), OK);
	return id;
}

static void
what_was_begun_is_there_with_its_plan(void **state)
{
	struct row row = make_case();
	struct row now;
	struct plan *plan = a_plan(CHANGE_PLANNED);
	struct mended m = a_mended(plan);
	bool found = false;

	(void)state;
	assert_true(remember(&row, &m) > 0);
	plan_free(plan);
	struct case_file *c = open_case(CASE_READ);
	assert_int_equal(case_find(c, "10.0.0.1", &now, &found), OK);
	assert_true(found);
	assert_non_null(now.mended);
	assert_int_equal(now.mended->state, MENDED_BEGUN);
	assert_string_equal(now.mended->command, "clean");
	assert_string_equal(now.mended->journal, JOURNAL);
	assert_string_equal(now.mended->before, "infected");
	assert_string_equal(now.mended->after, "");
	assert_int_equal(now.mended->changes, 1);
	assert_int_equal(now.mended->done, 0);
	assert_non_null(now.mended->plan);
	assert_string_equal(now.mended->plan->at[0].target,
	                    "C:\\WINDOWS\\system32\\abcde.dll");
	assert_int_equal(case_close(c), OK);
}

static void
how_it_ended_takes_its_place(void **state)
{
	struct row row = make_case();
	struct row now;
	struct plan *plan = a_plan(CHANGE_PLANNED);
	struct mended m = a_mended(plan);
	char journal[PATH_ROOM];
	bool found = false;
	int64_t id = remember(&row, &m);

	(void)state;
	struct case_file *c = open_case(CASE_WRITE);
	assert_int_equal(mends_last_journal(c, journal), OK);
	assert_string_equal(journal, JOURNAL);
	plan->at[0].state = CHANGE_VERIFIED;
	m.state = MENDED_DONE;
	(void)text_copy(m.after, sizeof m.after, "clean");
	assert_int_equal(mends_set(c, id, &m), OK);
	assert_int_equal(case_find(c, "10.0.0.1", &now, &found), OK);
	assert_int_equal(now.mended->state, MENDED_DONE);
	assert_int_equal(now.mended->done, 1);
	assert_string_equal(now.mended->after, "clean");
	m.state = MENDED_UNDONE;
	assert_int_equal(mends_set(c, id, &m), OK);
	assert_int_equal(mends_last_journal(c, journal), OK);
	assert_string_equal(journal, "");
	assert_int_equal(case_close(c), OK);
	plan_free(plan);
}

static void
a_journal_is_found_by_its_path(void **state)
{
	struct row row = make_case();
	struct plan *plan = a_plan(CHANGE_VERIFIED);
	struct mended m = a_mended(plan);
	int64_t id = remember(&row, &m);
	int64_t found = -1;

	(void)state;
	struct case_file *c = open_case(CASE_READ);
	assert_int_equal(mends_of_journal(c, JOURNAL, &found), OK);
	assert_int_equal(found, id);
	assert_int_equal(mends_of_journal(c, "/other", &found), OK);
	assert_int_equal(found, 0);
	assert_int_equal(case_close(c), OK);
	plan_free(plan);
}

static enum err
count_one(void *with, const struct mended *m)
{
	size_t *count = with;

	*count += 1;
	assert_int_equal(m->plan ? 1 : 0, *count == 1 ? 0 : 1);
	return OK;
}

/* A row that somebody else wrote: nothing is claimed of it. */
static void
a_plan_that_cannot_be_read_is_none(void **state)
{
	struct row row = make_case();
	struct plan *plan = a_plan(CHANGE_VERIFIED);
	struct mended m = a_mended(plan);
	size_t count = 0;

	(void)state;
	(void)remember(&row, &m);
	(void)remember(&row, &m);
	plan_free(plan);
	keep_tamper("ward.db",
	            "UPDATE mend SET plan = replace(plan, 'abcde', 'kernel'),"
	            " state = 'perfect', after = 'cleaner' WHERE id = 2");
	struct case_file *c = open_case(CASE_READ);
	assert_int_equal(mends_of(c, row.verdict.key, count_one, &count), OK);
	assert_int_equal(count, 2);
	struct row now;
	bool found = false;
	assert_int_equal(case_find(c, "10.0.0.1", &now, &found), OK);
	assert_int_equal(now.mended->state, MENDED_BEGUN);
	assert_string_equal(now.mended->after, "");
	assert_int_equal(case_close(c), OK);
}

/* ---- cases of version 2, which knew nothing of this */

#define BACK_TO_2 "DROP INDEX mend_key; DROP TABLE mend; PRAGMA user_version = 2"

static void
a_case_of_version_2_is_read_as_it_is(void **state)
{
	(void)state;
	(void)make_case();
	keep_tamper("ward.db", BACK_TO_2);
	struct case_file *c = open_case(CASE_READ);
	struct row now;
	bool found = false;
	assert_int_equal(case_find(c, "10.0.0.1", &now, &found), OK);
	assert_true(found);
	assert_null(now.mended);
	assert_int_equal(case_close(c), OK);
	/* Read it was, and not written to. */
	c = open_case(CASE_READ);
	int64_t id = -1;
	assert_int_equal(mends_of_journal(c, JOURNAL, &id), OK);
	assert_int_equal(id, 0);
	assert_int_equal(case_close(c), OK);
}

static void
writing_brings_a_case_of_version_2_up_to_date(void **state)
{
	struct row row = make_case();
	struct plan *plan = a_plan(CHANGE_VERIFIED);
	struct mended m = a_mended(plan);
	struct row now;
	bool found = false;

	(void)state;
	keep_tamper("ward.db", BACK_TO_2);
	(void)remember(&row, &m);
	plan_free(plan);
	struct case_file *c = open_case(CASE_READ);
	assert_int_equal(case_find(c, "10.0.0.1", &now, &found), OK);
	assert_string_equal(now.verdict.host, "10.0.0.1");
	assert_non_null(now.mended);
	assert_int_equal(case_close(c), OK);
}

static void
a_case_of_version_2_with_a_table_of_version_3_is_none_of_ours(void **state)
{
	struct case_file *c = NULL;

	(void)state;
	(void)make_case();
	keep_tamper("ward.db", "PRAGMA user_version = 2");
	keep_hush();
	assert_int_equal(case_open("ward.db", CASE_READ, &c), ERR_REFUSED);
	assert_non_null(strstr(keep_heard(), "its tables are not as confine makes"));
}

#define IN_A_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, keep_folder, keep_no_folder)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_A_FOLDER(what_was_begun_is_there_with_its_plan),
		IN_A_FOLDER(how_it_ended_takes_its_place),
		IN_A_FOLDER(a_journal_is_found_by_its_path),
		IN_A_FOLDER(a_plan_that_cannot_be_read_is_none),
		IN_A_FOLDER(a_case_of_version_2_is_read_as_it_is),
		IN_A_FOLDER(writing_brings_a_case_of_version_2_up_to_date),
		IN_A_FOLDER(
		    a_case_of_version_2_with_a_table_of_version_3_is_none_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

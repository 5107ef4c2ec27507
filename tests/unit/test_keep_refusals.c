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

#include "keep/past.h"
#include "keep_sample.h"

#define NOBODY 65534

/* Opens what must be refused; gives the line that says why. */
static const char *
refusal(const char *path, enum case_mode mode)
{
	struct case_file *c = NULL;

	keep_hush();
	enum err err = case_open(path, mode, &c);
	const char *heard = keep_heard();
	assert_int_equal(err, ERR_REFUSED);
	assert_null(c);
	assert_ptr_equal(strchr(heard, '\n'), heard + strlen(heard) - 1);
	return heard;
}

/* ward.db with an infected, an unknown and an uninfected host. */
static void
make_case(void)
{
	struct case_file *c = NULL;
	struct run run = keep_run("scan");
	static const enum state states[] = { STATE_INFECTED, STATE_UNKNOWN,
		                             STATE_NO_SIGN };

	assert_int_equal(case_open("ward.db", CASE_WRITE, &c), OK);
	assert_int_equal(case_begin_run(c, &run, "[]"), OK);
	for (unsigned i = 0; i < 3; i++) {
		struct row row = keep_row(0, i + 1, states[i]);

		assert_int_equal(case_add(c, &row, "[]"), OK);
	}
	assert_int_equal(case_close(c), OK);
}

static const char *
list_of(const char *path)
{
	struct case_file *c = NULL;

	assert_int_equal(case_open(path, CASE_READ, &c), OK);
	const char *list = keep_list(c, VIEW_WORST_FIRST, true);
	assert_int_equal(case_close(c), OK);
	return list;
}

static uint32_t
sum_of(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint32_t sum = 1;

	assert_non_null(f);
	for (int c = fgetc(f); c != EOF; c = fgetc(f))
		sum = sum * 31 + (uint32_t)c;
	(void)fclose(f);
	return sum;
}

static void
put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
a_file_that_is_no_database_is_refused_and_not_touched(void **state)
{
	(void)state;
	put_file("plain.txt",
	         "A letter, long enough to be a header of a database, which "
	         "it is not; nobody should write into it.\n");
	uint32_t before = sum_of("plain.txt");
	assert_string_equal(refusal("plain.txt", CASE_WRITE),
	                    "confine: plain.txt is not a case of confine: it is no "
	                    "database; name another file with --case\n");
	assert_string_equal(refusal("plain.txt", CASE_READ),
	                    "confine: plain.txt is not a case of confine: it is no "
	                    "database; name another file with --case\n");
	assert_int_equal(sum_of("plain.txt"), before);
}

static void
the_database_of_another_program_is_refused_and_not_touched(void **state)
{
	(void)state;
	keep_tamper("other.db",
	            "PRAGMA journal_mode = WAL; CREATE TABLE bookmark (url)");
	uint32_t before = sum_of("other.db");
	assert_string_equal(refusal("other.db", CASE_WRITE),
	                    "confine: other.db is not a case of confine: it is a "
	                    "database of another program; name another file with "
	                    "--case\n");
	assert_int_equal(sum_of("other.db"), before);
	assert_int_equal(access("other.db-wal", F_OK), -1);
}

static void
a_case_of_another_version_is_refused_and_not_touched(void **state)
{
	(void)state;
	make_case();
	keep_tamper("ward.db", "PRAGMA user_version = 7");
	uint32_t before = sum_of("ward.db");
	assert_string_equal(
	    refusal("ward.db", CASE_WRITE),
	    "confine: ward.db is a case of version 7, this confine reads "
	    "version 3; use the confine that wrote it, or name another "
	    "file with --case\n");
	assert_int_equal(sum_of("ward.db"), before);
}

static void
a_case_that_is_not_there_is_not_made_by_reading(void **state)
{
	(void)state;
	assert_string_equal(refusal("ward.db", CASE_READ),
	                    "confine: cannot open ward.db: no such file; `confine scan "
	                    "--case ward.db TARGET` makes a case\n");
	assert_int_equal(access("ward.db", F_OK), -1);
}

static void
an_empty_file_becomes_a_case_when_written_only(void **state)
{
	struct case_file *c = NULL;

	(void)state;
	put_file("empty.db", "");
	assert_non_null(strstr(refusal("empty.db", CASE_READ), "the file is empty"));
	assert_int_equal(case_open("empty.db", CASE_WRITE, &c), OK);
	assert_int_equal(case_close(c), OK);
	assert_string_equal(list_of("empty.db"), "");
}

static void
a_folder_is_no_case(void **state)
{
	(void)state;
	assert_string_equal(refusal(".", CASE_WRITE),
	                    "confine: . is not a case of confine: it is no plain file; "
	                    "name another file with --case\n");
}

static void
a_folder_that_is_not_there_is_named(void **state)
{
	(void)state;
	assert_string_equal(refusal("none/ward.db", CASE_WRITE),
	                    "confine: cannot write none/ward.db: No such file or "
	                    "directory; name another file with --case\n");
}

static void
a_case_in_postgresql_is_refused(void **state)
{
	(void)state;
	assert_non_null(strstr(refusal("postgresql://db/ward", CASE_WRITE), "--case"));
	assert_int_equal(access("postgresql:", F_OK), -1);
}

static void
a_second_writer_is_refused_and_a_reader_is_not(void **state)
{
	struct case_file *first = NULL;
	struct run run = keep_run("scan");
	struct row row = keep_row(0, 1, STATE_INFECTED);

	(void)state;
	assert_int_equal(case_open("ward.db", CASE_WRITE, &first), OK);
	assert_string_equal(refusal("ward.db", CASE_WRITE),
	                    "confine: ward.db is in use by another run; wait until it "
	                    "ends, or name another file with --case\n");
	assert_int_equal(case_begin_run(first, &run, "[]"), OK);
	assert_int_equal(case_add(first, &row, "[]"), OK);
	assert_string_equal(list_of("ward.db"), "");
	assert_int_equal(case_commit(first), OK);
	assert_string_equal(list_of("ward.db"), "10.0.0.1 infected\n");
	assert_int_equal(case_close(first), OK);
}

/* Does something as a user who may write nowhere; what it gives is the result. */
static int
as_nobody(int (*what)(void))
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) != 0)
			_exit(99);
		int code = what();
		(void)fflush(stderr);
		_exit(code);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
read_three_rows(void)
{
	return strcmp(list_of("ward.db"), "10.0.0.1 infected\n10.0.0.2 unknown\n"
	                                  "10.0.0.3 no-sign\n");
}

static int
fail_to_write(void)
{
	struct case_file *c = NULL;

	return case_open("ward.db", CASE_WRITE, &c) == ERR_REFUSED ? 0 : 1;
}

static void
a_case_can_be_read_where_nothing_may_be_written(void **state)
{
	(void)state;
	make_case();
	assert_int_equal(chmod(".", 0555), 0);
	assert_int_equal(chmod("ward.db", 0444), 0);
	assert_int_equal(as_nobody(read_three_rows), 0);
	keep_hush();
	int code = as_nobody(fail_to_write);
	assert_string_equal(keep_heard(), "confine: cannot write ward.db: Permission "
	                                  "denied; name another file with --case\n");
	assert_int_equal(code, 0);
	assert_int_equal(chmod(".", 0700), 0);
}

static void
copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");

	assert_non_null(in);
	assert_non_null(out);
	for (int c = fgetc(in); c != EOF; c = fgetc(in))
		assert_int_not_equal(fputc(c, out), EOF);
	(void)fclose(in);
	assert_int_equal(fclose(out), 0);
}

static int
fail_to_read_other(void)
{
	struct case_file *c = NULL;

	return case_open("other.db", CASE_READ, &c) == ERR_REFUSED ? 0 : 1;
}

/* What a kill leaves has a log beside it, without which it is not the truth. */
static void
a_log_that_cannot_be_merged_is_not_passed_over(void **state)
{
	struct case_file *c = NULL;

	(void)state;
	assert_int_equal(case_open("ward.db", CASE_WRITE, &c), OK);
	struct run run = keep_run("scan");
	assert_int_equal(case_begin_run(c, &run, "[]"), OK);
	copy("ward.db", "other.db");
	copy("ward.db-wal", "other.db-wal");
	assert_int_equal(case_close(c), OK);
	assert_int_equal(chmod(".", 0555), 0);
	keep_hush();
	int code = as_nobody(fail_to_read_other);
	const char *heard = keep_heard();
	assert_int_equal(chmod(".", 0700), 0);
	assert_int_equal(code, 0);
	assert_string_equal(heard, "confine: cannot read other.db where nothing may be "
	                           "written: its last run was broken off; copy it and "
	                           "other.db-wal to a folder of yours\n");
}

static void
tamper_and_expect(const char *sql, const char *list)
{
	(void)unlink("ward.db");
	make_case();
	keep_tamper("ward.db", sql);
	assert_string_equal(list_of("ward.db"), list);
}

static void
a_row_that_cannot_be_believed_is_unknown_and_never_left_out(void **state)
{
	static const char first_refused[] = "10.0.0.1 unknown\n10.0.0.2 unknown\n"
					    "10.0.0.3 no-sign\n";

	(void)state;
	tamper_and_expect("UPDATE host SET verdict = '' WHERE id = 1", first_refused);
	tamper_and_expect(
	    "UPDATE host SET verdict = '{\"type\":\"verdict\"' WHERE id = 1",
	    first_refused);
	tamper_and_expect("UPDATE host SET findings = '[{},{}]' WHERE id = 1",
	                  first_refused);
	tamper_and_expect("UPDATE host SET findings = '{' WHERE id = 1", first_refused);
	/* The verdict of one host under the address of another. */
	tamper_and_expect("UPDATE host SET verdict = (SELECT verdict FROM host "
	                  "WHERE id = 2), state = 3 WHERE id = 1",
	                  first_refused);
	/* A state that is not that of the verdict; the order goes by the truth. */
	tamper_and_expect("UPDATE host SET state = 1 WHERE id = 3",
	                  "10.0.0.1 infected\n10.0.0.2 unknown\n10.0.0.3 unknown\n");
	tamper_and_expect("UPDATE host SET state = -9223372036854775808 WHERE id = 1",
	                  first_refused);
	/* Two megabytes: more than any column of ours may have. */
	tamper_and_expect(
	    "UPDATE host SET verdict = hex(zeroblob(1000000)) WHERE id = 1",
	    first_refused);
	tamper_and_expect(
	    "UPDATE host SET findings = hex(zeroblob(500000)) WHERE id = 1",
	    first_refused);
	tamper_and_expect("UPDATE host SET key = x'0411' WHERE id = 1",
	                  "10.0.0.2 unknown\nrow 1 unknown\n10.0.0.3 no-sign\n");
}

static void
a_refused_row_says_so_and_counts_as_unknown(void **state)
{
	struct case_file *c = NULL;
	struct view view;
	struct row row;
	bool found = false;

	(void)state;
	make_case();
	keep_tamper("ward.db", "UPDATE host SET verdict = 'x' WHERE id = 1");
	assert_int_equal(case_open("ward.db", CASE_READ, &c), OK);
	assert_int_equal(case_view(c, false, &view), OK);
	assert_int_equal(view.summary.count[STATE_INFECTED], 0);
	assert_int_equal(view.summary.count[STATE_UNKNOWN], 2);
	case_view_end(&view);
	assert_int_equal(case_find(c, "10.0.0.1", &row, &found), OK);
	assert_true(found);
	assert_int_equal(row.verdict.reason_count, 1);
	assert_string_equal(row.verdict.reasons[0], "case-odd-row");
	assert_int_equal(row.findings.count, 0);
	assert_int_equal(case_close(c), OK);
}

static void
tables_that_are_not_ours_are_refused(void **state)
{
	static const char *const sql[] = {
		/* A view in the place of a table, whose reading has no end. */
		"ALTER TABLE host RENAME TO was; CREATE VIEW host AS WITH RECURSIVE "
		"n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
		"SELECT i AS id FROM n",
		"CREATE TRIGGER t AFTER INSERT ON host BEGIN DELETE FROM host; END",
		"ALTER TABLE host ADD COLUMN more TEXT AS (hex(zeroblob(9)))",
		"DROP TABLE absent",
		"CREATE TABLE more (x)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
		(void)unlink("ward.db");
		make_case();
		keep_tamper("ward.db", sql[i]);
		assert_string_equal(
		    refusal("ward.db", CASE_READ),
		    "confine: ward.db is not a case of confine: its "
		    "tables are not as confine makes them; name another "
		    "file with --case\n");
	}
}

static enum err
see_run(void *with, const struct past_run *past)
{
	(void)with;
	assert_true(past->run.argc > 0);
	assert_true(past->summary.seconds >= 0 && past->summary.seconds <= 1e9);
	for (const char *c = past->run.version; *c; c++)
		assert_true((unsigned char)*c >= 0x20);
	return OK;
}

static void
a_run_that_holds_nonsense_is_shown_without_harm(void **state)
{
	static const char *const sql[] = {
		"UPDATE run SET words = '[1,2'",
		"UPDATE run SET words = '[]', version = char(27) || '[31m'",
		"UPDATE run SET seconds = 9e999, targets = -1",
		"UPDATE run SET started_ms = -9223372036854775808, root = 99",
		"UPDATE run SET words = '[' || hex(zeroblob(200000)) || ']'",
		"DELETE FROM run",
	};

	(void)state;
	make_case();
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
		struct case_file *c = NULL;

		keep_tamper("ward.db", sql[i]);
		assert_int_equal(case_open("ward.db", CASE_READ, &c), OK);
		assert_int_equal(past_runs(c, see_run, NULL), OK);
		assert_string_equal(keep_list(c, VIEW_WORST_FIRST, false),
		                    "10.0.0.1 infected\n10.0.0.2 unknown\n"
		                    "10.0.0.3 no-sign\n");
		assert_int_equal(case_close(c), OK);
	}
}

/* Whatever byte of the file is wrong: refused, or rows; never a crash. */
static void
a_damaged_file_does_no_harm(void **state)
{
	(void)state;
	make_case();
	FILE *f = fopen("ward.db", "rb");
	static char whole[1 << 16];
	assert_non_null(f);
	size_t len = fread(whole, 1, sizeof whole, f);
	(void)fclose(f);
	keep_hush();
	for (size_t at = 0; at < len; at += 97) {
		struct case_file *c = NULL;
		struct view view;
		struct row row;
		bool more = true;

		f = fopen("other.db", "wb");
		assert_non_null(f);
		whole[at] = (char)(whole[at] ^ 0x55);
		assert_int_equal(fwrite(whole, 1, len, f), len);
		(void)fclose(f);
		whole[at] = (char)(whole[at] ^ 0x55);
		if (case_open("other.db", CASE_READ, &c) != OK)
			continue;
		if (case_view(c, true, &view) == OK) {
			while (more && view.next(&view, &row, &more) == OK)
				;
			case_view_end(&view);
		}
		own_case(&c);
	}
	(void)keep_heard();
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, keep_folder, keep_no_folder)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_file_that_is_no_database_is_refused_and_not_touched),
		IN_FOLDER(the_database_of_another_program_is_refused_and_not_touched),
		IN_FOLDER(a_case_of_another_version_is_refused_and_not_touched),
		IN_FOLDER(a_case_that_is_not_there_is_not_made_by_reading),
		IN_FOLDER(an_empty_file_becomes_a_case_when_written_only),
		IN_FOLDER(a_folder_is_no_case),
		IN_FOLDER(a_folder_that_is_not_there_is_named),
		IN_FOLDER(a_case_in_postgresql_is_refused),
		IN_FOLDER(a_second_writer_is_refused_and_a_reader_is_not),
		IN_FOLDER(a_case_can_be_read_where_nothing_may_be_written),
		IN_FOLDER(a_log_that_cannot_be_merged_is_not_passed_over),
		IN_FOLDER(a_row_that_cannot_be_believed_is_unknown_and_never_left_out),
		IN_FOLDER(a_refused_row_says_so_and_counts_as_unknown),
		IN_FOLDER(tables_that_are_not_ours_are_refused),
		IN_FOLDER(a_run_that_holds_nonsense_is_shown_without_harm),
		IN_FOLDER(a_damaged_file_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

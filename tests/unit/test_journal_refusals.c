/*
 * A journal may come from anybody: what is not as we would have written it is refused,
 * with one line, before anything is done by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/own.h"
#include "hush.h"
#include "journal_sample.h"
#include "plan_sample.h"

/* Two steps, the first with parts of 600,000 and of 5 bytes. */
static int
make_one(void **state)
{
	if (journal_folder_made(state) != 0)
		return -1;
	struct journal *j = journal_of_sample();
	(void)journal_put_step(j, "C:\\a");
	(void)journal_put_step(j, "C:\\b");
	assert_int_equal(journal_put_part(j, 1, 0, 600000), OK);
	assert_int_equal(journal_put_part(j, 1, 1, 5), OK);
	assert_int_equal(journal_commit(j), OK);
	journal_free(j);
	return 0;
}

/* As somebody with another program would. */
static void
tamper(const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(JOURNAL_PATH, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Opens what must be refused; the line. */
static const char *
refusal(const char *path, bool for_writing)
{
	struct journal *j = NULL;

	hush();
	enum err err = journal_open(path, for_writing, &j);
	const char *line = heard();
	assert_int_equal(err, ERR_REFUSED);
	assert_null(j);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	return line;
}

static void
assert_no_journal(const char *path, const char *why)
{
	char line[512];

	snprintf(
	    line, sizeof line,
	    "confine: %s is no journal of confine: %s; `confine undo --list` shows "
	    "those that there are\n",
	    path, why);
	assert_string_equal(refusal(path, true), line);
	assert_string_equal(refusal(path, false), line);
}

static void
assert_damaged(const char *line, const char *what)
{
	char wanted[512];

	snprintf(wanted, sizeof wanted,
	         "confine: cannot use " JOURNAL_PATH
	         ": it is damaged: %s; take a copy from before\n",
	         what);
	assert_string_equal(line, wanted);
}

static void
a_journal_that_is_not_there_is_not_made_by_opening(void **state)
{
	(void)state;
	static const char line[] =
	    "confine: cannot open j/none.journal: No such file or directory; "
	    "`confine undo --list` shows the journals that there are\n";
	assert_string_equal(refusal("j/none.journal", false), line);
	assert_string_equal(refusal("j/none.journal", true), line);
	assert_int_equal(access("j/none.journal", F_OK), -1);
}

static void
other_files_are_no_journals(void **state)
{
	FILE *f = fopen("letter", "w");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 100; i++)
		assert_true(fputs("A letter, long enough to be a database. ", f) >= 0);
	(void)fclose(f);
	assert_no_journal("letter", "it is no database");
	assert_no_journal("j", "it is no plain file");
	tamper("PRAGMA application_id = 1129205326");
	assert_no_journal(JOURNAL_PATH, "it is a database of another program");
}

static void
a_journal_of_another_version_is_refused(void **state)
{
	(void)state;
	tamper("PRAGMA user_version = 2");
	assert_string_equal(refusal(JOURNAL_PATH, true),
	                    "confine: " JOURNAL_PATH
	                    " is a journal of version 2, this confine "
	                    "reads version 1; use the confine that wrote it\n");
}

static void
other_tables_are_refused(void **state)
{
	static const char *const changes[] = {
		"CREATE TABLE more (x)",
		"DROP TABLE change",
		"DROP INDEX part_of",
		"CREATE VIEW x AS SELECT 1",
		"CREATE TRIGGER t AFTER UPDATE ON step BEGIN DELETE FROM chunk; END",
		"ALTER TABLE step ADD COLUMN more TEXT",
		"DROP TABLE step; CREATE VIEW step AS SELECT 1 AS id, 2 AS kind, "
		"1 AS state, 'C:\\x' AS path, x'' AS facts",
	};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		assert_int_equal(rename(JOURNAL_PATH, "whole"), 0);
		FILE *from = fopen("whole", "rb");
		FILE *to = fopen(JOURNAL_PATH, "wb");
		for (int c = fgetc(from); c != EOF; c = fgetc(from))
			(void)fputc(c, to);
		(void)fclose(from);
		assert_int_equal(fclose(to), 0);
		tamper(changes[i]);
		assert_no_journal(JOURNAL_PATH,
		                  "its tables are not as confine makes them");
		assert_int_equal(rename("whole", JOURNAL_PATH), 0);
	}
}

static void
a_log_of_another_kind_is_refused(void **state)
{
	(void)state;
	tamper("PRAGMA journal_mode = WAL");
	assert_no_journal(JOURNAL_PATH, "it has a log as no journal has");
}

/* Tampers with a fresh one, and expects the opening of it to be refused. */
static void
refused_after(void **state, const char *sql, const char *what)
{
	assert_int_equal(journal_folder_gone(state), 0);
	assert_int_equal(make_one(state), 0);
	tamper(sql);
	assert_damaged(refusal(JOURNAL_PATH, true), what);
}

static void
what_the_tables_say_is_held_against_what_can_be(void **state)
{
	static const char whose[] = "it does not say whose it is";
	static const char changes[] = "a change is missing";
	static const char steps[] = "a step is missing";

	refused_after(state, "DELETE FROM about", whose);
	refused_after(state, "UPDATE about SET state = 0", whose);
	refused_after(state, "UPDATE about SET state = 6", whose);
	refused_after(state, "UPDATE about SET state = 4294967297", whose);
	refused_after(state, "UPDATE about SET key = zeroblob(31)", whose);
	refused_after(state, "UPDATE about SET key = zeroblob(0)", whose);
	refused_after(state, "UPDATE about SET changes = -1", whose);
	refused_after(state, "UPDATE about SET changes = 4097", whose);
	refused_after(state, "UPDATE about SET host = printf('%.64c', 'x')", whose);
	refused_after(state, "UPDATE about SET called = printf('%.1024c', 'x')", whose);
	refused_after(state, "UPDATE about SET command = 'clean' || char(0) || 'x'",
	              whose);
	refused_after(state, "UPDATE about SET changes = 13", changes);
	refused_after(state, "DELETE FROM change WHERE id = 14", changes);
	refused_after(state, "UPDATE change SET id = 99 WHERE id = 3", changes);
	refused_after(state, "UPDATE step SET id = 9223372036854775807 WHERE id = 2",
	              steps);
	refused_after(state, "UPDATE step SET id = -1 WHERE id = 1", steps);
	refused_after(state, "DELETE FROM step WHERE id = 1", steps);
	refused_after(state,
	              "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n "
	              "WHERE i < 65537) INSERT INTO step SELECT i, 1, 1, 'C:\\x', x'' "
	              "FROM n",
	              steps);
}

/* ---- what is found in it later */

/* A fresh one, tampered with so that opening it does not tell. */
static struct journal *
opened_after(void **state, const char *sql)
{
	assert_int_equal(journal_folder_gone(state), 0);
	assert_int_equal(make_one(state), 0);
	tamper(sql);
	return journal_reopened(true);
}

/* Asks for its plan, which must be refused. */
static void
assert_plan_refused(struct journal *j, const char *what)
{
	struct plan *p = NULL;

	hush();
	enum err err = journal_plan(j, &p);
	assert_damaged(heard(), what);
	assert_int_equal(err, ERR_REFUSED);
	assert_null(p);
	journal_free(j);
}

static void
a_plan_that_was_edited_is_refused(void **state)
{
	static const char *const edits[] = {
		"UPDATE plan SET json = replace(json, 'qxkvbn.dll', 'kernel32.dll')",
		"UPDATE plan SET json = replace(json, '158000', '158001')",
		"UPDATE plan SET json = ''",
		"DELETE FROM plan",
		"INSERT INTO plan (json) VALUES (' x')",
	};

	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
		assert_plan_refused(opened_after(state, edits[i]),
		                    "its plan is not as it was made");
}

static void
a_plan_without_end_is_refused(void **state)
{
	assert_plan_refused(
	    opened_after(
		state, "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM "
		       "n WHERE i < 40) INSERT INTO plan SELECT i, "
		       "printf('%.500000c', ' ') FROM n"),
	    "its plan is too long");
}

static void
a_state_that_no_change_has_is_refused(void **state)
{
	static const char *const edits[] = {
		"UPDATE change SET state = 0 WHERE id = 5",
		"UPDATE change SET state = 7 WHERE id = 5",
		"UPDATE change SET error = printf('%.240c', 'x') WHERE id = 5",
	};

	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
		assert_plan_refused(opened_after(state, edits[i]),
		                    "a change has no state");
}

static enum err
never(void *with, struct step_row *row)
{
	(void)with;
	(void)row;
	fail();
	return OK;
}

static void
a_step_that_cannot_be_believed_is_refused(void **state)
{
	static const struct {
		const char *sql;
		const char *what;
	} edits[] = {
		{ "kind = -1", "a step has no kind or state" },
		{ "state = 2147483648", "a step has no kind or state" },
		{ "path = 'C:\\a' || char(0) || 'b'", "a step has no path" },
		{ "path = CAST(x'433A5CFF' AS TEXT)", "a step has no path" },
		{ "path = printf('%.1024c', 'x')", "a step has no path" },
		{ "facts = zeroblob(1048577)", "a step has too many facts" },
	};
	char sql[128];

	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		snprintf(sql, sizeof sql, "UPDATE step SET %s WHERE id = 1",
		         edits[i].sql);
		struct journal *j = opened_after(state, sql);
		hush();
		enum err err = journal_steps(j, false, never, NULL);
		assert_damaged(heard(), edits[i].what);
		assert_int_equal(err, ERR_REFUSED);
		journal_free(j);
	}
}

/* Reads a part to where it is refused; the line.  *given: bytes that came before. */
static const char *
part_refusal(int part, uint64_t *given)
{
	struct journal *j = NULL;
	struct part_reader *r = NULL;
	static uint8_t bytes[1000];
	size_t got = 1;

	*given = 0;
	assert_int_equal(journal_open(JOURNAL_PATH, true, &j), OK);
	hush();
	enum err err = journal_part_open(j, 1, part, &r);
	while (err == OK && got > 0) {
		err = part_read(r, bytes, sizeof bytes, &got);
		*given += got;
	}
	const char *line = heard();
	assert_int_equal(err, ERR_REFUSED);
	/* Once refused, always refused. */
	if (r) {
		assert_int_equal(part_read(r, bytes, sizeof bytes, &got), ERR_REFUSED);
		assert_int_equal(got, 0);
	}
	part_close(r);
	journal_free(j);
	return line;
}

static void
part_refused_after(void **state, const char *sql, const char *what, uint64_t most)
{
	uint64_t given = 0;

	assert_int_equal(journal_folder_gone(state), 0);
	assert_int_equal(make_one(state), 0);
	tamper(sql);
	assert_damaged(part_refusal(0, &given), what);
	assert_true(given <= most);
}

/* The chunks are scrambled anew in each run, so any byte may be there already. */
#define ANOTHER_THAN(at) \
	"CASE substr(bytes, " at ", 1) WHEN x'00' THEN x'01' ELSE x'00' END"

/* The last chunk is never given out of a part that is not what was kept. */
static void
a_part_with_one_byte_changed_is_refused(void **state)
{
	static const char what[] = "a part of it is not what was kept";

	part_refused_after(
	    state,
	    "UPDATE chunk SET bytes = CAST(" ANOTHER_THAN(
		"1") " || substr(bytes, 2) AS BLOB) WHERE part = 1 AND at = 0",
	    what, 524288);
	part_refused_after(
	    state,
	    "UPDATE chunk SET bytes = CAST(substr(bytes, 1, 75711) || " ANOTHER_THAN(
		"75712") " AS BLOB) WHERE part = 1 AND at = 2",
	    what, 524288);
	part_refused_after(state, "UPDATE about SET key = zeroblob(32)", what, 524288);
	part_refused_after(
	    state,
	    "UPDATE part SET sha256 = replace(sha256, substr(sha256, 64), 'x') || 'a'",
	    "a part of it was not written whole", 0);
	part_refused_after(state,
	                   "UPDATE part SET sha256 = (SELECT sha256 FROM part WHERE "
	                   "id = 2) WHERE id = 1",
	                   what, 524288);
	/* Chunks in another order. */
	part_refused_after(state,
	                   "UPDATE chunk SET at = 9 WHERE part = 1 AND at = 0;"
	                   "UPDATE chunk SET at = 0 WHERE part = 1 AND at = 1;"
	                   "UPDATE chunk SET at = 1 WHERE part = 1 AND at = 9",
	                   what, 524288);
}

static void
a_part_with_bytes_missing_or_too_many_is_refused(void **state)
{
	static const char what[] = "bytes of a part are missing";

	part_refused_after(state, "DELETE FROM chunk WHERE part = 1 AND at = 1", what,
	                   262144);
	part_refused_after(state, "DELETE FROM chunk", what, 0);
	part_refused_after(state,
	                   "UPDATE chunk SET bytes = substr(bytes, 2) "
	                   "WHERE part = 1 AND at = 1",
	                   what, 262144);
	part_refused_after(
	    state, "UPDATE chunk SET bytes = CAST(bytes || x'00' AS BLOB)", what, 0);
	part_refused_after(state, "UPDATE part SET len = 600001", what, 524288);
	part_refused_after(state, "UPDATE part SET len = 9223372036854775807", what,
	                   524288);
	part_refused_after(state, "UPDATE part SET len = 524288",
	                   "a part of it is not what was kept", 262144);
	part_refused_after(state, "UPDATE part SET len = 0",
	                   "a part of it is not what was kept", 0);
	part_refused_after(state, "UPDATE part SET len = -1",
	                   "a part of it was not written whole", 0);
	part_refused_after(state, "UPDATE part SET id = 4294967296 WHERE id = 1",
	                   "a part of it was not written whole", 0);
}

/* Bytes of the file itself, wherever they lie. */
static void
a_file_that_is_cut_short_is_refused_for_writing(void **state)
{
	struct stat about;

	(void)state;
	assert_int_equal(stat(JOURNAL_PATH, &about), 0);
	assert_int_equal(truncate(JOURNAL_PATH, about.st_size - 8192), 0);
	assert_string_equal(refusal(JOURNAL_PATH, true),
	                    "confine: cannot read " JOURNAL_PATH
	                    ": the file is damaged; take a "
	                    "copy from before, or name another journal\n");
}

static void
a_page_that_is_damaged_is_found_before_anything_is_undone(void **state)
{
	static const uint8_t junk[64] = { 0xFF, 0xFF, 0xFF };
	size_t refused = 0;
	struct stat about;

	(void)state;
	assert_int_equal(stat(JOURNAL_PATH, &about), 0);
	for (off_t at = 8192; at < about.st_size; at += 8192) {
		uint8_t kept[64];
		FILE *f = fopen(JOURNAL_PATH, "r+b");
		struct journal *j = NULL;

		assert_int_equal(fseeko(f, at, SEEK_SET), 0);
		assert_int_equal(fread(kept, 1, sizeof kept, f), sizeof kept);
		assert_int_equal(fseeko(f, at, SEEK_SET), 0);
		assert_int_equal(fwrite(junk, 1, sizeof junk, f), sizeof junk);
		assert_int_equal(fflush(f), 0);
		hush();
		refused += journal_open(JOURNAL_PATH, true, &j) == ERR_REFUSED;
		journal_free(j);
		const char *line = heard();
		assert_true(!*line || strchr(line, '\n')[1] == 0);
		assert_int_equal(fseeko(f, at, SEEK_SET), 0);
		assert_int_equal(fwrite(kept, 1, sizeof kept, f), sizeof kept);
		assert_int_equal(fclose(f), 0);
	}
	/* All pages but the first, which other tests have. */
	assert_true(refused > 70);
	assert_int_equal(refused, about.st_size / 8192 - 1);
}

int
main(void)
{
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_one, journal_folder_gone)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_journal_that_is_not_there_is_not_made_by_opening),
		IN_FOLDER(other_files_are_no_journals),
		IN_FOLDER(a_journal_of_another_version_is_refused),
		IN_FOLDER(other_tables_are_refused),
		IN_FOLDER(a_log_of_another_kind_is_refused),
		IN_FOLDER(what_the_tables_say_is_held_against_what_can_be),
		IN_FOLDER(a_plan_that_was_edited_is_refused),
		IN_FOLDER(a_plan_without_end_is_refused),
		IN_FOLDER(a_state_that_no_change_has_is_refused),
		IN_FOLDER(a_step_that_cannot_be_believed_is_refused),
		IN_FOLDER(a_part_with_one_byte_changed_is_refused),
		IN_FOLDER(a_part_with_bytes_missing_or_too_many_is_refused),
		IN_FOLDER(a_file_that_is_cut_short_is_refused_for_writing),
		IN_FOLDER(a_page_that_is_damaged_is_found_before_anything_is_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

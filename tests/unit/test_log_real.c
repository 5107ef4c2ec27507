/* Event logs of both kinds, as Windows and the lab write them, through the cage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hive_data.h"
#include "lab/evt_write.h"
#include "reach/log_files.h"
#include "temp_tree.h"

#define MANY 40000
#define FIRST 1230800000 /* seconds; January 2009 */

static struct temp_tree tree;

static int
make_tree(void **state)
{
	(void)state;
	temp_make(&tree);
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	temp_remove(&tree);
	return 0;
}

/* ---- real ones */

static const struct real {
	const char *packed;
	const char *name; /* in the folder: it says nothing */
	uint64_t records, recovered, undecodable, attempts, failures;
	const char *computer;
	bool is_dirty, is_cut;
} reals[] = {
	{ "evtx/4625-4776-openssh-nouser.evtx", "a", 20, 0, 0, 12, 10,
	  "FS01.OFFSEC.LAN", false, false },
	{ "evtx/4771-one-user-54.evtx", "b.txt", 54, 0, 0, 54, 54, "ROOTDC1.OFFSEC.LAN",
	  false, false },
	{ "evtx/Security_with_size_t.evtx", "c.evt", 636, 0, 0, 166, 15,
	  "WIN-L0ZZQ76PMUF", false, false },
	{ "evt/SysEvent-wrapped-dirty.Evt", "d.evtx", 6063, 438, 1, 0, 0, "", true,
	  false },
	{ "evtx/bad-chunk-magic.evtx", "e", 301, 50, 4, 0, 0, "", true, false },
	{ "evtx/truncated-System2.evtx", "f", 283, 0, 0, 80, 0, "GREENDALEGOLD", true,
	  true },
};
#define REALS (sizeof reals / sizeof reals[0])

static enum err
pass_attempt(void *with, const struct attempt *a)
{
	(void)with;
	(void)a;
	return OK;
}

static enum err
compare_file(void *with, const struct log_told *t)
{
	size_t *next = with;

	assert_true(*next < REALS);
	const struct real *r = &reals[(*next)++];
	assert_string_equal(t->path, temp_path(&tree, r->name));
	assert_int_equal(t->kind,
	                 strncmp(r->packed, "evt/", 4) == 0 ? LOG_IS_EVT : LOG_IS_EVTX);
	assert_int_equal(t->records, r->records);
	assert_int_equal(t->recovered, r->recovered);
	assert_int_equal(t->undecodable, r->undecodable);
	assert_int_equal(t->attempts, r->attempts);
	assert_int_equal(t->failures, r->failures);
	assert_string_equal(t->computer, r->computer);
	assert_int_equal(t->is_dirty, r->is_dirty);
	assert_int_equal(t->is_cut, r->is_cut);
	assert_true(t->first_ms > 0 && t->first_ms <= t->last_ms);
	assert_string_equal(t->why, "");
	return OK;
}

static void
real_logs_are_summed_up_whatever_they_are_called(void **state)
{
	size_t told = 0;
	struct log_sink sink = { pass_attempt, compare_file, NULL, &told };
	const char *path = tree.root;

	(void)state;
	for (size_t i = 0; i < REALS; i++) {
		struct span bytes = packed_data(reals[i].packed);

		temp_file(&tree, reals[i].name, bytes.at, bytes.left);
		hive_data_free(bytes);
	}
	assert_int_equal(log_files_read(&path, 1, &sink), OK);
	assert_int_equal(told, REALS);
}

/* ---- one of many pieces */

struct many {
	size_t attempts;
	struct log_told told;
};

static enum err
compare_attempt(void *with, const struct attempt *a)
{
	struct many *m = with;
	char account[32];

	if (m->attempts == MANY) {
		assert_int_equal(a->kind, ATTEMPT_CLEARED); /* the last record */
		return OK;
	}
	(void)snprintf(account, sizeof account, "user%zu", m->attempts);
	assert_string_equal(a->account, account);
	assert_int_equal(a->kind, ATTEMPT_GUESS);
	assert_int_equal(a->time_ms, (FIRST + (int64_t)m->attempts) * 1000);
	m->attempts++;
	return OK;
}

static enum err
take_file(void *with, const struct log_told *t)
{
	struct many *m = with;

	m->told = *t;
	return OK;
}

static void
write_many(struct buf *file)
{
	struct evt_write w = { .out = file, .computer = "WARD3" };
	char user[32];

	evt_write_begin(&w);
	for (uint32_t i = 0; i < MANY; i++) {
		struct evt_logon logon = {
			.time = FIRST + i,
			.type = 3,
			.user = user,
			.domain = "HOSPITAL",
			.workstation = "PC-7",
			.process = "NtLmSsp ",
			.package = "NTLM",
		};

		(void)snprintf(user, sizeof user, "user%u", i);
		evt_write_logon(&w, 529, &logon);
	}
	evt_write_cleared(&w, FIRST + MANY);
	evt_write_end(&w);
	assert_false(file->bad);
}

static void
an_old_log_of_many_pieces_comes_whole_and_in_order(void **state)
{
	struct many m = { .attempts = 0 };
	struct log_sink sink = { compare_attempt, take_file, NULL, &m };
	const char *path = temp_path(&tree, "SecEvent.Evt");
	struct buf file;

	(void)state;
	buf_init(&file, 64u << 20);
	write_many(&file);
	temp_file(&tree, "SecEvent.Evt", file.at, file.len);
	assert_int_equal(log_files_read(&path, 1, &sink), OK);
	assert_int_equal(m.attempts, MANY);
	assert_int_equal(m.told.records, MANY + 1);
	assert_int_equal(m.told.attempts, MANY + 1);
	assert_int_equal(m.told.failures, MANY);
	assert_int_equal(m.told.first_ms, FIRST * 1000LL);
	assert_int_equal(m.told.cleared_ms, (FIRST + MANY) * 1000LL);
	assert_string_equal(m.told.computer, "WARD3");
	assert_false(m.told.is_dirty || m.told.is_cut);
	/* And one that is cut. */
	m.attempts = 0;
	temp_file(&tree, "SecEvent.Evt", file.at, file.len / 2);
	assert_int_equal(log_files_read(&path, 1, &sink), OK);
	assert_true(m.attempts > MANY / 3 && m.attempts < MANY);
	assert_true(m.told.is_cut);
	assert_string_equal(m.told.why, "");
	buf_free(&file);
}

#define IN_A_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_TREE(real_logs_are_summed_up_whatever_they_are_called),
		IN_A_TREE(an_old_log_of_many_pieces_comes_whole_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

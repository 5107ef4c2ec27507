#include "keep_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/address.h"
#include "sys/address.h"

static char folder[64];

int
keep_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/confine-keep-XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

/* The names that tests here give to files, with what SQLite puts beside them. */
int
keep_no_folder(void **state)
{
	static const char *const names[] = { "ward.db",    "other.db", "empty.db",
		                             "odd ?%#.db", ":memory:", "plain.txt",
		                             "heard" };
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
			char path[64];

			snprintf(path, sizeof path, "%s%s", names[i], ends[k]);
			(void)unlink(path);
		}
	}
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

struct run
keep_run(const char *command)
{
	static char confine[] = "confine";
	static char scan[] = "scan";
	static char target[] = "10.0.0.0/24";
	static char *const words[] = { confine, scan, target };

	return (struct run){ .started_ms = KEEP_STARTED,
		             .version = "0.1.0",
		             .command = command,
		             .argv = words,
		             .argc = 3 };
}

static void
place(struct verdict *v, unsigned a, unsigned b)
{
	struct address address = { .family = 4,
		                   .bytes = { 10, 0, (uint8_t)a, (uint8_t)b } };

	address_text(v->host, &address);
	address_key(v->key, &address);
	v->time_ms = KEEP_STARTED + 1500;
}

struct row
keep_row(unsigned a, unsigned b, enum state state)
{
	struct row row = { .verdict = { .state = state, .took_ms = 7 } };
	struct verdict *v = &row.verdict;

	place(v, a, b);
	v->os = said_from_utf8("Windows XP");
	v->name = said_from_utf8(state == STATE_INFECTED ? "WARD-3" : "DESK");
	v->reason_count = 1;
	if (state == STATE_INFECTED) {
		v->variants = VARIANT_A | VARIANT_B;
		(void)text_copy(v->reasons[0], TRACE_ROOM, "netpath-invalid-parameter");
	} else {
		(void)text_copy(v->reasons[0], TRACE_ROOM, "smb1-off");
	}
	(void)text_copy(v->why, sizeof v->why, "It answers so.");
	(void)text_copy(v->next, sizeof v->next, "Isolate it.");
	if (state != STATE_INFECTED && state != STATE_UNKNOWN)
		return row;

	struct finding *f = &row.findings.at[row.findings.count++];
	*f = (struct finding){ .time_ms = v->time_ms, .grade = GRADE_CONCLUSIVE };
	(void)text_copy(f->host, sizeof f->host, v->host);
	(void)text_copy(f->detector, sizeof f->detector, "smb");
	(void)text_copy(f->trace, sizeof f->trace, v->reasons[0]);
	(void)text_copy(f->where, sizeof f->where, "445/tcp");
	finding_number(f, "win32_error", 87);
	finding_text(f, "pipe", "browser");
	return row;
}

struct verdict
keep_absent(unsigned a, unsigned b)
{
	struct verdict v = { .state = STATE_ABSENT, .reason_count = 1 };

	place(&v, a, b);
	(void)text_copy(v.reasons[0], TRACE_ROOM, "absent-silent");
	(void)text_copy(v.why, sizeof v.why, "Nobody answers.");
	(void)text_copy(v.next, sizeof v.next, "Nothing to do.");
	return v;
}

const char *
keep_list(struct case_file *c, enum view_order order, bool with_absent)
{
	static char list[4096];
	struct view view;
	struct row row;
	bool more = true;
	size_t len = 0;

	assert_int_equal(case_view(c, with_absent, &view), OK);
	assert_int_equal(view.rewind(&view, order), OK);
	list[0] = 0;
	for (;;) {
		assert_int_equal(view.next(&view, &row, &more), OK);
		if (!more)
			break;
		len += (size_t)snprintf(list + len, sizeof list - len, "%s %s\n",
		                        row.verdict.host,
		                        state_name(row.verdict.state));
		assert_true(len < sizeof list);
	}
	case_view_end(&view);
	return list;
}

static int true_error = -1;

void
keep_hush(void)
{
	(void)fflush(stderr);
	true_error = dup(STDERR_FILENO);
	assert_non_null(freopen("heard", "w", stderr));
}

const char *
keep_heard(void)
{
	static char heard[1024];
	FILE *f = NULL;

	(void)fflush(stderr);
	(void)dup2(true_error, STDERR_FILENO);
	(void)close(true_error);
	f = fopen("heard", "r");
	assert_non_null(f);
	size_t len = fread(heard, 1, sizeof heard - 1, f);
	heard[len] = 0;
	(void)fclose(f);
	return heard;
}

void
keep_tamper(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

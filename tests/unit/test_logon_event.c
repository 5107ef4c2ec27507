/* From events to attempts: ids, codes, names and addresses as logs have them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "look/logon_event.h"

#define AT_MS 1231923600000LL

static struct buf texts[LOG_TEXTS];

static struct log_event
event(enum log_provider provider, uint16_t id, uint32_t status)
{
	struct log_event e = { .provider = provider,
		               .id = id,
		               .status = status,
		               .is_failure = true,
		               .time = when_to_filetime(AT_MS),
		               .logon_type = 3 };

	for (size_t i = 0; i < LOG_TEXTS; i++)
		e.text[i] = span_of("", 0);
	return e;
}

static void
say(struct log_event *e, enum log_text which, const char *text)
{
	buf_free(&texts[which]);
	buf_init(&texts[which], 4096);
	buf_utf16(&texts[which], text);
	e->text[which] = buf_span(&texts[which]);
}

static struct attempt
read_it(const struct log_event *e)
{
	struct attempt a;

	assert_true(logon_event_read(e, &a));
	assert_int_equal(a.time_ms, AT_MS);
	return a;
}

/* ---- kinds */

static void
kinds_are_of_their_ids_and_codes(void **state)
{
	static const struct {
		enum log_provider provider;
		uint16_t id;
		uint32_t status;
		enum attempt_kind kind;
	} rows[] = {
		{ LOG_SECURITY, 529, 0, ATTEMPT_GUESS },
		{ LOG_SECURITY, 530, 0, ATTEMPT_POLICY },
		{ LOG_SECURITY, 535, 0, ATTEMPT_PERSON },
		{ LOG_SECURITY, 536, 0, ATTEMPT_FAULT },
		{ LOG_SECURITY, 537, 0xC000006D, ATTEMPT_GUESS },
		{ LOG_SECURITY, 537, 0xC0000133, ATTEMPT_FAULT },
		{ LOG_SECURITY, 540, 0, ATTEMPT_SUCCESS },
		{ LOG_SECURITY, 644, 0, ATTEMPT_LOCKOUT },
		{ LOG_SECURITY, 680, 0, ATTEMPT_SUCCESS },
		{ LOG_SECURITY, 680, 0xC000006A, ATTEMPT_GUESS },
		{ LOG_SECURITY, 675, 0x18, ATTEMPT_GUESS },
		{ LOG_SECURITY, 517, 0, ATTEMPT_CLEARED },
		{ LOG_AUDITING, 4625, 0xC0000064, ATTEMPT_GUESS },
		{ LOG_AUDITING, 4625, 0xC000006E, ATTEMPT_POLICY },
		{ LOG_AUDITING, 4625, 0xC0000071, ATTEMPT_PERSON },
		{ LOG_AUDITING, 4625, 0xDEAD0000, ATTEMPT_FAULT },
		{ LOG_AUDITING, 4624, 0, ATTEMPT_SUCCESS },
		{ LOG_AUDITING, 4776, 0xC0000234, ATTEMPT_GUESS },
		{ LOG_AUDITING, 4776, 0, ATTEMPT_SUCCESS },
		{ LOG_AUDITING, 4768, 6, ATTEMPT_GUESS },
		{ LOG_AUDITING, 4771, 0x17, ATTEMPT_PERSON },
		{ LOG_EVENTLOG, 1102, 0, ATTEMPT_CLEARED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct log_event e = event(rows[i].provider, rows[i].id,
		                           rows[i].status);
		assert_int_equal(read_it(&e).kind, rows[i].kind);
	}
}

static void
what_is_usual_is_no_attempt(void **state)
{
	struct log_event preauth = event(LOG_AUDITING, 4771, 0x19);
	struct log_event cipher = event(LOG_AUDITING, 4768, 0x0E);
	struct log_event other = event(LOG_EVENTLOG, 4625, 0xC000006A);
	struct attempt a;

	(void)state;
	assert_false(logon_event_read(&preauth, &a));
	assert_false(logon_event_read(&cipher, &a));
	assert_false(logon_event_read(&other, &a));
}

/* Port 445 and the system's own process: the redirector. */
static void
only_the_redirector_tries_others(void **state)
{
	struct log_event e = event(LOG_AUDITING, 4648, 0);
	struct attempt a;

	(void)state;
	say(&e, LOG_COMPUTER, "DESKTOP-JR78RLP");
	say(&e, LOG_ADDRESS, "172.16.144.128");
	e.port = 445;
	e.process_id = 4;
	a = read_it(&e);
	assert_int_equal(a.kind, ATTEMPT_BY_US);
	assert_string_equal(a.workstation, "DESKTOP-JR78RLP");
	assert_string_equal(a.target, "172.16.144.128");
	assert_string_equal(a.address, "");
	assert_false(a.is_local);
	e.process_id = 8;
	assert_false(logon_event_read(&e, &a));
}

/* The sign, and the digit, that decide. */
static void
a_policy_says_whether_failures_are_recorded_from_then_on(void **state)
{
	static const struct {
		enum log_provider provider;
		uint16_t id;
		const char *part, *change;
		int kind; /* 0: it says nothing of logons */
	} rows[] = {
		{ LOG_SECURITY, 612, "", "+", ATTEMPT_AUDITED },
		{ LOG_SECURITY, 612, "", "-", ATTEMPT_UNAUDITED },
		{ LOG_SECURITY, 612, "", "", 0 },
		{ LOG_AUDITING, 4719, "%%12544", "%%8448, %%8450", ATTEMPT_UNAUDITED },
		{ LOG_AUDITING, 4719, "%%12544", "%%8449, %%8451", ATTEMPT_AUDITED },
		{ LOG_AUDITING, 4719, "%%12544", "%%8448", 0 },
		{ LOG_AUDITING, 4719, "%%12545", "%%8450", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct log_event e = event(rows[i].provider, rows[i].id, 0);
		struct attempt a;

		say(&e, LOG_COMPUTER, "filesrv");
		say(&e, LOG_AUDIT_PART, rows[i].part);
		say(&e, LOG_AUDIT_CHANGE, rows[i].change);
		assert_int_equal(logon_event_read(&e, &a), rows[i].kind != 0);
		if (!rows[i].kind)
			continue;
		assert_int_equal(a.kind, rows[i].kind);
		assert_string_equal(a.target, "FILESRV");
		assert_string_equal(a.account, "");
	}
}

/* What the AT service calls its jobs, and all that is nearly so. */
static void
only_an_at_job_is_a_task(void **state)
{
	static const struct {
		const char *task;
		bool is_one;
	} rows[] = {
		{ "C:\\WINDOWS\\Tasks\\At1.job", true },
		{ "\\At1", true },
		{ "\\aT24", true },
		{ "At1.JOB", true },
		{ "\\At1234567", true },
		{ "\\At", false },
		{ "\\At1.jobs", false },
		{ "\\At1 ", false },
		{ "\\At1x", false },
		{ "\\Att1", false },
		{ "\\AtA", false },
		{ "\\At12345678", false },
		{ "\\At1\\Backup", false },
		{ "C:\\WINDOWS\\Tasks\\Backup.job", false },
		{ "", false },
	};
	static const struct {
		enum log_provider provider;
		uint16_t id;
	} ids[] = { { LOG_SECURITY, 602 }, { LOG_AUDITING, 4698 } };

	(void)state;
	for (size_t i = 0; i < 2 * (sizeof rows / sizeof rows[0]); i++) {
		struct log_event e = event(ids[i % 2].provider, ids[i % 2].id, 0);
		struct attempt a;

		e.is_failure = false;
		say(&e, LOG_TASK, rows[i / 2].task);
		assert_int_equal(logon_event_read(&e, &a), rows[i / 2].is_one);
	}
}

/* The rest of it comes out of what the task is to do, if it is there at all. */
static void
a_task_has_a_machine_a_time_and_who_made_it(void **state)
{
	struct log_event e = event(LOG_AUDITING, 4698, 0xC000006A);
	struct attempt a;

	(void)state;
	say(&e, LOG_COMPUTER, "filesrv");
	say(&e, LOG_USER, "HOSPITAL\\amy");
	say(&e, LOG_TASK, "\\At1");
	say(&e, LOG_WORKSTATION, "FILESRV");
	say(&e, LOG_ADDRESS, "10.0.3.7");
	say(&e, LOG_PROGRAM, "a.exe");
	e.logon_type = 2;
	assert_false(logon_event_read(&e, &a)); /* it failed */
	e.is_failure = false;
	a = read_it(&e);
	assert_int_equal(a.kind, ATTEMPT_TASK);
	assert_int_equal(a.told, TOLD_BY_OTHERS);
	assert_string_equal(a.target, "FILESRV");
	assert_string_equal(a.account, "amy");
	assert_string_equal(a.workstation, "");
	assert_string_equal(a.address, "");
	assert_string_equal(a.program, "");
	assert_int_equal(a.status, 0);
	assert_int_equal(a.logon_type, 0);
	assert_false(a.is_local);
}

/* As long as has room, and one letter more: cut there, it would be a job's, too. */
static void
a_task_whose_path_has_no_room_is_none(void **state)
{
	struct log_event e = event(LOG_AUDITING, 4698, 0);
	char path[ATTEMPT_TEXT + 1];
	struct attempt a;

	(void)state;
	e.is_failure = false;
	memset(path, 'a', sizeof path);
	(void)text_copy(path + ATTEMPT_TEXT - 5, 6, "\\At12");
	say(&e, LOG_TASK, path + 1);
	assert_true(logon_event_read(&e, &a));
	say(&e, LOG_TASK, path);
	assert_false(logon_event_read(&e, &a));
	say(&e, LOG_TASK, "\\At1");
	e.text[LOG_TASK].bad = true;
	assert_false(logon_event_read(&e, &a));
}

/* ---- names */

static void
one_machine_is_one_name(void **state)
{
	static const char *const spelled[] = { "WARD-3", "\\\\ward-3", " Ward-3  ",
		                               "WARD-3$" };
	struct log_event e = event(LOG_SECURITY, 529, 0);

	(void)state;
	for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++) {
		say(&e, LOG_WORKSTATION, spelled[i]);
		assert_string_equal(read_it(&e).workstation, "WARD-3");
	}
	say(&e, LOG_WORKSTATION, "-");
	assert_string_equal(read_it(&e).workstation, "");
}

static void
one_address_is_one_text(void **state)
{
	static const struct {
		const char *said, *is;
	} rows[] = {
		{ "::ffff:10.23.123.11", "10.23.123.11" },
		{ "::FFFF:10.23.123.11", "10.23.123.11" },
		{ "10.0.3.7", "10.0.3.7" },
		{ "FE80::1%11", "fe80::1" },
		{ "-", "" },
		{ "LOCAL", "" },
		{ "", "" },
	};
	struct log_event e = event(LOG_AUDITING, 4625, 0xC000006A);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		say(&e, LOG_ADDRESS, rows[i].said);
		assert_string_equal(read_it(&e).address, rows[i].is);
	}
}

static void
an_account_is_without_its_domain(void **state)
{
	struct log_event e = event(LOG_AUDITING, 4625, 0xC000006A);

	(void)state;
	say(&e, LOG_USER, "HOSPITAL\\amy");
	assert_string_equal(read_it(&e).account, "amy");
	say(&e, LOG_USER, "amy@hospital.example");
	assert_string_equal(read_it(&e).account, "amy");
	say(&e, LOG_USER, "Jonathan ");
	assert_string_equal(read_it(&e).account, "Jonathan ");
	say(&e, LOG_USER, "-");
	assert_string_equal(read_it(&e).account, "");
}

/* ---- where from */

static void
local_is_what_no_other_machine_has_a_part_in(void **state)
{
	struct log_event e = event(LOG_AUDITING, 4625, 0xC000006A);

	(void)state;
	say(&e, LOG_COMPUTER, "FILESRV.hospital.example");
	say(&e, LOG_WORKSTATION, "WARD-3");
	assert_false(read_it(&e).is_local);
	e.logon_type = 2;
	assert_true(read_it(&e).is_local);
	e.logon_type = 3;
	say(&e, LOG_WORKSTATION, "filesrv");
	assert_true(read_it(&e).is_local);
	say(&e, LOG_ADDRESS, "10.0.3.7");
	assert_false(read_it(&e).is_local);
	say(&e, LOG_ADDRESS, "127.0.0.1");
	assert_true(read_it(&e).is_local);
}

/* ---- between processes */

static void
an_attempt_is_read_as_it_was_put(void **state)
{
	struct log_event e = event(LOG_AUDITING, 4625, 0xC000006A);
	struct buf b;
	struct attempt again;

	(void)state;
	say(&e, LOG_USER, "amy");
	say(&e, LOG_ADDRESS, "10.0.3.7");
	say(&e, LOG_PROGRAM, "C:\\Windows\\System32\\sshd.exe");
	struct attempt a = read_it(&e);
	assert_string_equal(a.program, "sshd.exe");
	buf_init(&b, 4096);
	attempt_put(&a, &b);
	struct span s = buf_span(&b);
	assert_true(attempt_read(&s, &again));
	assert_int_equal(s.left, 0);
	assert_string_equal(again.account, "amy");
	assert_string_equal(again.address, "10.0.3.7");
	assert_int_equal(again.status, 0xC000006A);
	for (size_t len = 0; len < b.len; len++) {
		s = span_of(b.at, len);
		assert_false(attempt_read(&s, &again));
	}
	b.at[0] = ATTEMPT_KINDS;
	s = buf_span(&b);
	assert_false(attempt_read(&s, &again));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_of_their_ids_and_codes),
		cmocka_unit_test(what_is_usual_is_no_attempt),
		cmocka_unit_test(only_the_redirector_tries_others),
		cmocka_unit_test(
		    a_policy_says_whether_failures_are_recorded_from_then_on),
		cmocka_unit_test(only_an_at_job_is_a_task),
		cmocka_unit_test(a_task_has_a_machine_a_time_and_who_made_it),
		cmocka_unit_test(a_task_whose_path_has_no_room_is_none),
		cmocka_unit_test(one_machine_is_one_name),
		cmocka_unit_test(one_address_is_one_text),
		cmocka_unit_test(an_account_is_without_its_domain),
		cmocka_unit_test(local_is_what_no_other_machine_has_a_part_in),
		cmocka_unit_test(an_attempt_is_read_as_it_was_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

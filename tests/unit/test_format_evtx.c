/* Real logs: what is in them, and that nothing is worse for being cut or damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "evtx_made.h"
#include "hive_data.h"

#define ALL EVTX_SHAPES_MOST

struct expected {
	const char *name;
	uint64_t records, recovered, security, undecodable;
	size_t events, failures;
	bool is_cut;
};

static const struct expected logs[] = {
	{ "4625-4776-openssh-nouser", 20, 0, 19, 0, 13, 10, false },
	{ "4625-denied-restriction", 2, 0, 2, 0, 2, 2, false },
	{ "4625-local-tool", 16, 0, 16, 0, 16, 16, false },
	{ "4771-one-user-54", 54, 0, 54, 0, 54, 54, false },
	{ "Security_with_size_t", 636, 0, 626, 0, 258, 15, false },
	/* Pages of zeros in the middle of its chunks: 31 records stand behind them. */
	{ "bad-chunk-magic", 301, 50, 0, 4, 0, 0, false },
	{ "bad-string-cache", 2261, 15, 2239, 0, 629, 0, false },
	{ "new-user-security", 4, 0, 4, 0, 0, 0, false },
	{ "no-crc32", 17, 0, 0, 0, 0, 0, false },
	{ "no-template-issue_201", 1, 0, 0, 0, 0, 0, false },
	{ "no-template-security-4799-4624", 55, 19, 74, 0, 59, 0, false },
	{ "truncated-System2", 283, 0, 278, 0, 92, 0, true },
};

static struct span
log_of(const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof path, "evtx/%s.evtx", name);
	return packed_data(path);
}

static struct told
read_log(const char *name)
{
	struct span file = log_of(name);
	struct told t;

	told_init(&t);
	told_file(&t, file, ALL);
	hive_data_free(file);
	return t;
}

static size_t
count_failures(const struct told *t)
{
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++)
		count += t->at[i].event.is_failure;
	return count;
}

static void
real_logs_are_read_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
		const struct expected *x = &logs[i];
		struct told t = read_log(x->name);

		print_message("%s\n", x->name);
		assert_int_equal(t.tally.records, x->records);
		assert_int_equal(t.tally.recovered, x->recovered);
		assert_int_equal(t.tally.security, x->security);
		assert_int_equal(t.tally.undecodable, x->undecodable);
		assert_int_equal(t.count, x->events);
		assert_int_equal(count_failures(&t), x->failures);
		assert_int_equal(t.heard, x->is_cut ? HEARD_SHORT : HEARD);
		told_free(&t);
	}
}

static void
without_shapes_it_is_the_same(void **state)
{
	static const size_t shapes[] = { 0, 1, 2, 5 };

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
		struct span file = log_of(logs[i].name);
		struct told fast;

		told_init(&fast);
		told_file(&fast, file, ALL);
		for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
			struct told slow;

			told_init(&slow);
			told_file(&slow, file, shapes[k]);
			assert_true(told_same(&fast, &slow));
			told_free(&slow);
		}
		told_free(&fast);
		hive_data_free(file);
	}
}

static void
assert_texts(const struct told_event *e, const char *const texts[LOG_TEXTS])
{
	for (size_t i = 0; i < LOG_TEXTS; i++)
		assert_string_equal(e->text[i], texts[i] ? texts[i] : "");
}

static void
a_kerberos_failure_is_told(void **state)
{
	static const char *const texts[LOG_TEXTS] = {
		[LOG_COMPUTER] = "rootdc1.offsec.lan",
		[LOG_USER] = "admin-hacker",
		[LOG_ADDRESS] = "::ffff:10.23.123.11",
	};
	struct told t = read_log("4771-one-user-54");
	const struct told_event *e = &t.at[0];

	(void)state;
	assert_int_equal(e->event.provider, LOG_AUDITING);
	assert_int_equal(e->event.id, 4771);
	assert_true(e->event.is_failure);
	assert_false(e->event.is_recovered);
	assert_int_equal(e->event.status, 0x18);
	assert_int_equal(e->event.offset, EVTX_HEAD + 512);
	assert_int_equal(e->event.time, 132829304612326433);
	assert_int_equal(t.tally.first, 132829304612326433);
	assert_int_equal(t.tally.last, 132829304779691146);
	assert_texts(e, texts);
	told_free(&t);
}

static void
a_failed_logon_is_told(void **state)
{
	static const char *const texts[LOG_TEXTS] = {
		[LOG_COMPUTER] = "FS03.offsec.lan",
		[LOG_USER] = "-",
		[LOG_DOMAIN] = "-",
		[LOG_WORKSTATION] = "-",
		[LOG_ADDRESS] = "10.23.23.9",
		[LOG_LOGON_PROCESS] = "User32 ",
		[LOG_PROGRAM] = "C:\\Windows\\System32\\winlogon.exe",
	};
	struct told t = read_log("4625-denied-restriction");
	const struct told_event *e = &t.at[0];

	(void)state;
	assert_int_equal(e->event.id, 4625);
	assert_int_equal(e->event.status, 0xc000006e);
	assert_int_equal(e->event.logon_type, 10);
	assert_texts(e, texts);
	told_free(&t);
}

static void
a_log_of_text_alone_is_told(void **state)
{
	struct told t = read_log("no-template-security-4799-4624");
	const struct told_event *e = &t.at[0];

	(void)state;
	assert_int_equal(e->event.id, 4624);
	assert_false(e->event.is_failure);
	assert_int_equal(e->event.time, 132645059059210336);
	assert_int_equal(e->event.logon_type, 3);
	assert_string_equal(e->text[LOG_COMPUTER], "atanids01.offsec.lan");
	told_free(&t);
}

/* One byte of the chunk that is given is another one. */
static struct told
changed_at(struct span chunk, size_t at, uint8_t change)
{
	uint8_t *bytes = malloc(chunk.left);
	struct told t;

	assert_non_null(bytes);
	(void)span_copy(chunk, bytes, chunk.left);
	bytes[at] ^= change;
	told_init(&t);
	told_chunk(&t, span_of(bytes, chunk.left), ALL);
	free(bytes);
	return t;
}

static size_t
find_text(struct span chunk, const char *text)
{
	struct buf b;

	buf_init(&b, 256);
	buf_utf16(&b, text);
	size_t at = span_find(chunk, b.at, b.len);
	buf_free(&b);
	assert_true(at < EVTX_CHUNK);
	return at;
}

/* Of the first record of a log with values out of templates. */
static void
one_byte_decides_whose_it_is(void **state)
{
	struct span file = log_of("4625-local-tool");
	struct span chunk = span_at(file, EVTX_HEAD, EVTX_CHUNK);
	size_t provider = find_text(chunk, "Microsoft-Windows-Security-Auditing");
	size_t channel = provider + 2 * 35 + 16;
	static const uint8_t keywords[] = { 0, 0, 0, 0, 0, 0, 0x10, 0x80 };
	size_t failed = span_find(chunk, keywords, sizeof keywords);

	(void)state;
	struct told t = changed_at(chunk, provider + 68, 1); /* "-Auditinf" */
	assert_int_equal(t.count, 15);
	assert_int_equal(t.tally.security, 15);
	told_free(&t);
	t = changed_at(chunk, provider + 68, 0x20); /* "-AuditinG" */
	assert_int_equal(t.count, 16);
	told_free(&t);
	assert_true(span_is(span_at(chunk, channel, 4), "S\0e", 4));
	t = changed_at(chunk, channel, 1);
	assert_int_equal(t.count, 15);
	assert_int_equal(t.tally.security, 15);
	assert_int_equal(t.tally.records, 16);
	told_free(&t);
	t = changed_at(chunk, failed + 6, 0x30);
	assert_int_equal(t.count, 16);
	assert_int_equal(count_failures(&t), 15);
	told_free(&t);
	hive_data_free(file);
}

static void
a_cut_chunk_is_short_and_gives_what_is_whole(void **state)
{
	struct span file = log_of("4625-local-tool");
	struct span chunk = span_at(file, EVTX_HEAD, EVTX_CHUNK);
	size_t most = 0;

	(void)state;
	for (size_t len = 0; len < EVTX_CHUNK; len += len < 640 ? 1 : 173) {
		struct told t;

		told_init(&t);
		told_chunk(&t, span_at(chunk, 0, len), ALL);
		assert_int_equal(t.heard, HEARD_SHORT);
		assert_int_equal(t.count, t.tally.records);
		assert_int_equal(t.tally.undecodable, 0);
		assert_true(t.count >= most);
		most = t.count;
		told_free(&t);
	}
	assert_int_equal(most, 16);
	hive_data_free(file);
}

/* A log that is longer by some bytes has no fewer records; copied, so that a read
 * outside is seen. */
static void
real_logs_cut_anywhere_give_what_is_whole(void **state)
{
	static const char *const names[] = { "Security_with_size_t", "bad-chunk-magic",
		                             "no-template-security-4799-4624" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct span file = log_of(names[i]);
		struct told whole = read_log(names[i]);
		uint64_t before = 0;

		for (size_t len = EVTX_HEAD; len < file.left; len += 53323) {
			uint8_t *copy = malloc(len);
			struct told t;

			assert_non_null(copy);
			memcpy(copy, file.at, len);
			told_init(&t);
			told_file(&t, span_of(copy, len), ALL);
			assert_true(t.tally.records >= before);
			before = t.tally.records;
			assert_true(t.count <= whole.count);
			told_free(&t);
			free(copy);
		}
		assert_true(before <= whole.tally.records);
		told_free(&whole);
		hive_data_free(file);
	}
}

static void
a_damaged_chunk_does_no_harm(void **state)
{
	static const char *const names[] = { "4625-4776-openssh-nouser",
		                             "no-template-security-4799-4624" };
	static const uint8_t changes[] = { 0xff, 0x01, 0x40 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct span file = log_of(names[i]);
		struct span chunk = span_at(file, EVTX_HEAD, EVTX_CHUNK);

		for (size_t at = 0; at < 12000; at += at < 64 ? 1 : 23) {
			struct told t = changed_at(chunk, at, changes[at % 3]);

			assert_true(t.count <= 60 && t.tally.records <= 60);
			told_free(&t);
		}
		hive_data_free(file);
	}
}

static void
a_head_is_read(void **state)
{
	struct span file = log_of("bad-chunk-magic");
	struct evtx_head head;

	(void)state;
	assert_int_equal(evtx_head_read(file, &head), HEARD);
	assert_int_equal(head.major, 3);
	assert_int_equal(head.minor, 1);
	assert_true(head.is_dirty);
	assert_false(head.is_full);
	for (size_t len = 0; len < 124; len++)
		assert_int_equal(evtx_head_read(span_at(file, 0, len), &head),
		                 HEARD_SHORT);
	assert_int_equal(evtx_head_read(span_at(file, 0, 124), &head), HEARD);
	/* A chunk is no file. */
	assert_int_equal(evtx_head_read(span_at(file, EVTX_HEAD, EVTX_CHUNK), &head),
	                 HEARD_ODD);
	hive_data_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_logs_are_read_whole),
		cmocka_unit_test(without_shapes_it_is_the_same),
		cmocka_unit_test(a_kerberos_failure_is_told),
		cmocka_unit_test(a_failed_logon_is_told),
		cmocka_unit_test(a_log_of_text_alone_is_told),
		cmocka_unit_test(one_byte_decides_whose_it_is),
		cmocka_unit_test(a_cut_chunk_is_short_and_gives_what_is_whole),
		cmocka_unit_test(real_logs_cut_anywhere_give_what_is_whole),
		cmocka_unit_test(a_damaged_chunk_does_no_harm),
		cmocka_unit_test(a_head_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

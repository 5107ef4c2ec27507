/* What is left of event logs in bytes that are none: out of real logs, and made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "evt_sample.h"
#include "format/evtx.h"
#include "format/log_carve.h"
#include "hive_data.h"

#define BLOB_MOST (16u << 20)
#define WINDOW (2 * LOG_CARVE_REACH)

/* ---- reading, and what came of it */

struct found {
	struct log_tally tally;
	uint64_t events;
	uint64_t sum; /* of who was tried, and when */
};

static void
note(void *with, const struct log_event *e)
{
	struct found *f = with;

	f->events++;
	f->sum += e->time * 31 + e->number;
	for (size_t i = 0; i < e->text[LOG_USER].left; i++)
		f->sum = f->sum * 257 + e->text[LOG_USER].at[i];
}

static void
note_carved(void *with, const struct log_event *e)
{
	assert_true(e->is_recovered);
	note(with, e);
}

static struct found
carve(struct span blob, size_t window)
{
	struct found f = { .events = 0 };
	struct log_carve *c = log_carve_new(note_carved, &f);
	size_t at = 0;

	assert_non_null(c);
	while (at < blob.left) {
		size_t left = blob.left - at < window ? blob.left - at : window;
		struct log_window w = { span_at(blob, at, left), at, left < window };
		size_t done = log_carve_read(c, &w, &f.tally);

		assert_true(done > 0 && done <= left);
		at += done;
	}
	log_carve_free(c);
	assert_int_equal(f.tally.records, 0);
	assert_int_equal(f.tally.first | f.tally.last, 0);
	return f;
}

static struct found
read_evtx(struct span file)
{
	struct found f = { .events = 0 };
	struct evtx *e = evtx_new(note, &f);

	assert_non_null(e);
	for (size_t at = EVTX_HEAD; at < file.left; at += EVTX_CHUNK) {
		size_t left = file.left - at;
		struct span s = span_at(file, at,
		                        left < EVTX_CHUNK ? left : EVTX_CHUNK);

		(void)evtx_chunk_read(e, s, at, &f.tally);
	}
	evtx_free(e);
	return f;
}

static void
assert_same(const struct found *a, const struct found *b)
{
	assert_int_equal(a->events, b->events);
	assert_int_equal(a->sum, b->sum);
	assert_int_equal(a->tally.security, b->tally.security);
	assert_int_equal(a->tally.undecodable, b->tally.undecodable);
	assert_int_equal(a->tally.records + a->tally.recovered,
	                 b->tally.records + b->tally.recovered);
}

/* Bytes that are like nothing, and no log among them. */
static void
put_noise(struct buf *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_u8(b, (uint8_t)(b->len * 2654435761u >> 13));
}

static struct buf
behind_noise(size_t noise, struct span what)
{
	struct buf b;

	buf_init(&b, BLOB_MOST);
	put_noise(&b, noise);
	buf_put(&b, what.at, what.left);
	put_noise(&b, 3000);
	assert_false(b.bad);
	return b;
}

static struct found
carve_behind(size_t noise, struct span what)
{
	struct buf b = behind_noise(noise, what);
	struct found f = carve(buf_span(&b), WINDOW);

	buf_free(&b);
	return f;
}

/* ---- chunks */

static void
real_chunks_are_read_wherever_a_sector_begins(void **state)
{
	static const char *const names[] = { "evtx/4771-one-user-54.evtx",
		                             "evtx/Security_with_size_t.evtx",
		                             "evtx/no-template-security-4799-4624.evtx",
		                             "evtx/kerberos-spray-small.evtx" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct span file = packed_data(names[i]);
		struct found whole = read_evtx(file);
		struct span chunks = span_at(file, EVTX_HEAD, file.left - EVTX_HEAD);

		assert_true(whole.events > 0);
		for (size_t noise = 0; noise < 4096; noise += 1536) {
			struct found f = carve_behind(noise, chunks);

			assert_same(&f, &whole);
		}
		struct found f = carve_behind(512 + 256, chunks); /* within a sector */
		assert_int_equal(f.events + f.tally.recovered, 0);
		hive_data_free(file);
	}
}

static void
one_byte_of_its_head_decides_what_a_chunk_is(void **state)
{
	static const size_t decides[] = { 0, 6, 7, 40, 41, 43 };
	static const size_t decides_nothing[] = { 8, 24, 52, 124, 300 };
	struct span file = packed_data("evtx/4771-one-user-54.evtx");
	struct buf b = behind_noise(1024, span_at(file, EVTX_HEAD, EVTX_CHUNK));

	(void)state;
	for (size_t i = 0; i < sizeof decides / sizeof decides[0]; i++) {
		b.at[1024 + decides[i]] ^= 1;
		assert_int_equal(carve(buf_span(&b), WINDOW).events, 0);
		b.at[1024 + decides[i]] ^= 1;
	}
	for (size_t i = 0; i < sizeof decides_nothing / sizeof decides_nothing[0];
	     i++) {
		b.at[1024 + decides_nothing[i]] ^= 1;
		assert_int_equal(carve(buf_span(&b), WINDOW).events, 54);
		b.at[1024 + decides_nothing[i]] ^= 1;
	}
	buf_free(&b);
	hive_data_free(file);
}

static void
a_chunk_in_pieces_hides_no_other(void **state)
{
	struct span file = packed_data("evtx/4771-one-user-54.evtx");
	struct span chunk = span_at(file, EVTX_HEAD, EVTX_CHUNK);
	struct buf b;

	(void)state;
	buf_init(&b, BLOB_MOST);
	buf_put(&b, chunk.at, 8192); /* another file goes on behind it */
	buf_put(&b, chunk.at, chunk.left);
	struct found both = carve(buf_span(&b), WINDOW);
	assert_true(both.events > 54 && both.events < 108);
	b.len = 8192;
	assert_int_equal(carve(buf_span(&b), WINDOW).events, both.events - 54);
	buf_free(&b);
	hive_data_free(file);
}

/* ---- records */

static void
real_records_are_read_without_their_header(void **state)
{
	struct span file = packed_data("evt/SysEvent-wrapped-dirty.Evt");
	struct span ring = span_at(file, 48, file.left - 48);

	(void)state;
	/* The one that lies in two pieces is torn now; 438 are old ones. */
	for (size_t noise = 0; noise < 4096; noise += 1364) {
		struct found f = carve_behind(noise, ring);

		assert_int_equal(f.tally.recovered, 6063 + 438);
		assert_int_equal(f.tally.security, 0);
	}
	hive_data_free(file);
}

static struct buf
attempts(unsigned count)
{
	struct buf log;

	buf_init(&log, BLOB_MOST);
	evt_sample(&log, 0, count, "10.0.3.7");
	assert_false(log.bad);
	return log;
}

static void
records_begin_after_whole_words(void **state)
{
	struct buf log = attempts(20);
	struct evt_given whole = evt_read(buf_span(&log), SIZE_MAX);
	struct span records = span_at(buf_span(&log), 48, log.len - 48);

	(void)state;
	assert_int_equal(whole.events, 20);
	for (size_t noise = 0; noise < 20; noise++) {
		struct found f = carve_behind(noise, records);

		assert_int_equal(f.events, noise % 4 == 0 ? 20 : 0);
		assert_int_equal(f.tally.undecodable, 0);
	}
	buf_free(&log);
}

static void
one_byte_decides_what_a_record_is(void **state)
{
	struct buf log = attempts(3);
	size_t len = evt_get(log.at, 48);
	struct span records = span_at(buf_span(&log), 48, log.len - 48);

	(void)state;
	for (size_t at = 4; at < 8; at++) { /* its mark */
		log.at[48 + at] ^= 1;
		struct found f = carve_behind(512, records);
		assert_int_equal(f.events, 2);
		assert_int_equal(f.tally.undecodable, 0);
		log.at[48 + at] ^= 1;
	}
	log.at[48 + len - 4] ^= 4; /* its length, at its end: torn */
	struct found f = carve_behind(512, records);
	assert_int_equal(f.events, 2);
	assert_int_equal(f.tally.undecodable, 1);
	buf_free(&log);
}

static void
a_record_that_says_too_much_hides_no_other(void **state)
{
	static const uint32_t lengths[] = { 0,    4,     56,         59,        61,
		                            4000, 65536, 0xfffffffc, 0x7ffffffc };
	struct buf log = attempts(3);
	struct span records = span_at(buf_span(&log), 48, log.len - 48);

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		evt_set(log.at, 48, lengths[i]);
		assert_int_equal(carve_behind(512, records).events, 2);
	}
	buf_free(&log);
}

/* ---- windows, and what is cut */

static struct buf
a_bit_of_everything(void)
{
	struct span file = packed_data("evtx/4771-one-user-54.evtx");
	struct buf log = attempts(400);
	struct buf b;

	buf_init(&b, BLOB_MOST);
	put_noise(&b, 700);
	buf_put(&b, log.at, log.len);
	buf_zero(&b, 512 - b.len % 512);
	buf_put(&b, file.at, file.left);
	buf_put(&b, log.at, log.len);
	assert_false(b.bad);
	hive_data_free(file);
	buf_free(&log);
	return b;
}

static void
windows_of_every_size_find_the_same(void **state)
{
	struct buf b = a_bit_of_everything();
	struct found whole = carve(buf_span(&b), BLOB_MOST);

	(void)state;
	assert_int_equal(whole.events, 400 + 54 + 400);
	for (size_t more = 4; more < 60000; more = more * 3 + 4) {
		struct found f = carve(buf_span(&b), LOG_CARVE_REACH + more);

		assert_same(&f, &whole);
	}
	buf_free(&b);
}

/* One that is longer by a byte has no less in it; copied, so that a read outside is
 * seen. */
static void
at_every_length_what_is_there_is_read(void **state)
{
	struct buf b = a_bit_of_everything();
	uint64_t before = 0;

	(void)state;
	for (size_t len = 1; len < b.len; len += 997) {
		uint8_t *copy = malloc(len);

		assert_non_null(copy);
		memcpy(copy, b.at, len);
		struct found f = carve(span_of(copy, len), WINDOW);
		assert_true(f.events >= before);
		before = f.events;
		free(copy);
	}
	buf_free(&b);
}

static void
what_begins_like_one_of_both_is_known(void **state)
{
	uint8_t record[8] = { 60, 0, 0, 0, 'L', 'f', 'L', 'e' };

	(void)state;
	assert_true(log_carve_begins(span_of("ElfChnk", 8)));
	assert_false(log_carve_begins(span_of("ElfChnk", 7)));
	assert_false(log_carve_begins(span_of("ElfChnks", 8)));
	assert_true(log_carve_begins(span_of(record, 8)));
	assert_false(log_carve_begins(span_of(record, 7)));
	record[0] = 48; /* a header */
	assert_false(log_carve_begins(span_of(record, 8)));
	record[0] = 62;
	assert_false(log_carve_begins(span_of(record, 8)));
	record[0] = 60;
	record[7] = 'f';
	assert_false(log_carve_begins(span_of(record, 8)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_chunks_are_read_wherever_a_sector_begins),
		cmocka_unit_test(one_byte_of_its_head_decides_what_a_chunk_is),
		cmocka_unit_test(a_chunk_in_pieces_hides_no_other),
		cmocka_unit_test(real_records_are_read_without_their_header),
		cmocka_unit_test(records_begin_after_whole_words),
		cmocka_unit_test(one_byte_decides_what_a_record_is),
		cmocka_unit_test(a_record_that_says_too_much_hides_no_other),
		cmocka_unit_test(windows_of_every_size_find_the_same),
		cmocka_unit_test(at_every_length_what_is_there_is_read),
		cmocka_unit_test(what_begins_like_one_of_both_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

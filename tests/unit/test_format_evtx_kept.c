/* Shapes of chunks before: the same bytes are no work again, others are read anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "evtx_made.h"
#include "hive_data.h"

#define STORM "evtx/smb-password-guessing-security.evtx"
#define MIXED "evtx/Security_with_size_t.evtx"

#ifdef __SANITIZE_ADDRESS__
#define EVERY 43
#else
#define EVERY 5
#endif

static struct span
chunk_of(struct span file, size_t number)
{
	return span_at(file, EVTX_HEAD + number * EVTX_CHUNK, EVTX_CHUNK);
}

/* The head of the file, and these two. */
static struct span
file_of_two(struct span file, struct span one, struct span other)
{
	size_t len = EVTX_HEAD + 2 * EVTX_CHUNK;
	uint8_t *bytes = malloc(len);

	assert_non_null(bytes);
	memcpy(bytes, file.at, EVTX_HEAD);
	memcpy(bytes + EVTX_HEAD, one.at, EVTX_CHUNK);
	memcpy(bytes + EVTX_HEAD + EVTX_CHUNK, other.at, EVTX_CHUNK);
	return span_of(bytes, len);
}

static uint8_t *
second_of(struct span two)
{
	return (uint8_t *)two.at + EVTX_HEAD + EVTX_CHUNK;
}

static void
count_one(void *with, const struct log_event *event)
{
	(void)event;
	++*(size_t *)with;
}

static void
a_definition_is_walked_through_once(void **state)
{
	struct span file = packed_data(STORM);
	struct log_tally tally = { .records = 0 };
	size_t events = 0;
	struct evtx *e = evtx_new(count_one, &events);

	(void)state;
	assert_non_null(e);
	for (size_t i = 0; i < 12; i++) {
		assert_int_equal(evtx_chunk_read(e, chunk_of(file, i), 0, &tally),
		                 HEARD);
		if (i == 0)
			assert_true(e->definition_steps < EVTX_STEPS_OF_DEFINITIONS);
		else
			assert_int_equal(e->definition_steps,
			                 EVTX_STEPS_OF_DEFINITIONS);
		assert_int_equal(e->shape_count, 2);
		assert_int_equal(events, tally.records + tally.recovered);
	}
	evtx_free(e);
	hive_data_free(file);
}

/* Of a record with its own definition: who was tried, and all else is text. */
static void
put_record(struct made *m, uint64_t number, const char *data)
{
	static const uint16_t value[][2] = { { 10, EVTX_STRING } };

	made_record(m, number);
	made_template(m);
	made_open(m, "Event");
	made_system(m, made_4625);
	made_open(m, "EventData");
	made_open_with(m, "Data");
	made_attribute(m, "Name");
	made_text(m, data);
	made_token(m, TOKEN_START_CLOSED);
	made_gap(m, 0, EVTX_STRING);
	for (size_t i = 0; i < 3; i++)
		made_token(m, TOKEN_ELEMENT_END);
	made_template_end(m);
	made_values(m, value, 1);
	buf_utf16(&m->b, "nurse");
	made_record_end(m);
}

/* What definitions have cost, of one to three records, the last of which is another. */
static size_t
steps_of(size_t records, struct told *t)
{
	static const char *const data[] = { "TargetUserName", "TargetUserName",
		                            "TargetUserNamf" };
	struct made m;

	made_begin(&m);
	for (size_t i = 0; i < records; i++)
		put_record(&m, i + 1, data[i]);
	made_end(&m, EVTX_CHUNK - m.b.len);
	told_chunk(t, buf_span(&m.b), EVTX_SHAPES_MOST);
	size_t events = 0;
	struct log_tally tally = { .records = 0 };
	struct evtx *e = evtx_new(count_one, &events);
	assert_non_null(e);
	assert_int_equal(evtx_chunk_read(e, buf_span(&m.b), 0, &tally), HEARD);
	size_t steps = EVTX_STEPS_OF_DEFINITIONS - e->definition_steps;
	assert_int_equal(events, records);
	evtx_free(e);
	made_free(&m);
	return steps;
}

static void
it_may_stand_in_another_place(void **state)
{
	struct told t;

	(void)state;
	told_init(&t);
	size_t once = steps_of(1, &t);
	assert_true(once > 20);
	assert_int_equal(steps_of(2, &t), once);
	assert_int_equal(steps_of(3, &t), 2 * once);
	assert_int_equal(t.count, 6);
	for (size_t i = 0; i < t.count; i++)
		assert_string_equal(t.at[i].text[LOG_USER], i < 5 ? "nurse" : "");
	told_free(&t);
}

/* By shapes, with those of chunks before, and without any. */
static void
assert_reads_the_same(struct span file)
{
	struct told fast;
	struct told slow;

	told_init(&fast);
	told_init(&slow);
	told_file(&fast, file, EVTX_SHAPES_MOST);
	told_file(&slow, file, 0);
	assert_true(told_same(&fast, &slow));
	told_free(&fast);
	told_free(&slow);
}

/* Of the first records, in which the definitions are, every fifth byte in its turn. */
static void
a_chunk_that_differs_in_a_byte_is_read_for_itself(void **state)
{
	static const char *const logs[] = { STORM, MIXED };

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		struct span file = packed_data(logs[l]);
		struct span chunk = chunk_of(file, 0);
		struct span two = file_of_two(file, chunk, chunk);

		for (size_t at = 512; at < 6000; at += EVERY) {
			second_of(two)[at] ^= 1;
			assert_reads_the_same(two);
			second_of(two)[at] ^= 1;
		}
		free((void *)two.at);
		hive_data_free(file);
	}
}

/* Every one that there is: what Windows calls it stands once in a chunk. */
static void
rename_all(uint8_t *chunk, const void *utf16, size_t len)
{
	struct span left = span_of(chunk, EVTX_CHUNK);
	size_t at = span_find(left, utf16, len);

	assert_int_not_equal(at, SIZE_MAX);
	while (at != SIZE_MAX) {
		(void)span_cut(&left, at);
		((uint8_t *)left.at)[len - 2] ^= 1;
		(void)span_cut(&left, len);
		at = span_find(left, utf16, len);
	}
}

static void
a_name_that_is_another_is_another_field(void **state)
{
	static const uint16_t name[] = u"IpAddress";
	struct span file = packed_data(STORM);
	struct span chunk = chunk_of(file, 0);
	struct span two = file_of_two(file, chunk, chunk);
	struct told t;

	(void)state;
	rename_all(second_of(two), name, sizeof name - sizeof name[0]);
	told_init(&t);
	told_file(&t, two, EVTX_SHAPES_MOST);
	assert_true(t.count > 100 && t.count % 2 == 0);
	for (size_t i = 0; i < t.count; i++)
		assert_string_equal(t.at[i].text[LOG_ADDRESS],
		                    i < t.count / 2 ? "192.168.198.149" : "");
	told_free(&t);
	free((void *)two.at);
	hive_data_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_definition_is_walked_through_once),
		cmocka_unit_test(it_may_stand_in_another_place),
		cmocka_unit_test(a_chunk_that_differs_in_a_byte_is_read_for_itself),
		cmocka_unit_test(a_name_that_is_another_is_another_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

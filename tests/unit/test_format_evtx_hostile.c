/* Chunks that an enemy made: reading ends, soon, and what is sound is still given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evtx_made.h"

static const char *const one[][2] = { { "TargetUserName", "nurse" } };

/* Reads what was made and, behind it, a sound event. */
static struct told
read_before_a_sound_one(struct made *m)
{
	struct told t;

	made_event(m, made_4625, one, 1);
	made_end(m, EVTX_CHUNK - m->b.len);
	told_init(&t);
	told_chunk(&t, buf_span(&m->b), EVTX_SHAPES_MOST);
	made_free(m);
	return t;
}

static void
assert_only_the_sound_one(struct told t, uint64_t undecodable)
{
	assert_int_equal(t.count, 1);
	assert_string_equal(t.at[0].text[LOG_USER], "nurse");
	assert_int_equal(t.tally.undecodable, undecodable);
	told_free(&t);
}

/* A definition in which an instance of it stands. */
static void
a_template_within_itself_ends(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m);
	made_record(&m, 1);
	size_t definition = made_template(&m);
	made_open(&m, "Event");
	made_system(&m, made_4625);
	made_token(&m, TOKEN_ELEMENT_END);
	made_instance(&m, definition); /* beside it, where an Event may be */
	made_values(&m, NULL, 0);
	made_template_end(&m);
	made_values(&m, NULL, 0);
	made_record_end(&m);
	assert_only_the_sound_one(read_before_a_sound_one(&m), 1);
}

/* At every level there are many streams again, more than may wait. */
static void
streams_in_streams_end(void **state)
{
	static const uint16_t streams[][2] = { { 14, EVTX_STREAM } };

	(void)state;
	for (size_t count = 2; count <= 12; count += 10) {
		struct made m;

		made_begin(&m);
		made_record(&m, 1);
		size_t definition = made_template(&m);
		made_open(&m, "Event");
		made_system(&m, made_4625);
		made_token(&m, TOKEN_ELEMENT_END);
		for (size_t i = 0; i < count; i++) {
			made_instance(&m, definition);
			made_values(&m, NULL, 0);
			made_gap(&m, 0, EVTX_STREAM);
		}
		made_template_end(&m);
		made_values(&m, streams, 1);
		made_instance(&m, definition);
		made_values(&m, NULL, 0);
		made_record_end(&m);
		assert_only_the_sound_one(read_before_a_sound_one(&m), 1);
	}
}

static void
too_many_values_are_refused(void **state)
{
	static const uint16_t none[EVTX_VALUES_MOST + 1][2];
	struct made m;

	(void)state;
	for (size_t count = EVTX_VALUES_MOST; count <= EVTX_VALUES_MOST + 1; count++) {
		made_begin(&m);
		made_record(&m, 1);
		made_template(&m);
		made_open(&m, "Event");
		made_system(&m, made_4625);
		made_token(&m, TOKEN_ELEMENT_END);
		made_template_end(&m);
		made_values(&m, none, count);
		made_record_end(&m);
		struct told t = read_before_a_sound_one(&m);
		assert_int_equal(t.count, count == EVTX_VALUES_MOST ? 2 : 1);
		told_free(&t);
	}
	made_begin(&m);
	made_record(&m, 1);
	made_instance(&m, 512);
	buf_le32(&m.b, 65535);
	made_record_end(&m);
	assert_only_the_sound_one(read_before_a_sound_one(&m), 1);
}

/* All of a failed logon but the end of its Event. */
static void
open_event(struct made *m)
{
	made_record(m, 1);
	made_open(m, "Event");
	made_system(m, made_4625);
}

static void
close_event(struct made *m)
{
	made_token(m, TOKEN_ELEMENT_END);
	made_record_end(m);
}

static void
put_event_with_a_name_at(struct made *m, uint32_t at)
{
	open_event(m);
	buf_u8(&m->b, TOKEN_ELEMENT);
	buf_le32(&m->b, 100);
	buf_le32(&m->b, at);
	made_token(m, TOKEN_EMPTY_CLOSED);
	close_event(m);
}

static void
names_outside_are_refused(void **state)
{
	static const uint32_t places[] = { 65534, 65535, 65536, 0x7fffffff,
		                           0xffffffff };
	struct made m;

	(void)state;
	made_begin(&m);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		put_event_with_a_name_at(&m, places[i]);
	assert_only_the_sound_one(read_before_a_sound_one(&m), 5);
	made_begin(&m);
	put_event_with_a_name_at(&m, 65000); /* zeros: a name without letters */
	struct told t = read_before_a_sound_one(&m);
	assert_int_equal(t.count, 2);
	told_free(&t);
}

static struct told
read_nested(size_t depth)
{
	struct made m;

	made_begin(&m);
	made_record(&m, 1);
	made_open(&m, "Event");
	made_system(&m, made_4625);
	for (size_t i = 1; i < depth; i++)
		made_open(&m, "a");
	for (size_t i = 1; i < depth; i++)
		made_token(&m, TOKEN_ELEMENT_END);
	made_token(&m, TOKEN_ELEMENT_END);
	made_record_end(&m);
	return read_before_a_sound_one(&m);
}

static void
nesting_has_a_limit(void **state)
{
	(void)state;
	struct told t = read_nested(EVTX_NESTING_MOST);
	assert_int_equal(t.count, 2);
	told_free(&t);
	assert_only_the_sound_one(read_nested(EVTX_NESTING_MOST + 1), 1);
}

static void
ends_without_a_beginning_are_refused(void **state)
{
	static const enum evtx_token ends[] = { TOKEN_ELEMENT_END, TOKEN_EMPTY_CLOSED,
		                                TOKENS };
	struct made m;

	(void)state;
	made_begin(&m);
	for (size_t i = 0; i < 3; i++) {
		open_event(&m);
		made_token(&m, TOKEN_ELEMENT_END);
		made_token(&m, ends[i]);
		made_record_end(&m);
	}
	open_event(&m); /* and a beginning without an end */
	made_record_end(&m);
	assert_only_the_sound_one(read_before_a_sound_one(&m), 4);
}

/* Two bytes more in an element where there should be none, and the other way. */
static void
elements_of_the_other_kind_are_read(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m);
	m.is_definition = true;
	open_event(&m);
	close_event(&m);
	m.is_definition = false;
	made_record(&m, 2);
	made_template(&m);
	m.is_definition = false;
	made_open(&m, "Event");
	made_system(&m, made_4625);
	made_token(&m, TOKEN_ELEMENT_END);
	made_template_end(&m);
	made_values(&m, NULL, 0);
	made_record_end(&m);
	struct told t = read_before_a_sound_one(&m);
	assert_int_equal(t.count, 3);
	told_free(&t);
}

/* More definitions than have room, and every record with another one. */
static void
more_templates_than_are_remembered_are_read(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m);
	for (size_t i = 0; i < EVTX_SHAPES_MOST + 20; i++) {
		made_record(&m, i);
		made_template(&m);
		made_open(&m, "Event");
		made_open(&m, "System");
		made_mark(&m, "Provider", "Name", "P");
		made_leaf(&m, "EventID", "1");
		made_token(&m, TOKEN_ELEMENT_END);
		made_token(&m, TOKEN_ELEMENT_END);
		made_template_end(&m);
		made_values(&m, NULL, 0);
		made_record_end(&m);
	}
	assert_only_the_sound_one(read_before_a_sound_one(&m), 0);
}

static void
put_idle_tokens(struct made *m, size_t count)
{
	for (size_t i = 0; i < count; i++)
		made_token(m, TOKEN_START_CLOSED);
}

/* The same long definition again and again: once is enough where it is remembered. */
static void
work_on_definitions_has_a_limit(void **state)
{
	struct made m;
	struct told t;

	(void)state;
	made_begin(&m);
	made_record(&m, 1);
	size_t definition = made_template(&m);
	made_open(&m, "Event");
	made_system(&m, made_4625);
	put_idle_tokens(&m, 40000);
	made_token(&m, TOKEN_ELEMENT_END);
	made_template_end(&m);
	made_values(&m, NULL, 0);
	made_record_end(&m);
	for (size_t i = 0; i < 100; i++) {
		made_record(&m, 2);
		made_instance(&m, definition);
		made_values(&m, NULL, 0);
		made_record_end(&m);
	}
	made_end(&m, EVTX_CHUNK - m.b.len);
	for (size_t shapes = 0; shapes < 2; shapes++) {
		told_init(&t);
		told_chunk(&t, buf_span(&m.b), shapes);
		assert_int_equal(t.tally.records, 101);
		assert_int_equal(t.count, shapes == 0 ? 6 : 101);
		assert_int_equal(t.tally.undecodable, shapes == 0 ? 95 : 0);
		told_free(&t);
	}
	made_free(&m);
}

static void
put_gaps(struct made *m, size_t count)
{
	for (size_t i = 0; i < count; i++)
		made_gap(m, 0, EVTX_STREAM);
	made_token(m, TOKEN_ELEMENT_END);
	made_template_end(m);
}

/* A stream in which one of 2000 tokens stands `inner` times, itself `outer` times. */
static struct told
read_repeated(size_t outer, size_t inner)
{
	static const uint16_t one_stream[][2] = { { 2000, EVTX_STREAM } };
	struct made m;

	made_begin(&m);
	made_record(&m, 1);
	made_template(&m);
	made_open(&m, "Event");
	made_system(&m, made_4625);
	put_gaps(&m, outer);
	made_values(&m, one_stream, 1);
	size_t stream = m.b.len;
	made_token(&m, TOKEN_STREAM_HEAD);
	made_template(&m);
	made_open(&m, "EventData");
	put_gaps(&m, inner);
	made_values(&m, one_stream, 1);
	put_idle_tokens(&m, 2000);
	buf_patch_le16(&m.b, stream - 4, (uint16_t)(m.b.len - stream));
	made_record_end(&m);
	return read_before_a_sound_one(&m);
}

static void
work_on_a_record_has_a_limit(void **state)
{
	(void)state;
	struct told t = read_repeated(2, 6);
	assert_int_equal(t.count, 2);
	told_free(&t);
	assert_only_the_sound_one(read_repeated(4, 12), 1);
}

/* A value of nothing but empty strings, a text of nothing but single letters, and
 * elements without end: as many as there is room for. */
static void
strings_without_number_end(void **state)
{
	enum { ROOM = 40000 };
	static const uint16_t strings[][2] = { { ROOM, EVTX_STRINGS } };
	struct made m;

	(void)state;
	made_begin(&m);
	made_record(&m, 1);
	made_template(&m);
	made_open(&m, "Event");
	made_system(&m, made_4625);
	made_open(&m, "EventData");
	made_open(&m, "Data");
	made_gap(&m, 0, EVTX_STRINGS);
	for (size_t i = 0; i < 3; i++)
		made_token(&m, TOKEN_ELEMENT_END);
	made_template_end(&m);
	made_values(&m, strings, 1);
	buf_zero(&m.b, ROOM);
	made_record_end(&m);
	struct told t = read_before_a_sound_one(&m);
	assert_int_equal(t.count, 2);
	assert_string_equal(t.at[0].text[LOG_USER], "");
	told_free(&t);

	made_begin(&m);
	open_event(&m);
	made_open(&m, "EventData");
	made_open_with(&m, "Data");
	made_attribute(&m, "Name");
	for (size_t i = 0; i < 8000; i++)
		made_text(&m, "a");
	made_token(&m, TOKEN_EMPTY_CLOSED);
	made_token(&m, TOKEN_ELEMENT_END);
	close_event(&m);
	t = read_before_a_sound_one(&m);
	assert_int_equal(t.count, 2);
	told_free(&t);

	made_begin(&m);
	open_event(&m);
	made_open(&m, "EventData");
	for (size_t i = 0; i < 1500; i++)
		made_data(&m, NULL, "");
	made_token(&m, TOKEN_ELEMENT_END);
	close_event(&m);
	t = read_before_a_sound_one(&m);
	assert_int_equal(t.count, 2);
	told_free(&t);
}

static void
what_is_no_chunk_says_so(void **state)
{
	static uint8_t bytes[EVTX_CHUNK];
	struct log_tally tally = { 0 };
	struct evtx *e = evtx_new(NULL, NULL);

	(void)state;
	assert_non_null(e);
	for (int fill = 0; fill < 256; fill += 255) {
		memset(bytes, fill, sizeof bytes);
		struct span chunk = span_of(bytes, sizeof bytes);
		assert_int_equal(evtx_chunk_read(e, chunk, 0, &tally), HEARD_NOTHING);
		memcpy(bytes, "ElfChnk", 8);
		assert_int_equal(evtx_chunk_read(e, chunk, 0, &tally), HEARD);
	}
	assert_int_equal(tally.records + tally.recovered, 0);
	/* Nothing but that something is there that is no record, in each. */
	assert_int_equal(tally.undecodable, 2);
	evtx_free(e);
	evtx_free(NULL);
}

/* A record of length zero, or of one too small or too large. */
static void
lengths_that_cannot_be_are_stepped_over(void **state)
{
	static const uint16_t lengths[] = { 0, 1, 27, 28, 65535 };
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		made_begin(&m);
		made_event(&m, made_4625, one, 1);
		buf_patch_le16(&m.b, m.record + 4, lengths[i]);
		/* One of 28 is a record in which nothing is, before what is lost. */
		assert_only_the_sound_one(read_before_a_sound_one(&m),
		                          lengths[i] == 28 ? 2 : 1);
	}
}

static void
a_stretch_without_records_counts_once(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m);
	for (size_t i = 0; i < 3; i++) {
		made_event(&m, made_4625, one, 1);
		buf_patch_le16(&m.b, m.record + 4, 0);
	}
	assert_only_the_sound_one(read_before_a_sound_one(&m), 1);
}

static struct told
read_left_over(size_t free_at, uint16_t len_change)
{
	struct made m;
	struct told t;

	made_begin(&m);
	made_event(&m, made_4625, one, 1);
	size_t second = m.b.len;
	made_event(&m, made_4625, one, 1);
	buf_patch_le16(&m.b, m.b.len - 4, (uint16_t)(m.b.len - second - len_change));
	made_end(&m, EVTX_CHUNK - m.b.len);
	buf_patch_le16(&m.b, 48, (uint16_t)(free_at > 0 ? free_at : second));
	told_init(&t);
	told_chunk(&t, buf_span(&m.b), EVTX_SHAPES_MOST);
	made_free(&m);
	return t;
}

static void
older_ones_behind_the_end_are_recovered(void **state)
{
	(void)state;
	struct told t = read_left_over(0, 0);
	assert_int_equal(t.count, 2);
	assert_false(t.at[0].event.is_recovered);
	assert_true(t.at[1].event.is_recovered);
	assert_int_equal(t.tally.records, 1);
	assert_int_equal(t.tally.recovered, 1);
	assert_int_equal(t.tally.security, 2);
	told_free(&t);
	/* Its end is not what its beginning says. */
	t = read_left_over(0, 8);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.tally.recovered, 0);
	assert_int_equal(t.tally.undecodable, 0);
	told_free(&t);
	/* No place for an end: all are current, up to what is no record. */
	t = read_left_over(8, 0);
	assert_int_equal(t.tally.records, 2);
	assert_int_equal(t.tally.undecodable, 1);
	told_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_template_within_itself_ends),
		cmocka_unit_test(streams_in_streams_end),
		cmocka_unit_test(too_many_values_are_refused),
		cmocka_unit_test(names_outside_are_refused),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(ends_without_a_beginning_are_refused),
		cmocka_unit_test(elements_of_the_other_kind_are_read),
		cmocka_unit_test(more_templates_than_are_remembered_are_read),
		cmocka_unit_test(work_on_definitions_has_a_limit),
		cmocka_unit_test(work_on_a_record_has_a_limit),
		cmocka_unit_test(strings_without_number_end),
		cmocka_unit_test(what_is_no_chunk_says_so),
		cmocka_unit_test(lengths_that_cannot_be_are_stepped_over),
		cmocka_unit_test(a_stretch_without_records_counts_once),
		cmocka_unit_test(older_ones_behind_the_end_are_recovered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

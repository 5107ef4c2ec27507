#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"
#include "flow/finding.h"

#define LINE                                                                \
	"{\"type\":\"finding\",\"time\":\"2026-11-22T19:33:03.123Z\","      \
	"\"host\":\"127.1.0.5\",\"detector\":\"smb\","                      \
	"\"trace\":\"netpath-invalid-parameter\",\"grade\":\"conclusive\"," \
	"\"variants\":[\"A\",\"B\",\"C\",\"D\"],"                           \
	"\"fields\":{\"win32_error\":87,\"pipe\":\"browser\"},"             \
	"\"where\":\"445/tcp\"}"

/* The keys without which there is no finding. */
#define HEAD                                                           \
	"{\"type\":\"finding\",\"time\":\"2026-11-22T19:33:03.123Z\"," \
	"\"host\":\"h\",\"detector\":\"smb\",\"trace\":\"t\",\"grade\":\"weak\""

static struct finding
example(void)
{
	struct finding f = {
		.time_ms = 1795375983123,
		.host = "127.1.0.5",
		.detector = "smb",
		.trace = "netpath-invalid-parameter",
		.grade = GRADE_CONCLUSIVE,
		.variants = VARIANT_A | VARIANT_B | VARIANT_C | VARIANT_D,
		.where = "445/tcp",
	};

	finding_number(&f, "win32_error", 87);
	finding_text(&f, "pipe", "browser");
	return f;
}

static void
assert_refused(const char *json)
{
	struct finding f = { .time_ms = 77 };

	assert_int_equal(finding_from_json(json, &f), ERR_REFUSED);
	assert_int_equal(f.time_ms, 77);
}

static void
a_finding_is_the_line_of_the_contract(void **state)
{
	OWN(buf_free) struct buf b;
	struct json j;
	struct finding f = example();

	(void)state;
	buf_init(&b, 4096);
	json_init(&j, &b);
	finding_json(&j, &f);
	assert_string_equal(buf_string(&b), LINE);
}

static void
a_finding_comes_back_as_it_went_out(void **state)
{
	struct finding want = example();
	struct finding got;

	(void)state;
	assert_int_equal(finding_from_json(LINE, &got), OK);
	assert_int_equal(got.time_ms, want.time_ms);
	assert_string_equal(got.host, want.host);
	assert_string_equal(got.detector, want.detector);
	assert_string_equal(got.trace, want.trace);
	assert_int_equal(got.grade, want.grade);
	assert_int_equal(got.variants, want.variants);
	assert_string_equal(got.where, want.where);
	assert_int_equal(got.field_count, 2);
	assert_string_equal(got.fields[0].key, "win32_error");
	assert_false(got.fields[0].is_text);
	assert_int_equal(got.fields[0].number, 87);
	assert_string_equal(got.fields[1].key, "pipe");
	assert_true(got.fields[1].is_text);
	assert_string_equal(got.fields[1].text, "browser");
}

static void
control_characters_and_all_64_bits_survive(void **state)
{
	OWN(buf_free) struct buf b;
	struct json j;
	struct finding f = example();
	struct finding got;

	(void)state;
	f.field_count = 0;
	finding_text(&f, "name", "a\x1b[31m\t\"\\\n\xc3\xa9\xf0\x9f\x90\x9b");
	finding_number(&f, "least", INT64_MIN);
	finding_number(&f, "most", INT64_MAX);
	buf_init(&b, 4096);
	json_init(&j, &b);
	finding_json(&j, &f);
	assert_int_equal(finding_from_json(buf_string(&b), &got), OK);
	assert_string_equal(got.fields[0].text, f.fields[0].text);
	assert_true(got.fields[1].number == INT64_MIN);
	assert_true(got.fields[2].number == INT64_MAX);
}

static void
evidence_that_does_not_fit_is_left_out(void **state)
{
	struct finding f = { .field_count = 0 };

	(void)state;
	for (int i = 0; i < FIELDS_MOST + 3; i++)
		finding_number(&f, "n", i);
	finding_text(&f, "late", "late");
	assert_int_equal(f.field_count, FIELDS_MOST);
	assert_int_equal(f.fields[FIELDS_MOST - 1].number, FIELDS_MOST - 1);
}

static void
evidence_that_is_cut_says_so(void **state)
{
	struct finding f = { .field_count = 0 };
	char text[FIELD_TEXT_ROOM + 1];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	finding_text(&f, "because", text);
	assert_int_equal(strlen(f.fields[0].text), FIELD_TEXT_ROOM - 1);
	assert_string_equal(f.fields[0].text + FIELD_TEXT_ROOM - 6, "xx\xe2\x80\xa6");
	text[sizeof text - 2] = 0;
	finding_text(&f, "whole", text);
	assert_string_equal(f.fields[1].text, text);
}

static void
the_largest_finding_can_be_read_back(void **state)
{
	OWN(buf_free) struct buf b;
	struct json j;
	struct finding f = example();
	struct finding got;
	char wild[FIELD_TEXT_ROOM];

	(void)state;
	memset(wild, 1, sizeof wild - 1); /* each becomes six characters */
	wild[sizeof wild - 1] = 0;
	f.field_count = 0;
	for (int i = 0; i < FIELDS_MOST; i++)
		finding_text(&f, "a-key-of-23-characters-", wild);
	buf_init(&b, 32768);
	json_init(&j, &b);
	finding_json(&j, &f);
	assert_int_equal(finding_from_json(buf_string(&b), &got), OK);
	assert_int_equal(got.field_count, FIELDS_MOST);
	assert_string_equal(got.fields[7].text, wild);
}

static void
keys_of_a_later_version_are_skipped(void **state)
{
	struct finding f;

	(void)state;
	assert_int_equal(finding_from_json(HEAD ",\"new\":[{\"x\":null}]}", &f), OK);
	assert_string_equal(f.trace, "t");
	assert_int_equal(f.field_count, 0);
}

static void
what_is_not_a_finding_is_refused(void **state)
{
	(void)state;
	assert_refused("");
	assert_refused(" ");
	assert_refused("null");
	assert_refused("5");
	assert_refused("\"finding\"");
	assert_refused("[]");
	assert_refused("{}");
	assert_refused("{");
	assert_refused(HEAD);
	assert_refused(HEAD "}}");
	assert_refused(HEAD ",}");
	assert_refused("{\"type\":\"verdict\",\"time\":\"2026-11-22T19:33:03.123Z\","
	               "\"host\":\"h\",\"detector\":\"smb\",\"trace\":\"t\","
	               "\"grade\":\"weak\"}");
	assert_refused("{\"type\":\"finding\"}");
}

static void
members_of_the_wrong_kind_are_refused(void **state)
{
	(void)state;
	assert_refused(HEAD ",\"host\":5}");
	assert_refused(HEAD ",\"host\":null}");
	assert_refused(HEAD ",\"host\":[\"h\"]}");
	assert_refused(HEAD ",\"time\":1795375983123}");
	assert_refused(HEAD ",\"time\":\"2026-02-31T00:00:00.000Z\"}");
	assert_refused(HEAD ",\"time\":\"\"}");
	assert_refused(HEAD ",\"grade\":\"certain\"}");
	assert_refused(HEAD ",\"grade\":true}");
	assert_refused(HEAD ",\"variants\":\"A\"}");
	assert_refused(HEAD ",\"variants\":[\"F\"]}");
	assert_refused(HEAD ",\"variants\":[\"A,B\"]}");
	assert_refused(HEAD ",\"variants\":[1]}");
	assert_refused(HEAD ",\"variants\":{\"A\":\"A\"}}");
	assert_refused(HEAD ",\"fields\":[]}");
	assert_refused(HEAD ",\"fields\":{\"a\":1.5}}");
	assert_refused(HEAD ",\"fields\":{\"a\":null}}");
	assert_refused(HEAD ",\"fields\":{\"a\":{}}}");
	assert_refused(HEAD ",\"fields\":{\"a\":9223372036854775808}}");
	assert_refused(HEAD ",\"fields\":{\"a-key-of-twenty-four-letters\":1}}");
	assert_refused(HEAD ",\"fields\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,"
	                    "\"f\":1,\"g\":1,\"h\":1,\"i\":1}}");
}

static void
texts_that_do_not_fit_are_refused(void **state)
{
	char json[1024] = HEAD ",\"where\":\"";
	size_t len = strlen(json);

	(void)state;
	memset(json + len, 'w', PLACE_ROOM);
	text_copy(json + len + PLACE_ROOM, 8, "\"}");
	assert_refused(json);
}

static void
a_flood_of_text_or_of_depth_is_refused(void **state)
{
	OWN(own_mem) char *flood = malloc(100001);

	(void)state;
	assert_non_null(flood);
	memset(flood, ' ', 100000);
	flood[100000] = 0;
	assert_refused(flood);
	memset(flood, '[', 30000);
	memcpy(flood, "{\"a\":", 5);
	flood[30000] = 0;
	assert_refused(flood);
}

static void
text_that_is_not_utf8_becomes_replacement_characters(void **state)
{
	struct finding f;

	(void)state;
	assert_int_equal(finding_from_json(HEAD ",\"where\":\"a\xff\xfe\","
	                                        "\"fields\":{\"k\":\"\\ud800x\"}}",
	                                   &f),
	                 OK);
	assert_string_equal(f.where, "a\xef\xbf\xbd\xef\xbf\xbd");
	assert_non_null(strchr(f.fields[0].text, 'x'));
	assert_null(strchr(f.fields[0].text, '\xed'));
}

/* Found by the fuzzer: such a key was read, and too long when written again. */
static void
a_key_that_grows_out_of_its_room_is_refused(void **state)
{
	(void)state;
	assert_refused(HEAD ",\"fields\":{\"win\xff\xff\xff\xff\xff\xff\xffr\":1}}");
}

static void
every_cut_of_a_finding_is_refused(void **state)
{
	char cut[sizeof LINE];

	(void)state;
	for (size_t len = 0; len < strlen(LINE); len++) {
		memcpy(cut, LINE, len);
		cut[len] = 0;
		assert_refused(cut);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_the_line_of_the_contract),
		cmocka_unit_test(a_finding_comes_back_as_it_went_out),
		cmocka_unit_test(control_characters_and_all_64_bits_survive),
		cmocka_unit_test(evidence_that_does_not_fit_is_left_out),
		cmocka_unit_test(evidence_that_is_cut_says_so),
		cmocka_unit_test(the_largest_finding_can_be_read_back),
		cmocka_unit_test(keys_of_a_later_version_are_skipped),
		cmocka_unit_test(what_is_not_a_finding_is_refused),
		cmocka_unit_test(members_of_the_wrong_kind_are_refused),
		cmocka_unit_test(texts_that_do_not_fit_are_refused),
		cmocka_unit_test(a_flood_of_text_or_of_depth_is_refused),
		cmocka_unit_test(text_that_is_not_utf8_becomes_replacement_characters),
		cmocka_unit_test(a_key_that_grows_out_of_its_room_is_refused),
		cmocka_unit_test(every_cut_of_a_finding_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

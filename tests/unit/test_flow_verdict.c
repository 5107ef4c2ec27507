#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"
#include "flow/verdict.h"

#define INFECTED                                                            \
	"{\"type\":\"verdict\",\"time\":\"2026-11-22T19:33:03.123Z\","      \
	"\"host\":\"127.1.0.5\",\"state\":\"infected\","                    \
	"\"variants\":[\"A\",\"B\",\"C\",\"D\"],\"os\":\"Windows XP SP3\"," \
	"\"name\":\"WARD-3\",\"reasons\":[\"netpath-invalid-parameter\"],"  \
	"\"next\":\"Isolate it.\",\"why\":\"It is infected.\","             \
	"\"domain\":\"WARD\",\"took_ms\":12,\"clock_skew_s\":-3600}"

#define ABSENT                                                          \
	"{\"type\":\"verdict\",\"time\":\"1970-01-01T00:00:00.000Z\","  \
	"\"host\":\"127.1.0.6\",\"state\":\"unknown\",\"variants\":[]," \
	"\"os\":\"\",\"name\":\"\",\"reasons\":[\"absent-refused\"],"   \
	"\"next\":\"\",\"why\":\"\",\"domain\":\"\",\"took_ms\":0,"     \
	"\"absent\":true}"

/* The keys without which there is no verdict. */
#define HEAD                                                           \
	"{\"type\":\"verdict\",\"time\":\"2026-11-22T19:33:03.123Z\"," \
	"\"host\":\"h\",\"state\":\"unknown\""

static struct verdict
infected(void)
{
	return (struct verdict){
		.time_ms = 1795375983123,
		.host = "127.1.0.5",
		.state = STATE_INFECTED,
		.variants = VARIANT_A | VARIANT_B | VARIANT_C | VARIANT_D,
		.os = { "Windows XP SP3" },
		.name = { "WARD-3" },
		.domain = { "WARD" },
		.reasons = { "netpath-invalid-parameter" },
		.reason_count = 1,
		.why = "It is infected.",
		.next = "Isolate it.",
		.took_ms = 12,
		.has_skew = true,
		.skew_s = -3600,
	};
}

static struct verdict
absent(void)
{
	return (struct verdict){
		.host = "127.1.0.6",
		.state = STATE_ABSENT,
		.reasons = { "absent-refused" },
		.reason_count = 1,
	};
}

static void
assert_written(const struct verdict *v, const char *want)
{
	OWN(buf_free) struct buf b;
	struct json j;

	buf_init(&b, 4096);
	json_init(&j, &b);
	verdict_json(&j, v);
	assert_string_equal(buf_string(&b), want);
}

static void
assert_refused(const char *json)
{
	struct verdict v = { .time_ms = 77 };

	assert_int_equal(verdict_from_json(json, &v), ERR_REFUSED);
	assert_int_equal(v.time_ms, 77);
}

static void
a_verdict_is_the_line_of_the_contract(void **state)
{
	struct verdict v = infected();

	(void)state;
	assert_written(&v, INFECTED);
}

static void
a_verdict_comes_back_as_it_went_out(void **state)
{
	struct verdict want = infected();
	struct verdict got;

	(void)state;
	assert_int_equal(verdict_from_json(INFECTED, &got), OK);
	assert_int_equal(got.time_ms, want.time_ms);
	assert_string_equal(got.host, want.host);
	assert_int_equal(got.state, STATE_INFECTED);
	assert_int_equal(got.variants, want.variants);
	assert_string_equal(got.os.utf8, want.os.utf8);
	assert_string_equal(got.name.utf8, want.name.utf8);
	assert_string_equal(got.domain.utf8, want.domain.utf8);
	assert_int_equal(got.reason_count, 1);
	assert_string_equal(got.reasons[0], want.reasons[0]);
	assert_string_equal(got.why, want.why);
	assert_string_equal(got.next, want.next);
	assert_int_equal(got.took_ms, 12);
	assert_true(got.has_skew);
	assert_int_equal(got.skew_s, -3600);
}

static void
an_absent_host_is_an_unknown_one_with_a_mark(void **state)
{
	struct verdict v = absent();

	(void)state;
	assert_written(&v, ABSENT);
}

static void
the_mark_is_read_back(void **state)
{
	struct verdict got;

	(void)state;
	assert_int_equal(verdict_from_json(ABSENT, &got), OK);
	assert_int_equal(got.state, STATE_ABSENT);
	assert_false(got.has_skew);
}

static void
every_state_has_its_name(void **state)
{
	(void)state;
	for (int i = STATE_INFECTED; i <= STATE_ABSENT; i++)
		assert_int_equal(state_from_name(state_name((enum state)i)), i);
	assert_int_equal(state_from_name("healthy"), 0);
	assert_string_equal(state_name((enum state)0), "unknown");
}

static void
keys_of_a_later_version_are_skipped(void **state)
{
	struct verdict v;

	(void)state;
	assert_int_equal(verdict_from_json(HEAD ",\"later\":{\"a\":[1,2]}}", &v), OK);
	assert_int_equal(v.state, STATE_UNKNOWN);
}

static void
what_is_not_a_verdict_is_refused(void **state)
{
	(void)state;
	assert_refused("");
	assert_refused("[]");
	assert_refused("{\"type\":\"verdict\"}");
	assert_refused("{\"type\":\"finding\",\"time\":\"2026-11-22T19:33:03.123Z\","
	               "\"host\":\"h\",\"state\":\"unknown\"}");
	assert_refused(HEAD);
	assert_refused(HEAD ",\"state\":\"absent\"}");
	assert_refused(HEAD ",\"state\":\"healthy\"}");
	assert_refused(HEAD ",\"state\":\"infected\",\"absent\":true}");
	assert_refused(HEAD ",\"absent\":1}");
	assert_refused(HEAD ",\"os\":7}");
	assert_refused(HEAD ",\"reasons\":\"x\"}");
	assert_refused(HEAD ",\"reasons\":[7]}");
	assert_refused(HEAD ",\"reasons\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\","
	                    "\"8\",\"9\"]}");
	assert_refused(HEAD ",\"took_ms\":\"12\"}");
	assert_refused(HEAD ",\"took_ms\":12.5}");
	assert_refused(HEAD ",\"clock_skew_s\":null}");
	assert_refused(HEAD ",\"host\":\"a-host-of-more-than-sixty-three-characters-"
	                    "is-not-one-of-ours-at-all\"}");
}

static void
every_cut_of_a_verdict_is_refused(void **state)
{
	char cut[sizeof INFECTED];

	(void)state;
	for (size_t len = 0; len < strlen(INFECTED); len++) {
		memcpy(cut, INFECTED, len);
		cut[len] = 0;
		assert_refused(cut);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verdict_is_the_line_of_the_contract),
		cmocka_unit_test(a_verdict_comes_back_as_it_went_out),
		cmocka_unit_test(an_absent_host_is_an_unknown_one_with_a_mark),
		cmocka_unit_test(the_mark_is_read_back),
		cmocka_unit_test(every_state_has_its_name),
		cmocka_unit_test(keys_of_a_later_version_are_skipped),
		cmocka_unit_test(what_is_not_a_verdict_is_refused),
		cmocka_unit_test(every_cut_of_a_verdict_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"
#include "flow/mended.h"

#define CLEANED_MS 1796000000000 /* 2026-11-30T00:53:20Z */

static const struct mended a_clean = {
	.time_ms = CLEANED_MS,
	.command = "clean",
	.state = MENDED_DONE,
	.journal = "ward.case.d/x.journal",
	.before = "infected",
	.after = "clean",
	.changes = 14,
	.done = 14,
};

static struct verdict
looked_at(int64_t after_ms, enum state state, bool inside)
{
	struct verdict v = { .time_ms = CLEANED_MS + after_ms,
		             .state = state,
		             .inside = inside };

	(void)text_copy(v.host, sizeof v.host, "WARD-3");
	return v;
}

static void
a_clean_look_inside_after_a_clean_is_cleaned(void **state)
{
	struct verdict v = looked_at(1, STATE_CLEAN, true);

	(void)state;
	assert_string_equal(mended_place(&a_clean, &v), "cleaned");
}

static void
nothing_less_than_that_is_cleaned(void **state)
{
	static const struct {
		int64_t after_ms;
		enum state state;
		bool inside;
	} less[] = {
		{ -1, STATE_CLEAN, true },   { 1, STATE_NO_SIGN, false },
		{ 1, STATE_SUSPECT, true },  { 1, STATE_UNKNOWN, true },
		{ 1, STATE_INFECTED, true }, { 1, STATE_CLEAN, false },
	};
	struct verdict clean = looked_at(1, STATE_CLEAN, true);
	struct mended autorun = a_clean;

	(void)state;
	for (size_t i = 0; i < sizeof less / sizeof less[0]; i++) {
		struct verdict v = looked_at(less[i].after_ms, less[i].state,
		                             less[i].inside);

		assert_string_equal(mended_place(&a_clean, &v), "changed");
	}
	(void)text_copy(autorun.command, sizeof autorun.command, "autorun");
	assert_string_equal(mended_place(&autorun, &clean), "changed");
}

static void
what_failed_or_was_undone_is_not_cleaned(void **state)
{
	static const struct {
		enum mended_state state;
		const char *place;
	} of[] = { { MENDED_BEGUN, "begun" },
		   { MENDED_HALF, "half-done" },
		   { MENDED_UNDONE, "undone" },
		   { MENDED_PUT_BACK, NULL } };
	struct verdict v = looked_at(1, STATE_CLEAN, true);

	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		struct mended m = a_clean;

		m.state = of[i].state;
		if (of[i].place)
			assert_string_equal(mended_place(&m, &v), of[i].place);
		else
			assert_null(mended_place(&m, &v));
	}
}

static void
states_have_names_both_ways(void **state)
{
	(void)state;
	for (int i = MENDED_BEGUN; i <= MENDED_PART_UNDONE; i++)
		assert_int_equal(
		    mended_state_from_name(mended_state_name((enum mended_state)i)), i);
	assert_int_equal(mended_state_from_name("don"), 0);
}

static void
it_tells_itself_in_a_sentence_and_in_json(void **state)
{
	OWN(buf_free) struct buf b = { .ceiling = 4096 };
	struct verdict v = looked_at(1, STATE_CLEAN, true);
	char words[MENDED_WORDS_ROOM];
	struct json j;

	(void)state;
	mended_words(&a_clean, words);
	assert_string_equal(words, "2026-11-30 00:53 UTC: clean, 14 of 14 changes, "
	                           "before: infected, after: clean");
	json_init(&j, &b);
	mended_json(&j, &a_clean, &v);
	assert_string_equal(
	    buf_string(&b),
	    "{\"type\":\"mended\",\"time\":\"2026-11-30T00:53:20.000Z\",\"host\":"
	    "\"WARD-3\",\"command\":\"clean\",\"state\":\"done\",\"before\":"
	    "\"infected\",\"after\":\"clean\",\"changes\":14,\"done\":14,\"journal\":"
	    "\"ward.case.d/x.journal\",\"place\":\"cleaned\"}");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clean_look_inside_after_a_clean_is_cleaned),
		cmocka_unit_test(nothing_less_than_that_is_cleaned),
		cmocka_unit_test(what_failed_or_was_undone_is_not_cleaned),
		cmocka_unit_test(states_have_names_both_ways),
		cmocka_unit_test(it_tells_itself_in_a_sentence_and_in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

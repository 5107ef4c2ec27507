/* What event logs do to a host of a case: evidence beside evidence, and the verdict. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "judge/guesser.h"

#define BEGIN_MS 1231923600000LL /* 2009-01-14 09:00 UTC */
#define HOUR_MS 3600000LL

static struct finding
storm(int64_t first_h, int64_t last_h, uint64_t failures)
{
	struct attacker a = { .failures = failures,
		              .accounts = 12,
		              .first_ms = BEGIN_MS + first_h * HOUR_MS,
		              .last_ms = BEGIN_MS + last_h * HOUR_MS,
		              .score = 0.97,
		              .target_count = 2,
		              .targets = { { .name = "FILESRV" }, { .name = "LAB-1" } },
		              .targets_shown = 2,
		              .reasons = { "rate:1354/min", "administrator" },
		              .reason_count = 2 };
	struct finding f = { .field_count = 0 };

	guesser_finding(&a, "10.0.3.7", &f);
	return f;
}

static bool
add(struct findings *all, struct finding f)
{
	return guesser_add(all, &f);
}

static void
the_evidence_is_what_was_counted(void **state)
{
	struct finding f = storm(0, 2, 48211);

	(void)state;
	assert_string_equal(f.host, "10.0.3.7");
	assert_int_equal(f.time_ms, BEGIN_MS + 2 * HOUR_MS);
	assert_string_equal(f.where, "FILESRV, LAB-1");
	assert_string_equal(f.fields[0].key, "failures");
	assert_int_equal(f.fields[0].number, 48211);
	assert_string_equal(f.fields[3].text, "2009-01-14T09:00:00.000Z");
	assert_string_equal(f.fields[5].text, "0.97");
	assert_string_equal(f.fields[6].text, "rate:1354/min, administrator");
}

static void
the_same_storm_is_kept_once_and_the_larger_one_wins(void **state)
{
	struct findings *all = calloc(1, sizeof *all);

	(void)state;
	assert_non_null(all);
	assert_true(add(all, storm(0, 2, 100)));
	assert_true(guesser_is(&all->at[0]));
	assert_int_equal(all->at[0].grade, GRADE_STRONG);
	assert_string_equal(all->at[0].detector, "logons");
	assert_false(add(all, storm(0, 2, 100)));
	assert_false(add(all, storm(1, 2, 99)));
	assert_int_equal(all->count, 1);
	assert_true(add(all, storm(0, 2, 101)));
	assert_int_equal(all->count, 1);
	assert_int_equal(all->at[0].fields[0].number, 101);
	assert_true(add(all, storm(5, 6, 7)));
	assert_int_equal(all->count, 2);
	for (int i = 10; i < 20; i++)
		assert_true(add(all, storm(i, i, 7)));
	assert_int_equal(all->count, 4);
	assert_int_equal(all->at[0].time_ms, BEGIN_MS + 16 * HOUR_MS);
	free(all);
}

static void
it_makes_a_suspect_of_who_was_none_and_leaves_the_infected(void **state)
{
	static const struct {
		enum state before, after;
		bool leads;
	} rows[] = {
		{ STATE_INFECTED, STATE_INFECTED, false },
		{ STATE_SUSPECT, STATE_SUSPECT, false },
		{ STATE_UNKNOWN, STATE_SUSPECT, true },
		{ STATE_NO_SIGN, STATE_SUSPECT, true },
		{ STATE_CLEAN, STATE_SUSPECT, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct verdict v = { .state = rows[i].before,
			             .variants = VARIANT_A,
			             .reasons = { "first", "second" },
			             .reason_count = 2,
			             .why = "So." };

		guesser_judge(&v);
		guesser_judge(&v);
		assert_int_equal(v.state, rows[i].after);
		assert_int_equal(v.reason_count, 3);
		assert_string_equal(v.reasons[rows[i].leads ? 0 : 2], GUESSER_TRACE);
		assert_string_equal(v.reasons[rows[i].leads ? 1 : 0], "first");
		assert_int_equal(strcmp(v.why, "So.") == 0, !rows[i].leads);
		assert_int_equal(v.variants == VARIANT_A, !rows[i].leads);
	}
}

static void
full_reasons_leave_room_for_it(void **state)
{
	struct verdict v = { .state = STATE_INFECTED, .reason_count = REASONS_MOST };

	(void)state;
	guesser_judge(&v);
	assert_int_equal(v.reason_count, REASONS_MOST);
	assert_string_equal(v.reasons[REASONS_MOST - 1], GUESSER_TRACE);
}

/* The millisecond that decides: a look at the last guess settles, one before does not.
 */
static void
only_a_clean_look_inside_since_settles_it(void **state)
{
	struct finding f = storm(0, 2, 100);
	struct verdict v = { .state = STATE_CLEAN,
		             .inside = true,
		             .time_ms = BEGIN_MS + 2 * HOUR_MS };

	(void)state;
	assert_true(guesser_is_settled(&f, &v));
	v.time_ms--;
	assert_false(guesser_is_settled(&f, &v));
	v.time_ms++;
	v.inside = false;
	assert_false(guesser_is_settled(&f, &v));
	v.inside = true;
	v.state = STATE_UNKNOWN;
	assert_false(guesser_is_settled(&f, &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_evidence_is_what_was_counted),
		cmocka_unit_test(the_same_storm_is_kept_once_and_the_larger_one_wins),
		cmocka_unit_test(
		    it_makes_a_suspect_of_who_was_none_and_leaves_the_infected),
		cmocka_unit_test(full_reasons_leave_room_for_it),
		cmocka_unit_test(only_a_clean_look_inside_since_settles_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Answers that a hive has given, and which of them are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reach/hive_recall.h"

static struct hive_recall recall;

static int
begin(void **state)
{
	(void)state;
	hive_recall_clear(&recall);
	return 0;
}

static struct span
text(const char *s)
{
	return span_of(s, strlen(s));
}

static bool
recalls(const char *question, const char *answer)
{
	struct buf got;

	buf_init(&got, 1u << 20);
	bool has = hive_recall_get(&recall, text(question), &got) &&
	           span_is(buf_span(&got), answer, strlen(answer));
	buf_free(&got);
	return has;
}

static void
an_answer_is_that_of_its_question_alone(void **state)
{
	(void)state;
	assert_false(recalls("kSelect", ""));
	hive_recall_put(&recall, text("kSelect"), text("one"));
	hive_recall_put(&recall, text("kSelecu"), text("two"));
	assert_true(recalls("kSelect", "one"));
	assert_true(recalls("kSelecu", "two"));
	assert_false(recalls("kSelec", "one"));
	assert_false(recalls("kselect", "one"));
	/* Question and answer lie side by side: where one ends is not forgotten. */
	hive_recall_put(&recall, text("kA"), text("Bone"));
	assert_false(recalls("kAB", "one"));
}

static void
the_last_answer_counts(void **state)
{
	(void)state;
	hive_recall_put(&recall, text("k"), text("one"));
	hive_recall_put(&recall, text("k"), text("another"));
	assert_true(recalls("k", "another"));
	assert_int_equal(recall.held, strlen("k") + strlen("another"));
}

static void
it_never_holds_more_than_it_may(void **state)
{
	size_t len = 60000;
	char *long_answer = malloc(len);
	char question[16];

	(void)state;
	assert_non_null(long_answer);
	memset(long_answer, 'x', len);
	for (unsigned i = 0; i < 3000; i++) {
		(void)snprintf(question, sizeof question, "k%u", i);
		hive_recall_put(&recall, text(question), span_of(long_answer, len));
		assert_true(recall.held <= HIVE_RECALL_MOST);
	}
	hive_recall_clear(&recall);
	assert_int_equal(recall.held, 0);
	/* One that would push out most others is not kept. */
	char *too_long = calloc(1, HIVE_RECALL_MOST);
	assert_non_null(too_long);
	hive_recall_put(&recall, text("k"), span_of(too_long, HIVE_RECALL_MOST));
	assert_int_equal(recall.held, 0);
	free(too_long);
	free(long_answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_answer_is_that_of_its_question_alone,
		                                begin, begin),
		cmocka_unit_test_setup_teardown(the_last_answer_counts, begin, begin),
		cmocka_unit_test_setup_teardown(it_never_holds_more_than_it_may, begin,
		                                begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

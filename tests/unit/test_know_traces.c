#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "know/detectors.h"
#include "know/traces.h"
#include "wire/reason.h"

/* A text's tags, one by one, must be rows of the list of sources. */
static void
assert_tags_resolve(const char *tags)
{
	assert_true(tags[0] != 0);
	while (*tags) {
		char tag[16] = "";
		size_t len = strcspn(tags, " ");

		assert_in_range(len, 1, sizeof tag - 1);
		memcpy(tag, tags, len);
		assert_non_null(source_find(tag));
		tags += len + (tags[len] == ' ');
	}
}

static void
every_trace_is_whole_and_in_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < traces_count; i++) {
		const struct trace *t = &traces[i];

		assert_ptr_equal(trace_find(t->id), t);
		assert_true(i == 0 || strcmp(traces[i - 1].id, t->id) < 0);
		assert_true(strlen(t->id) < TRACE_ROOM);
		assert_non_null(detector_find(t->detector));
		assert_in_range(t->grade, GRADE_CONCLUSIVE, GRADE_UNDETERMINED);
		assert_true((t->variants == 0) == (t->grade == GRADE_UNDETERMINED));
		assert_in_range(strlen(t->title), 1, 150);
		assert_in_range(strlen(t->next), 1, 150);
		assert_true(strlen(t->meaning) > 0);
		assert_true(strlen(t->fooled) > 0);
		assert_tags_resolve(t->sources);
	}
}

static void
every_sentence_ends_with_a_full_stop(void **state)
{
	(void)state;
	for (size_t i = 0; i < traces_count; i++) {
		const struct trace *t = &traces[i];

		assert_int_equal(t->title[strlen(t->title) - 1], '.');
		assert_int_equal(t->next[strlen(t->next) - 1], '.');
		assert_int_equal(t->meaning[strlen(t->meaning) - 1], '.');
		assert_int_equal(t->fooled[strlen(t->fooled) - 1], '.');
	}
}

static void
every_reason_of_a_conversation_is_explained(void **state)
{
	static const char *const ids[] = {
#define X(name, id) id,
		REASONS(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		const struct trace *t = trace_find(ids[i]);

		assert_non_null(t);
		assert_int_equal(t->grade, GRADE_UNDETERMINED);
		assert_string_equal(t->detector, "smb");
	}
}

static void
the_certain_signs_name_their_variants(void **state)
{
	(void)state;
	assert_int_equal(trace_find("netpath-invalid-parameter")->variants,
	                 VARIANT_A | VARIANT_B | VARIANT_C | VARIANT_D);
	assert_int_equal(trace_find("netpath-root-accepted")->variants, VARIANT_E);
	assert_int_equal(trace_find("p2p-answer")->variants, VARIANT_D | VARIANT_E);
	assert_int_equal(trace_find("p2p-deep-answer")->variants,
	                 VARIANT_D | VARIANT_E);
}

static void
only_these_traces_are_proof(void **state)
{
	static const char *const proofs[] = {
		"autorun-worm",
		"file-worm",
		"memory-key",
		"netpath-invalid-parameter",
		"netpath-root-accepted",
		"p2p-answer",
		"p2p-deep-answer",
		"svc-worm",
		"task-worm",
	};

	(void)state;
	for (size_t i = 0; i < traces_count; i++) {
		bool is_proof = false;

		for (size_t p = 0; p < sizeof proofs / sizeof proofs[0]; p++)
			is_proof = is_proof || strcmp(proofs[p], traces[i].id) == 0;
		assert_int_equal(traces[i].grade == GRADE_CONCLUSIVE, is_proof);
	}
}

static void
what_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_null(trace_find(""));
	assert_null(trace_find("smb1"));
	assert_null(trace_find("zzz"));
	assert_null(source_find("kye"));
	assert_null(detector_find("SMB"));
}

static void
a_new_finding_holds_what_its_row_says(void **state)
{
	struct findings all = { .count = 0 };
	struct finding *f = trace_found(&all, "p2p-refused");

	(void)state;
	assert_int_equal(all.count, 1);
	assert_ptr_equal(f, &all.at[0]);
	assert_string_equal(f->trace, "p2p-refused");
	assert_string_equal(f->detector, "p2p");
	assert_int_equal(f->grade, GRADE_EXONERATING);
	assert_int_equal(f->variants, VARIANT_D | VARIANT_E);
	assert_int_equal(f->field_count, 0);
}

static void
an_id_of_a_later_version_becomes_a_status_without_a_word(void **state)
{
	struct findings all = { .count = 0 };

	(void)state;
	assert_string_equal(trace_found(&all, "from-2031")->trace, "status-other");
}

static void
a_flood_of_weak_signs_hides_no_other(void **state)
{
	struct findings *all = calloc(1, sizeof *all);

	(void)state;
	assert_non_null(all);
	(void)trace_found(all, "netpath-invalid-parameter");
	for (int i = 0; i < 3 * FINDINGS_MOST; i++)
		assert_string_equal(trace_found(all, "p2p-bad-sum")->trace,
		                    "p2p-bad-sum");
	assert_int_equal(all->count, FINDINGS_MOST);
	assert_string_equal(all->at[0].trace, "netpath-invalid-parameter");
	assert_ptr_equal(trace_found(all, "endless"), &all->at[FINDINGS_MOST - 1]);
	free(all);
}

static void
what_weighs_less_than_all_that_is_there_finds_no_room(void **state)
{
	struct findings *all = calloc(1, sizeof *all);

	(void)state;
	assert_non_null(all);
	for (int i = 0; i < FINDINGS_MOST; i++)
		(void)trace_found(all, "netpath-invalid-parameter");
	assert_ptr_equal(trace_found(all, "p2p-bad-sum"), &all->spill);
	assert_int_equal(all->count, FINDINGS_MOST);
	free(all);
}

static void
every_source_is_whole_and_in_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sources_count; i++) {
		assert_ptr_equal(source_find(sources[i].tag), &sources[i]);
		assert_true(i == 0 || strcmp(sources[i - 1].tag, sources[i].tag) < 0);
		assert_true(strlen(sources[i].text) > 10);
	}
}

static void
every_detector_is_whole_and_in_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < detectors_count; i++) {
		assert_ptr_equal(detector_find(detectors[i].id), &detectors[i]);
		assert_true(strlen(detectors[i].id) < FIELD_KEY_ROOM);
		assert_true(strlen(detectors[i].what) > 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trace_is_whole_and_in_its_place),
		cmocka_unit_test(every_sentence_ends_with_a_full_stop),
		cmocka_unit_test(every_reason_of_a_conversation_is_explained),
		cmocka_unit_test(the_certain_signs_name_their_variants),
		cmocka_unit_test(only_these_traces_are_proof),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(a_new_finding_holds_what_its_row_says),
		cmocka_unit_test(
		    an_id_of_a_later_version_becomes_a_status_without_a_word),
		cmocka_unit_test(a_flood_of_weak_signs_hides_no_other),
		cmocka_unit_test(what_weighs_less_than_all_that_is_there_finds_no_room),
		cmocka_unit_test(every_source_is_whole_and_in_its_place),
		cmocka_unit_test(every_detector_is_whole_and_in_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

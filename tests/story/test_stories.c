/*
 * Plays every story of tests/data/stories, and each of them again with one answer
 * left out: then the verdict may get worse, never better.
 */
#include "story.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <string.h>

#define STORIES_MOST 200

static unsigned unneeded_unknowns;

static bool
has_trace(const struct played *p, const char *trace)
{
	for (size_t i = 0; i < p->verdict.reason_count; i++) {
		if (strcmp(p->verdict.reasons[i], trace) == 0)
			return true;
	}
	return false;
}

static void
it_ends_as_told(void **state)
{
	struct story s;
	struct played p;

	story_read(*state, &s);
	story_play(&s, 0, false, &p);
	if (p.verdict.state == STATE_UNKNOWN && s.state != STATE_UNKNOWN)
		unneeded_unknowns++;
	if (p.verdict.state != s.state || !has_trace(&p, s.trace))
		fail_msg("%s: %s %s, not %s %s", s.name, state_name(p.verdict.state),
		         p.verdict.reason_count ? p.verdict.reasons[0] : "",
		         state_name(s.state), s.trace);
	assert_true(p.verdict.why[0] != 0);
	if (s.within_ms && p.took_ms > s.within_ms)
		fail_msg("%s took %lld ms", s.name, (long long)p.took_ms);
}

/* Goodbyes and introductions decide nothing. */
static bool
decides(const char *turn)
{
	static const char *const others[] = { "close pipe", "tree disconnect", "logoff",
		                              "challenge", "p2p probe" };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (strcmp(others[i], turn) == 0)
			return false;
	}
	return true;
}

static void
check_without(const struct story *s, unsigned drop, bool closes)
{
	struct played p;

	story_play(s, drop, closes, &p);
	bool good = p.verdict.state == STATE_NO_SIGN || p.verdict.state == STATE_CLEAN;
	if (good && (s->state != STATE_NO_SIGN || decides(p.dropped)))
		fail_msg("%s without the answer to %s: %s", s->name, p.dropped,
		         state_name(p.verdict.state));
	if (p.verdict.state == STATE_INFECTED && s->state != STATE_INFECTED)
		fail_msg("%s without the answer to %s: infected", s->name, p.dropped);
	if (!decides(p.dropped) && strcmp(p.dropped, "p2p probe") != 0 &&
	    strcmp(p.dropped, "challenge") != 0 && p.verdict.state != s->state)
		fail_msg("%s: a goodbye (%s) changed the verdict", s->name, p.dropped);
}

static void
without_any_one_answer_it_is_no_better(void **state)
{
	struct story s;
	struct played whole;

	story_read(*state, &s);
	story_play(&s, 0, false, &whole);
	for (unsigned drop = 1; drop <= whole.answers; drop++) {
		check_without(&s, drop, false);
		check_without(&s, drop, true);
	}
}

int
main(void)
{
	static struct CMUnitTest tests[2 * STORIES_MOST];
	static char names[2 * STORIES_MOST][128];
	glob_t found = { 0 };
	size_t count = 0;

	if (glob(TEST_DATA "/stories/*.story", 0, NULL, &found) != 0)
		return 1;
	for (size_t i = 0; i < found.gl_pathc && i < STORIES_MOST; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;

		snprintf(names[count], sizeof names[count], "%s ends as told", name);
		tests[count] =
		    (struct CMUnitTest){ .name = names[count],
			                 .test_func = it_ends_as_told,
			                 .initial_state = found.gl_pathv[i] };
		count++;
		snprintf(names[count], sizeof names[count],
		         "%s without any one answer is no better", name);
		tests[count] = (struct CMUnitTest){
			.name = names[count],
			.test_func = without_any_one_answer_it_is_no_better,
			.initial_state = found.gl_pathv[i],
		};
		count++;
	}
	int failed = _cmocka_run_group_tests("stories", tests, count, NULL, NULL);
	printf("unneeded unknowns: %u\n", unneeded_unknowns);
	globfree(&found);
	return failed != 0;
}

/* A guess, a success, and an At job: each case differs from the one that counts in one
 * thing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "judge/storm_parts.h"

#define BEGIN_MS 1231923600000LL /* 2009-01-14 09:00 UTC */
#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define SIGN "then-an-at-job"
#define HELD (1u << 12)

/* What happens, and when; NULL: the text of `usual`. */
struct scene {
	int64_t guess_ms, success_ms, task_ms; /* the guess: the last of them */
	const char *guessed, *account, *target;
	const char *task_account, *task_target;
	enum attempt_told told; /* of the success; 0: the machine itself */
	enum attempt_kind task;
};

static const struct scene usual = { .guess_ms = 4 * MINUTE,
	                            .success_ms = 5 * MINUTE,
	                            .task_ms = 5 * MINUTE + 3 * SECOND,
	                            .guessed = "nurse",
	                            .account = "nurse",
	                            .target = "FILESRV",
	                            .task_account = "nurse",
	                            .task_target = "FILESRV",
	                            .told = TOLD_BY_LOGON,
	                            .task = ATTEMPT_TASK };

static void
take(struct storm *s, struct attempt a, const char *account, const char *target)
{
	a.time_ms += BEGIN_MS;
	(void)text_copy(a.account, sizeof a.account, account);
	(void)text_copy(a.target, sizeof a.target, target);
	if (a.kind != ATTEMPT_TASK)
		(void)text_copy(a.address, sizeof a.address, "10.0.3.7");
	assert_int_equal(storm_take(s, &a), OK);
}

/* Forty guesses of the one account, a second apart. */
static void
play(struct storm *s, const struct scene *scene)
{
	for (int i = 0; i < 40; i++)
		take(s,
		     (struct attempt){ .kind = ATTEMPT_GUESS,
		                       .told = TOLD_BY_LOGON,
		                       .logon_type = 3,
		                       .time_ms = scene->guess_ms - i * SECOND },
		     scene->guessed, "FILESRV");
	take(s,
	     (struct attempt){ .kind = ATTEMPT_SUCCESS,
	                       .told = scene->told,
	                       .logon_type = 3,
	                       .time_ms = scene->success_ms },
	     scene->account, scene->target);
	take(s,
	     (struct attempt){ .kind = scene->task,
	                       .told = TOLD_BY_OTHERS,
	                       .time_ms = scene->task_ms },
	     scene->task_account, scene->task_target);
}

static struct attacker
judge(struct storm *s)
{
	struct attacker *at = NULL;
	struct attacker first;
	size_t count = 0;

	assert_int_equal(storm_judge(s, &at, &count), OK);
	assert_true(count > 0);
	first = at[0];
	free(at);
	return first;
}

static struct attacker
judge_scene(const struct scene *scene)
{
	struct storm *s = NULL;

	assert_int_equal(storm_new(&s), OK);
	play(s, scene);
	struct attacker a = judge(s);
	storm_free(s);
	assert_string_equal(a.address, "10.0.3.7");
	return a;
}

/* How often. */
static size_t
has_sign(const struct attacker *a)
{
	size_t count = 0;

	for (size_t i = 0; i < a->reason_count; i++)
		count += strcmp(a->reasons[i], SIGN) == 0;
	assert_int_equal(count > 0, a->task_ms != 0);
	assert_int_equal(count > 0, a->task_on[0] != 0);
	return count;
}

static void
an_at_job_where_it_got_in_is_a_sign(void **state)
{
	struct scene without = usual;

	(void)state;
	struct attacker a = judge_scene(&usual);
	assert_int_equal(has_sign(&a), 1);
	assert_int_equal(a.task_ms, BEGIN_MS + usual.task_ms);
	without.task = ATTEMPT_LOCKOUT; /* that of nobody */
	without.task_ms = 0;
	struct attacker b = judge_scene(&without);
	assert_int_equal(has_sign(&b), 0);
	assert_int_equal(a.points, b.points + 3);
	assert_true(a.got_in && b.got_in);
}

static void
expect(struct scene scene, size_t signs)
{
	struct attacker a = judge_scene(&scene);

	assert_int_equal(has_sign(&a), signs);
}

static void
ten_minutes_are_soon(void **state)
{
	struct scene s = usual;

	(void)state;
	s.task_ms = s.success_ms + 10 * MINUTE;
	expect(s, 1);
	s.task_ms++;
	expect(s, 0);
	s.task_ms = s.success_ms; /* .evt has no parts of seconds */
	expect(s, 1);
	s.task_ms--;
	expect(s, 0);
}

static void
another_machine_s_is_none(void **state)
{
	struct scene s = usual;

	(void)state;
	s.task_target = "FILESRV2";
	expect(s, 0);
	s.task_target = s.target = ""; /* of two that are not known nobody knows */
	expect(s, 0);
	s.task_target = s.target = "filesrv";
	expect(s, 1);
}

static void
it_is_made_by_the_same_or_by_nobody(void **state)
{
	static const struct {
		const char *account;
		size_t signs;
	} rows[] = { { "NURSE", 1 },   { "", 1 },        { "FILESRV$", 1 },
		     { "SYSTEM", 1 },  { "Système", 1 }, { "admin", 0 },
		     { "systems", 0 }, { "nurse2", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct scene s = usual;

		s.task_account = rows[i].account;
		expect(s, rows[i].signs);
	}
}

static void
only_a_success_of_what_it_guessed_counts(void **state)
{
	struct scene s = usual;

	(void)state;
	s.account = s.task_account = "amy";
	expect(s, 0);
	s.task_account = "";
	expect(s, 0);
	s = usual;
	s.guess_ms = s.success_ms - 10 * MINUTE;
	expect(s, 1);
	s.guess_ms--;
	expect(s, 0);
	s = usual;
	s.guessed = s.account = s.task_account = "FILESRV$";
	expect(s, 0);
	s = usual;
	s.guessed = s.account = s.task_account = "";
	struct storm *storm = NULL;
	assert_int_equal(storm_new(&storm), OK);
	play(storm, &s);
	struct attacker a = judge(storm);
	assert_int_equal(has_sign(&a), 0);
	storm_free(storm);
}

static void
without_a_success_a_job_is_none(void **state)
{
	struct scene s = usual;

	(void)state;
	s.success_ms = s.task_ms + 1;
	expect(s, 0);
	s = usual;
	s.told = TOLD_BY_NTLM; /* it checked the password, and was not logged on to */
	expect(s, 0);
	s.told = TOLD_BY_KERBEROS;
	expect(s, 0);
}

/* Twenty of them, and twenty successes: once, with the first. */
static void
it_is_told_once(void **state)
{
	struct storm *s = NULL;

	(void)state;
	assert_int_equal(storm_new(&s), OK);
	for (int i = 20; i > 0; i--) {
		struct scene scene = usual;

		scene.success_ms += i * SECOND;
		scene.task_ms += i * SECOND;
		play(s, &scene);
	}
	struct attacker a = judge(s);
	assert_int_equal(has_sign(&a), 1);
	assert_int_equal(a.task_ms, BEGIN_MS + usual.task_ms + SECOND);
	a = judge(s); /* and once more */
	assert_int_equal(has_sign(&a), 1);
	storm_free(s);
}

/* One by the machine, one by the account, whichever comes first. */
static void
the_first_job_is_told(void **state)
{
	static const int64_t later_ms[][2] = { { 0, SECOND }, { SECOND, 0 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct storm *s = NULL;
		struct scene by_it = usual, by_nobody = usual;

		assert_int_equal(storm_new(&s), OK);
		by_it.task_ms += later_ms[i][0];
		by_nobody.task_ms += later_ms[i][1];
		by_nobody.task_account = "SYSTEM";
		play(s, &by_it);
		play(s, &by_nobody);
		struct attacker a = judge(s);
		assert_int_equal(a.task_ms, BEGIN_MS + usual.task_ms);
		storm_free(s);
	}
}

/* As many of both as are held: nothing may take a step for each pair of them. */
static void
many_are_looked_up_in_a_moment(void **state)
{
	struct storm *s = NULL;

	(void)state;
	assert_int_equal(storm_new(&s), OK);
	play(s, &usual);
	for (int i = 0; i < 100000; i++) {
		struct attempt a = { .told = TOLD_BY_LOGON,
			             .logon_type = 3,
			             .kind = ATTEMPT_SUCCESS,
			             .time_ms = usual.success_ms };

		take(s, a, "nurse", "FILESRV");
		a.kind = ATTEMPT_TASK;
		take(s, a, "admin", "FILESRV");
	}
	struct attacker a = judge(s);
	assert_int_equal(has_sign(&a), 1);
	assert_int_equal(s->task_count, 100001);
	storm_free(s);
}

/* ---- folded */

/* So many guesses of the account on other machines that the store is full of them. */
static void
fill(struct storm *s, int64_t from_ms, int64_t gap_ms, const char *account)
{
	for (unsigned i = 0; i < 8 * HELD; i++)
		take(s,
		     (struct attempt){ .kind = ATTEMPT_GUESS,
		                       .told = TOLD_BY_LOGON,
		                       .logon_type = 3,
		                       .time_ms = from_ms + i * gap_ms },
		     account, "WARD-9");
}

static struct attacker
judge_folded(const struct scene *scene, int64_t gap_ms, const char *account)
{
	struct storm *s = NULL;

	assert_int_equal(storm_new(&s), OK);
	s->most = HELD;
	play(s, scene);
	fill(s, -60 * MINUTE, gap_ms, account);
	struct attacker a = judge(s);
	assert_true(s->folds > 0);
	storm_free(s);
	return a;
}

static void
a_long_storm_hides_no_job(void **state)
{
	(void)state;
	struct attacker a = judge_folded(&usual, 50, "user00");
	assert_int_equal(has_sign(&a), 1);
	assert_int_equal(a.task_ms, BEGIN_MS + usual.task_ms);
}

/* An hour before and for days after; when it was near the success nobody knows. */
static void
folding_makes_no_job_of_its_own(void **state)
{
	struct scene s = usual;

	(void)state;
	s.guess_ms = -70 * MINUTE;
	s.success_ms = 5 * MINUTE;
	struct attacker a = judge_folded(&s, 2 * 3600 * SECOND, "nurse");
	assert_int_equal(has_sign(&a), 0);
	s = usual;
	s.task_ms = s.success_ms + 10 * MINUTE + 1;
	a = judge_folded(&s, 50, "user00");
	assert_int_equal(has_sign(&a), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_at_job_where_it_got_in_is_a_sign),
		cmocka_unit_test(ten_minutes_are_soon),
		cmocka_unit_test(another_machine_s_is_none),
		cmocka_unit_test(it_is_made_by_the_same_or_by_nobody),
		cmocka_unit_test(only_a_success_of_what_it_guessed_counts),
		cmocka_unit_test(without_a_success_a_job_is_none),
		cmocka_unit_test(it_is_told_once),
		cmocka_unit_test(the_first_job_is_told),
		cmocka_unit_test(many_are_looked_up_in_a_moment),
		cmocka_unit_test(a_long_storm_hides_no_job),
		cmocka_unit_test(folding_makes_no_job_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

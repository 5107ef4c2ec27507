/* What hosts that are visited at the same time do to each other. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "look/look.h"
#include "reach/visit.h"

#define HOSTS 5
#define NOW_MS 1795694400000LL

static const struct address host = { .family = 4, .bytes = { 192, 0, 2, 10 } };
static struct smb_account account = { "scan", "WARD", "wrong" };
static struct visit_plan plan;
static struct visit visits[HOSTS];

/* All of them meet an open port 445, with an account that is stopped after 3. */
static int
all_connect(void **state)
{
	(void)state;
	plan = (struct visit_plan){ .ports = { { 445, false } },
		                    .port_count = 1,
		                    .answer_ms = 5000,
		                    .budget_ms = 60000,
		                    .account = &account,
		                    .login = SMB_NTLMV2,
		                    .refusals_most = 3 };
	for (size_t i = 0; i < HOSTS; i++) {
		visit_begin(&visits[i], &plan, &host, NOW_MS, i + 1);
		assert_true(visit_linked(&visits[i], LINK_OPEN, NOW_MS));
	}
	return 0;
}

static int
forget(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOSTS; i++) {
		if (visits[i].chat) {
			visits[i].chat->talk.after = AFTER_LOST;
			visit_talked(&visits[i], NOW_MS);
		}
		visit_end(&visits[i]);
	}
	assert_int_equal(plan.trying, 0);
	return 0;
}

/* The talk of that host ends so. */
static void
ends(struct visit *v, bool logged_in)
{
	struct smb_heard *h = &v->chat->as.smb.heard;

	h->negotiated = true;
	h->logged_in = logged_in;
	h->credentials_refused = !logged_in;
	h->reason = logged_in ? REASON_NEED_CREDENTIALS : REASON_LOGON_FAILURE;
	v->chat->talk.after = AFTER_DONE;
	visit_talked(v, NOW_MS);
}

static enum smb_login
login_of(struct visit *v)
{
	assert_int_equal(visit_next(v).kind, STEP_TCP);
	assert_true(visit_linked(v, LINK_OPEN, NOW_MS));
	assert_non_null(v->chat);
	return v->chat->ask.login;
}

static bool
waits(struct visit *v)
{
	return !v->chat && visit_next(v).kind == STEP_WAIT;
}

static void
no_more_try_the_account_than_refusals_are_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOSTS; i++)
		assert_int_equal(waits(&visits[i]), i >= 3);
	ends(&visits[0], false);
	visit_waited(&visits[3]);
	assert_true(waits(&visits[3])); /* one refused, two open: none is left */
}

static void
after_three_refusals_nobody_tries_it_any_more(void **state)
{
	struct findings found;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		ends(&visits[i], false);
	assert_int_equal(plan.refusals, 3);
	visit_waited(&visits[3]);
	assert_int_equal(login_of(&visits[3]), SMB_ANONYMOUS);
	look_all(&visits[3].readings, "192.0.2.10", &found);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.at[0].trace, "credentials-stopped");
}

static void
who_refuses_the_account_is_asked_without_it(void **state)
{
	struct findings found;

	(void)state;
	ends(&visits[0], false);
	assert_int_equal(login_of(&visits[0]), SMB_ANONYMOUS);
	struct smb_heard *h = &visits[0].chat->as.smb.heard;
	h->negotiated = true;
	h->reason = REASON_NEED_CREDENTIALS;
	visits[0].chat->talk.after = AFTER_DONE;
	visit_talked(&visits[0], NOW_MS);
	look_all(&visits[0].readings, "192.0.2.10", &found);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.at[0].trace, "logon-failure");
	assert_string_equal(found.at[1].trace, "need-credentials");
}

static void
where_it_got_in_once_all_may_try_it(void **state)
{
	(void)state;
	ends(&visits[0], true);
	assert_true(plan.accepted);
	for (size_t i = 3; i < HOSTS; i++) {
		visit_waited(&visits[i]);
		assert_int_equal(login_of(&visits[i]), SMB_NTLMV2);
	}
}

static void
nobody_waits_for_ever(void **state)
{
	unsigned waits_taken = 0;

	(void)state;
	while (waits(&visits[3])) {
		visit_waited(&visits[3]);
		assert_true(++waits_taken <= 80);
	}
	assert_int_equal(login_of(&visits[3]), SMB_ANONYMOUS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    no_more_try_the_account_than_refusals_are_left, all_connect,
		    forget),
		cmocka_unit_test_setup_teardown(
		    after_three_refusals_nobody_tries_it_any_more, all_connect, forget),
		cmocka_unit_test_setup_teardown(
		    who_refuses_the_account_is_asked_without_it, all_connect, forget),
		cmocka_unit_test_setup_teardown(where_it_got_in_once_all_may_try_it,
		                                all_connect, forget),
		cmocka_unit_test_setup_teardown(nobody_waits_for_ever, all_connect,
		                                forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

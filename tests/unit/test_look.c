/* What the detectors make of readings that a visit can leave behind. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "look/look.h"

static struct readings readings;
static struct findings findings;

static int
forget(void **state)
{
	(void)state;
	readings_free(&readings);
	return 0;
}

static struct reading *
add(enum reading_kind kind, enum heard heard, const char *where)
{
	struct reading *r = readings_add(&readings, kind);

	assert_non_null(r);
	r->heard = heard;
	(void)text_copy(r->where, sizeof r->where, where);
	return r;
}

static void
add_p2p(enum p2p_found found, bool swept, const char *where)
{
	struct reading *r = add(READING_P2P, HEARD, where);

	r->as.p2p.found = found;
	r->as.p2p.swept = swept;
}

/* Looks; the traces found, with blanks between. */
static const char *
found(void)
{
	static char text[512];
	size_t len = 0;

	text[0] = 0;
	look_all(&readings, "192.0.2.10", &findings);
	for (size_t i = 0; i < findings.count; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
		                        i ? " " : "", findings.at[i].trace);
	return text;
}

static void
chatter_on_ports_that_are_not_its_own_is_no_sign(void **state)
{
	(void)state;
	add_p2p(P2P_FOUND_BAD_SUM, true, "3306/tcp");
	add_p2p(P2P_FOUND_BAD_SUM, true, "5901/tcp");
	assert_string_equal(found(), "");
}

static void
a_peer_on_a_port_that_is_not_its_own_is_one(void **state)
{
	(void)state;
	add_p2p(P2P_FOUND_VALID, true, "31328/tcp");
	assert_string_equal(found(), "p2p-deep-answer");
}

static void
wrong_checksums_on_two_ports_of_its_own_are_suspect(void **state)
{
	(void)state;
	add_p2p(P2P_FOUND_BAD_SUM, false, "31328/tcp");
	add_p2p(P2P_FOUND_BAD_SUM, false, "17142/udp");
	assert_string_equal(found(), "p2p-two-bad-sums");
	assert_int_equal(findings.at[0].grade, GRADE_STRONG);
}

static void
a_port_that_refuses_was_reached_whatever_a_router_says_of_another(void **state)
{
	(void)state;
	(void)add(READING_PORT, HEARD_REFUSED, "445/tcp");
	struct reading *r = add(READING_PORT, HEARD_NOTHING, "139/nbt");
	(void)text_copy(r->reason, sizeof r->reason, "unreachable");
	assert_string_equal(found(), "filtered");
}

static void
who_answers_on_another_port_is_there_without_file_sharing(void **state)
{
	(void)state;
	(void)add(READING_PORT, HEARD_REFUSED, "445/tcp");
	(void)add(READING_PORT, HEARD_REFUSED, "139/nbt");
	(void)add(READING_P2P, HEARD_REFUSED, "31328/tcp");
	assert_string_equal(found(), "p2p-refused absent-refused");
	struct reading *r = add(READING_P2P, HEARD_NOTHING, "17142/tcp");
	(void)text_copy(r->reason, sizeof r->reason, "no-reply");
	assert_string_equal(found(), "p2p-silent no-smb");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    who_answers_on_another_port_is_there_without_file_sharing, forget,
		    forget),
		cmocka_unit_test_setup_teardown(
		    chatter_on_ports_that_are_not_its_own_is_no_sign, forget, forget),
		cmocka_unit_test_setup_teardown(
		    a_peer_on_a_port_that_is_not_its_own_is_one, forget, forget),
		cmocka_unit_test_setup_teardown(
		    wrong_checksums_on_two_ports_of_its_own_are_suspect, forget,
		    forget),
		cmocka_unit_test_setup_teardown(
		    a_port_that_refuses_was_reached_whatever_a_router_says_of_another,
		    forget, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

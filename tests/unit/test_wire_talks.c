/*
 * The smaller conversations: SMB2 identification, node status, the P2P probe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "wire/nbstat_talk.h"
#include "wire/p2p_talk.h"
#include "wire/smb2_talk.h"

static struct talk t;
static struct smb2_story smb2;
static struct smb_ask ask;

static enum after
hear(const char *file)
{
	struct hex h = hex_file(file);

	assert_int_not_equal(h.len, 0);
	buf_clear(&t.out);
	return talk_feed(&t, hex_span(&h));
}

static void
start_smb2(bool only_311, bool netbios)
{
	ask = (struct smb_ask){ .login = SMB_CHALLENGE,
		                .netbios = netbios,
		                .called = "*SMBSERVER" };
	smb2 = (struct smb2_story){ .only_311 = only_311 };
	smb2_talk_init(&t, &smb2, &ask);
	assert_int_equal(talk_begin(&t), AFTER_NEXT);
}

static void
smb2_tells_who_is_there(void **state)
{
	(void)state;
	start_smb2(false, false);
	assert_int_equal(t.out.len, hex_file("req-s2-negotiate").len);
	assert_int_equal(hear("resp-samba-s2-negotiate"), AFTER_NEXT);
	struct hex session = hex_file("req-s2-session-spnego");
	assert_int_equal(t.out.len, session.len);
	assert_memory_equal(t.out.at, session.at, session.len);
	assert_int_equal(hear("resp-samba-s2-session-spnego"), AFTER_DONE);
	assert_true(smb2.heard);
	assert_int_equal(smb2.reason, REASON_NONE);
	assert_int_equal(smb2.system.smb2_dialect, 0x0302);
	assert_true(smb2.system.has_version);
	assert_int_equal(smb2.system.major, 6);
	assert_true(smb2.system.has_time);
	talk_free(&t);
}

static void
smb2_over_a_netbios_session(void **state)
{
	(void)state;
	start_smb2(false, true);
	assert_int_equal(t.out.len, 72);
	assert_int_equal(hear("resp-nb-session-ok"), AFTER_NEXT);
	assert_int_equal(hear("resp-samba-s2-negotiate"), AFTER_NEXT);
	talk_free(&t);
	start_smb2(false, true);
	assert_int_equal(hear("resp-nb-session-refused"), AFTER_LOST);
	assert_int_equal(smb2.reason, REASON_NETBIOS_NAME_REFUSED);
	talk_free(&t);
}

/* The recorded answer with another status. */
static enum after
hear_status(uint32_t status)
{
	struct hex h = hex_file("resp-samba-s2-negotiate");

	for (size_t i = 0; i < 4; i++)
		h.at[4 + 8 + i] = (uint8_t)(status >> (8 * i));
	return talk_feed(&t, hex_span(&h));
}

static void
smb2_that_speaks_only_the_last_dialect_is_asked_again(void **state)
{
	(void)state;
	start_smb2(false, false);
	assert_int_equal(hear_status(0xC00000BB), AFTER_LOST);
	assert_true(smb2.again_311);
	assert_false(smb2.heard);
	talk_free(&t);
	start_smb2(true, false);
	assert_int_equal(t.out.len, hex_file("req-s2-negotiate-311").len);
	assert_int_equal(hear("resp-samba-s2-negotiate-311"), AFTER_NEXT);
	assert_int_equal(hear("resp-samba-s2-session-spnego-311"), AFTER_DONE);
	assert_int_equal(smb2.system.smb2_dialect, 0x0311);
	talk_free(&t);
	start_smb2(true, false);
	assert_int_equal(hear_status(0xC00000BB), AFTER_LOST);
	assert_false(smb2.again_311);
	talk_free(&t);
}

static void
smb2_that_goes_wrong_says_why(void **state)
{
	(void)state;
	start_smb2(false, false);
	assert_int_equal(hear_status(0x103), AFTER_MORE);
	assert_int_equal(hear_status(0xC000000D), AFTER_LOST);
	assert_int_equal(smb2.reason, REASON_STATUS_OTHER);
	talk_free(&t);
	start_smb2(false, false);
	assert_int_equal(talk_closed(&t), AFTER_LOST);
	assert_int_equal(smb2.reason, REASON_CLOSED_EARLY);
	talk_free(&t);
	start_smb2(false, false);
	assert_int_equal(hear("resp-s1-negotiate-xp"), AFTER_LOST);
	assert_int_equal(smb2.reason, REASON_BAD_TRANSPORT);
	talk_free(&t);
	start_smb2(false, false);
	(void)hear("resp-samba-s2-negotiate");
	assert_int_equal(hear("resp-samba-s2-negotiate"), AFTER_LOST);
	assert_int_equal(smb2.reason, REASON_BAD_MESSAGE);
	assert_int_equal(smb2.system.smb2_dialect, 0x0302);
	talk_free(&t);
}

static void
node_status_is_asked_twice_at_most(void **state)
{
	struct nbstat_story story = { .id = 0x4346 };

	(void)state;
	nbstat_talk_init(&t, &story);
	assert_int_equal(talk_begin(&t), AFTER_NEXT);
	assert_true(t.brief);
	assert_int_equal(t.out.len, 50);
	assert_int_equal(talk_feed(&t, span_of("noise", 5)), AFTER_MORE);
	assert_int_equal(talk_quiet(&t), AFTER_NEXT);
	assert_int_equal(t.out.len, 100);
	assert_int_equal(hear("resp-nb-nbstat"), AFTER_DONE);
	assert_true(story.heard);
	assert_string_equal(story.name, "XPBOX");
	assert_string_equal(story.group, "WORKGROUP");
	talk_free(&t);

	nbstat_talk_init(&t, &story);
	(void)talk_begin(&t);
	(void)talk_quiet(&t);
	assert_int_equal(talk_quiet(&t), AFTER_LOST);
	assert_false(story.heard);
	talk_free(&t);
	nbstat_talk_init(&t, &story);
	(void)talk_begin(&t);
	assert_int_equal(talk_closed(&t), AFTER_LOST);
	talk_free(&t);
}

static struct p2p_story peer;

/* Key 1 in both halves: rows of replies.tsv. */
static void
start_p2p(enum p2p_transport transport)
{
	peer = (struct p2p_story){ .probe = p2p_probe_make(transport, 0x100000000) };
	p2p_talk_init(&t, &peer);
	assert_int_equal(talk_begin(&t), AFTER_NEXT);
}

#define UDP_REPLY "cdab3412ed5ead0b9be8accc0304"
#define TCP_REPLY "0e00cdab3412ed5ead0b9fe8bccc0304"

static void
a_peer_answers_over_udp(void **state)
{
	struct hex reply = hex_of(UDP_REPLY);

	(void)state;
	start_p2p(P2P_UDP);
	assert_int_equal(t.out.len, 14);
	assert_int_equal(talk_feed(&t, hex_span(&reply)), AFTER_DONE);
	assert_true(peer.answered);
	assert_int_equal(peer.class, P2P_VALID);
	assert_int_equal(peer.bytes, 14);
	assert_memory_equal(peer.first, reply.at, 14);
	talk_free(&t);
}

static void
a_probe_over_udp_is_repeated_once(void **state)
{
	(void)state;
	start_p2p(P2P_UDP);
	assert_true(t.brief);
	assert_int_equal(talk_quiet(&t), AFTER_NEXT);
	assert_int_equal(t.out.len, 28);
	assert_false(t.brief);
	assert_int_equal(talk_quiet(&t), AFTER_LOST);
	assert_false(peer.answered);
	talk_free(&t);
	start_p2p(P2P_UDP);
	assert_int_equal(talk_closed(&t), AFTER_LOST);
	assert_int_equal(t.out.len, 14);
	talk_free(&t);
}

static void
a_peer_answers_over_tcp_in_pieces(void **state)
{
	struct hex reply = hex_of(TCP_REPLY);

	(void)state;
	start_p2p(P2P_TCP);
	assert_int_equal(t.out.len, 16);
	for (size_t i = 0; i + 1 < reply.len; i++)
		assert_int_equal(talk_feed(&t, span_of(reply.at + i, 1)), AFTER_MORE);
	assert_int_equal(talk_feed(&t, span_of(reply.at + reply.len - 1, 1)),
	                 AFTER_DONE);
	assert_int_equal(peer.class, P2P_VALID);
	talk_free(&t);
}

static void
what_came_over_tcp_is_judged_whatever_its_prefix_says(void **state)
{
	struct hex reply = hex_of(TCP_REPLY);

	(void)state;
	reply.at[0]++;
	start_p2p(P2P_TCP);
	assert_int_equal(talk_feed(&t, hex_span(&reply)), AFTER_MORE);
	assert_int_equal(talk_closed(&t), AFTER_DONE);
	assert_int_equal(peer.class, P2P_VALID);
	talk_free(&t);
	start_p2p(P2P_TCP);
	assert_int_equal(talk_feed(&t, hex_span(&reply)), AFTER_MORE);
	assert_int_equal(talk_quiet(&t), AFTER_DONE);
	assert_int_equal(peer.class, P2P_VALID);
	talk_free(&t);
	start_p2p(P2P_TCP);
	assert_int_equal(talk_closed(&t), AFTER_LOST);
	assert_false(peer.answered);
	talk_free(&t);
}

static void
eight_kilobytes_over_tcp_are_enough(void **state)
{
	static uint8_t flood[20000] = { 0xFF, 0xFF };

	(void)state;
	start_p2p(P2P_TCP);
	assert_int_equal(talk_feed(&t, span_of(flood, 8191)), AFTER_MORE);
	assert_int_equal(talk_feed(&t, span_of(flood, 1)), AFTER_DONE);
	assert_int_equal(peer.class, P2P_BAD_SUM);
	talk_free(&t);
}

static void
an_echo_is_no_answer(void **state)
{
	(void)state;
	start_p2p(P2P_TCP);
	assert_int_equal(talk_feed(&t, span_of(peer.probe.bytes, 16)), AFTER_DONE);
	assert_int_equal(peer.class, P2P_ECHO);
	talk_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smb2_tells_who_is_there),
		cmocka_unit_test(smb2_over_a_netbios_session),
		cmocka_unit_test(smb2_that_speaks_only_the_last_dialect_is_asked_again),
		cmocka_unit_test(smb2_that_goes_wrong_says_why),
		cmocka_unit_test(node_status_is_asked_twice_at_most),
		cmocka_unit_test(a_peer_answers_over_udp),
		cmocka_unit_test(a_probe_over_udp_is_repeated_once),
		cmocka_unit_test(a_peer_answers_over_tcp_in_pieces),
		cmocka_unit_test(what_came_over_tcp_is_judged_whatever_its_prefix_says),
		cmocka_unit_test(eight_kilobytes_over_tcp_are_enough),
		cmocka_unit_test(an_echo_is_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

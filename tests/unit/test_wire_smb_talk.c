/*
 * Whole conversations with a played server: what is heard, why not, and that
 * each is left politely.  See smb_play.h for the words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "smb_play.h"

#define OPEN "s1-negotiate-xp s1-session-xp s1-tree s1-create "
#define BOUND OPEN "s1-trans-bind-ack "

static struct smb_play p;

static int
forget(void **state)
{
	(void)state;
	p.drip = false;
	p.ask.netbios = false;
	return 0;
}

static void
expect_calls(uint32_t control, uint32_t path)
{
	const struct smb_heard *h = &p.story.heard;

	assert_int_equal(p.talk.after, AFTER_DONE);
	assert_int_equal(h->control.heard, HEARD);
	assert_int_equal(h->path.heard, HEARD);
	assert_int_equal(h->control.code, control);
	assert_int_equal(h->path.code, path);
	play_end(&p, "", "", "NSTCXXXctl");
}

static void
a_clean_xp(void **state)
{
	const struct smb_heard *h = &p.story.heard;

	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-clean-84b-p1 s1-trans-clean-84b-p2 ok ok ok");
	assert_true(h->negotiated);
	assert_true(h->logged_in);
	assert_false(h->guest);
	assert_string_equal(h->pipe, "browser");
	assert_string_equal(h->secondary_address.utf8, "\\PIPE\\browser");
	assert_string_equal(h->system.native_os.utf8, "Windows 5.1");
	assert_string_equal(h->system.name.utf8, "XPBOX");
	assert_string_equal(h->system.domain.utf8, "WORKGROUP");
	assert_int_equal(h->system.zone_minutes, -60);
	assert_int_equal(h->system.time_ms, 1238409340315);
	assert_int_equal(h->control.stub_len, 16);
	expect_calls(0x84B, 0x7B);
}

static void
stale_padding_changes_nothing(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-clean-stale-p1 s1-trans-clean-stale-p2 ok ok ok");
	assert_memory_equal(p.story.heard.path.stub + 6, "\x45\x5C", 2);
	expect_calls(0x84B, 0x7B);
}

static void
infected_by_an_older_one(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-infected-ad-p1 s1-trans-infected-ad-p2 ok ok ok");
	expect_calls(0x84B, 0x57);
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-infected-ad-zero-p1 s1-trans-infected-ad-zero-p2 "
	               "ok ok ok");
	expect_calls(0x84B, 0x57);
}

static void
infected_by_the_last_one(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-infected-e-p1 s1-trans-infected-e-p2 ok ok ok");
	assert_memory_equal(p.story.heard.control.outbuf, "\x5C\0", 2);
	expect_calls(0, 0x7B);
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-infected-e-zero-p1 s1-trans-infected-e-zero-p2 "
	               "ok ok ok");
	assert_memory_equal(p.story.heard.control.outbuf, "\0\0", 2);
	expect_calls(0, 0x7B);
}

static void
both_rejected(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS,
	         BOUND "s1-trans-both-57-p1 s1-trans-both-57-p2 ok ok ok");
	expect_calls(0x57, 0x57);
}

static void
bytes_one_by_one_make_no_difference(void **state)
{
	(void)state;
	p.drip = true;
	infected_by_an_older_one(state);
	infected_by_the_last_one(state);
	a_clean_xp(state);
}

static void
all_other_systems_are_named(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp s1-session-vistasp1 closed");
	assert_string_equal(p.story.heard.system.native_os.utf8,
	                    "Windows Vista (TM) Business 6001 Service Pack 1");
	play_end(&p, "closed-early", "tree connect", "NST");
}

static void
a_guest_is_noted_and_asked_on(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp s1-session-guest");
	assert_true(p.story.heard.guest);
	assert_string_equal(p.said, "NST");
	play_stop(&p);
}

static void
by_netbios_session(void **state)
{
	(void)state;
	p.ask.netbios = true;
	play_all(&p, SMB_ANONYMOUS,
	         "nb-session-ok " BOUND
	         "s1-trans-infected-ad-p1 s1-trans-infected-ad-p2 ok ok ok");
	assert_int_equal(p.story.heard.path.code, 0x57);
	play_end(&p, "", "", "BNSTCXXXctl");
}

static void
netbios_refusals(void **state)
{
	static const uint8_t retarget[10] = { 0x84, 0, 0, 6 };
	static const uint8_t no_resources[5] = { 0x83, 0, 0, 1, 0x83 };

	(void)state;
	p.ask.netbios = true;
	play_all(&p, SMB_ANONYMOUS, "nb-session-refused");
	assert_int_equal(p.story.heard.again, SMB_AGAIN_NAME);
	assert_int_equal(p.story.heard.status, 0x82);
	play_end(&p, "netbios-name-refused", "netbios session", "B");

	play_all(&p, SMB_ANONYMOUS, "");
	assert_int_equal(talk_feed(&p.talk, span_of(retarget, 10)), AFTER_DONE);
	play_end(&p, "netbios-retarget", "netbios session", "B");

	play_all(&p, SMB_ANONYMOUS, "");
	assert_int_equal(talk_feed(&p.talk, span_of(no_resources, 5)), AFTER_DONE);
	assert_int_equal(p.story.heard.again, SMB_AGAIN_LATER);
	play_end(&p, "server-resources", "netbios session", "B");
}

static void
without_smb1(void **state)
{
	static const char *const lines[] = { "closed", "s1-negotiate-none",
		                             "raw:resp-samba-s2-negotiate" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		play_all(&p, SMB_ANONYMOUS, lines[i]);
		assert_int_equal(p.story.heard.again, SMB_AGAIN_SMB2);
		play_end(&p, "smb1-off", "negotiate", "N");
	}
}

static void
garbage_in_the_middle_is_left_politely(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, OPEN);
	play_bytes(&p, (const uint8_t *)"HTTP/1.1", 8);
	assert_int_equal(p.talk.after, AFTER_LOST);
	play_end(&p, "bad-transport", "bind", "NSTCXctl");
}

static void
silence_and_half_answers(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "quiet");
	assert_int_equal(p.talk.after, AFTER_DONE);
	play_end(&p, "no-reply", "negotiate", "N");
	play_all(&p, SMB_ANONYMOUS, "half:s1-negotiate-xp quiet");
	play_end(&p, "slow", "negotiate", "N");
	play_all(&p, SMB_ANONYMOUS, "half:s1-negotiate-xp closed");
	assert_int_equal(p.story.heard.again, SMB_AGAIN_NO);
	play_end(&p, "closed-early", "negotiate", "N");
}

static void
what_is_not_smb(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "");
	assert_int_equal(talk_feed(&p.talk, span_of("HTTP/1.1 400", 12)), AFTER_LOST);
	play_end(&p, "bad-transport", "negotiate", "N");
	play_all(&p, SMB_ANONYMOUS, "");
	assert_int_equal(talk_feed(&p.talk, span_of("\0\0\0\4HTTP", 8)), AFTER_DONE);
	play_end(&p, "bad-transport", "negotiate", "N");
	play_all(&p, SMB_ANONYMOUS, "nb-session-ok");
	play_end(&p, "bad-transport", "negotiate", "N");
}

static void
share_level_security(void **state)
{
	struct hex answer = hex_file("resp-s1-negotiate-xp");

	(void)state;
	answer.at[4 + 33 + 2] = 0x02;
	play_start(&p, SMB_ANONYMOUS);
	assert_int_equal(talk_feed(&p.talk, hex_span(&answer)), AFTER_DONE);
	play_end(&p, "share-level-security", "negotiate", "N");
}

static void
refused_null_sessions_are_tried_with_ntlmssp(void **state)
{
	static const char *const lines[] = { "C0000022", "C000006D", "C000006E",
		                             "dos:00020002" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp");
		play(&p, lines[i]);
		assert_int_equal(p.story.heard.again, SMB_AGAIN_NTLMSSP);
		assert_int_equal(p.talk.after, AFTER_DONE);
		play_end(&p, "anonymous-refused", "session setup", "NS");
	}
}

static void
a_full_server_is_asked_later(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp s1-session-not-accepted");
	assert_int_equal(p.story.heard.again, SMB_AGAIN_LATER);
	play_end(&p, "too-many-sessions", "session setup", "NS");
	play_all(&p, SMB_ANONYMOUS, OPEN "C0000205 ok ok ok");
	assert_int_equal(p.story.heard.again, SMB_AGAIN_LATER);
	play_end(&p, "server-resources", "bind", "NSTCXctl");
}

static void
a_lost_session_is_tried_once_more(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp s1-session-xp C0000203 ok");
	assert_int_equal(p.story.heard.again, SMB_AGAIN_SESSION);
	play_end(&p, "session-lost", "tree connect", "NSTl");
}

static void
a_samba_is_left_at_once(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "samba-s1-negotiate samba-s1-session ok");
	assert_int_equal(p.talk.after, AFTER_DONE);
	assert_string_equal(p.story.heard.system.native_lm.utf8,
	                    "Samba 4.17.12-Debian");
	play_end(&p, "not-windows", "session setup", "NSl");
	play_all(&p, SMB_ANONYMOUS_NTLMSSP,
	         "samba-s1-negotiate-ext samba-s1-session-ext1-spnego "
	         "samba-s1-session-ext2-spnego ok");
	assert_true(p.story.heard.system.has_version);
	play_end(&p, "not-windows", "login", "NSSl");
}

static void
only_the_challenge(void **state)
{
	(void)state;
	play_all(&p, SMB_CHALLENGE, "samba-s1-negotiate-ext s1-session-ext1-xp");
	assert_int_equal(p.talk.after, AFTER_DONE);
	assert_int_equal(p.story.heard.system.build, 2600);
	assert_string_equal(p.story.heard.system.name.utf8, "XPBOX");
	assert_false(p.story.heard.logged_in);
	play_end(&p, "", "", "NS");
	play_all(&p, SMB_CHALLENGE, "s1-negotiate-xp");
	play_end(&p, "not-supported", "negotiate", "N");
}

static void
tree_refusals(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp s1-session-xp C0000022 ok");
	play_end(&p, "access-denied-tree", "tree connect", "NSTl");
	play_all(&p, SMB_ANONYMOUS,
	         "s1-negotiate-xp s1-session-xp s1-tree-bad-network-name ok");
	assert_int_equal(p.story.heard.status, 0xC00000CC);
	play_end(&p, "no-ipc-share", "tree connect", "NSTl");
	play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp s1-session-xp C00000CB s1-tree");
	assert_string_equal(p.said, "NSTTC");
	play_stop(&p);
	play_all(&p, SMB_ANONYMOUS,
	         "s1-negotiate-xp s1-session-xp C00000CB C00000CB ok");
	play_end(&p, "status-other", "tree connect", "NSTTl");
	play_all(&p, SMB_ANONYMOUS, "s1-negotiate-xp s1-session-xp ok ok");
	play_end(&p, "no-tree", "tree connect", "NSTl");
}

static void
an_ipv6_address_may_not_do_as_a_name(void **state)
{
	(void)state;
	play_start(&p, SMB_ANONYMOUS);
	memcpy(p.ask.server, "2001:db8::7", 12);
	play(&p, "s1-negotiate-xp s1-session-xp");
	assert_non_null(memmem(p.last, p.last_len, "\\\\2001:db8::7\\IPC$", 17));
	play(&p, "C00000CC");
	assert_non_null(memmem(p.last, p.last_len, "\\\\XPBOX\\IPC$", 12));
	play(&p, "C00000CC");
	assert_non_null(memmem(p.last, p.last_len, "\\\\*SMBSERVER\\IPC$", 17));
	play(&p, "C00000CC ok");
	play_end(&p, "no-ipc-share", "tree connect", "NSTTTl");
}

static void
an_oplock_break_is_passed_over(void **state)
{
	uint8_t breaks[39] = { 0, 0, 0, 35, 0xFF, 'S', 'M', 'B', 0x24 };

	(void)state;
	memset(breaks + 34, 0xFF, 2);
	play_all(&p, SMB_ANONYMOUS, BOUND);
	assert_int_equal(talk_feed(&p.talk, span_of(breaks, 39)), AFTER_MORE);
	play(&p, "s1-trans-infected-ad-p1 s1-trans-infected-ad-p2 ok ok ok");
	expect_calls(0x84B, 0x57);
}

static void
a_keep_alive_is_passed_over(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS, BOUND);
	assert_int_equal(talk_feed(&p.talk, span_of("\x85\0\0\0", 4)), AFTER_NEXT);
	play(&p, "s1-trans-infected-ad-p1 s1-trans-infected-ad-p2 ok ok ok");
	expect_calls(0x84B, 0x57);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_clean_xp, forget),
		cmocka_unit_test_setup(stale_padding_changes_nothing, forget),
		cmocka_unit_test_setup(infected_by_an_older_one, forget),
		cmocka_unit_test_setup(infected_by_the_last_one, forget),
		cmocka_unit_test_setup(both_rejected, forget),
		cmocka_unit_test_setup(bytes_one_by_one_make_no_difference, forget),
		cmocka_unit_test_setup(all_other_systems_are_named, forget),
		cmocka_unit_test_setup(a_guest_is_noted_and_asked_on, forget),
		cmocka_unit_test_setup(by_netbios_session, forget),
		cmocka_unit_test_setup(netbios_refusals, forget),
		cmocka_unit_test_setup(without_smb1, forget),
		cmocka_unit_test_setup(garbage_in_the_middle_is_left_politely, forget),
		cmocka_unit_test_setup(silence_and_half_answers, forget),
		cmocka_unit_test_setup(what_is_not_smb, forget),
		cmocka_unit_test_setup(share_level_security, forget),
		cmocka_unit_test_setup(refused_null_sessions_are_tried_with_ntlmssp,
		                       forget),
		cmocka_unit_test_setup(a_full_server_is_asked_later, forget),
		cmocka_unit_test_setup(a_lost_session_is_tried_once_more, forget),
		cmocka_unit_test_setup(a_samba_is_left_at_once, forget),
		cmocka_unit_test_setup(only_the_challenge, forget),
		cmocka_unit_test_setup(tree_refusals, forget),
		cmocka_unit_test_setup(an_ipv6_address_may_not_do_as_a_name, forget),
		cmocka_unit_test_setup(an_oplock_break_is_passed_over, forget),
		cmocka_unit_test_setup(a_keep_alive_is_passed_over, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

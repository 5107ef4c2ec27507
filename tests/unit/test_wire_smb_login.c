/*
 * Logging in: NTLMSSP as nobody and as somebody, the old NTLM, and the signatures
 * that follow, with a played server.  See smb_play.h for the words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "smb_play.h"
#include "wire/smb1.h"
#include "wire/smb1_sign.h"

#define SIGNING_ENABLED 0x07
#define SIGNING_REQUIRED 0x0F
#define FLAGS2_AT (SMB1_HEAD + 10)
#define SECURITY_AT (SMB1_HEAD + 33 + 2)

static struct smb_play p;

static int
forget(void **state)
{
	(void)state;
	p.signs = false;
	return 0;
}

/* A NEGOTIATE answer with other words on signing. */
static void
negotiate(enum smb_login login, const char *file, uint8_t security)
{
	struct hex h = hex_file(file);

	h.at[SECURITY_AT] = security;
	play_start(&p, login);
	play_bytes(&p, h.at, h.len);
}

static uint16_t
flags2_said(void)
{
	return (uint16_t)(p.last[FLAGS2_AT] | p.last[FLAGS2_AT + 1] << 8);
}

static bool
said_with_number(uint64_t sequence)
{
	struct span key = span_of(p.story.at.mac_key, p.story.at.mac_key_len);
	struct span message = span_of(p.last + SMB1_HEAD, p.last_len - SMB1_HEAD);

	return smb1_signature_is_right(message, key, sequence);
}

static void
nobody_by_ntlmssp(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS_NTLMSSP, "samba-s1-negotiate-ext");
	struct hex first = hex_file("req-s1-session-ext1-spnego");
	assert_int_equal(p.last_len, first.len);
	play(&p, "s1-session-ext1-xp");
	struct hex second = hex_file("req-s1-session-ext2-anon-spnego");
	assert_int_equal(p.last_len, second.len);
	memset(p.last + SMB1_HEAD + 43, 0, 4); /* the session key of that day */
	assert_memory_equal(p.last, second.at, second.len);
	play(&p, "s1-session-xp s1-tree s1-create s1-trans-bind-ack "
	         "s1-trans-infected-ad-p1 s1-trans-infected-ad-p2 ok ok ok");
	assert_true(p.story.heard.system.has_version);
	assert_int_equal(p.story.heard.path.code, 0x57);
	play_end(&p, "", "", "NSSTCXXXctl");
}

static void
nobody_is_refused_for_good(void **state)
{
	(void)state;
	play_all(&p, SMB_ANONYMOUS_NTLMSSP,
	         "samba-s1-negotiate-ext s1-session-ext1-xp s1-session-logon-failure");
	assert_int_equal(p.talk.after, AFTER_DONE);
	assert_int_equal(p.story.heard.again, SMB_AGAIN_NO);
	assert_false(p.story.heard.credentials_refused);
	assert_int_equal(p.story.heard.system.build, 2600);
	play_end(&p, "anonymous-refused", "login", "NSS");
	play_all(&p, SMB_ANONYMOUS_NTLMSSP, "s1-negotiate-xp");
	play_end(&p, "anonymous-refused", "negotiate", "N");
}

static void
somebody_opens_srvsvc_first(void **state)
{
	(void)state;
	play_all(&p, SMB_NTLMV2,
	         "samba-s1-negotiate-ext s1-session-ext1-xp s1-session-xp s1-tree");
	assert_false(p.story.at.signing);
	assert_non_null(memmem(p.last, p.last_len, "\\srvsvc", 8));
	/* Denied: once more with whatever access there is, then the next pipe. */
	play(&p, "C0000022");
	assert_non_null(memmem(p.last, p.last_len, "\0\0\0\2", 4));
	assert_non_null(memmem(p.last, p.last_len, "\\srvsvc", 8));
	play(&p, "C0000022");
	assert_non_null(memmem(p.last, p.last_len, "\\browser", 9));
	play(&p, "s1-create s1-trans-bind-ack s1-trans-clean-7b-p1 "
	         "s1-trans-clean-7b-p2 ok ok ok");
	play_end(&p, "", "", "NSSTCCCXXXctl");
}

static void
refused_accounts_are_counted(void **state)
{
	static const struct {
		const char *status;
		const char *reason;
	} rows[] = {
		{ "C000006D", "logon-failure" },
		{ "C0000022", "logon-failure" },
		{ "C000006E", "account-restriction" },
		{ "C0000071", "account-restriction" },
		{ "C0000234", "account-locked-out" },
		{ "C000015B", "logon-type-not-granted" },
		{ "C000006A", "status-other" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		play_all(&p, SMB_NTLMV2, "samba-s1-negotiate-ext s1-session-ext1-xp");
		play(&p, rows[i].status);
		assert_true(p.story.heard.credentials_refused);
		assert_int_equal(p.talk.after, AFTER_DONE);
		play_end(&p, rows[i].reason, "login", "NSS");
	}
	play_all(&p, SMB_NTLMV2, "samba-s1-negotiate-ext s1-session-ext1-xp C00000D0");
	assert_false(p.story.heard.credentials_refused);
	play_end(&p, "too-many-sessions", "login", "NSS");
}

static void
a_refusal_before_the_password_was_sent_is_not_counted(void **state)
{
	(void)state;
	play_all(&p, SMB_NTLMV2, "samba-s1-negotiate-ext C00000BB");
	assert_false(p.story.heard.credentials_refused);
	play_end(&p, "not-supported", "challenge", "NS");
}

static void
who_only_looks_does_not_stay_when_let_in(void **state)
{
	(void)state;
	play_all(&p, SMB_CHALLENGE, "samba-s1-negotiate-ext s1-session-xp ok");
	assert_int_equal(p.talk.after, AFTER_DONE);
	play_end(&p, "", "", "NSl");
}

static void
a_login_without_answer_is_logged_off(void **state)
{
	(void)state;
	play_all(&p, SMB_NTLMV2, "samba-s1-negotiate-ext s1-session-ext1-xp quiet ok");
	play_end(&p, "no-reply", "login", "NSSl");
}

static void
signing_goes_from_the_tree_to_the_logoff(void **state)
{
	(void)state;
	p.signs = true;
	negotiate(SMB_NTLMV2, "resp-samba-s1-negotiate-ext", SIGNING_ENABLED);
	play(&p, "s1-session-ext1-xp s1-session-xp");
	assert_true(p.story.at.signing);
	assert_int_equal(flags2_said(), 0x4805);
	assert_true(said_with_number(2));
	play(&p, "s1-tree");
	assert_true(said_with_number(4));
	play(&p, "s1-create s1-trans-bind-ack s1-trans-infected-ad-p1 "
	         "s1-trans-infected-ad-p2 ok ok");
	assert_true(said_with_number(16));
	play(&p, "ok");
	assert_int_equal(p.story.heard.path.code, 0x57);
	play_end(&p, "", "", "NSSTCXXXctl");
}

static void
an_answer_with_a_wrong_signature_is_no_answer(void **state)
{
	(void)state;
	p.signs = true;
	negotiate(SMB_NTLMV2, "resp-samba-s1-negotiate-ext", SIGNING_ENABLED);
	play(&p, "s1-session-ext1-xp s1-session-xp s1-tree s1-create s1-trans-bind-ack "
	         "s1-trans-infected-ad-p1");
	p.signs = false;
	play(&p, "s1-trans-infected-ad-p2 ok ok ok");
	assert_int_equal(p.story.heard.path.heard, HEARD_ODD);
	play_end(&p, "bad-signature", "ask path", "NSSTCXXXctl");
}

static void
where_signing_is_demanded_the_login_must_be_signed(void **state)
{
	(void)state;
	negotiate(SMB_NTLMV2, "resp-samba-s1-negotiate-ext", SIGNING_REQUIRED);
	play(&p, "s1-session-ext1-xp s1-session-xp ok");
	assert_true(p.story.heard.system.signing_required);
	play_end(&p, "bad-signature", "login", "NSSl");
}

static void
nobody_and_guests_do_not_sign(void **state)
{
	(void)state;
	negotiate(SMB_ANONYMOUS, "resp-s1-negotiate-xp", SIGNING_REQUIRED);
	play(&p, "s1-session-xp");
	assert_int_equal(flags2_said(), 0x4001);
	play_stop(&p);
	negotiate(SMB_NTLMV2, "resp-samba-s1-negotiate-ext", SIGNING_REQUIRED);
	play(&p, "s1-session-ext1-xp s1-session-guest");
	assert_true(p.story.heard.guest);
	assert_false(p.story.at.signing);
	assert_int_equal(flags2_said(), 0x4801);
	play_stop(&p);
}

static void
the_old_ntlm_goes_without_extended_security(void **state)
{
	(void)state;
	p.signs = true;
	negotiate(SMB_NTLMV1, "resp-s1-negotiate-xp", SIGNING_ENABLED);
	assert_int_equal(flags2_said(), 0xC005); /* an account's name is Unicode */
	assert_non_null(memmem(p.last, p.last_len, "U\0s\0e\0r\0\0\0D\0o\0", 14));
	assert_int_equal(p.story.at.mac_key_len, 40);
	play(&p, "s1-session-xp");
	assert_true(said_with_number(2));
	play(&p, "s1-tree");
	assert_non_null(memmem(p.last, p.last_len, "\\srvsvc", 8));
	play(&p, "closed");
	play_end(&p, "closed-early", "open pipe", "NSTC");
}

static void
an_account_is_not_sent_to_a_server_that_cannot_ntlmv2(void **state)
{
	(void)state;
	play_all(&p, SMB_NTLMV2, "s1-negotiate-xp");
	assert_false(p.story.heard.credentials_refused);
	play_end(&p, "not-supported", "negotiate", "N");
}

static void
a_session_answer_without_a_challenge_is_an_error(void **state)
{
	(void)state;
	play_all(&p, SMB_NTLMV2, "samba-s1-negotiate-ext C0000016");
	play_end(&p, "bad-message", "challenge", "NS");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nobody_by_ntlmssp, forget),
		cmocka_unit_test_setup(nobody_is_refused_for_good, forget),
		cmocka_unit_test_setup(somebody_opens_srvsvc_first, forget),
		cmocka_unit_test_setup(refused_accounts_are_counted, forget),
		cmocka_unit_test_setup(
		    a_refusal_before_the_password_was_sent_is_not_counted, forget),
		cmocka_unit_test_setup(who_only_looks_does_not_stay_when_let_in,
		                       forget),
		cmocka_unit_test_setup(a_login_without_answer_is_logged_off, forget),
		cmocka_unit_test_setup(signing_goes_from_the_tree_to_the_logoff,
		                       forget),
		cmocka_unit_test_setup(an_answer_with_a_wrong_signature_is_no_answer,
		                       forget),
		cmocka_unit_test_setup(
		    where_signing_is_demanded_the_login_must_be_signed, forget),
		cmocka_unit_test_setup(nobody_and_guests_do_not_sign, forget),
		cmocka_unit_test_setup(the_old_ntlm_goes_without_extended_security,
		                       forget),
		cmocka_unit_test_setup(
		    an_account_is_not_sent_to_a_server_that_cannot_ntlmv2, forget),
		cmocka_unit_test_setup(a_session_answer_without_a_challenge_is_an_error,
		                       forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hex.h"
#include "wire/ntlm.h"
#include "wire/smb1.h"

/* A recorded answer and its common parts.  The bytes stay till the next call. */
static struct smb1_reply
reply(const char *file)
{
	static struct hex bytes;
	struct smb1_reply r;

	bytes = hex_file(file);
	if (smb1_reply_read(hex_message(&bytes), &r) != HEARD)
		fail_msg("%s is no answer", file);
	return r;
}

static void
negotiate_of_an_xp(void **state)
{
	struct smb1_reply r = reply("resp-s1-negotiate-xp");
	struct smb1_negotiated n;

	(void)state;
	assert_int_equal(r.command, SMB1_NEGOTIATE);
	assert_int_equal(r.mid, 1);
	assert_int_equal(r.pid, 0x1234);
	assert_int_equal(smb1_negotiate_read(&r, &n), HEARD);
	assert_int_equal(n.dialect, 0);
	assert_true(n.security & SMB1_USER_LEVEL);
	assert_int_equal(n.filetime, 0x01C9B12345678900);
	assert_int_equal(n.zone_minutes, -60);
	assert_string_equal(n.domain.utf8, "WORKGROUP");
	assert_string_equal(n.name.utf8, "XPBOX");
	assert_true(n.has_challenge);
	assert_false(n.extended);
}

static void
negotiate_without_our_dialect(void **state)
{
	struct smb1_reply r = reply("resp-s1-negotiate-none");
	struct smb1_negotiated n;

	(void)state;
	assert_int_equal(smb1_negotiate_read(&r, &n), HEARD);
	assert_int_equal(n.dialect, SMB1_NO_DIALECT);
}

static void
negotiate_of_a_samba_both_ways(void **state)
{
	struct smb1_reply r = reply("resp-samba-s1-negotiate");
	struct smb1_negotiated n;

	(void)state;
	assert_int_equal(smb1_negotiate_read(&r, &n), HEARD);
	assert_string_equal(n.domain.utf8, "LABGRP");
	assert_false(n.extended);
	r = reply("resp-samba-s1-negotiate-ext");
	assert_int_equal(smb1_negotiate_read(&r, &n), HEARD);
	assert_true(n.extended);
	assert_true(n.spnego);
	assert_string_equal(n.domain.utf8, "");
}

static void
negotiate_that_ends_after_the_capabilities_is_enough(void **state)
{
	struct smb1_reply r = reply("resp-s1-negotiate-xp");
	struct smb1_negotiated n;

	(void)state;
	r.words.left = 24;
	assert_int_equal(smb1_negotiate_read(&r, &n), HEARD);
	assert_true(n.security & SMB1_USER_LEVEL);
	assert_false(n.has_challenge);
	assert_string_equal(n.name.utf8, "");
	r.words.left = 22;
	assert_int_equal(smb1_negotiate_read(&r, &n), HEARD_SHORT);
}

static void
assert_session(const char *file, const char *os, const char *lm, const char *domain)
{
	struct smb1_reply r = reply(file);
	struct smb1_session s;

	assert_int_equal(smb1_session_read(&r, &s), HEARD);
	assert_string_equal(s.native_os.utf8, os);
	assert_string_equal(s.native_lm.utf8, lm);
	assert_string_equal(s.domain.utf8, domain);
}

static void
session_names_the_system(void **state)
{
	const char *lm_2000 = "Windows 2000 LAN Manager";
	const char *samba = "Samba 4.17.12-Debian";

	(void)state;
	assert_session("resp-s1-session-xp", "Windows 5.1", lm_2000, "WORKGROUP");
	assert_session("resp-s1-session-2000", "Windows 5.0", lm_2000, "WORKGROUP");
	assert_session("resp-s1-session-2003sp2",
	               "Windows Server 2003 3790 Service Pack 2",
	               "Windows Server 2003 5.2", "WORKGROUP");
	assert_session("resp-s1-session-vistasp1",
	               "Windows Vista (TM) Business 6001 Service Pack 1",
	               "Windows Vista (TM) Business 6.0", "WORKGROUP");
	assert_session("resp-samba-s1-session", "Windows 6.1", samba, "LABGRP");
	assert_session("resp-samba-s1-session-unicode", "Windows 6.1", samba, "LABGRP");
	assert_session("resp-samba-s1-session-ext2-raw", "Windows 6.1", samba,
	               "LABGRP");
	assert_session("resp-samba-s1-session-ext2-spnego", "Windows 6.1", samba,
	               "LABGRP");
}

static void
session_as_guest_says_so(void **state)
{
	struct smb1_reply r = reply("resp-s1-session-guest");
	struct smb1_session s;

	(void)state;
	assert_int_equal(smb1_session_read(&r, &s), HEARD);
	assert_true(s.guest);
	r = reply("resp-s1-session-xp");
	assert_int_equal(smb1_session_read(&r, &s), HEARD);
	assert_false(s.guest);
}

static struct ntlm_challenge
challenge_in(const char *file)
{
	struct smb1_reply r = reply(file);
	struct smb1_session s;
	struct ntlm_challenge c;

	assert_int_equal(r.status, 0xC0000016);
	assert_int_equal(smb1_session_read(&r, &s), HEARD);
	assert_int_equal(ntlm_challenge_read(s.blob, &c), HEARD);
	return c;
}

static void
session_carries_a_challenge(void **state)
{
	struct ntlm_challenge c = challenge_in("resp-s1-session-ext1-xp");

	(void)state;
	assert_true(c.has_version);
	assert_int_equal(c.major, 5);
	assert_int_equal(c.minor, 1);
	assert_int_equal(c.build, 2600);
	assert_string_equal(c.computer.utf8, "XPBOX");

	c = challenge_in("resp-samba-s1-session-ext1-raw");
	assert_true(c.has_version);
	assert_int_equal(c.major, 6);
	assert_int_equal(c.build, 0);
	c = challenge_in("resp-samba-s1-session-ext1-spnego");
	assert_int_equal(c.major, 6);
}

static void
refusals_carry_their_status(void **state)
{
	static const struct {
		const char *file;
		uint32_t status;
	} refusals[] = {
		{ "resp-s1-session-logon-failure", 0xC000006D },
		{ "resp-s1-session-not-accepted", 0xC00000D0 },
		{ "resp-s1-tree-bad-network-name", 0xC00000CC },
		{ "resp-s1-create-access-denied", 0xC0000022 },
		{ "resp-s1-create-not-found", 0xC0000034 },
		{ "resp-s1-create-not-supported", 0xC00000BB },
		{ "resp-s1-create-pipe-not-available", 0xC00000AC },
		{ "resp-samba-s1-create-browser", 0xC0000034 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct smb1_reply r = reply(refusals[i].file);

		assert_int_equal(r.status, refusals[i].status);
		assert_false(r.is_dos);
	}
}

static void
an_old_status_is_known_by_the_flags(void **state)
{
	struct hex bytes = hex_file("resp-s1-create-access-denied");
	struct smb1_reply r;

	(void)state;
	bytes.at[4 + 11] &= 0xBF;
	assert_int_equal(smb1_reply_read(hex_message(&bytes), &r), HEARD);
	assert_true(r.is_dos);
}

static void
tree_and_pipe_have_ids(void **state)
{
	uint16_t fid;
	struct smb1_reply r = reply("resp-s1-tree");

	(void)state;
	assert_int_equal(r.tid, 0x0801);
	r = reply("resp-s1-create");
	assert_int_equal(smb1_create_read(&r, &fid), HEARD);
	assert_int_equal(fid, 0x4000);
	r = reply("resp-samba-s1-create-srvsvc");
	assert_int_equal(smb1_create_read(&r, &fid), HEARD);
}

static void
a_wrong_byte_count_is_forgiven_in_create_alone(void **state)
{
	struct hex create = hex_file("resp-s1-create");
	struct hex tree = hex_file("resp-s1-tree");
	struct smb1_reply r;

	(void)state;
	create.at[4 + 33 + 68] = 99;
	assert_int_equal(smb1_reply_read(hex_message(&create), &r), HEARD);
	tree.at[4 + 33 + 2 * tree.at[4 + 32]] = 99;
	assert_int_equal(smb1_reply_read(hex_message(&tree), &r), HEARD_SHORT);
}

static void
transaction_write_and_read_carry_bytes(void **state)
{
	struct smb1_reply r = reply("resp-s1-trans-bind-ack");
	struct smb1_piece piece;
	struct span bytes;
	uint16_t written;

	(void)state;
	assert_int_equal(smb1_transact_read(&r, &piece), HEARD);
	assert_int_equal(piece.total, 68);
	assert_int_equal(piece.displacement, 0);
	assert_int_equal(piece.bytes.left, 68);
	assert_int_equal(piece.bytes.at[0], 5);
	r = reply("resp-s1-write-ok");
	assert_int_equal(smb1_write_read(&r, &written), HEARD);
	assert_int_equal(written, 72);
	r = reply("resp-s1-read-infected-ad-p2");
	assert_int_equal(smb1_read_read(&r, &bytes), HEARD);
	assert_int_equal(bytes.left, 40);
	r = reply("resp-samba-s1-read-bind");
	assert_int_equal(smb1_read_read(&r, &bytes), HEARD);
	assert_int_equal(bytes.at[0], 5);
}

static const char *const answers[] = {
	"resp-s1-negotiate-xp",
	"resp-s1-negotiate-none",
	"resp-s1-session-xp",
	"resp-s1-session-ext1-xp",
	"resp-s1-tree",
	"resp-s1-trans-bind-ack",
	"resp-s1-write-ok",
	"resp-s1-read-infected-ad-p2",
	"resp-s1-session-not-accepted",
	"resp-samba-s1-session-ext2-spnego",
};

static void
every_cut_is_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct hex bytes = hex_file(answers[i]);
		struct span whole = hex_message(&bytes);
		struct smb1_reply r;

		for (size_t len = 0; len < whole.left; len++)
			assert_int_equal(smb1_reply_read(span_of(whole.at, len), &r),
			                 HEARD_SHORT);
		assert_int_equal(smb1_reply_read(whole, &r), HEARD);
	}
}

static void
too_few_words_are_short_for_every_reader(void **state)
{
	struct smb1_negotiated n;
	struct smb1_session s;
	struct smb1_piece piece;
	struct span bytes;
	uint16_t number;

	(void)state;
	for (size_t words = 0; words < 3; words++) {
		struct smb1_reply r = reply("resp-s1-session-xp");

		r.words.left = 2 * words;
		assert_int_equal(smb1_session_read(&r, &s), HEARD_SHORT);
		assert_int_equal(smb1_create_read(&r, &number), HEARD_SHORT);
		assert_int_equal(smb1_transact_read(&r, &piece), HEARD_SHORT);
		assert_int_equal(smb1_write_read(&r, &number), HEARD_SHORT);
		assert_int_equal(smb1_read_read(&r, &bytes), HEARD_SHORT);
		r.words.at = (const uint8_t *)"\0\0\0\0\0\0";
		assert_int_equal(smb1_negotiate_read(&r, &n), HEARD_SHORT);
	}
}

static void
offsets_outside_the_message_are_short(void **state)
{
	struct smb1_reply r = reply("bad-dataoffset");
	struct smb1_piece piece;

	(void)state;
	assert_int_equal(smb1_transact_read(&r, &piece), HEARD_SHORT);
	r = reply("bad-datacount");
	assert_int_equal(smb1_transact_read(&r, &piece), HEARD_SHORT);
}

static void
what_is_no_smb1_answer_is_told_apart(void **state)
{
	struct hex magic = hex_file("bad-magic");
	struct hex request = hex_file("req-s1-negotiate");
	struct hex smb2 = hex_file("resp-samba-s2-negotiate");
	struct smb1_reply r;

	(void)state;
	assert_int_equal(smb1_reply_read(hex_message(&magic), &r), HEARD_REFUSED);
	assert_int_equal(smb1_reply_read(hex_message(&request), &r), HEARD_ODD);
	assert_int_equal(smb1_reply_read(hex_message(&smb2), &r), HEARD_REFUSED);
	assert_true(smb2_is_next(hex_message(&smb2)));
	assert_false(smb2_is_next(hex_message(&magic)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(negotiate_of_an_xp),
		cmocka_unit_test(negotiate_without_our_dialect),
		cmocka_unit_test(negotiate_of_a_samba_both_ways),
		cmocka_unit_test(negotiate_that_ends_after_the_capabilities_is_enough),
		cmocka_unit_test(session_names_the_system),
		cmocka_unit_test(session_as_guest_says_so),
		cmocka_unit_test(session_carries_a_challenge),
		cmocka_unit_test(refusals_carry_their_status),
		cmocka_unit_test(an_old_status_is_known_by_the_flags),
		cmocka_unit_test(tree_and_pipe_have_ids),
		cmocka_unit_test(a_wrong_byte_count_is_forgiven_in_create_alone),
		cmocka_unit_test(transaction_write_and_read_carry_bytes),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(too_few_words_are_short_for_every_reader),
		cmocka_unit_test(offsets_outside_the_message_are_short),
		cmocka_unit_test(what_is_no_smb1_answer_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

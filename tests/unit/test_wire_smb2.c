#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hex.h"
#include "wire/ntlm.h"
#include "wire/smb2.h"

static void
assert_written(struct buf *b, const char *file)
{
	struct hex expected = hex_file(file);

	assert_int_not_equal(expected.len, 0);
	assert_int_equal(b->len, expected.len);
	assert_memory_equal(b->at, expected.at, expected.len);
	buf_clear(b);
}

static void
what_we_send_is_as_a_server_took_it(void **state)
{
	struct hex guid = hex_of("101112131415161718191a1b1c1d1e1f");
	struct buf token;
	struct buf wrapped;
	struct buf b;

	(void)state;
	buf_init(&token, 256);
	buf_init(&wrapped, 256);
	buf_init(&b, 1024);
	smb2_negotiate_write(&b, guid.at, false);
	assert_written(&b, "req-s2-negotiate");
	smb2_negotiate_write(&b, guid.at, true);
	assert_written(&b, "req-s2-negotiate-311");
	ntlm_negotiate_write(&token, NTLM_FLAGS);
	smb2_session_write(&b, buf_span(&token));
	assert_written(&b, "req-s2-session-raw");
	spnego_first_write(&wrapped, buf_span(&token));
	smb2_session_write(&b, buf_span(&wrapped));
	assert_written(&b, "req-s2-session-spnego");
	buf_free(&token);
	buf_free(&wrapped);
	buf_free(&b);
}

static struct smb2_reply
reply(const char *file)
{
	static struct hex bytes;
	struct smb2_reply r;

	bytes = hex_file(file);
	assert_int_equal(smb2_reply_read(hex_message(&bytes), &r), HEARD);
	return r;
}

static void
negotiate_tells_dialect_and_time(void **state)
{
	struct smb2_reply r = reply("resp-samba-s2-negotiate");
	struct smb2_negotiated n;

	(void)state;
	assert_int_equal(r.status, 0);
	assert_int_equal(r.command, SMB2_NEGOTIATE);
	assert_int_equal(smb2_negotiate_read(&r, &n), HEARD);
	assert_int_equal(n.dialect, 0x0302);
	assert_true(n.spnego);
	assert_int_not_equal(n.filetime, 0);
	assert_int_equal(n.boot_filetime, 0);
	r = reply("resp-samba-s2-negotiate-311");
	assert_int_equal(smb2_negotiate_read(&r, &n), HEARD);
	assert_int_equal(n.dialect, 0x0311);
}

static void
session_carries_a_challenge(void **state)
{
	static const char *const files[] = {
		"resp-samba-s2-session-raw",
		"resp-samba-s2-session-raw-311",
		"resp-samba-s2-session-spnego",
		"resp-samba-s2-session-spnego-311",
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct smb2_reply r = reply(files[i]);
		struct ntlm_challenge c;
		struct span blob;

		assert_int_equal(r.status, 0xC0000016);
		assert_int_equal(r.message_id, 1);
		assert_int_equal(smb2_session_read(&r, &blob), HEARD);
		assert_int_equal(ntlm_challenge_read(blob, &c), HEARD);
		assert_int_equal(c.major, 6);
		assert_int_equal(c.minor, 1);
		assert_int_equal(c.build, 0);
	}
}

static void
every_cut_is_short(void **state)
{
	struct hex negotiate = hex_file("resp-samba-s2-negotiate");
	struct hex session = hex_file("resp-samba-s2-session-raw");
	struct smb2_negotiated n;
	struct smb2_reply r;
	struct span blob;

	(void)state;
	for (size_t len = 0; len < 64; len++)
		assert_int_equal(smb2_reply_read(span_of(negotiate.at + 4, len), &r),
		                 HEARD_SHORT);
	for (size_t len = 64; len < negotiate.len - 4; len++) {
		assert_int_equal(smb2_reply_read(span_of(negotiate.at + 4, len), &r),
		                 HEARD);
		assert_int_equal(smb2_negotiate_read(&r, &n), HEARD_SHORT);
	}
	for (size_t len = 64; len < session.len - 4; len++) {
		assert_int_equal(smb2_reply_read(span_of(session.at + 4, len), &r),
		                 HEARD);
		assert_int_equal(smb2_session_read(&r, &blob), HEARD_SHORT);
	}
}

static void
what_is_no_smb2_answer_is_told_apart(void **state)
{
	struct hex smb1 = hex_file("resp-s1-tree");
	struct hex request = hex_file("req-s2-negotiate");
	struct smb2_reply r;

	(void)state;
	assert_int_equal(smb2_reply_read(hex_message(&smb1), &r), HEARD_REFUSED);
	assert_int_equal(smb2_reply_read(hex_message(&request), &r), HEARD_ODD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_we_send_is_as_a_server_took_it),
		cmocka_unit_test(negotiate_tells_dialect_and_time),
		cmocka_unit_test(session_carries_a_challenge),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(what_is_no_smb2_answer_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

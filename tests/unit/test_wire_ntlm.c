/*
 * NTLMSSP, its proofs and the signatures: the sample values of MS-NLMP 4.2.4,
 * and what a real server took.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hex.h"
#include "wire/ntlm.h"
#include "wire/ntlm_proof.h"
#include "wire/smb1.h"
#include "wire/smb1_sign.h"

static const struct ntlm_secret secret = { "User", "Domain", "Password" };

#define CHALLENGE "0123456789abcdef"
#define NONCE "aaaaaaaaaaaaaaaa"
#define SESSION_KEY "8de40ccadbc14a82f15cb0ad0de95ca3"

/* tests/data/smb/ntlmv2.txt: NAME = hex. */
static struct hex
value(const char *name)
{
	struct hex h = { .len = 0 };
	char line[256];
	FILE *f = fopen(TEST_DATA "/smb/ntlmv2.txt", "r");

	while (f && fgets(line, sizeof line, f)) {
		size_t len = strlen(name);

		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			hex_add(&h, line + len + 3);
	}
	if (f)
		fclose(f);
	assert_int_not_equal(h.len, 0);
	return h;
}

static void
assert_bytes(const uint8_t *at, const char *name)
{
	struct hex expected = value(name);

	assert_memory_equal(at, expected.at, expected.len);
}

static struct ntlm_proof
prove(bool server_told_time)
{
	static struct hex challenge;
	static struct hex nonce;
	static struct hex info;
	struct ntlm_proof proof;

	challenge = hex_of(CHALLENGE);
	nonce = hex_of(NONCE);
	info = value("target_info");
	struct ntlm_exchange x = { .challenge = challenge.at,
		                   .nonce = nonce.at,
		                   .filetime = 0,
		                   .target_info = hex_span(&info) };
	ntlm_v2_prove(&secret, &x, server_told_time, &proof);
	return proof;
}

static void
the_published_values_come_out(void **state)
{
	uint8_t hash[16];
	struct ntlm_proof proof = prove(false);

	(void)state;
	ntlm_hash("Password", hash);
	assert_bytes(hash, "nt_hash");
	ntlm_v2_key(&secret, hash);
	assert_bytes(hash, "ntlmv2_response_key");
	assert_bytes(proof.lm, "lmv2_response");
	assert_bytes(proof.key, "session_base_key");
	assert_bytes(proof.nt.at, "nt_proof_str");
	assert_bytes(proof.nt.at + 16, "temp");
	assert_int_equal(proof.nt.len, 16 + value("temp").len);
	buf_free(&proof.nt);
}

static void
a_server_that_tells_its_time_gets_no_lm_answer(void **state)
{
	static const uint8_t zero[24];
	struct ntlm_proof proof = prove(true);

	(void)state;
	assert_memory_equal(proof.lm, zero, sizeof zero);
	buf_free(&proof.nt);
}

/* MS-NLMP 4.2.2.1.3 and 4.2.2.2.1: NTLM v1 with the same user. */
static void
the_old_proof_comes_out(void **state)
{
	struct hex challenge = hex_of(CHALLENGE);
	struct hex answer = hex_of("67c43011f30298a2ad35ece64f16331c"
	                           "44bdbed927841f94");
	struct hex key = hex_of("d87262b0cde4b1cb7499becccdf10784");
	struct ntlm_proof proof;

	(void)state;
	ntlm_v1_prove("Password", challenge.at, &proof);
	assert_memory_equal(proof.lm, answer.at, 24);
	assert_memory_equal(proof.nt.at, answer.at, 24);
	assert_memory_equal(proof.key, key.at, 16);
	buf_free(&proof.nt);
}

static void
capitals_of_a_user_do_not_matter(void **state)
{
	static const struct ntlm_secret small = { "müller-ж-ÿ", "D", "x" };
	static const struct ntlm_secret large = { "MÜLLER-Ж-Ÿ", "D", "x" };
	static const struct ntlm_secret other = { "MÜLLER-Ж-Y", "D", "x" };
	uint8_t one[16];
	uint8_t two[16];

	(void)state;
	ntlm_v2_key(&small, one);
	ntlm_v2_key(&large, two);
	assert_memory_equal(one, two, 16);
	ntlm_v2_key(&other, two);
	assert_memory_not_equal(one, two, 16);
}

static void
the_login_message_is_as_a_server_took_it(void **state)
{
	struct hex expected = hex_file("req-ntlm-authenticate-ntlmv2");
	struct ntlm_proof proof = prove(false);
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	struct ntlm_authenticate login = {
		.lm = span_of(proof.lm, sizeof proof.lm),
		.nt = buf_span(&proof.nt),
		.domain = "Domain",
		.user = "User",
		.flags = (NTLM_FLAGS | NTLM_SIGN) & 0x20088215,
	};
	ntlm_authenticate_write(&b, &login);
	assert_int_equal(b.len, expected.len);
	assert_memory_equal(b.at, expected.at, expected.len);
	buf_free(&b);
	buf_free(&proof.nt);
}

static void
long_tokens_get_long_lengths(void **state)
{
	static const uint8_t token[300];
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	spnego_next_write(&b, span_of(token, 100));
	struct hex head = hex_of("a16a 3068 a266 0464");
	assert_memory_equal(b.at, head.at, 8);
	buf_clear(&b);
	spnego_next_write(&b, span_of(token, 200));
	head = hex_of("a181d1 3081ce a281cb 0481c8");
	assert_memory_equal(b.at, head.at, head.len);
	buf_clear(&b);
	spnego_next_write(&b, span_of(token, 300));
	head = hex_of("a1820138 30820134 a2820130 0482012c");
	assert_memory_equal(b.at, head.at, head.len);
	assert_int_equal(b.len, head.len + 300);
	buf_free(&b);
}

static void
a_signed_message_is_as_a_server_took_it(void **state)
{
	struct hex key = hex_of(SESSION_KEY);
	struct hex expected = hex_file("req-s1-tree-ipc-signed");
	struct smb1_ids ids = { .flags2 = SMB1_FLAGS2 | SMB1_EXTENDED | SMB1_SIGNED,
		                .uid = 0x0800,
		                .mid = 4 };
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	smb1_tree_write(&b, &ids, "192.0.2.10", "IPC");
	smb1_sign(&b, 0, hex_span(&key), 2);
	assert_int_equal(b.len, expected.len);
	assert_memory_equal(b.at, expected.at, expected.len);
	buf_free(&b);
}

static void
a_signature_is_right_for_one_number_and_one_text(void **state)
{
	struct hex key = hex_of(SESSION_KEY);
	struct hex message = hex_file("req-s1-tree-ipc-signed");
	struct span whole = hex_message(&message);

	(void)state;
	assert_true(smb1_signature_is_right(whole, hex_span(&key), 2));
	assert_false(smb1_signature_is_right(whole, hex_span(&key), 3));
	message.at[50] ^= 1;
	assert_false(smb1_signature_is_right(whole, hex_span(&key), 2));
	for (size_t len = 0; len < whole.left; len++)
		assert_false(
		    smb1_signature_is_right(span_of(whole.at, len), hex_span(&key), 2));
}

/* The challenge alone, out of the session's answer. */
static struct span
challenge_message(struct hex *file)
{
	*file = hex_file("resp-s1-session-ext1-xp");
	struct span whole = hex_message(file);
	size_t at = span_find(whole, "NTLMSSP", 8);

	assert_int_not_equal(at, SIZE_MAX);
	return span_at(whole, at, whole.left - at);
}

static void
every_cut_of_a_challenge_is_short_or_tells_less(void **state)
{
	struct hex file;
	struct span whole = challenge_message(&file);
	struct ntlm_challenge c;

	(void)state;
	for (size_t len = 0; len < 8; len++)
		assert_int_equal(ntlm_challenge_read(span_of(whole.at, len), &c),
		                 HEARD_NOTHING);
	for (size_t len = 8; len < 32; len++)
		assert_int_equal(ntlm_challenge_read(span_of(whole.at, len), &c),
		                 HEARD_SHORT);
	for (size_t len = 32; len < 48; len++) {
		assert_int_equal(ntlm_challenge_read(span_of(whole.at, len), &c),
		                 HEARD);
		assert_false(c.has_version);
	}
	assert_int_equal(ntlm_challenge_read(span_of(whole.at, 60), &c), HEARD_SHORT);
}

static void
another_message_is_no_challenge(void **state)
{
	struct hex file;
	struct span whole = challenge_message(&file);
	struct ntlm_challenge c;

	(void)state;
	file.at[whole.at - file.at + 8] = 3;
	assert_int_equal(ntlm_challenge_read(whole, &c), HEARD_ODD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_values_come_out),
		cmocka_unit_test(a_server_that_tells_its_time_gets_no_lm_answer),
		cmocka_unit_test(the_old_proof_comes_out),
		cmocka_unit_test(capitals_of_a_user_do_not_matter),
		cmocka_unit_test(the_login_message_is_as_a_server_took_it),
		cmocka_unit_test(long_tokens_get_long_lengths),
		cmocka_unit_test(a_signed_message_is_as_a_server_took_it),
		cmocka_unit_test(a_signature_is_right_for_one_number_and_one_text),
		cmocka_unit_test(every_cut_of_a_challenge_is_short_or_tells_less),
		cmocka_unit_test(another_message_is_no_challenge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

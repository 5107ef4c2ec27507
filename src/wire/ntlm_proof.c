#include "wire/ntlm_proof.h"

#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <string.h>

#include "base/text.h"

#define TEXT_MOST 2048 /* bytes of UTF-16: a user and a domain, or a password */
#define PROOF_MOST 8192

static void
md4(struct span bytes, uint8_t out[16])
{
	struct md4_ctx md;

	md4_init(&md);
	md4_update(&md, bytes.left, bytes.at);
	md4_digest(&md, 16, out);
}

/* HMAC-MD5 over two runs of bytes. */
static void
hmac(const uint8_t key[16], struct span one, struct span two, uint8_t out[16])
{
	struct hmac_md5_ctx md;

	hmac_md5_set_key(&md, 16, key);
	hmac_md5_update(&md, one.left, one.at);
	hmac_md5_update(&md, two.left, two.at);
	hmac_md5_digest(&md, 16, out);
}

void
ntlm_hash(const char *password, uint8_t out[16])
{
	struct buf text;

	buf_init(&text, TEXT_MOST);
	buf_utf16(&text, password);
	md4(buf_span(&text), out);
	if (text.at)
		memset(text.at, 0, text.len);
	buf_free(&text);
}

/*
 * Capitals of the Latin, Greek and Cyrillic letters that occur in names of
 * accounts; Windows has them in a table of its own, and no locale of ours may
 * decide it.  Others go unchanged.
 */
static const struct {
	uint16_t first;
	uint16_t last;
	uint8_t step; /* 2: small and capital letters take turns */
	int8_t shift;
} small_letters[] = {
	{ 'a', 'z', 1, -32 },     { 0xE0, 0xF6, 1, -32 },   { 0xF8, 0xFE, 1, -32 },
	{ 0xFF, 0xFF, 1, 121 },   { 0x101, 0x12F, 2, -1 },  { 0x133, 0x137, 2, -1 },
	{ 0x13A, 0x148, 2, -1 },  { 0x14B, 0x177, 2, -1 },  { 0x17A, 0x17E, 2, -1 },
	{ 0x3B1, 0x3C1, 1, -32 }, { 0x3C3, 0x3CB, 1, -32 }, { 0x430, 0x44F, 1, -32 },
	{ 0x450, 0x45F, 1, -80 },
};

static uint32_t
upper(uint32_t c)
{
	for (size_t i = 0; i < sizeof small_letters / sizeof small_letters[0]; i++) {
		uint32_t first = small_letters[i].first;

		if (c >= first && c <= small_letters[i].last &&
		    (c - first) % small_letters[i].step == 0)
			return (uint32_t)((int32_t)c + small_letters[i].shift);
	}
	return c;
}

void
ntlm_v2_key(const struct ntlm_secret *secret, uint8_t out[16])
{
	uint8_t hash[16];
	const char *user = secret->user;
	struct buf text;

	buf_init(&text, TEXT_MOST);
	while (*user) {
		char utf8[5] = { 0 };

		(void)text_put(utf8, upper(text_next(&user)));
		buf_utf16(&text, utf8);
	}
	buf_utf16(&text, secret->domain);
	ntlm_hash(secret->password, hash);
	hmac(hash, buf_span(&text), span_of("", 0), out);
	buf_free(&text);
}

void
ntlm_v2_prove(const struct ntlm_secret *secret, const struct ntlm_exchange *x,
              bool server_told_time, struct ntlm_proof *out)
{
	static const uint8_t version[8] = { 1, 1 };
	uint8_t key[16];
	uint8_t proof[16];
	struct span challenge = span_of(x->challenge, 8);
	struct buf temp;

	buf_init(&temp, PROOF_MOST);
	buf_put(&temp, version, sizeof version);
	buf_le64(&temp, x->filetime);
	buf_put(&temp, x->nonce, 8);
	buf_le32(&temp, 0);
	buf_put(&temp, x->target_info.at, x->target_info.left);
	buf_le32(&temp, 0);

	ntlm_v2_key(secret, key);
	hmac(key, challenge, buf_span(&temp), proof);
	hmac(key, span_of(proof, 16), span_of("", 0), out->key);
	buf_init(&out->nt, PROOF_MOST);
	buf_put(&out->nt, proof, 16);
	buf_put(&out->nt, temp.at, temp.len);
	out->nt.bad = out->nt.bad || temp.bad;

	memset(out->lm, 0, sizeof out->lm);
	if (!server_told_time) {
		hmac(key, challenge, span_of(x->nonce, 8), out->lm);
		memcpy(out->lm + 16, x->nonce, 8);
	}
	buf_free(&temp);
}

/* Seven bytes of key material, spread over the eight that DES wants. */
static void
des_once(const uint8_t material[7], const uint8_t challenge[8], uint8_t out[8])
{
	uint8_t key[8];
	uint64_t bits = 0;
	struct des_ctx des;

	for (int i = 0; i < 7; i++)
		bits = bits << 8 | material[i];
	for (int i = 0; i < 8; i++)
		key[i] = (uint8_t)((bits >> (49 - 7 * i) & 0x7F) << 1);
	des_fix_parity(8, key, key);
	(void)des_set_key(&des, key); /* a weak key is used all the same */
	des_encrypt(&des, 8, out, challenge);
}

void
ntlm_v1_prove(const char *password, const uint8_t challenge[8], struct ntlm_proof *out)
{
	uint8_t material[21] = { 0 };

	ntlm_hash(password, material);
	md4(span_of(material, 16), out->key);
	for (size_t i = 0; i < 3; i++)
		des_once(material + 7 * i, challenge, out->lm + 8 * i);
	buf_init(&out->nt, PROOF_MOST);
	buf_put(&out->nt, out->lm, sizeof out->lm);
}

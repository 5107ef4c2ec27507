/* A challenge in a security blob, and the answer that we would make of it. */
#include "wire/ntlm.h"
#include "wire/ntlm_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct ntlm_secret secret = { "User", "Domain", "Password" };
	static const uint8_t nonce[8];
	struct ntlm_challenge c;
	struct ntlm_proof proof;

	if (ntlm_challenge_read(span_of(bytes, len), &c) != HEARD)
		return 0;
	struct ntlm_exchange x = { c.challenge, nonce, c.filetime, c.target_info };
	ntlm_v2_prove(&secret, &x, c.filetime != 0, &proof);
	buf_free(&proof.nt);
	return 0;
}

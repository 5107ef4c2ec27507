/*
 * What proves to a server that we know a password: MS-NLMP 3.3.1, 3.3.2.
 */
#ifndef WIRE_NTLM_PROOF_H
#define WIRE_NTLM_PROOF_H

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

struct ntlm_secret {
	const char *user;   /* UTF-8 */
	const char *domain; /* as it was typed */
	const char *password;
};

/* The server's side of the exchange, and ours. */
struct ntlm_exchange {
	const uint8_t *challenge; /* the server's, 8 bytes */
	const uint8_t *nonce;     /* ours, 8 bytes */
	uint64_t filetime;
	struct span target_info;
};

struct ntlm_proof {
	uint8_t lm[24];
	struct buf nt;   /* the caller frees it */
	uint8_t key[16]; /* of the session, for signing */
};

/* A server that tells its time gets no LM answer (MS-NLMP 3.1.5.1.2). */
void ntlm_v2_prove(const struct ntlm_secret *, const struct ntlm_exchange *,
                   bool server_told_time, struct ntlm_proof *out);

/* Three DES operations that a rogue host can undo: only where asked for by name. */
void ntlm_v1_prove(const char *password, const uint8_t challenge[8],
                   struct ntlm_proof *out);

void ntlm_hash(const char *password, uint8_t out[16]);
void ntlm_v2_key(const struct ntlm_secret *, uint8_t out[16]);

#endif

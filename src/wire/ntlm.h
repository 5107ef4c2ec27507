/*
 * NTLMSSP messages, and the thin SPNEGO wrapping around them: MS-NLMP 2.2.1,
 * RFC 4178.  No secrets here: what proves a password is in ntlm_proof.h.
 */
#ifndef WIRE_NTLM_H
#define WIRE_NTLM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heard.h"
#include "base/span.h"
#include "base/text.h"

#define NTLM_SIGN 0x00000010u
#define NTLM_ANONYMOUS 0x00000800u
#define NTLM_VERSION 0x02000000u

/*
 * Unicode, target, NTLM, always sign, extended session security, 128 bits, and
 * VERSION, which makes the server tell its own.
 */
#define NTLM_FLAGS 0x22088205u

/* Type 1. */
void ntlm_negotiate_write(struct buf *, uint32_t flags);

/* Type 2.  The spans point into the blob. */
struct ntlm_challenge {
	uint32_t flags;
	uint8_t challenge[8];
	struct span target_info; /* with its terminator */
	bool has_version;
	uint8_t major;
	uint8_t minor;
	uint16_t build;
	struct said computer, domain, dns_computer, dns_domain;
	uint64_t filetime; /* 0 where it is not told */
};

/* Finds the message inside any wrapping.  HEARD_NOTHING: there is none. */
enum heard ntlm_challenge_read(struct span blob, struct ntlm_challenge *out);

/* Type 3. */
struct ntlm_authenticate {
	struct span lm;
	struct span nt;
	const char *domain;
	const char *user;
	uint32_t flags;
};

void ntlm_authenticate_write(struct buf *, const struct ntlm_authenticate *);
void ntlm_anonymous_write(struct buf *);

/* The first token to a server that speaks SPNEGO, and the next. */
void spnego_first_write(struct buf *, struct span token);
void spnego_next_write(struct buf *, struct span token);

#endif

/*
 * NTLMSSP as a server speaks it, with or without SPNEGO around it ([MS-NLMP]
 * 2.2, [MS-SPNG]).  Passwords are never checked: see login_status.
 */
#ifndef LAB_NTLM_H
#define LAB_NTLM_H

#include "base/buf.h"
#include "base/span.h"
#include "lab/exchange.h"

#define USER_ROOM 64

enum ntlm_type { NTLM_NONE = 0, NTLM_NEGOTIATE = 1, NTLM_AUTHENTICATE = 3 };

struct ntlm_said {
	enum ntlm_type type;
	bool spnego;
	char user[USER_ROOM]; /* of an AUTHENTICATE; "" is nobody */
};

/* Finds the message in a security blob; NTLM_NONE where there is none. */
struct ntlm_said ntlm_read(struct span blob);

/* The security blob of a NEGOTIATE answer: NTLMSSP is what we speak. */
void ntlm_put_hint(struct buf *out);

/* The CHALLENGE, in SPNEGO where the session began so. */
void ntlm_put_challenge(const struct exchange *x, struct buf *out);

/* "Login complete", which is empty without SPNEGO. */
void ntlm_put_accepted(const struct exchange *x, struct buf *out);

#endif

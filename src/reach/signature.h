/*
 * Is this signature Microsoft's?  Decoded and verified by OpenSSL, in a cage: the
 * bytes are a stranger's until the very end.
 *
 * Good is: made by "Microsoft Corporation" for signing code, over just this content,
 * at a time that a time stamp of Microsoft's vouches for, when the certificate was
 * valid, and with a chain up to a root of know/microsoft_roots.h.  The certificates
 * have all expired since, so without a time stamp nothing can be said; and where the
 * root is not at hand, neither.  Revocation is not asked: there is no network.
 */
#ifndef REACH_SIGNATURE_H
#define REACH_SIGNATURE_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum signature_is {
	SIGNATURE_GOOD = 1,
	SIGNATURE_NONE, /* it is not signed */
	SIGNATURE_OPEN, /* something is missing for saying more */
	SIGNATURE_BAD,  /* broken, not Microsoft's, or the content was changed */
};

#define SIGNATURE_WHY_ROOM 240
struct signature {
	enum signature_is is;
	int64_t signed_ms;            /* where it is good */
	char why[SIGNATURE_WHY_ROOM]; /* one sentence without its full stop */
};

struct signature_question {
	struct span pkcs7;
	/* Of the signed parts of the file: format/authenticode.h. */
	uint8_t sha1[20];
	uint8_t sha256[32];
	struct span roots; /* certificates in DER, one after the other, or none */
};

/* ERR_SYSTEM where there was no cage to be had. */
CHECKED enum err signature_check(const struct signature_question *,
                                 struct signature *out);

#endif

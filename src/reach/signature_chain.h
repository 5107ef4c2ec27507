/* The parts of verifying a signature, for use inside the cage only. */
#ifndef REACH_SIGNATURE_CHAIN_H
#define REACH_SIGNATURE_CHAIN_H

#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <time.h>

#include "reach/signature.h"

/* Certificates to build chains from: those of the signature, and roots beside it. */
struct chain_bag {
	STACK_OF(X509) * all; /* not owned */
};

/* Sets `out` and gives false. */
bool signature_is_not(struct signature *out, enum signature_is is, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

/* What a certificate was used for. */
struct chain_use {
	uint32_t use; /* XKU_CODE_SIGN, XKU_TIMESTAMP */
	time_t when;
	const char *called; /* "signer's certificate", for sentences */
};

/*
 * Was `leaf` valid for that use, and does its chain end at a root of Microsoft's?
 * False with the reason in `out`.
 */
bool chain_is_microsofts(X509 *leaf, const struct chain_bag *, const struct chain_use *,
                         struct signature *out);

/*
 * When the signature was made, by a time stamp of Microsoft's: a countersignature
 * (PKCS #9) or a token (RFC 3161).  False with the reason in `out`.
 */
bool stamp_time(const PKCS7_SIGNER_INFO *, const struct chain_bag *, time_t *when,
                struct signature *out);

#endif

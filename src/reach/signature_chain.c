#include "reach/signature_chain.h"

#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/own.h"
#include "base/span.h"
#include "base/text.h"
#include "know/microsoft_roots.h"

#define CHAIN_MOST 8

bool
signature_is_not(struct signature *out, enum signature_is is, const char *format, ...)
{
	va_list words;

	out->is = is;
	va_start(words, format);
	(void)vsnprintf(out->why, sizeof out->why, format, words);
	va_end(words);
	return false;
}

static bool
is_pinned(const X509 *certificate)
{
	uint8_t sha1[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char thumbprint[41];

	if (X509_digest(certificate, EVP_sha1(), sha1, &len) != 1 || len != 20)
		return false;
	text_hex(thumbprint, sizeof thumbprint, span_of(sha1, len));
	return microsoft_root(thumbprint) != NULL;
}

/* The root of 1997 does not say that it may sign others; its thumbprint does. */
static int
pinned_may_sign(int fine, X509_STORE_CTX *context)
{
	if (!fine && X509_STORE_CTX_get_error(context) == X509_V_ERR_INVALID_CA &&
	    is_pinned(X509_STORE_CTX_get_current_cert(context))) {
		X509_STORE_CTX_set_error(context, X509_V_OK);
		return 1;
	}
	return fine;
}

static void
own_store(X509_STORE **s)
{
	X509_STORE_free(*s);
}

static void
own_context(X509_STORE_CTX **c)
{
	X509_STORE_CTX_free(*c);
}

static X509_STORE *
trusted(const struct chain_bag *bag)
{
	X509_STORE *store = X509_STORE_new();

	for (int i = 0; store && i < sk_X509_num(bag->all); i++) {
		X509 *certificate = sk_X509_value(bag->all, i);

		if (is_pinned(certificate))
			(void)X509_STORE_add_cert(store, certificate);
	}
	return store;
}

static bool
say_error(int error, const char *what, struct signature *out)
{
	switch (error) {
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return signature_is_not(
		    out, SIGNATURE_OPEN,
		    "the root of the %s is not at hand: put Microsoft's root "
		    "certificate, as DER in a file .cer, into the folder",
		    what);
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return signature_is_not(out, SIGNATURE_BAD,
		                        "the %s does not go back to Microsoft", what);
	case X509_V_ERR_CERT_NOT_YET_VALID:
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return signature_is_not(out, SIGNATURE_BAD,
		                        "the %s was not valid when it was used", what);
	default:
		return signature_is_not(out, SIGNATURE_BAD, "the %s: %s", what,
		                        X509_verify_cert_error_string(error));
	}
}

bool
chain_is_microsofts(X509 *leaf, const struct chain_bag *bag,
                    const struct chain_use *use, struct signature *out)
{
	OWN(own_store) X509_STORE *store = trusted(bag);
	OWN(own_context) X509_STORE_CTX *context = X509_STORE_CTX_new();

	if (!store || !context ||
	    X509_STORE_CTX_init(context, store, leaf, bag->all) != 1)
		return signature_is_not(out, SIGNATURE_OPEN, "no memory to verify it");
	/* No extension at all gives every use. */
	if (X509_get_extended_key_usage(leaf) == UINT32_MAX ||
	    !(X509_get_extended_key_usage(leaf) & use->use))
		return signature_is_not(out, SIGNATURE_BAD,
		                        "the %s is not for that use", use->called);
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_time(param, use->when);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_MOST);
	/* SHA-1, and 1024 bits, as all of Microsoft's signatures of those years. */
	X509_VERIFY_PARAM_set_auth_level(param, 0);
	X509_STORE_CTX_set_verify_cb(context, pinned_may_sign);
	if (X509_verify_cert(context) == 1)
		return true;
	return say_error(X509_STORE_CTX_get_error(context), use->called, out);
}

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/own.h"
#include "reach/signature_chain.h"

#define OID_COUNTERSIGNATURE "1.2.840.113549.1.9.6"
#define OID_SIGNING_TIME "1.2.840.113549.1.9.5"
#define OID_TOKEN "1.3.6.1.4.1.311.3.3.1"

static void
own_pkcs7(PKCS7 **p)
{
	PKCS7_free(*p);
}

static void
own_bio(BIO **b)
{
	BIO_free_all(*b);
}

static void
own_signers(STACK_OF(X509) * *s)
{
	sk_X509_free(*s);
}

static void
own_token(TS_TST_INFO **t)
{
	TS_TST_INFO_free(*t);
}

/* The first value of an attribute, or NULL. */
static const ASN1_TYPE *
attribute(const STACK_OF(X509_ATTRIBUTE) * all, const char *oid)
{
	char name[64];

	for (int i = 0; i < sk_X509_ATTRIBUTE_num(all); i++) {
		X509_ATTRIBUTE *a = sk_X509_ATTRIBUTE_value(all, i);

		if (OBJ_obj2txt(name, sizeof name, X509_ATTRIBUTE_get0_object(a), 1) >
		        0 &&
		    strcmp(name, oid) == 0)
			return X509_ATTRIBUTE_get0_type(a, 0);
	}
	return NULL;
}

static bool
time_of(const ASN1_TIME *text, time_t *when)
{
	struct tm parts;

	if (!text || ASN1_TIME_to_tm(text, &parts) != 1)
		return false;
	*when = timegm(&parts);
	return true;
}

static bool
signing_time(const PKCS7_SIGNER_INFO *by, time_t *when)
{
	const ASN1_TYPE *t = attribute(by->auth_attr, OID_SIGNING_TIME);

	if (t && t->type == V_ASN1_UTCTIME)
		return time_of(t->value.utctime, when);
	return t && t->type == V_ASN1_GENERALIZEDTIME &&
	       time_of(t->value.generalizedtime, when);
}

/* Who has signed it, where the signature fits; NULL otherwise. */
static X509 *
signer_of(PKCS7 *p, STACK_OF(X509) * certificates, BIO *content)
{
	if (PKCS7_verify(p, certificates, NULL, content, NULL,
	                 PKCS7_NOVERIFY | PKCS7_BINARY) != 1)
		return NULL;
	OWN(own_signers) STACK_OF(X509) *who = PKCS7_get0_signers(p, certificates, 0);
	return sk_X509_num(who) == 1 ? sk_X509_value(who, 0) : NULL;
}

/* A signature of that kind over other content, around the signer's part of it. */
static PKCS7 *
around(PKCS7_SIGNER_INFO *by)
{
	PKCS7 *p = PKCS7_new();

	if (p && PKCS7_set_type(p, NID_pkcs7_signed) == 1 &&
	    PKCS7_content_new(p, NID_pkcs7_data) == 1 && PKCS7_add_signer(p, by) == 1) {
		(void)PKCS7_set_detached(p, 1);
		return p;
	}
	PKCS7_SIGNER_INFO_free(by);
	PKCS7_free(p);
	return NULL;
}

static bool
check_stamper(X509 *who, const struct chain_bag *bag, time_t when,
              struct signature *out)
{
	const struct chain_use use = { .use = XKU_TIMESTAMP,
		                       .when = when,
		                       .called = "time stamp's certificate" };

	return chain_is_microsofts(who, bag, &use, out);
}

static bool
countersigned(const PKCS7_SIGNER_INFO *signer, const ASN1_TYPE *value,
              const struct chain_bag *bag, time_t *when, struct signature *out)
{
	const unsigned char *at = value->value.sequence->data;
	PKCS7_SIGNER_INFO *by = d2i_PKCS7_SIGNER_INFO(NULL, &at,
	                                              value->value.sequence->length);
	bool has_time = by && signing_time(by, when);
	OWN(own_pkcs7) PKCS7 *p = by ? around(by) : NULL;
	OWN(own_bio)
	BIO *content = BIO_new_mem_buf(signer->enc_digest->data,
	                               signer->enc_digest->length);

	if (!has_time || !p || !content)
		return signature_is_not(out, SIGNATURE_BAD,
		                        "its time stamp is not of the form");
	X509 *who = signer_of(p, bag->all, content);
	if (!who)
		return signature_is_not(out, SIGNATURE_BAD,
		                        "its time stamp is of something else");
	return check_stamper(who, bag, *when, out);
}

/* Is the token of this signature? */
static bool
is_over(TS_TST_INFO *token, const ASN1_OCTET_STRING *signature)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(token);
	const X509_ALGOR *algorithm = TS_MSG_IMPRINT_get_algo(imprint);
	const ASN1_OCTET_STRING *wanted = TS_MSG_IMPRINT_get_msg(imprint);
	const ASN1_OBJECT *oid = NULL;
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	const EVP_MD *hash = EVP_get_digestbyobj(oid);
	return hash &&
	       EVP_Digest(signature->data, (size_t)signature->length, digest, &len,
	                  hash, NULL) == 1 &&
	       wanted->length == (int)len && memcmp(wanted->data, digest, len) == 0;
}

static bool
token_time(const PKCS7_SIGNER_INFO *signer, const ASN1_TYPE *value,
           const struct chain_bag *bag, time_t *when, struct signature *out)
{
	const unsigned char *at = value->value.sequence->data;
	OWN(own_pkcs7) PKCS7 *p = d2i_PKCS7(NULL, &at, value->value.sequence->length);
	OWN(own_token)
	TS_TST_INFO *token = p && PKCS7_type_is_signed(p) ? PKCS7_to_TS_TST_INFO(p)
	                                                  : NULL;

	if (!token || !time_of(TS_TST_INFO_get_time(token), when))
		return signature_is_not(out, SIGNATURE_BAD,
		                        "its time stamp is not of the form");
	/* Its certificates and those of the signature, each once. */
	OWN(own_signers) STACK_OF(X509) *both = sk_X509_dup(bag->all);
	STACK_OF(X509) *own = p->d.sign->cert;
	for (int i = 0; both && i < sk_X509_num(own); i++)
		(void)sk_X509_push(both, sk_X509_value(own, i));
	X509 *who = both ? signer_of(p, both, NULL) : NULL;
	if (!who || !is_over(token, signer->enc_digest))
		return signature_is_not(out, SIGNATURE_BAD,
		                        "its time stamp is of something else");
	return check_stamper(who, &(struct chain_bag){ both }, *when, out);
}

bool
stamp_time(const PKCS7_SIGNER_INFO *signer, const struct chain_bag *bag, time_t *when,
           struct signature *out)
{
	const ASN1_TYPE *counter = attribute(signer->unauth_attr, OID_COUNTERSIGNATURE);
	const ASN1_TYPE *token = attribute(signer->unauth_attr, OID_TOKEN);

	if (counter && counter->type == V_ASN1_SEQUENCE)
		return countersigned(signer, counter, bag, when, out);
	if (token && token->type == V_ASN1_SEQUENCE)
		return token_time(signer, token, bag, when, out);
	return signature_is_not(out, SIGNATURE_OPEN,
	                        "it carries no time stamp, and its certificate has "
	                        "expired: look for a -v2 of the package");
}

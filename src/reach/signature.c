#include "reach/signature.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "format/authenticode.h"
#include "reach/cage.h"
#include "reach/signature_chain.h"

#define OID_INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"
#define SIGNER "Microsoft Corporation"
#define ROOTS_MOST 16
#define ANSWER_SECONDS 20
#define ANSWER_MEMORY (128u << 20)

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
own_stack(STACK_OF(X509) * *s)
{
	sk_X509_pop_free(*s, X509_free);
}

static void
own_refs(STACK_OF(X509) * *s)
{
	sk_X509_free(*s);
}

/* The signed content as it is encoded; bad where it is not that of a program. */
static struct span
content_of(const PKCS7 *p)
{
	char oid[64];
	const PKCS7 *inner = p->d.sign->contents;

	if (OBJ_obj2txt(oid, sizeof oid, inner->type, 1) <= 0 ||
	    strcmp(oid, OID_INDIRECT_DATA) != 0 || !inner->d.other ||
	    inner->d.other->type != V_ASN1_SEQUENCE)
		return (struct span){ .bad = true };
	const ASN1_STRING *s = inner->d.other->value.sequence;
	return span_of(s->data, (size_t)s->length);
}

/* What is hashed is the content without its own tag and length. */
static BIO *
inside(struct span content)
{
	const unsigned char *at = content.at;
	long len = 0;
	int tag = 0;
	int class = 0;

	if (ASN1_get_object(&at, &len, &tag, &class, (long)content.left) & 0x80)
		return NULL;
	return BIO_new_mem_buf(at, (int)len);
}

static bool
is_of_this_file(const struct signature_question *q, struct span content,
                struct signature *out)
{
	struct authenticode_digest d;

	if (content.bad || !authenticode_digest(content, &d))
		return signature_is_not(out, SIGNATURE_BAD,
		                        "its signature is not that of a program");
	if (d.hash == AUTHENTICODE_OTHER_HASH)
		return signature_is_not(
		    out, SIGNATURE_OPEN,
		    "it is signed by a hash that is not known here");
	const uint8_t *wanted = d.hash == AUTHENTICODE_SHA1 ? q->sha1 : q->sha256;
	if (!span_is(d.bytes, wanted, d.bytes.left))
		return signature_is_not(out, SIGNATURE_BAD,
		                        "it was changed after it had been signed");
	return true;
}

static bool
is_signer(X509 *who, struct signature *out)
{
	char name[64] = "";

	if (X509_NAME_get_text_by_NID(X509_get_subject_name(who), NID_commonName, name,
	                              sizeof name) > 0 &&
	    strcmp(name, SIGNER) == 0)
		return true;
	struct said said = said_from_utf8(name);
	return signature_is_not(out, SIGNATURE_BAD,
	                        "it is signed by \"%s\", not by " SIGNER, said.utf8);
}

/* Every certificate at hand: none of them is believed for being there. */
static STACK_OF(X509) * gather(const PKCS7 *p, struct span roots)
{
	STACK_OF(X509) *all = sk_X509_new_null();
	const unsigned char *at = roots.at;

	for (int i = 0; all && i < sk_X509_num(p->d.sign->cert); i++) {
		X509 *certificate = sk_X509_value(p->d.sign->cert, i);

		if (X509_up_ref(certificate) == 1)
			(void)sk_X509_push(all, certificate);
	}
	for (int i = 0; all && roots.left > 0 && i < ROOTS_MOST; i++) {
		X509 *root = d2i_X509(NULL, &at, (long)roots.left);

		if (!root)
			break;
		roots.left = (size_t)(roots.at + roots.left - at);
		roots.at = at;
		(void)sk_X509_push(all, root);
	}
	return all;
}

static bool
verify_by(PKCS7 *p, X509 *who, struct span roots, struct signature *out)
{
	OWN(own_stack) STACK_OF(X509) *all = gather(p, roots);
	const struct chain_bag bag = { .all = all };
	PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(p),
	                                                       0);
	struct chain_use use = { .use = XKU_CODE_SIGN,
		                 .called = "signer's certificate" };

	if (!all)
		return signature_is_not(out, SIGNATURE_OPEN, "no memory to verify it");
	if (!is_signer(who, out) || !stamp_time(signer, &bag, &use.when, out) ||
	    !chain_is_microsofts(who, &bag, &use, out))
		return false;
	out->is = SIGNATURE_GOOD;
	out->signed_ms = (int64_t)use.when * 1000;
	(void)text_copy(out->why, sizeof out->why, "signed by " SIGNER);
	return true;
}

static bool
verify(const struct signature_question *q, struct signature *out)
{
	const unsigned char *at = q->pkcs7.at;
	OWN(own_pkcs7) PKCS7 *p = d2i_PKCS7(NULL, &at, (long)q->pkcs7.left);

	if (!p || !PKCS7_type_is_signed(p) || !p->d.sign || !p->d.sign->contents)
		return signature_is_not(out, SIGNATURE_BAD,
		                        "its signature is not of the form");
	struct span content = content_of(p);
	if (!is_of_this_file(q, content, out))
		return false;
	OWN(own_bio) BIO *inner = inside(content);
	if (!inner || PKCS7_verify(p, NULL, NULL, inner, NULL,
	                           PKCS7_NOVERIFY | PKCS7_BINARY) != 1)
		return signature_is_not(out, SIGNATURE_BAD,
		                        "its signature does not fit");
	OWN(own_refs) STACK_OF(X509) *who = PKCS7_get0_signers(p, NULL, 0);
	if (sk_X509_num(who) != 1)
		return signature_is_not(out, SIGNATURE_BAD,
		                        "it is signed by more than one");
	return verify_by(p, sk_X509_value(who, 0), q->roots, out);
}

/* In the cage.  OpenSSL must not look for files: there are none to be had. */
static int
decode(int in_fd, int out_fd, void *arg)
{
	struct signature s = { .is = SIGNATURE_BAD };

	(void)in_fd;
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT,
	                        NULL) != 1)
		return 1;
	(void)verify(arg, &s);
	return write(out_fd, &s, sizeof s) == (ssize_t)sizeof s ? 0 : 1;
}

enum err
signature_check(const struct signature_question *q, struct signature *out)
{
	OWN(buf_free) struct buf answer = { .ceiling = sizeof *out };
	struct signature_question question = *q;
	enum heard heard = HEARD_NOTHING;
	const struct cage_work work = { .decode = decode,
		                        .in_fd = -1,
		                        .arg = &question,
		                        .limits = { .seconds = ANSWER_SECONDS,
		                                    .memory = ANSWER_MEMORY,
		                                    .output = sizeof *out } };

	/* The C library opens the time zone's file once, though for UTC it needs none:
	 * in the cage it could not. */
	tzset();
	TRY(cage_run(&work, &answer, &heard));
	if (heard == HEARD && answer.len == sizeof *out) {
		memcpy(out, answer.at, sizeof *out);
		out->why[sizeof out->why - 1] = '\0';
		if (out->is >= SIGNATURE_GOOD && out->is <= SIGNATURE_BAD)
			return OK;
	}
	*out = (struct signature){ .is = SIGNATURE_BAD };
	(void)text_copy(out->why, sizeof out->why,
	                "its signature made the decoder fail, as no genuine one does");
	return OK;
}

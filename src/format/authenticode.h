/*
 * Authenticode, as far as checking a signed program asks: which bytes of the file are
 * under the signature, where the signature (PKCS #7) lies, and which digest it
 * promises.  Nothing is hashed or verified here.
 *
 * Whatever could be changed without breaking the signature is refused: bytes after
 * the certificate table, a second record, more than padding behind the PKCS #7.
 *
 * Source: Microsoft, Windows Authenticode Portable Executable Signature Format, 2008.
 */
#ifndef FORMAT_AUTHENTICODE_H
#define FORMAT_AUTHENTICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum authenticode_is {
	AUTHENTICODE_SIGNED = 1,
	AUTHENTICODE_UNSIGNED, /* a program without a signature */
	AUTHENTICODE_NO_PE,    /* no program */
	AUTHENTICODE_APPENDED, /* bytes that the signature does not cover */
	AUTHENTICODE_BROKEN,   /* a signature that is not of the form */
};

/* As much of a file's beginning as authenticode_find wants to see, or all of it. */
#define AUTHENTICODE_HEAD 4096
#define AUTHENTICODE_TABLE_MOST (1u << 20)

/* The signed bytes are these in turn: all but the checksum, the directory entry of
 * the certificate table, and the table itself, which is the end of the file. */
#define AUTHENTICODE_PARTS 3
struct authenticode {
	struct {
		uint64_t at;
		uint64_t len;
	} parts[AUTHENTICODE_PARTS];
	uint64_t table_at;
	uint32_t table_len; /* at most AUTHENTICODE_TABLE_MOST */
};

/* Only AUTHENTICODE_SIGNED fills `out`. */
enum authenticode_is authenticode_find(struct span head, uint64_t file_size,
                                       struct authenticode *out);

/* The PKCS #7 in the certificate table. */
enum authenticode_is authenticode_pkcs7(struct span table, struct span *out);

enum authenticode_hash {
	AUTHENTICODE_SHA1 = 1,
	AUTHENTICODE_SHA256,
	AUTHENTICODE_OTHER_HASH,
};

struct authenticode_digest {
	enum authenticode_hash hash;
	struct span bytes; /* 20 or 32; of another hash: as they are */
};

/* Out of the signed content, SpcIndirectDataContent; false where it is none. */
bool authenticode_digest(struct span content, struct authenticode_digest *out);

#endif

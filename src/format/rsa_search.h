/*
 * Finds public RSA moduli in a stream of bytes of any length: memory images, page
 * files.  It looks at few bytes only (four in 29), so reading is what takes time.
 *
 * The keys are handed over as hexadecimal text, and never stand anywhere as bytes
 * but in what is searched: who looks at our own memory next finds nothing.
 */
#ifndef FORMAT_RSA_SEARCH_H
#define FORMAT_RSA_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RSA_HEAD 32      /* a beginning of so many bytes counts as a part */
#define RSA_KEY_MOST 512 /* bytes */
#define RSA_KEYS_MOST 8
#define RSA_BLOCK (1u << 20) /* bytes that are best given at once */

/* What was found of one key. */
struct rsa_found {
	uint64_t whole;    /* how often, all of it */
	uint64_t whole_at; /* where first */
	uint64_t parts;    /* how often the beginning, and not all */
	uint64_t longest;  /* bytes of the longest such part */
	uint64_t longest_at;
};

struct rsa_search;

/* Keys of RSA_HEAD to RSA_KEY_MOST bytes, two digits each; they stay the caller's. */
CHECKED enum err rsa_search_new(const char *const *keys, size_t count,
                                struct rsa_search **out);

/* Where to put the next bytes: always RSA_BLOCK of room. */
uint8_t *rsa_search_room(struct rsa_search *);

/* So many have been put there. */
void rsa_search_filled(struct rsa_search *, size_t len);

/* There are no more.  What of key number `key` has been found is complete now. */
void rsa_search_end(struct rsa_search *);
struct rsa_found rsa_search_found(const struct rsa_search *, size_t key);

void rsa_search_free(struct rsa_search *); /* NULL is fine */

#endif

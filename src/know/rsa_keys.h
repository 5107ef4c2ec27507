/*
 * The worm's public RSA keys as they lie in the memory of an infected process: the
 * rows of rsa-keys.tsv.
 */
#ifndef KNOW_RSA_KEYS_H
#define KNOW_RSA_KEYS_H

#include <stddef.h>

#include "flow/variants.h"

struct rsa_key {
	variants variants;   /* whose key it is */
	const char *hex;     /* the modulus */
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

extern const struct rsa_key rsa_keys[];
extern const size_t rsa_keys_count;

#endif

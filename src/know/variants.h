/*
 * What others call the variants, which we call by Microsoft's letters: the rows
 * of variants.tsv.  (Sets of variants are flow/variants.h.)
 */
#ifndef KNOW_VARIANTS_H
#define KNOW_VARIANTS_H

#include <stddef.h>

struct variant {
	const char *letter;     /* Microsoft's: "A" */
	const char *first_seen; /* "2008-11-21" */
	const char *sri;
	const char *bonn; /* University of Bonn and the Honeynet Project */
	const char *nmap; /* what smb-vuln-conficker prints for it */
	const char *symantec;
	const char *eset;
	const char *kaspersky;
	const char *f_secure;
	const char *trend;
	const char *sophos;
	const char *sources; /* tags, separated by blanks: sources.tsv */
};

/* All of them, A to E. */
extern const struct variant variants_known[];
extern const size_t variants_known_count;

/* NULL for any other letter. */
const struct variant *variant_find(const char *letter);

#endif

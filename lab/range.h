/*
 * The addresses on which the lab may stand: one CIDR block, of loopback or of a
 * network namespace that is not the machine's own.
 */
#ifndef LAB_RANGE_H
#define LAB_RANGE_H

#include <stdint.h>

#include "base/address.h"
#include "base/err.h"

struct range {
	const char *text; /* as the user wrote it */
	struct address first;
	uint64_t count;
};

/*
 * Reads "127.7.0.0/16", "::1", "127.0.0.9" and holds it against the rule above.
 * What is wrong with it has been said when this returns ERR_REFUSED.
 */
CHECKED enum err range_read(const char *text, struct range *out);

/* The i-th address of the block. */
struct address range_at(const struct range *range, uint64_t i);

#endif

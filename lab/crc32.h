/*
 * CRC-32 of ISO 3309, as event logs have it, at about the speed of a disk.
 */
#ifndef LAB_CRC32_H
#define LAB_CRC32_H

#include <stdint.h>

#include "base/span.h"

struct crc32 {
	uint32_t step[8][256]; /* for a byte that has 0 to 7 more behind it */
};

void crc32_prepare(struct crc32 *);

/* Of what had `before`, and these bytes behind it; that of nothing is 0. */
uint32_t crc32_add(const struct crc32 *, uint32_t before, struct span bytes);

#endif

/*
 * The descriptors of an NTFS volume, all in one stream ($Secure:$SDS): blocks of
 * 256 KiB, each followed by its mirror, with one entry after the other, and zeros
 * behind the last one of a block.
 */
#ifndef FORMAT_NTFS_SECURE_H
#define FORMAT_NTFS_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

#define NTFS_SECURE_BLOCK (256u << 10)

struct ntfs_secure_entry {
	uint32_t hash;
	uint32_t id;     /* what $STANDARD_INFORMATION calls it */
	uint64_t offset; /* of the descriptor, in the stream */
	uint32_t len;    /* of the descriptor */
};

/*
 * The next entry of `block`, whose beginning is at `base` in the stream; *at begins
 * as 0.  HEARD_NOTHING at the end of the block; HEARD_ODD, and no way on in this
 * block, where an entry does not fit.
 */
enum heard ntfs_secure_next(struct span block, uint64_t base, size_t *at,
                            struct ntfs_secure_entry *out);

/* Is it the descriptor that the entry was made for? */
bool ntfs_secure_is_whole(struct span descriptor, uint32_t hash);

#endif

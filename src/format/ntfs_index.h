/*
 * The index of an NTFS folder: $INDEX_ROOT, and blocks of $INDEX_ALLOCATION.  The
 * blocks are a tree; whoever wants all entries reads every block that $BITMAP calls
 * used, in any order, and so meets no loop.
 */
#ifndef FORMAT_NTFS_INDEX_H
#define FORMAT_NTFS_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"
#include "format/ntfs_attr.h"
#include "format/ntfs_volume.h"

#define NTFS_BLOCK_LEAST 512u
#define NTFS_BLOCK_MOST 65536u

struct ntfs_index_entry {
	uint64_t record;
	uint16_t sequence;
	struct ntfs_name name;
};

/* The entries in the root, and how large a block is. */
enum heard ntfs_index_root(struct span root, struct span *entries, uint32_t *block_len);

/*
 * The entries in a block of `len` bytes, of which the marks are taken off, so `block`
 * is written to.  Bytes behind the last entry are what was deleted, and not given out.
 */
enum heard ntfs_index_block(uint8_t *block, size_t len, struct span *entries);

/* The next one; HEARD_NOTHING at the end. */
enum heard ntfs_index_next(struct span *entries, struct ntfs_index_entry *out);

#endif

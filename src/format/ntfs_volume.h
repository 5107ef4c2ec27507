/*
 * How an NTFS volume begins: where its files' records lie, and whether Windows has
 * marked it as one that has to be checked.
 */
#ifndef FORMAT_NTFS_VOLUME_H
#define FORMAT_NTFS_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

#define NTFS_BOOT_SECTOR 512u
#define NTFS_RECORD_LEAST 512u
#define NTFS_RECORD_MOST 65536u

struct ntfs_boot {
	uint64_t records;    /* offset of the first one on the volume */
	uint32_t record_len; /* of each */
};

/* HEARD_ODD: it is not of NTFS. */
enum heard ntfs_boot_read(struct span sector, struct ntfs_boot *out);

/* The record of the file $Volume. */
#define NTFS_RECORD_OF_VOLUME 3u

/*
 * Whether the volume is marked as dirty, out of that record, of which the marks are
 * taken off (it is written to).  HEARD_NOTHING: the record does not tell.
 */
enum heard ntfs_volume_dirty(uint8_t *record, size_t len, bool *dirty);

/*
 * Each sector of a record or an index block ends in two bytes that show a write that
 * was broken off: what belongs there is put back.
 */
enum heard ntfs_marks_off(uint8_t *block, size_t len);

#endif

/*
 * Two attributes of an NTFS file: $STANDARD_INFORMATION, which programs can set as
 * they like, and $FILE_NAME, which only the file system writes.
 */
#ifndef FORMAT_NTFS_ATTR_H
#define FORMAT_NTFS_ATTR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

/* FILETIMEs: 100 ns since 1601. */
struct ntfs_times {
	uint64_t created;
	uint64_t written;
	uint64_t changed; /* the record itself */
	uint64_t read;
};

struct ntfs_standard {
	struct ntfs_times times;
	uint32_t attributes;  /* as in Windows' FILE_ATTRIBUTE_* */
	uint32_t security_id; /* in $Secure; 0: the file has its own descriptor */
};

/* HEARD_SHORT: less than the 36 bytes that every version of it has. */
enum heard ntfs_standard_read(struct span value, struct ntfs_standard *out);

enum ntfs_space {
	NTFS_SPACE_POSIX = 0,
	NTFS_SPACE_WIN32 = 1,
	NTFS_SPACE_DOS = 2, /* the short twin of a WIN32 name */
	NTFS_SPACE_BOTH = 3,
};

struct ntfs_name {
	uint64_t folder; /* number of the MFT record that the name is in */
	struct ntfs_times times;
	uint32_t attributes;
	uint8_t space;
	struct span utf16;
};

/* HEARD_ODD: no name, or a space that there is not. */
enum heard ntfs_name_read(struct span value, struct ntfs_name *out);

/* A reference to an MFT record: its number and how often it was given away. */
#define NTFS_RECORD_OF(reference) ((reference)&0xFFFFFFFFFFFFu)
#define NTFS_SEQUENCE_OF(reference) ((uint16_t)((reference) >> 48))

/* The tag of a $REPARSE_POINT; HEARD_SHORT where there is none. */
enum heard ntfs_reparse_tag(struct span value, uint32_t *tag);

/* Does it stand for another name: a junction, a symbolic link? */
bool ntfs_tag_is_link(uint32_t tag);

#endif

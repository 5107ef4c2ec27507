/*
 * What a mounted file system tells of a file beyond what Linux knows: Windows'
 * attributes, times and descriptor.  Where it keeps them differs, and is tried out
 * on the root.
 */
#ifndef REACH_VOLUME_TREE_FACTS_H
#define REACH_VOLUME_TREE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "flow/machine.h"

/* The kernel's own limit for one extended attribute. */
#define XATTR_MOST 65536

#define SHORT_NAME_ROOM 40 /* 12 characters, three bytes each, and more */

struct facts_way {
	enum {
		ATTRIBUTES_OF_SAMBA, /* in user.DOSATTRIB, file by file */
		ATTRIBUTES_OF_FAT,
		ATTRIBUTES_OF_NTFS,
		ATTRIBUTES_OF_NTFS_NATIVE, /* in the byte order of this machine */
	} attributes;
	bool times;
	const char *security; /* the extended attribute; NULL: there is none */
};

/* The ways of the file system of `fd`, its root. */
struct facts_way facts_way_of(int fd);

/*
 * Attributes and times of a thing that was reached.  `fd` need not be open for
 * reading, but with FAT, where it is.
 */
void facts_read(const struct facts_way *, int fd, struct file_facts *out);

/* Bytes of the extended attribute, or -1 and errno. */
long facts_xattr(int fd, const char *name, void *to, size_t room);

/* The 8.3 name beside a long one ("PROGRA~1"), of `name` in an open folder; false
 * and errno where there is none. */
bool facts_short_name(int folder, const char *name, char to[SHORT_NAME_ROOM]);

/* What Samba keeps: text ("0x6"), or since 3.6 a structure.  False: neither. */
bool facts_samba_attributes(struct span bytes, uint32_t *out);

#endif

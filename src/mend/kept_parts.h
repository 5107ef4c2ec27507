/* What the files kept*.c share. */
#ifndef MEND_KEPT_PARTS_H
#define MEND_KEPT_PARTS_H

#include "mend/kept.h"

#define NTFS_ATTRIBUTES "system.ntfs_attrib_be"
#define NTFS_DESCRIPTOR "system.ntfs_acl"
#define NTFS_OBJECT_ID "system.ntfs_object_id"
#define NTFS_EXTENDED "system.ntfs_ea"
#define NTFS_REPARSE "system.ntfs_reparse_data"
#define NTFS_SHORT_NAME "system.ntfs_dos_name"
#define NTFS_TIMES "system.ntfs_times_be"

#define KEPT_XATTR_MOST 65536u /* the kernel's limit for one */
#define KEPT_LIST_MOST 65536u  /* and for the names of all */
#define KEPT_NAME_MOST 256     /* for one name, with its terminator */

/* The path by which an open thing, and nothing else, has extended attributes. */
struct kept_path {
	char text[40];
};
struct kept_path kept_path_of(int fd);

/* What to do about a call that failed, by errno. */
const char *kept_advice(int number);

/* The sentence for a failed call; returns ERR_REFUSED. */
enum err kept_because(const struct kept_thing *, const char *what, int number,
                      char why[WHY_ROOM]);

/* An extended attribute as it stands now. */
struct kept_value {
	uint8_t *bytes; /* KEPT_XATTR_MOST of them, the caller's */
	size_t len;
	bool there;
};
CHECKED enum err kept_get(const struct kept_thing *, const char *name,
                          struct kept_value *, char why[WHY_ROOM]);

/* The names of those that are there, each with its terminator. */
CHECKED enum err kept_list(const struct kept_thing *, struct buf *names,
                           char why[WHY_ROOM]);

/* The next attribute out of the kept bytes; false at the end. */
struct kept_pair {
	const char *name;
	struct span value;
};
bool kept_next(struct span *attributes, struct kept_pair *out);

/* Windows' attributes of an open file or folder of FAT; ERR_SYSTEM: errno. */
CHECKED enum err kept_fat(int fd, uint32_t *out);

#endif

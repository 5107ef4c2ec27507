/*
 * The files of one file system, read and nothing else: a folder of this system (a
 * mounted volume, a copied tree), or a partition of a disk image.
 *
 * Paths are relative to the volume's root, with backslashes: "WINDOWS\system32";
 * "" is the root.  Letters of either case are the same, as on Windows; where a
 * folder holds two names that differ in nothing else, the answer is HEARD_ODD.  No
 * link, junction, mount or device is ever followed or opened: the answer is
 * HEARD_ODD, with the reason.  Each answer but HEARD and HEARD_NOTHING leaves a
 * sentence in `why`.
 */
#ifndef REACH_VOLUME_H
#define REACH_VOLUME_H

#include "flow/machine.h"

struct volume;

/* What is beneath a volume, for whoever wants to change it. */
struct volume_place {
	int root; /* a folder's own descriptor, to be left open; -1: an image */
	/* Of an image: */
	bool is_raw; /* the bytes of the file are those of the disk */
	bool is_ntfs;
	uint64_t offset;
};

struct volume_ops {
	enum heard (*stat)(struct volume *, const char *path, struct file_facts *out);
	enum heard (*list)(struct volume *, const char *path, struct file_list *out);
	enum heard (*security)(struct volume *, const char *path, struct buf *out);
	enum heard (*open)(struct volume *, const char *path, struct machine_file *out);
	enum heard (*read)(struct volume *, const struct machine_file *,
	                   struct machine_want, size_t *got);
	void (*close)(struct volume *, struct machine_file *);
	/* A descriptor, for reading, of an open file's bytes (a memfd where need be,
	 * of at most `most` bytes); the caller closes it. */
	enum heard (*descriptor)(struct volume *, const struct machine_file *,
	                         uint64_t most, int *fd);
	void (*free)(struct volume *);
	/* Where it lies; NULL: nobody can tell. */
	void (*place)(struct volume *, struct volume_place *out);
	/* Names in it have changed: none is remembered.  NULL: none ever is. */
	void (*forget)(struct volume *);
};

struct volume {
	const struct volume_ops *ops;
	struct machine_can can; /* key_security is not the volume's to say */
	char called[128];       /* "partition 1 of disk.img", or the folder's path */
	char why[WHY_ROOM];
};

/* As machine_because, for a volume. */
enum heard volume_because(struct volume *, enum heard, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * A folder.  ERR_REFUSED: it cannot be opened, or is none; what is wrong and what
 * to do has been written to `why`.
 */
CHECKED enum err volume_tree_open(const char *path, struct volume **out,
                                  char why[WHY_ROOM]);

/*
 * The NTFS and FAT volumes of an image: raw (a disk with a partition table, or one
 * volume), VHD or VHDX (fixed or dynamic), or E01 with its further segments beside
 * it.  All decoding is done in a cage.  *count 0 and OK: it is none of these (`why`
 * says so): it may be a memory image.  ERR_REFUSED: it is one of these, or of other
 * kinds that are known, and cannot be read.  A part that ought to hold a volume and
 * cannot be read is a volume that answers HEARD_ODD to everything; parts of other
 * systems are passed over, and then named in `why`, as is what the image lacks.
 */
CHECKED enum err volume_image_open(const char *path, struct volume **out, size_t most,
                                   size_t *count, char why[WHY_ROOM]);

void volume_free(struct volume *); /* NULL is fine */

#endif

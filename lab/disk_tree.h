/*
 * Writes the files of a Windows volume into an empty folder: a folder of any file
 * system, or the root of a mounted NTFS volume.  There it sets what only NTFS has
 * (attributes, times to 100 ns, descriptors) through the attributes that ntfs-3g
 * offers; elsewhere what the file system cannot hold is left out.
 *
 * Paths are as Windows writes them, without the drive.  After the first failure,
 * which is said on standard error, nothing more is done and disk_tree_close tells.
 */
#ifndef LAB_DISK_TREE_H
#define LAB_DISK_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/* As in Windows' FILE_ATTRIBUTE_*. */
#define ATTRIBUTE_READONLY 0x01u
#define ATTRIBUTE_HIDDEN 0x02u
#define ATTRIBUTE_SYSTEM 0x04u

struct disk_tree {
	int root; /* a folder, opened */
	const char *called;
	uint64_t filetime; /* of files that have no time of their own */
	uint64_t files;
	bool is_ntfs;
	bool failed;
};

/*
 * Makes the folder if there is none.  ERR_REFUSED: there is something in it, or it
 * cannot be written to; that has been said.
 */
CHECKED enum err disk_tree_open(const char *folder, uint64_t filetime,
                                struct disk_tree *out);

/* With those above it. */
void disk_folder(struct disk_tree *, const char *path);

struct disk_file {
	const char *path; /* folders above it are made */
	struct span bytes;
	uint64_t filetime;   /* created, written and read; 0: as all others */
	uint32_t attributes; /* 0: none to be set */
	bool locked;         /* administrators may not read it */
};

void disk_file(struct disk_tree *, const struct disk_file *);

/* Of a folder. */
void disk_attributes(struct disk_tree *, const char *path, uint32_t attributes);

/* Closes; OK when everything was written. */
CHECKED enum err disk_tree_close(struct disk_tree *);

#endif

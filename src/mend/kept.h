/*
 * What a file system keeps about a file or a folder beside its content: who may open
 * it, attributes, times, short name, streams and whatever else has a name of its own.
 * It is read into bytes of our own format, and from these given back exactly.
 *
 * What cannot be given back, by nobody who only has a mount:
 *   NTFS through ntfs-3g   the time of the MFT entry's own last change, the number of
 *                          the entry; $FILE_NAME's times become those of
 *                          $STANDARD_INFORMATION
 *   other file systems     the times of birth and of the inode's own last change
 * Nothing is refused because of these.  Anything else that would be lost is: a stream
 * that is too large to be read through the mount, a second name (a hard link), a file
 * that is encrypted or stored in a way of its own.
 */
#ifndef MEND_KEPT_H
#define MEND_KEPT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "flow/machine.h"

/* How a mount offers what it keeps; tried out on its root, without writing. */
struct kept_way {
	enum kept_on {
		KEPT_ON_PLAIN = 1, /* as Linux has it: mode, owner, attributes */
		KEPT_ON_NTFS,      /* by ntfs-3g, as system.ntfs_… */
		KEPT_ON_FAT,
	} on;
	enum kept_streams {
		STREAMS_ARE_ATTRIBUTES = 1, /* of 64 KB at most */
		STREAMS_ARE_FILES,          /* "name:stream", of any size */
		STREAMS_ARE_HIDDEN,         /* the mount does not tell of them */
	} streams;
};

struct kept_way kept_way_of(int root);

/* An open thing; O_PATH is enough, but on FAT, which wants it open for reading. */
struct kept_thing {
	const struct kept_way *way;
	int fd;
	const char *name; /* in its folder */
	const char *path; /* for sentences */
};

#define KEPT_MOST (900u << 10)

/*
 * Appends all of it; changes nothing.  ERR_REFUSED: something could not be given back;
 * `why` says what, and what to do.  Streams that are files are not in it: they are
 * kept as content is.
 */
CHECKED enum err kept_read(const struct kept_thing *, struct buf *out,
                           char why[WHY_ROOM]);

/* The times and nothing else: of what is written in place, of the folder around it. */
CHECKED enum err kept_read_times(const struct kept_thing *, struct buf *out,
                                 char why[WHY_ROOM]);

/* What the bytes say. */
struct kept {
	bool whole; /* else it is the times alone */
	enum kept_on on;
	enum kept_streams streams;
	uint32_t mode, owner, group;
	uint64_t inode, size, blocks; /* blocks of 512 bytes */
	struct timespec read, written, changed;
	bool has_fat;
	uint32_t fat;           /* attributes of FAT */
	struct span attributes; /* each name with its value */
	uint32_t attribute_count;
};

/* They may come from anybody.  False: they are not of this format. */
bool kept_parse(struct span bytes, struct kept *out);

/* The value of an extended attribute; a bad span where there is none. */
struct span kept_attribute(const struct kept *, const char *name);

/* Windows' attributes of a thing on NTFS; 0 elsewhere. */
uint32_t kept_windows_attributes(const struct kept *);

/* The same of a thing as it is now. */
CHECKED enum err kept_attributes_of(const struct kept_thing *, uint32_t *out,
                                    char why[WHY_ROOM]);

/* Are there holes in it, that are to be holes again? */
bool kept_is_sparse(const struct kept *);

/* Is it the very thing that was kept, and has nothing about it changed since? */
bool kept_is_untouched(const struct kept_thing *, const struct kept *);

/*
 * What differs from what was kept, as a few words ("its attributes", "its time of
 * writing"); NULL where nothing does that can be given back.  Not compared: the size,
 * the time of reading, and of a folder the times.
 */
CHECKED enum err kept_compare(const struct kept_thing *, const struct kept *,
                              const char **differs, char why[WHY_ROOM]);

/*
 * Gives it back, and looks whether it took.  All may be called again.  The order: a
 * file is given everything, then its name, then its short name, then its times, for
 * each of these changes the times.
 */
CHECKED enum err kept_put(const struct kept_thing *, const struct kept *,
                          char why[WHY_ROOM]);
CHECKED enum err kept_put_short_name(const struct kept_thing *, const struct kept *,
                                     char why[WHY_ROOM]);
CHECKED enum err kept_put_times(const struct kept_thing *, const struct kept *,
                                char why[WHY_ROOM]);

#endif

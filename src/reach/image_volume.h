/*
 * In the cage: the files of one volume of an image, NTFS and FAT behind the same
 * calls.  What each answers begins an answer to the parent (image_ask.h), and leaves
 * in the volume the code that goes with it.
 */
#ifndef REACH_IMAGE_VOLUME_H
#define REACH_IMAGE_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "format/ntfs_secure.h"
#include "reach/image_ask.h"
#include "reach/image_library.h"

/* The descriptors of an NTFS volume, by their numbers; read when first asked for. */
struct image_descriptors {
	struct ntfs_secure_entry *at;
	size_t count;
	bool are_read;
	enum image_said said; /* how reading them went */
};

struct image_volume {
	TSK_FS_INFO *fs; /* NULL: none that can be read */
	bool is_ntfs;
	bool is_cut;   /* the image ends before the volume does */
	uint32_t code; /* image_head.code, of the last failure */
	struct image_descriptors descriptors;
};

/* Which file: the record, and on NTFS how often that was given away. */
struct image_id {
	uint64_t number;
	uint16_t sequence;
};

/* Why a call of libtsk failed. */
enum image_said image_tsk_failed(struct image_volume *);

/* Opens what is allocated and still the same; the caller closes it. */
enum image_said image_file_open(struct image_volume *, struct image_id,
                                TSK_FS_FILE **out);

/*
 * What is to be known of it; `folder` is the number of the one that it was found in.
 * IMAGE_FINE also for what can not be opened.
 */
enum image_said image_file_facts(struct image_volume *, TSK_FS_FILE *, uint64_t folder,
                                 struct image_file *out);

/* The attribute with its content; NULL in *out where it has none. */
enum image_said image_file_content(struct image_volume *, TSK_FS_FILE *,
                                   const TSK_FS_ATTR **out);

/* Exactly `len` bytes of an attribute. */
enum image_said image_attr_read(struct image_volume *, const TSK_FS_ATTR *,
                                uint64_t offset, void *to, size_t len);

/*
 * Tells `name` (UTF-8, no separators in it) of each entry but "." and ".." and what
 * the file system keeps for itself; false from it ends the walk.  Where the answer
 * is not IMAGE_FINE, names may be lacking.
 */
typedef bool image_name_told(void *with, const char *name, struct image_id);
enum image_said image_folder_walk(struct image_volume *, TSK_FS_FILE *,
                                  image_name_told *, void *with);

/* Appends the security descriptor; IMAGE_ABSENT where there is none. */
enum image_said image_security(struct image_volume *, TSK_FS_FILE *, struct buf *);

/* The twins of these for one kind: image_ntfs.c, image_fat.c. */
enum image_said ntfs_facts(struct image_volume *, TSK_FS_FILE *, uint64_t folder,
                           struct image_file *out);
enum image_said ntfs_content(struct image_volume *, TSK_FS_FILE *,
                             const TSK_FS_ATTR **out);
enum image_said ntfs_walk(struct image_volume *, TSK_FS_FILE *, image_name_told *,
                          void *with);
void fat_facts(struct image_volume *, TSK_FS_FILE *, struct image_file *out);
enum image_said fat_walk(struct image_volume *, TSK_FS_FILE *, image_name_told *,
                         void *with);

/* The attribute of this type and name (NULL: without one). */
const TSK_FS_ATTR *image_attr(TSK_FS_FILE *, uint32_t type, const char *name);

/* The value of one that lies in its record; bad where there is none. */
struct span image_attr_value(TSK_FS_FILE *, uint32_t type, const char *name);

#endif

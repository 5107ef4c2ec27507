/*
 * In the cage: folders of an image with their names sorted for look-up, the last
 * used ones kept.
 */
#ifndef REACH_IMAGE_FOLDER_H
#define REACH_IMAGE_FOLDER_H

#include <locale.h>

#include "reach/image_volume.h"

/* A folder of a million names is not looked through. */
#define FOLDER_NAMES_MOST (1u << 18)

struct image_folder_name {
	size_t name;   /* where they begin in folder.text */
	size_t folded; /* names_fold_path of it */
	struct image_id id;
};

struct image_folder {
	struct image_volume *volume; /* NULL: this place is free */
	uint64_t number;
	struct buf text;
	struct image_folder_name *names; /* sorted by their folded form */
	size_t count;
	enum image_said said; /* not IMAGE_FINE: names may be lacking */
	uint32_t code;
	uint64_t used; /* when, in look-ups */
};

#define FOLDERS_KEPT 64
#define FOLDERS_BYTES (128u << 20)
struct image_folders {
	struct image_folder at[FOLDERS_KEPT];
	uint64_t now;
	locale_t letters;
};

/* The folder, valid till the next call; with said != IMAGE_FINE perhaps in part. */
enum image_said image_folders_get(struct image_folders *, struct image_volume *,
                                  struct image_id, const struct image_folder **out);

const char *image_folder_name(const struct image_folder *,
                              const struct image_folder_name *);

/*
 * Walks a folded path ("" is the root).  *folder is the number of the one that the
 * last part is in.
 */
enum image_said image_folders_find(struct image_folders *, struct image_volume *,
                                   struct span path, struct image_id *out,
                                   uint64_t *folder);

#endif

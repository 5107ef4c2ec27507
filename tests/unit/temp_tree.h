/* A folder in the temporary folder, filled by a test and emptied after it. */
#ifndef TEMP_TREE_H
#define TEMP_TREE_H

#include <stdbool.h>
#include <stddef.h>

#define TEMP_ROOM 4096

struct temp_tree {
	char root[64];
};

void temp_make(struct temp_tree *);
void temp_remove(struct temp_tree *);

/* The path of `name` (with slashes) in it; valid till the next call but three. */
const char *temp_path(const struct temp_tree *, const char *name);

/* Makes a folder and those above it. */
void temp_folder(const struct temp_tree *, const char *name);
/* Makes a file, and the folders above it. */
void temp_file(const struct temp_tree *, const char *name, const void *bytes,
               size_t len);

#endif

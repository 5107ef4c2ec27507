/*
 * The folders of a tree that were walked through, kept open with their names, so
 * that thousands of look-ups list System32 once.  Each step goes from an open folder
 * to a name in it, never through a link and never onto another mount.
 */
#ifndef REACH_VOLUME_TREE_FOLDERS_H
#define REACH_VOLUME_TREE_FOLDERS_H

#include <sys/stat.h>

#include "reach/volume.h"
#include "reach/volume_tree_names.h"

/* What is kept: the folders used last, and of names no more than this. */
#define FOLDERS_MOST 64
#define FOLDERS_NAMES_MOST (8u << 20)

struct folder {
	char *key; /* its folded path */
	int fd;    /* -1: an empty place */
	struct names names;
	uint64_t used;
};

struct folders {
	struct volume *volume; /* for its `why`, and what it is called */
	locale_t letters;
	uint64_t mount;     /* the root's; all else must be on it */
	bool has_mount_ids; /* of an old kernel only the device is known */
	struct folder at[FOLDERS_MOST];
	size_t names_kept; /* bytes */
	uint64_t uses;
};

/* Takes the root's descriptor; it is never given up before folders_free. */
CHECKED enum err folders_init(struct folders *, struct volume *, int root);
void folders_free(struct folders *);

/* Gives up all folders but the root, and all names: they are to be read again. */
void folders_forget(struct folders *);

/* A thing that was found: known by what it is, not opened for reading. */
struct reached {
	int fd; /* O_PATH; the caller closes it */
	struct statx stat;
	int folder;       /* that it lies in; the root's own for the root */
	const char *name; /* as spelled there; both valid until the next call */
};

/* Finds what `path` names, a link as the link. */
enum heard folders_reach(struct folders *, const char *path, struct reached *out);

/* An open folder with its names, valid until the next call. */
enum heard folders_open(struct folders *, const char *path, const struct folder **out);

/* The sentence for a failed call on `path`, by errno. */
enum heard folders_because(struct folders *, const char *path, int number);

/* What stands in the way of opening it at all; HEARD where nothing does. */
enum heard folders_refuse(struct folders *, const char *path, const struct statx *);

#endif

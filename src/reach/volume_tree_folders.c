#include "reach/volume_tree_folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "reach/volume_tree_facts.h"

#ifndef STATX_MNT_ID /* kernel 5.8 has it, whatever the headers say */
#define STATX_MNT_ID 0x1000u
#endif

/* Long names asked for their short one, for one look-up of a "PROGRA~1". */
#define SHORT_NAMES_ASKED_MOST 4096

#define STAT_WANTED (STATX_BASIC_STATS | STATX_MNT_ID)
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

/* ---- sentences */

/* Of a long path the end: there is to be room for what to do. */
struct shown {
	char path[128];
};

static struct shown
shown(const char *path)
{
	struct shown s = { .path = "" };

	text_end(s.path, sizeof s.path, path[0] ? path : "\\");
	return s;
}

enum heard
folders_because(struct folders *f, const char *path, int number)
{
	struct volume *v = f->volume;

	switch (number) {
	case ENOENT:
	case ENOTDIR: return HEARD_NOTHING;
	case EACCES:
	case EPERM:
		return volume_because(
		    v, HEARD_REFUSED,
		    "no permission to read %s in %s; run as root, or mount the "
		    "volume so that you may read all of it",
		    shown(path).path, f->volume->called);
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return volume_because(v, NOT_ASKED,
		                      "cannot read %s in %s: %s; end other programs, "
		                      "then look again",
		                      shown(path).path, f->volume->called,
		                      strerror(number));
	case EIO:
	case ENODEV:
	case ENXIO:
	case ENOTCONN:
	case ESTALE:
		return volume_because(
		    v, HEARD_SHORT,
		    "cannot read %s in %s: %s; the device or its mount is failing: "
		    "copy it with ddrescue and look at the copy",
		    shown(path).path, f->volume->called, strerror(number));
	default:
		return volume_because(
		    v, HEARD_ODD, "cannot read %s in %s: %s; check the file system",
		    shown(path).path, f->volume->called, strerror(number));
	}
}

static uint64_t
mount_of(const struct folders *f, const struct statx *s)
{
	return f->has_mount_ids ? s->stx_mnt_id
	                        : makedev(s->stx_dev_major, s->stx_dev_minor);
}

enum heard
folders_refuse(struct folders *f, const char *path, const struct statx *s)
{
	struct volume *v = f->volume;

	if (S_ISLNK(s->stx_mode))
		return volume_because(
		    v, HEARD_ODD,
		    "%s in %s is a link or a junction, which are never followed; "
		    "look at the folder that it leads to",
		    shown(path).path, f->volume->called);
	if (!S_ISREG(s->stx_mode) && !S_ISDIR(s->stx_mode))
		return volume_because(v, HEARD_ODD,
		                      "%s in %s is a device, a pipe or a socket, which "
		                      "are never opened; find out who put it there",
		                      shown(path).path, f->volume->called);
	if (mount_of(f, s) != f->mount)
		return volume_because(
		    v, HEARD_ODD,
		    "something else is mounted on %s in %s; look at it "
		    "by itself",
		    shown(path).path, f->volume->called);
	return HEARD;
}

/* ---- what is kept */

static size_t
weight(const struct names *n)
{
	return n->raw.room + n->count * sizeof *n->sorted;
}

static void
give_up(struct folders *f, struct folder *folder)
{
	if (folder->fd < 0)
		return;
	f->names_kept -= weight(&folder->names);
	names_free(&folder->names);
	close(folder->fd);
	free(folder->key);
	*folder = (struct folder){ .fd = -1 };
}

static struct folder *
kept(struct folders *f, const char *key)
{
	for (size_t i = 0; i < FOLDERS_MOST; i++) {
		if (f->at[i].fd >= 0 && strcmp(f->at[i].key, key) == 0) {
			f->at[i].used = ++f->uses;
			return &f->at[i];
		}
	}
	return NULL;
}

/* The one that was used longest ago, or an empty place; never the root. */
static struct folder *
oldest(struct folders *f)
{
	struct folder *old = &f->at[1];

	for (size_t i = 1; i < FOLDERS_MOST; i++) {
		if (f->at[i].fd < 0)
			return &f->at[i];
		if (f->at[i].used < old->used)
			old = &f->at[i];
	}
	return old;
}

/* Frees names of others until there is room for those of one more. */
static void
make_room(struct folders *f, const struct folder *newest)
{
	while (f->names_kept > FOLDERS_NAMES_MOST) {
		struct folder *old = NULL;

		for (size_t i = 1; i < FOLDERS_MOST; i++) {
			struct folder *one = &f->at[i];

			if (one->fd >= 0 && one != newest &&
			    (!old || one->used < old->used))
				old = one;
		}
		if (!old)
			return;
		give_up(f, old);
	}
}

enum err
folders_init(struct folders *f, struct volume *volume, int root)
{
	struct statx s;

	f->volume = volume;
	for (size_t i = 0; i < FOLDERS_MOST; i++)
		f->at[i].fd = -1;
	f->at[0].fd = root;
	f->at[0].key = strdup("");
	/* Debian's libc has it; without it only ASCII letters have two cases. */
	f->letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!f->at[0].key)
		return ERR_MEMORY;
	if (statx(root, "", AT_EMPTY_PATH, STAT_WANTED, &s) != 0)
		return ERR_SYSTEM;
	f->has_mount_ids = s.stx_mask & STATX_MNT_ID;
	f->mount = mount_of(f, &s);
	return OK;
}

void
folders_forget(struct folders *f)
{
	struct names *of_root = &f->at[0].names;

	for (size_t i = 1; i < FOLDERS_MOST; i++)
		give_up(f, &f->at[i]);
	if (of_root->is_read)
		f->names_kept -= weight(of_root);
	names_free(of_root);
}

void
folders_free(struct folders *f)
{
	for (size_t i = 0; i < FOLDERS_MOST; i++)
		give_up(f, &f->at[i]);
	if (f->letters)
		freelocale(f->letters);
}

/* ---- steps */

/* The names are read when they are first asked for. */
static enum heard
with_names(struct folders *f, struct folder *folder, const char *path)
{
	if (folder->names.is_read)
		return HEARD;
	enum err err = names_read(&folder->names, folder->fd, f->letters);
	int why = errno;

	if (err == OK) {
		f->names_kept += weight(&folder->names);
		make_room(f, folder);
		return HEARD;
	}
	names_free(&folder->names);
	if (err == ERR_SYSTEM)
		return folders_because(f, path, why);
	if (err == ERR_MEMORY)
		return folders_because(f, path, ENOMEM);
	return volume_because(
	    f->volume, NOT_ASKED,
	    "a folder on the way to %s in %s holds more than %u names, "
	    "and was not looked through; find out what fills it",
	    shown(path).path, f->volume->called, NAMES_MOST);
}

/*
 * "PROGRA~1" is not among the names that a folder lists.  It begins as the long name
 * does; so does a small part of the folder only.
 */
static unsigned
find_short(const struct folders *f, const struct folder *in, const char *part,
           const char **name)
{
	const char *raw = (const char *)in->names.raw.at;
	unsigned asked = 0;

	for (size_t i = 0; i < in->names.count && asked < SHORT_NAMES_ASKED_MOST; i++) {
		char is[SHORT_NAME_ROOM];
		char folded[FOLDED_ROOM];
		const char first[2] = { part[0], '\0' };

		*name = raw;
		raw += strlen(raw) + 1;
		if (!text_begins(*name, first))
			continue;
		asked++;
		if (facts_short_name(in->fd, *name, is)) {
			if (names_fold_path(is, f->letters, folded) &&
			    strcmp(folded, part) == 0)
				return 1;
		} else if (errno != ENODATA) {
			return 0; /* this file system has none */
		}
	}
	return 0;
}

/* From an open folder to the name in it that folds to `part`. */
static enum heard
step(struct folders *f, struct folder *in, const char *part, const char *path,
     struct reached *out)
{
	enum heard heard = with_names(f, in, path);

	if (heard != HEARD)
		return heard;
	unsigned found = names_find(&in->names, part, &out->name);
	if (found == 0 && strchr(part, '~'))
		found = find_short(f, in, part, &out->name);
	if (found == 0)
		return HEARD_NOTHING;
	if (found > 1)
		return volume_because(
		    f->volume, HEARD_ODD,
		    "two names on the way to %s in %s differ in nothing "
		    "but the case of letters; remove or rename one",
		    shown(path).path, f->volume->called);
	out->folder = in->fd;
	out->fd = openat(in->fd, out->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (out->fd < 0)
		return folders_because(f, path, errno);
	if (statx(out->fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STAT_WANTED,
	          &out->stat) == 0)
		return HEARD;
	int why = errno;
	close(out->fd);
	return folders_because(f, path, why);
}

/* Opens the folder that was reached, and keeps it under `key`. */
static enum heard
enter(struct folders *f, const char *key, const char *path, struct reached *at,
      struct folder **out)
{
	enum heard heard = folders_refuse(f, path, &at->stat);

	if (heard == HEARD && !S_ISDIR(at->stat.stx_mode))
		heard = HEARD_NOTHING;
	int fd = -1;
	if (heard == HEARD) {
		/* To look changes nothing: where it is ours to say, no access time. */
		fd = openat(at->fd, ".", FOLDER_FLAGS | O_NOATIME);
		if (fd < 0 && errno == EPERM)
			fd = openat(at->fd, ".", FOLDER_FLAGS);
		if (fd < 0)
			heard = folders_because(f, path, errno);
	}
	close(at->fd);
	if (heard != HEARD)
		return heard;
	struct folder *place = oldest(f);
	give_up(f, place);
	char *copy = strdup(key);
	if (!copy) {
		close(fd);
		return folders_because(f, path, ENOMEM);
	}
	*place = (struct folder){ .key = copy, .fd = fd, .used = ++f->uses };
	*out = place;
	return HEARD;
}

/* The kept folder that is farthest on the way to `key`; returns how far. */
static size_t
farthest_kept(struct folders *f, const char *key, struct folder **out)
{
	char way[FOLDED_ROOM];
	size_t len = strlen(key);

	memcpy(way, key, len + 1);
	while (!(*out = kept(f, way))) {
		while (len > 0 && way[len] != '/')
			len--;
		way[len] = '\0';
	}
	return len;
}

static enum heard
walk(struct folders *f, const char *key, const char *path, struct folder **out)
{
	size_t done = farthest_kept(f, key, out);

	while (key[done]) {
		const char *part = key + done + (key[done] == '/');
		size_t len = strcspn(part, "/");
		char way[FOLDED_ROOM];
		struct reached at;

		memcpy(way, part, len);
		way[len] = '\0';
		enum heard heard = step(f, *out, way, path, &at);
		if (heard != HEARD)
			return heard;
		done = (size_t)(part - key) + len;
		memcpy(way, key, done);
		way[done] = '\0';
		heard = enter(f, way, path, &at, out);
		if (heard != HEARD)
			return heard;
	}
	return HEARD;
}

static enum heard
fold(struct folders *f, const char *path, char key[FOLDED_ROOM])
{
	if (names_fold_path(path, f->letters, key))
		return HEARD;
	return volume_because(f->volume, NOT_ASKED,
	                      "a path in %s is longer than any of Windows, and was not "
	                      "looked at; it begins with %.64s",
	                      f->volume->called, path);
}

static enum heard
reach_root(struct folders *f, struct reached *out)
{
	out->folder = f->at[0].fd;
	out->name = ".";
	out->fd = openat(out->folder, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (out->fd < 0)
		return folders_because(f, "", errno);
	if (statx(out->fd, "", AT_EMPTY_PATH, STAT_WANTED, &out->stat) == 0)
		return HEARD;
	int why = errno;
	close(out->fd);
	return folders_because(f, "", why);
}

enum heard
folders_reach(struct folders *f, const char *path, struct reached *out)
{
	char key[FOLDED_ROOM];
	enum heard heard = fold(f, path, key);
	struct folder *in = NULL;

	if (heard != HEARD)
		return heard;
	if (!key[0])
		return reach_root(f, out);
	char *slash = strrchr(key, '/');
	const char *last = slash ? slash + 1 : key;
	if (slash)
		*slash = '\0';
	heard = walk(f, slash ? key : "", path, &in);
	return heard == HEARD ? step(f, in, last, path, out) : heard;
}

enum heard
folders_open(struct folders *f, const char *path, const struct folder **out)
{
	char key[FOLDED_ROOM];
	struct folder *at = NULL;
	enum heard heard = fold(f, path, key);

	if (heard == HEARD)
		heard = walk(f, key, path, &at);
	if (heard == HEARD)
		heard = with_names(f, at, path);
	*out = at;
	return heard;
}

/* Giving back what was kept, and holding a thing against it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/msdos_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/kept_parts.h"

/* Of the four times that ntfs-3g tells, these are given back: made, written, read. */
#define NTFS_TIMES_GIVEN 24u
#define NTFS_TIMES_COMPARED 16u /* made, written */

/* Labels that the system gives by itself, and does not take back. */
#define OF_SYSTEM "security."

#define MODE_BITS 07777u

static bool
is_late(const char *name)
{
	return strcmp(name, NTFS_SHORT_NAME) == 0 || strcmp(name, NTFS_TIMES) == 0;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* ---- comparing */

bool
kept_is_untouched(const struct kept_thing *t, const struct kept *k)
{
	struct stat s;

	return fstat(t->fd, &s) == 0 && s.st_ino == k->inode && s.st_mode == k->mode &&
	       (S_ISDIR(s.st_mode) || (uint64_t)s.st_size == k->size) &&
	       same_time(s.st_mtim, k->written) && same_time(s.st_ctim, k->changed);
}

/* Is the attribute as it was?  Of NTFS' times only what reading leaves alone. */
static bool
same_value(const struct kept_pair *pair, const struct kept_value *v)
{
	size_t len = pair->value.left;

	if (!v->there || v->len != len)
		return false;
	if (strcmp(pair->name, NTFS_TIMES) == 0 && len > NTFS_TIMES_COMPARED)
		len = NTFS_TIMES_COMPARED;
	return memcmp(v->bytes, pair->value.at, len) == 0;
}

static const char *
called(const char *name)
{
	static const struct {
		const char *name;
		const char *called;
	} names[] = {
		{ NTFS_ATTRIBUTES, "its attributes" },
		{ NTFS_DESCRIPTOR, "who may open it" },
		{ NTFS_OBJECT_ID, "its object identifier" },
		{ NTFS_EXTENDED, "its extended attributes" },
		{ NTFS_SHORT_NAME, "its short name" },
		{ NTFS_TIMES, "its times" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(name, names[i].name) == 0)
			return names[i].called;
	}
	return text_begins(name, "system.posix_acl") ? "who may open it"
	                                             : "its streams or attributes";
}

/* The first of the kept ones that is not as it was. */
static enum err
compare_kept(const struct kept_thing *t, const struct kept *k, const char **differs,
             char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };
	struct span rest = k->attributes;
	struct kept_pair pair;
	bool is_folder = S_ISDIR(k->mode);

	if (!bytes)
		return ERR_MEMORY;
	while (!*differs && rest.left > 0 && kept_next(&rest, &pair)) {
		if (is_folder && strcmp(pair.name, NTFS_TIMES) == 0)
			continue;
		TRY(kept_get(t, pair.name, &v, why));
		if (!same_value(&pair, &v))
			*differs = called(pair.name);
	}
	return OK;
}

/* Does something stand there now that is not among the kept ones? */
static enum err
compare_listed(const struct kept_thing *t, const struct kept *k, const char **differs,
               char why[WHY_ROOM])
{
	struct buf names;

	buf_init(&names, KEPT_LIST_MOST);
	enum err err = kept_list(t, &names, why);
	for (size_t at = 0; err == OK && !*differs && at < names.len;) {
		const char *name = (const char *)names.at + at;

		if (kept_attribute(k, name).bad && !text_begins(name, OF_SYSTEM))
			*differs = called(name);
		at += strlen(name) + 1;
	}
	buf_free(&names);
	return err;
}

/* What every Linux file has.  On NTFS it is made up by the mount. */
static const char *
compare_plain(const struct kept *k, const struct stat *s)
{
	if (k->on == KEPT_ON_NTFS)
		return NULL;
	if (!S_ISDIR(s->st_mode) && !same_time(s->st_mtim, k->written))
		return "its time of writing";
	if (k->on == KEPT_ON_FAT)
		return NULL;
	if ((s->st_mode & MODE_BITS) != (k->mode & MODE_BITS))
		return "its mode";
	return s->st_uid != k->owner || s->st_gid != k->group ? "its owner" : NULL;
}

/* Through another kind of mount it could be given back in part only. */
static enum err
same_way(const struct kept_thing *t, const struct kept *k, char why[WHY_ROOM])
{
	char words[WHY_ROOM];
	char end[160];

	if (k->on == t->way->on && k->streams == t->way->streams)
		return OK;
	text_end(end, sizeof end, t->path);
	(void)snprintf(words, sizeof words,
	               "%s was kept through another kind of mount; mount its volume "
	               "as it was then%s",
	               end,
	               k->on != KEPT_ON_NTFS ? ""
	               : k->streams == STREAMS_ARE_FILES
	                   ? ": with ntfs-3g -o streams_interface=windows"
	                   : ": with ntfs-3g -o streams_interface=xattr");
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

enum err
kept_compare(const struct kept_thing *t, const struct kept *k, const char **differs,
             char why[WHY_ROOM])
{
	struct stat s;
	uint32_t fat = 0;

	*differs = NULL;
	TRY(same_way(t, k, why));
	if (fstat(t->fd, &s) != 0)
		return kept_because(t, "read the facts", errno, why);
	if ((s.st_mode & S_IFMT) != (k->mode & S_IFMT))
		*differs = "what it is";
	else
		*differs = compare_plain(k, &s);
	if (!*differs && k->has_fat && (kept_fat(t->fd, &fat) != OK || fat != k->fat))
		*differs = "its attributes";
	if (!*differs && k->whole)
		TRY(compare_kept(t, k, differs, why));
	if (!*differs && k->whole)
		TRY(compare_listed(t, k, differs, why));
	return OK;
}

/* ---- giving back */

static enum err
set(const struct kept_thing *t, const struct kept_pair *pair, char why[WHY_ROOM])
{
	char what[KEPT_NAME_MOST + 16];

	if (setxattr(kept_path_of(t->fd).text, pair->name, pair->value.at,
	             pair->value.left, 0) == 0)
		return OK;
	(void)snprintf(what, sizeof what, "set %s", pair->name);
	return kept_because(t, what, errno, why);
}

/* What is so already is left alone: to set it would change times. */
static enum err
put_attribute(const struct kept_thing *t, const struct kept_pair *pair,
              struct kept_value *v, char why[WHY_ROOM])
{
	TRY(kept_get(t, pair->name, v, why));
	return same_value(pair, v) ? OK : set(t, pair, why);
}

/* Takes off what a new file got from its folder, or somebody has added. */
static enum err
take_off_others(const struct kept_thing *t, const struct kept *k, char why[WHY_ROOM])
{
	struct buf names;

	buf_init(&names, KEPT_LIST_MOST);
	enum err err = kept_list(t, &names, why);
	for (size_t at = 0; err == OK && at < names.len;) {
		const char *name = (const char *)names.at + at;

		at += strlen(name) + 1;
		if (!kept_attribute(k, name).bad || text_begins(name, OF_SYSTEM))
			continue;
		if (removexattr(kept_path_of(t->fd).text, name) != 0 &&
		    errno != ENODATA)
			err = kept_because(t, "remove an extended attribute", errno,
			                   why);
	}
	buf_free(&names);
	return err;
}

/* The owner first: with a new one the mode loses bits. */
static enum err
put_plain(const struct kept_thing *t, const struct kept *k, char why[WHY_ROOM])
{
	const struct kept_path path = kept_path_of(t->fd);
	struct stat s;

	if (fstat(t->fd, &s) != 0)
		return kept_because(t, "read the facts", errno, why);
	if ((s.st_uid != k->owner || s.st_gid != k->group) &&
	    fchownat(t->fd, "", k->owner, k->group, AT_EMPTY_PATH) != 0)
		return kept_because(t, "set the owner", errno, why);
	if (fstat(t->fd, &s) != 0 || (s.st_mode & MODE_BITS) == (k->mode & MODE_BITS))
		return OK;
	if (chmod(path.text, k->mode & MODE_BITS) != 0)
		return kept_because(t, "set the mode", errno, why);
	return OK;
}

static enum err
put_fat(const struct kept_thing *t, const struct kept *k, char why[WHY_ROOM])
{
	uint32_t now = 0;

	if (!k->has_fat || (kept_fat(t->fd, &now) == OK && now == k->fat))
		return OK;
	return ioctl(t->fd, FAT_IOCTL_SET_ATTRIBUTES, &k->fat) == 0
	           ? OK
	           : kept_because(t, "set the attributes", errno, why);
}

enum err
kept_put(const struct kept_thing *t, const struct kept *k, char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };
	struct span rest = k->attributes;
	struct kept_pair pair;

	if (!bytes)
		return ERR_MEMORY;
	TRY(same_way(t, k, why));
	if (k->on == KEPT_ON_PLAIN)
		TRY(put_plain(t, k, why));
	TRY(take_off_others(t, k, why));
	while (rest.left > 0 && kept_next(&rest, &pair)) {
		if (!is_late(pair.name))
			TRY(put_attribute(t, &pair, &v, why));
	}
	return put_fat(t, k, why);
}

enum err
kept_put_short_name(const struct kept_thing *t, const struct kept *k,
                    char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };
	struct kept_pair pair = { NTFS_SHORT_NAME, kept_attribute(k, NTFS_SHORT_NAME) };

	if (!bytes)
		return ERR_MEMORY;
	return pair.value.bad ? OK : put_attribute(t, &pair, &v, why);
}

/* ---- times */

static enum err
took(const struct kept_thing *t, bool did, char why[WHY_ROOM])
{
	char words[WHY_ROOM];
	char end[160];

	if (did)
		return OK;
	text_end(end, sizeof end, t->path);
	(void)snprintf(words, sizeof words,
	               "the times of %s were set, and are others now; end what else "
	               "uses its volume",
	               end);
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

/*
 * ntfs-3g sets the entry's own time of change to now, whatever it is given, and gives
 * all names of the file these times as well.  They are set even where they seem to be
 * right: while it remembers a file whose times were set, it shows these, and writes
 * others when it forgets it, if the file has been changed since.
 */
static enum err
put_ntfs_times(const struct kept_thing *t, struct span times, char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };
	struct kept_pair pair = { NTFS_TIMES, times };

	if (!bytes)
		return ERR_MEMORY;
	TRY(set(t, &pair, why));
	TRY(kept_get(t, NTFS_TIMES, &v, why));
	return took(
	    t,
	    v.there && v.len >= NTFS_TIMES_GIVEN &&
		span_is(span_at(times, 0, NTFS_TIMES_GIVEN), v.bytes, NTFS_TIMES_GIVEN),
	    why);
}

enum err
kept_put_times(const struct kept_thing *t, const struct kept *k, char why[WHY_ROOM])
{
	struct span of_ntfs = kept_attribute(k, NTFS_TIMES);
	const struct timespec both[2] = { k->read, k->written };
	struct stat s;

	if (!of_ntfs.bad)
		return put_ntfs_times(t, of_ntfs, why);
	if (fstat(t->fd, &s) == 0 && same_time(s.st_mtim, k->written) &&
	    same_time(s.st_atim, k->read))
		return OK;
	if (utimensat(AT_FDCWD, kept_path_of(t->fd).text, both, 0) != 0)
		return kept_because(t, "set the times", errno, why);
	return took(t, fstat(t->fd, &s) == 0 && same_time(s.st_mtim, k->written), why);
}

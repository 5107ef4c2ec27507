/* Reading what is kept, and the format that it is kept in. */
#include "mend/kept.h"

#include <errno.h>
#include <linux/magic.h>
#include <linux/msdos_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "base/own.h"
#include "base/text.h"
#include "mend/kept_parts.h"

#ifndef EXFAT_SUPER_MAGIC
#define EXFAT_SUPER_MAGIC 0x2011BAB0
#endif

#define MAGIC "kept"
#define VERSION 1

/* FILE_ATTRIBUTE_*, of files that are not as they seem through a mount. */
#define WINDOWS_SPARSE 0x200u
#define WINDOWS_REPARSE 0x400u
#define WINDOWS_ENCRYPTED 0x4000u

/* What ntfs-3g keeps under these names; the short name comes after the name, and the
 * times after that. */
static const char *const of_ntfs[] = {
	NTFS_ATTRIBUTES, NTFS_DESCRIPTOR, NTFS_OBJECT_ID,
	NTFS_EXTENDED,   NTFS_SHORT_NAME, NTFS_TIMES,
};

/* ---- asking */

struct kept_path
kept_path_of(int fd)
{
	struct kept_path p;

	(void)snprintf(p.text, sizeof p.text, "/proc/self/fd/%d", fd);
	return p;
}

/* One sentence, of which a path may be any bytes. */
static enum err
refuse(char why[WHY_ROOM], const char *path, const char *what, const char *advice)
{
	char words[WHY_ROOM];
	char end[160];

	text_end(end, sizeof end, path);
	(void)snprintf(words, sizeof words, "%s %s; %s", end, what, advice);
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

const char *
kept_advice(int number)
{
	switch (number) {
	case EACCES:
	case EPERM:
		return "run as root, or mount the volume so that you may change all of "
		       "it";
	case ENOSPC: return "the volume is full: free some room on it";
	case EDQUOT: return "free some of your quota on the volume";
	case EFBIG: return "raise the limit on the size of files (ulimit -f)";
	case EROFS: return "mount the volume for writing";
	case ENOTEMPTY:
	case EEXIST: return "look who has put it there, then begin again";
	case EBUSY: return "end what uses it, then begin again";
	case EMFILE:
	case ENFILE: return "end other programs, then begin again";
	default:
		return "check that the volume is still mounted, and its file system "
		       "sound";
	}
}

enum err
kept_because(const struct kept_thing *t, const char *what, int number,
             char why[WHY_ROOM])
{
	char words[WHY_ROOM];
	char end[160];

	if (number == ENOMEM)
		return ERR_MEMORY;
	text_end(end, sizeof end, t->path);
	(void)snprintf(words, sizeof words, "cannot %s of %s: %s; %s", what, end,
	               strerror(number), kept_advice(number));
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

enum err
kept_get(const struct kept_thing *t, const char *name, struct kept_value *v,
         char why[WHY_ROOM])
{
	char what[KEPT_NAME_MOST + 16];
	ssize_t got = getxattr(kept_path_of(t->fd).text, name, v->bytes,
	                       KEPT_XATTR_MOST);

	v->there = got >= 0;
	v->len = got >= 0 ? (size_t)got : 0;
	if (got >= 0 || errno == ENODATA || errno == EOPNOTSUPP)
		return OK;
	if (errno == E2BIG || errno == ERANGE)
		return refuse(why, t->path,
		              "has a stream of more than 64 KB, which cannot be read "
		              "and put back through this mount",
		              "mount the volume with -o streams_interface=windows");
	(void)snprintf(what, sizeof what, "read %s", name);
	return kept_because(t, what, errno, why);
}

enum err
kept_list(const struct kept_thing *t, struct buf *names, char why[WHY_ROOM])
{
	OWN(own_mem) char *list = malloc(KEPT_LIST_MOST);

	if (!list)
		return ERR_MEMORY;
	ssize_t got = listxattr(kept_path_of(t->fd).text, list, KEPT_LIST_MOST);
	if (got < 0 && errno != EOPNOTSUPP && errno != ENODATA)
		return kept_because(t, "list the extended attributes", errno, why);
	if (got > 0)
		buf_put(names, list, (size_t)got);
	return names->bad ? ERR_MEMORY : OK;
}

enum err
kept_fat(int fd, uint32_t *out)
{
	return ioctl(fd, FAT_IOCTL_GET_ATTRIBUTES, out) == 0 ? OK : ERR_SYSTEM;
}

static bool
has_attribute(int fd, const char *name)
{
	return getxattr(kept_path_of(fd).text, name, NULL, 0) >= 0;
}

/* A name that no file has: the answer tells whether there are such things at all. */
static enum kept_streams
streams_of(int root)
{
	if (has_attribute(root, "ntfs.streams.list"))
		return STREAMS_ARE_FILES;
	if (has_attribute(root, "user.confine") || errno == ENODATA)
		return STREAMS_ARE_ATTRIBUTES;
	return STREAMS_ARE_HIDDEN;
}

struct kept_way
kept_way_of(int root)
{
	struct kept_way way = { .on = KEPT_ON_PLAIN,
		                .streams = STREAMS_ARE_ATTRIBUTES };
	struct statfs s;

	if (has_attribute(root, NTFS_TIMES)) {
		way.on = KEPT_ON_NTFS;
		way.streams = streams_of(root);
	} else if (fstatfs(root, &s) == 0 &&
	           (s.f_type == MSDOS_SUPER_MAGIC || s.f_type == EXFAT_SUPER_MAGIC)) {
		way.on = KEPT_ON_FAT;
	}
	return way;
}

/* ---- what cannot be given back */

enum err
kept_attributes_of(const struct kept_thing *t, uint32_t *out, char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };

	*out = 0;
	if (!bytes)
		return ERR_MEMORY;
	if (t->way->on != KEPT_ON_NTFS)
		return OK;
	TRY(kept_get(t, NTFS_ATTRIBUTES, &v, why));
	struct span be = span_of(v.bytes, v.len);
	*out = span_be32(&be);
	return OK;
}

/* ntfs-3g counts a short name of its own among the links. */
static uint64_t
links_of(const struct kept_thing *t, uint64_t links, struct kept_value *v)
{
	char why[WHY_ROOM];
	char name[NAME_ROOM];

	if (t->way->on != KEPT_ON_NTFS || kept_get(t, NTFS_SHORT_NAME, v, why) != OK ||
	    !v->there || v->len >= sizeof name)
		return links;
	memcpy(name, v->bytes, v->len);
	name[v->len] = '\0';
	return text_same(name, t->name) ? links : links - 1;
}

static enum err
refuse_windows(const struct kept_thing *t, uint32_t is, char why[WHY_ROOM])
{
	if (is & WINDOWS_ENCRYPTED)
		return refuse(why, t->path,
		              "is encrypted, and could not be put back as it is",
		              "decrypt it in Windows, then begin again");
	if (is & WINDOWS_REPARSE)
		return refuse(why, t->path,
		              "is a reparse point (a link, or stored in a way of its "
		              "own), and could not be put back as it is",
		              "remove it in Windows");
	return OK;
}

static enum err
refuse_what_would_be_lost(const struct kept_thing *t, const struct stat *s,
                          struct kept_value *v, char why[WHY_ROOM])
{
	if (!S_ISREG(s->st_mode) && !S_ISDIR(s->st_mode))
		return refuse(why, t->path, "is neither a file nor a folder",
		              "find out who put it there");
	if (S_ISREG(s->st_mode) && links_of(t, s->st_nlink, v) > 1)
		return refuse(why, t->path,
		              "has a second name (a hard link), and could not be put "
		              "back as it is",
		              "find the other name by its number, and remove it");
	if (t->way->on != KEPT_ON_NTFS)
		return OK;
	if (t->way->streams == STREAMS_ARE_HIDDEN)
		return refuse(why, t->path,
		              "may have streams, of which this mount does not tell",
		              "mount the volume without streams_interface=none");
	uint32_t is = 0;
	TRY(kept_attributes_of(t, &is, why));
	return refuse_windows(t, is, why);
}

/* ---- writing the format */

static void
put_time(struct buf *b, struct timespec t)
{
	buf_le64(b, (uint64_t)t.tv_sec);
	buf_le32(b, (uint32_t)t.tv_nsec);
}

static void
put_head(struct buf *b, const struct kept *k)
{
	buf_text(b, MAGIC);
	buf_u8(b, VERSION);
	buf_u8(b, k->whole);
	buf_u8(b, (uint8_t)k->on);
	buf_u8(b, (uint8_t)k->streams);
	buf_u8(b, k->has_fat);
	buf_le32(b, k->fat);
	buf_le32(b, k->mode);
	buf_le32(b, k->owner);
	buf_le32(b, k->group);
	buf_le64(b, k->inode);
	buf_le64(b, k->size);
	buf_le64(b, k->blocks);
	put_time(b, k->read);
	put_time(b, k->written);
	put_time(b, k->changed);
}

static enum err
put_attribute(const struct kept_thing *t, const char *name, struct buf *out,
              char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };

	if (!bytes)
		return ERR_MEMORY;
	if (strlen(name) >= KEPT_NAME_MOST)
		return refuse(why, t->path, "has an attribute with too long a name",
		              "remove that attribute");
	TRY(kept_get(t, name, &v, why));
	if (!v.there)
		return OK;
	buf_le16(out, (uint16_t)(strlen(name) + 1));
	buf_le32(out, (uint32_t)v.len);
	buf_put(out, name, strlen(name) + 1);
	buf_put(out, v.bytes, v.len);
	return OK;
}

static enum err
put_all_attributes(const struct kept_thing *t, struct buf *out, char why[WHY_ROOM])
{
	struct buf names;

	if (t->way->on == KEPT_ON_NTFS) {
		for (size_t i = 0; i < sizeof of_ntfs / sizeof of_ntfs[0]; i++)
			TRY(put_attribute(t, of_ntfs[i], out, why));
	}
	buf_init(&names, KEPT_LIST_MOST);
	enum err err = kept_list(t, &names, why);
	for (size_t at = 0; err == OK && at < names.len;) {
		const char *name = (const char *)names.at + at;

		err = put_attribute(t, name, out, why);
		at += strlen(name) + 1;
	}
	buf_free(&names);
	return err;
}

static enum err
fill_head(const struct kept_thing *t, struct kept *k, struct stat *s,
          char why[WHY_ROOM])
{
	if (fstat(t->fd, s) != 0)
		return kept_because(t, "read the facts", errno, why);
	*k = (struct kept){
		.on = t->way->on,
		.streams = t->way->streams,
		.mode = s->st_mode,
		.owner = s->st_uid,
		.group = s->st_gid,
		.inode = s->st_ino,
		.size = (uint64_t)s->st_size,
		.blocks = (uint64_t)s->st_blocks,
		.read = s->st_atim,
		.written = s->st_mtim,
		.changed = s->st_ctim,
	};
	return OK;
}

static enum err
ended(const struct kept_thing *t, const struct buf *out, char why[WHY_ROOM])
{
	if (!out->bad)
		return OK;
	if (out->len < out->ceiling / 2)
		return ERR_MEMORY;
	return refuse(why, t->path, "has streams of more than 900 KB in all",
	              "mount the volume with -o streams_interface=windows");
}

enum err
kept_read(const struct kept_thing *t, struct buf *out, char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *bytes = malloc(KEPT_XATTR_MOST);
	struct kept_value v = { .bytes = bytes };
	struct kept k;
	struct stat s;

	if (!bytes)
		return ERR_MEMORY;
	TRY(fill_head(t, &k, &s, why));
	TRY(refuse_what_would_be_lost(t, &s, &v, why));
	k.whole = true;
	if (t->way->on == KEPT_ON_FAT) {
		k.has_fat = kept_fat(t->fd, &k.fat) == OK;
		if (!k.has_fat)
			return refuse(why, t->path,
			              "has attributes of Windows that this mount "
			              "does not tell",
			              "use a kernel that tells them (Linux 6.9 for "
			              "exFAT)");
	}
	put_head(out, &k);
	TRY(put_all_attributes(t, out, why));
	return ended(t, out, why);
}

enum err
kept_read_times(const struct kept_thing *t, struct buf *out, char why[WHY_ROOM])
{
	struct kept k;
	struct stat s;

	TRY(fill_head(t, &k, &s, why));
	put_head(out, &k);
	if (t->way->on == KEPT_ON_NTFS)
		TRY(put_attribute(t, NTFS_TIMES, out, why));
	return ended(t, out, why);
}

/* ---- reading the format */

static struct timespec
time_of(struct span *s)
{
	uint64_t seconds = span_le64(s);
	uint32_t rest = span_le32(s);

	return (struct timespec){ .tv_sec = (time_t)seconds,
		                  .tv_nsec = rest < 1000000000 ? (long)rest : 0 };
}

bool
kept_next(struct span *attributes, struct kept_pair *out)
{
	uint16_t name_len = span_le16(attributes);
	uint32_t len = span_le32(attributes);
	struct span name = span_cut(attributes, name_len);

	out->value = span_cut(attributes, len);
	if (attributes->bad || name_len == 0 || name_len > KEPT_NAME_MOST ||
	    len > KEPT_XATTR_MOST ||
	    memchr(name.at, 0, name_len) != name.at + name_len - 1)
		return false;
	out->name = (const char *)name.at;
	return true;
}

bool
kept_parse(struct span bytes, struct kept *out)
{
	struct span s = bytes;
	struct span magic = span_cut(&s, 4);
	uint8_t version = span_u8(&s);

	*out = (struct kept){ .whole = span_u8(&s) == 1 };
	out->on = (enum kept_on)span_u8(&s);
	out->streams = (enum kept_streams)span_u8(&s);
	out->has_fat = span_u8(&s) == 1;
	out->fat = span_le32(&s);
	out->mode = span_le32(&s);
	out->owner = span_le32(&s);
	out->group = span_le32(&s);
	out->inode = span_le64(&s);
	out->size = span_le64(&s);
	out->blocks = span_le64(&s);
	out->read = time_of(&s);
	out->written = time_of(&s);
	out->changed = time_of(&s);
	if (s.bad || !span_is(magic, MAGIC, 4) || version != VERSION ||
	    out->on < KEPT_ON_PLAIN || out->on > KEPT_ON_FAT)
		return false;
	out->attributes = s;
	while (s.left > 0) {
		struct kept_pair pair;

		if (!kept_next(&s, &pair))
			return false;
		out->attribute_count++;
	}
	return true;
}

struct span
kept_attribute(const struct kept *k, const char *name)
{
	struct span rest = k->attributes;
	struct kept_pair pair;

	while (rest.left > 0 && kept_next(&rest, &pair)) {
		if (strcmp(pair.name, name) == 0)
			return pair.value;
	}
	return (struct span){ .bad = true };
}

uint32_t
kept_windows_attributes(const struct kept *k)
{
	struct span be = kept_attribute(k, NTFS_ATTRIBUTES);

	return k->on == KEPT_ON_NTFS ? span_be32(&be) : 0;
}

bool
kept_is_sparse(const struct kept *k)
{
	if (k->on == KEPT_ON_NTFS)
		return kept_windows_attributes(k) & WINDOWS_SPARSE;
	return k->on == KEPT_ON_PLAIN && k->blocks < (k->size + 511) / 512;
}

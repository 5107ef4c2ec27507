/*
 * A folder of this system taken as a volume.  Everything is found from its own
 * descriptor downwards, is looked at before it is opened, and is opened for reading
 * and without waiting: no link, pipe, device or other mount is ever entered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/volume.h"
#include "reach/volume_tree_facts.h"
#include "reach/volume_tree_folders.h"

#define FILE_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define LIST_MOST (128u << 20)

struct tree {
	struct volume volume; /* first: a volume is a tree */
	struct folders folders;
	struct facts_way way;
};

static struct tree *
tree_of(struct volume *v)
{
	return (struct tree *)v;
}

/* ---- facts */

/* FAT tells its attributes to those only who have the file open. */
static void
read_facts(struct tree *t, const struct reached *at, struct file_facts *out)
{
	if (t->way.attributes != ATTRIBUTES_OF_FAT) {
		facts_read(&t->way, at->fd, out);
		return;
	}
	if (!S_ISREG(at->stat.stx_mode) && !S_ISDIR(at->stat.stx_mode))
		return;
	int fd = openat(at->folder, at->name, FILE_FLAGS);
	if (fd < 0)
		return;
	facts_read(&t->way, fd, out);
	close(fd);
}

static enum heard
tree_stat(struct volume *v, const char *path, struct file_facts *out)
{
	struct tree *t = tree_of(v);
	struct reached at;
	enum heard heard = folders_reach(&t->folders, path, &at);

	if (heard != HEARD)
		return heard;
	*out = (struct file_facts){
		.is_folder = S_ISDIR(at.stat.stx_mode),
		.is_link = S_ISLNK(at.stat.stx_mode),
		.size = S_ISREG(at.stat.stx_mode) ? at.stat.stx_size : 0,
	};
	out->is_other = !out->is_folder && !out->is_link && !S_ISREG(at.stat.stx_mode);
	read_facts(t, &at, out);
	close(at.fd);
	return HEARD;
}

static enum heard
tree_security(struct volume *v, const char *path, struct buf *out)
{
	struct tree *t = tree_of(v);
	struct reached at;

	if (!t->way.security)
		return volume_because(
		    v, NOT_ASKED, "%s does not keep who may open a file", v->called);
	OWN(own_mem) uint8_t *bytes = malloc(XATTR_MOST);
	if (!bytes)
		return folders_because(&t->folders, path, ENOMEM);
	enum heard heard = folders_reach(&t->folders, path, &at);
	if (heard != HEARD)
		return heard;
	long len = facts_xattr(at.fd, t->way.security, bytes, XATTR_MOST);
	int why = errno;
	close(at.fd);
	if (len < 0)
		return why == ENODATA ? HEARD_NOTHING
		                      : folders_because(&t->folders, path, why);
	buf_put(out, bytes, (size_t)len);
	return out->bad ? folders_because(&t->folders, path, ENOMEM) : HEARD;
}

/* ---- folders */

/* A name as it is told: a path may hold a backslash between names only. */
static void
put_name(struct buf *b, const char *name)
{
	char utf8[4];
	size_t len = text_put(utf8, BACKSLASH_IN_NAME);

	for (; *name; name++) {
		if (*name == '\\')
			buf_put(b, utf8, len);
		else
			buf_u8(b, (uint8_t)*name);
	}
	buf_u8(b, 0);
}

/* What cannot be told of it stays false: its own look-up will say why. */
static struct file_entry
entry_of(int folder, const char *name)
{
	struct stat s;

	if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
		return (struct file_entry){ .size = 0 };
	return (struct file_entry){
		.is_folder = S_ISDIR(s.st_mode),
		.is_file = S_ISREG(s.st_mode),
		.size = S_ISREG(s.st_mode) ? (uint64_t)s.st_size : 0,
	};
}

/* The entries stand at the beginning of the memory, their names behind them. */
static bool
fill_list(const struct folder *folder, struct file_list *out)
{
	const struct names *n = &folder->names;
	const char *raw = (const char *)n->raw.at;

	buf_init(&out->memory, LIST_MOST);
	buf_zero(&out->memory, n->count * sizeof(struct file_entry));
	for (size_t i = 0; i < n->count; i++) {
		put_name(&out->memory, raw);
		raw += strlen(raw) + 1;
	}
	if (out->memory.bad)
		return false;
	struct file_entry *at = (void *)out->memory.at;
	const char *name = (const char *)(at + n->count);
	raw = (const char *)n->raw.at;
	for (size_t i = 0; i < n->count; i++) {
		at[i] = entry_of(folder->fd, raw);
		at[i].name = name;
		name += strlen(name) + 1;
		raw += strlen(raw) + 1;
	}
	out->at = at;
	out->count = n->count;
	return true;
}

static enum heard
tree_list(struct volume *v, const char *path, struct file_list *out)
{
	struct tree *t = tree_of(v);
	const struct folder *folder = NULL;
	enum heard heard = folders_open(&t->folders, path, &folder);

	if (heard != HEARD)
		return heard;
	if (fill_list(folder, out))
		return HEARD;
	file_list_free(out);
	return folders_because(&t->folders, path, ENOMEM);
}

/* ---- files */

/* Again by its name, and still a file when it is open: nobody swapped it. */
static int
open_file(const struct reached *at)
{
	struct stat s;
	int fd = openat(at->folder, at->name, FILE_FLAGS | O_NOATIME);

	if (fd < 0 && errno == EPERM)
		fd = openat(at->folder, at->name, FILE_FLAGS);
	if (fd < 0 || (fstat(fd, &s) == 0 && S_ISREG(s.st_mode)))
		return fd;
	close(fd);
	errno = ESTALE;
	return -1;
}

static enum heard
tree_open(struct volume *v, const char *path, struct machine_file *out)
{
	struct tree *t = tree_of(v);
	struct reached at;
	enum heard heard = folders_reach(&t->folders, path, &at);

	if (heard != HEARD)
		return heard;
	heard = folders_refuse(&t->folders, path, &at.stat);
	close(at.fd);
	if (heard != HEARD)
		return heard;
	if (S_ISDIR(at.stat.stx_mode))
		return volume_because(v, HEARD_ODD,
		                      "%s in %s is a folder where a file ought to be",
		                      path, v->called);
	int fd = open_file(&at);
	if (fd < 0)
		return folders_because(&t->folders, path, errno);
	*out = (struct machine_file){ at.stat.stx_size, (uint64_t)fd };
	return HEARD;
}

/* The system knows what the file is called. */
static enum heard
because_of_open(struct volume *v, const struct machine_file *f, int number)
{
	char magic[32];
	char called[PATH_ROOM];

	(void)snprintf(magic, sizeof magic, "/proc/self/fd/%d", (int)f->handle);
	ssize_t len = readlink(magic, called, sizeof called - 1);
	called[len > 0 ? len : 0] = '\0';
	return folders_because(&tree_of(v)->folders, len > 0 ? called : "a file",
	                       number);
}

static enum heard
tree_read(struct volume *v, const struct machine_file *f, struct machine_want want,
          size_t *got)
{
	uint8_t *at = want.to;

	*got = 0;
	while (*got < want.len && want.offset <= INT64_MAX - want.len) {
		ssize_t n = pread((int)f->handle, at + *got, want.len - *got,
		                  (off_t)(want.offset + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return because_of_open(v, f, errno);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return HEARD;
}

static void
tree_close(struct volume *v, struct machine_file *f)
{
	(void)v;
	close((int)f->handle);
}

static enum heard
tree_descriptor(struct volume *v, const struct machine_file *f, uint64_t most, int *fd)
{
	(void)most; /* it is the file itself: nothing is copied */
	*fd = fcntl((int)f->handle, F_DUPFD_CLOEXEC, 0);
	if (*fd >= 0)
		return HEARD;
	return because_of_open(v, f, errno);
}

static void
tree_place(struct volume *v, struct volume_place *out)
{
	*out = (struct volume_place){ .root = tree_of(v)->folders.at[0].fd };
}

static void
tree_forget(struct volume *v)
{
	folders_forget(&tree_of(v)->folders);
}

static void
tree_free(struct volume *v)
{
	folders_free(&tree_of(v)->folders);
	free(v);
}

/* ---- opening */

static const struct volume_ops tree_ops = {
	.stat = tree_stat,
	.list = tree_list,
	.security = tree_security,
	.open = tree_open,
	.read = tree_read,
	.close = tree_close,
	.descriptor = tree_descriptor,
	.free = tree_free,
	.place = tree_place,
	.forget = tree_forget,
};

/* On a plain folder some files may have Samba's attributes: one tells. */
static bool
has_attributes(struct tree *t, const struct file_list *root)
{
	struct file_facts facts = { .size = 0 };
	bool has = tree_stat(&t->volume, "", &facts) == HEARD && facts.has_attributes;

	if (t->way.attributes != ATTRIBUTES_OF_SAMBA)
		return has;
	for (size_t i = 0; i < root->count && !has; i++)
		has = tree_stat(&t->volume, root->at[i].name, &facts) == HEARD &&
		      facts.has_attributes;
	return has;
}

/* Its root is listed once: a folder that we may not read is refused here. */
static enum heard
try_out(struct tree *t)
{
	struct volume *v = &t->volume;
	struct file_list root = { .count = 0 };
	enum heard heard = tree_list(v, "", &root);

	v->can = (struct machine_can){
		.attributes = heard == HEARD && has_attributes(t, &root),
		.times = t->way.times,
		.file_security = t->way.security != NULL,
	};
	file_list_free(&root);
	return heard;
}

static enum err
refuse(char why[WHY_ROOM], const char *path, int number)
{
	const char *what_to_do =
	    number == EACCES || number == EPERM
		? "run as root, or mount it so that you may read it"
		: "name a mounted volume, a folder, or an image of a disk";
	char words[WHY_ROOM];

	(void)snprintf(words, sizeof words, "cannot look at %s: %s; %s", path,
	               strerror(number), what_to_do);
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

/* ERR_SYSTEM: errno says why. */
static enum err
open_root(const char *path, int *root)
{
	struct stat s;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return ERR_SYSTEM;
	bool is_folder = fstat(fd, &s) == 0 && S_ISDIR(s.st_mode);
	*root = is_folder ? openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int why = is_folder ? errno : ENOTDIR;
	close(fd);
	errno = why;
	return *root >= 0 ? OK : ERR_SYSTEM;
}

enum err
volume_tree_open(const char *path, struct volume **out, char why[WHY_ROOM])
{
	int root = -1;

	if (open_root(path, &root) != OK)
		return refuse(why, path, errno);
	struct tree *t = calloc(1, sizeof *t);
	if (!t) {
		close(root);
		return ERR_MEMORY;
	}
	t->volume.ops = &tree_ops;
	(void)text_copy_utf8(t->volume.called, sizeof t->volume.called, path);
	enum err err = folders_init(&t->folders, &t->volume, root);
	if (err == OK) {
		t->way = facts_way_of(root);
		if (try_out(t) != HEARD) {
			(void)text_copy_utf8(why, WHY_ROOM, t->volume.why);
			err = ERR_REFUSED;
		}
	}
	if (err == OK)
		*out = &t->volume;
	else
		tree_free(&t->volume);
	return err;
}

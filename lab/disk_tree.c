#include "lab/disk_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "lab/descriptor.h"

#define DISK_PATH_ROOM 512
#define NAME_ANOTHER "name an empty folder, or one that is not there yet"
#define FILETIME_1970 116444736000000000u /* 1970-01-01 in 100 ns since 1601 */
#define FILETIME_SECOND 10000000u

static void
own_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void
own_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static void
fail(struct disk_tree *t, const char *path)
{
	if (!t->failed)
		fprintf(stderr,
		        "confine lab disk: cannot write %s in %s: %s; take an empty "
		        "folder with room for 100 MB that you may write to\n",
		        path, t->called, strerror(errno));
	t->failed = true;
}

/* ---- beginning */

static enum err
refuse(const char *folder, const char *why, const char *what_now)
{
	fprintf(stderr, "confine lab disk: %s: %s; %s\n", folder, why, what_now);
	return ERR_REFUSED;
}

static bool
is_empty(int root, bool *empty)
{
	OWN(own_folder) DIR *folder = NULL;
	struct dirent *entry = NULL;
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return false;
	}
	*empty = true;
	while ((entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*empty = false;
	}
	return true;
}

static enum err
look_at(const char *folder, int root)
{
	bool empty = false;

	if (root < 0 || !is_empty(root, &empty))
		return refuse(folder, strerror(errno), NAME_ANOTHER);
	if (!empty)
		return refuse(folder, "there is something in it", NAME_ANOTHER);
	if (faccessat(root, ".", W_OK, AT_EACCESS) != 0)
		return refuse(folder, strerror(errno),
		              "name one that you may write to");
	return OK;
}

enum err
disk_tree_open(const char *folder, uint64_t filetime, struct disk_tree *out)
{
	*out = (struct disk_tree){ .root = -1, .called = folder, .filetime = filetime };
	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		return refuse(folder, strerror(errno),
		              "name a folder in one that you may write to");
	out->root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (look_at(folder, out->root) != OK) {
		out->failed = true;
		return disk_tree_close(out);
	}
	out->is_ntfs = fgetxattr(out->root, "system.ntfs_attrib_be", NULL, 0) > 0;
	return OK;
}

/* ---- folders */

/* The folder that `path` is in, opened, made where need be; its own name in *name. */
static int
open_above(struct disk_tree *t, const char *path, const char **name)
{
	char step[DISK_PATH_ROOM];
	int at = fcntl(t->root, F_DUPFD_CLOEXEC, 0);

	for (const char *end = NULL; at >= 0 && (end = strchr(path, '\\'));
	     path = end + 1) {
		OWN(own_fd) int above = at;

		at = -1;
		if ((size_t)snprintf(step, sizeof step, "%.*s", (int)(end - path),
		                     path) >= sizeof step)
			errno = ENAMETOOLONG;
		else if (mkdirat(above, step, 0755) == 0 || errno == EEXIST)
			at = openat(above, step,
			            O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	*name = path;
	return at;
}

void
disk_folder(struct disk_tree *t, const char *path)
{
	const char *name = NULL;

	if (t->failed)
		return;
	OWN(own_fd) int above = open_above(t, path, &name);
	if (above < 0 || (mkdirat(above, name, 0755) != 0 && errno != EEXIST))
		fail(t, path);
}

/* ---- files */

static bool
write_all(int fd, struct span from)
{
	while (from.left > 0) {
		ssize_t put = write(fd, from.at, from.left);

		if (put < 0)
			return false;
		(void)span_cut(&from, (size_t)put);
	}
	return true;
}

static bool
put_attributes(const struct disk_tree *t, int fd, uint32_t attributes)
{
	uint8_t be[4];
	char text[16];

	if (t->is_ntfs) {
		for (size_t i = 0; i < 4; i++)
			be[i] = (uint8_t)(attributes >> (24 - 8 * i));
		return fsetxattr(fd, "system.ntfs_attrib_be", be, sizeof be, 0) == 0;
	}
	/* What Samba keeps there; many file systems have no room for it. */
	int len = snprintf(text, sizeof text, "0x%x", attributes);
	(void)fsetxattr(fd, "user.DOSATTRIB", text, (size_t)len, 0);
	return true;
}

/* Created, written, read: the time of the entry itself stays as it is. */
static bool
put_times(const struct disk_tree *t, int fd, uint64_t filetime)
{
	uint64_t since = filetime - FILETIME_1970;
	struct timespec at = { .tv_sec = (time_t)(since / FILETIME_SECOND),
		               .tv_nsec = (long)(since % FILETIME_SECOND * 100) };
	uint8_t be[24];

	if (!t->is_ntfs)
		return futimens(fd, (struct timespec[2]){ at, at }) == 0;
	for (size_t i = 0; i < sizeof be; i++)
		be[i] = (uint8_t)(filetime >> (56 - 8 * (i % 8)));
	return fsetxattr(fd, "system.ntfs_times_be", be, sizeof be, 0) == 0;
}

static bool
put_lock(const struct disk_tree *t, int fd)
{
	struct buf b = { 0 };

	if (!t->is_ntfs)
		return true;
	buf_init(&b, 1024);
	descriptor_file_locked(&b);
	bool is_put = !b.bad && fsetxattr(fd, "system.ntfs_acl", b.at, b.len, 0) == 0;
	buf_free(&b);
	return is_put;
}

void
disk_file(struct disk_tree *t, const struct disk_file *file)
{
	const char *name = NULL;
	uint64_t filetime = file->filetime ? file->filetime : t->filetime;

	if (t->failed)
		return;
	if (file->bytes.bad) { /* what was to be written did not fit into memory */
		errno = ENOMEM;
		fail(t, file->path);
		return;
	}
	OWN(own_fd) int above = open_above(t, file->path, &name);
	OWN(own_fd)
	int fd = above < 0
	             ? -1
	             : openat(above, name,
	                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	                      0644);

	if (fd < 0 || !write_all(fd, file->bytes) ||
	    (file->attributes && !put_attributes(t, fd, file->attributes)) ||
	    (file->locked && !put_lock(t, fd)) || !put_times(t, fd, filetime))
		fail(t, file->path);
	t->files++;
}

void
disk_attributes(struct disk_tree *t, const char *path, uint32_t attributes)
{
	const char *name = NULL;

	if (t->failed)
		return;
	OWN(own_fd) int above = open_above(t, path, &name);
	OWN(own_fd)
	int fd = above < 0 ? -1
	                   : openat(above, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || !put_attributes(t, fd, attributes))
		fail(t, path);
}

enum err
disk_tree_close(struct disk_tree *t)
{
	if (t->root >= 0)
		close(t->root);
	t->root = -1;
	return t->failed ? ERR_REFUSED : OK;
}

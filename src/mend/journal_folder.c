/*
 * Where journals lie: never on the volume that is to be changed, or undoing would
 * stand on the very ground that is being dug.  A volume of its own is known by its
 * device; a plain folder that stands for one has only its inside.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "mend/journal_file.h"
#include "mend/journal_mounts.h"

#define UP_MOST 4096 /* folders above each other: more than a path has room for */

static enum err
say_cannot(const char *dir, int error)
{
	fprintf(stderr,
	        "confine: cannot make a journal in %s: %s; name another folder with "
	        "--journal-dir\n",
	        dir, strerror(error));
	return ERR_REFUSED;
}

static void
own_fd(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Is the folder `root`, or below it?  By climbing, so that no link misleads. */
static enum err
is_below(int folder, const struct stat *root, bool *below)
{
	OWN(own_fd) int at = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	struct stat here;

	*below = false;
	for (int i = 0; i < UP_MOST; i++) {
		struct stat above;

		if (at < 0 || fstat(at, &here) != 0)
			return ERR_SYSTEM;
		*below = is_same(&here, root);
		int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		(void)close(at);
		at = up;
		if (*below)
			return OK;
		if (up < 0 || fstat(up, &above) != 0)
			return ERR_SYSTEM;
		if (is_same(&here, &above))
			return OK;
	}
	errno = ELOOP;
	return ERR_SYSTEM;
}

/* Is it the root of a mounted volume, so that all of the device is the machine's? */
static enum err
is_mount_root(int volume, const struct stat *root, bool *is)
{
	struct statx about;
	struct stat above;

	*is = false;
	if (statx(volume, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &about) == 0 &&
	    about.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) {
		*is = about.stx_attributes & STATX_ATTR_MOUNT_ROOT;
		return OK;
	}
	if (fstatat(volume, "..", &above, 0) != 0)
		return ERR_SYSTEM;
	*is = above.st_dev != root->st_dev || is_same(&above, root);
	return OK;
}

static enum err
is_on_volume(int folder, int volume, bool *is)
{
	struct stat root, here;
	bool is_whole = false;

	*is = false;
	if (fstat(volume, &root) != 0 || fstat(folder, &here) != 0)
		return ERR_SYSTEM;
	TRY(is_mount_root(volume, &root, &is_whole));
	if (is_whole && here.st_dev == root.st_dev) {
		*is = true;
		return OK;
	}
	TRY(is_below(folder, &root, is));
	if (*is || here.st_dev != root.st_dev)
		return OK;
	return mounts_is_below(folder, volume, is);
}

static enum err
hold_against(int folder, const char *dir, int volume)
{
	bool is = false;

	if (volume < 0)
		return OK;
	if (is_on_volume(folder, volume, &is) != OK)
		return say_cannot(dir, errno);
	if (!is)
		return OK;
	fprintf(
	    stderr,
	    "confine: cannot make a journal in %s: it lies on the volume that is to "
	    "be changed; name a folder elsewhere with --journal-dir\n",
	    dir);
	return ERR_REFUSED;
}

/* Splits "a/b/" into "a" and "b"; false where there is no name to it. */
static bool
split(const char *dir, char above[PATH_ROOM], char name[NAME_ROOM])
{
	char path[PATH_ROOM];

	if (!text_copy(path, sizeof path, dir))
		return false;
	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = 0;
	char *slash = strrchr(path, '/');
	if (!slash)
		(void)text_copy(above, PATH_ROOM, ".");
	else
		(void)text_copy(above, PATH_ROOM, slash == path ? "/" : path);
	if (slash && slash != path)
		above[slash - path] = 0;
	const char *last = slash ? slash + 1 : path;
	return last[0] && text_copy(name, NAME_ROOM, last);
}

static enum err
make(const char *dir, int volume, int *fd)
{
	char above[PATH_ROOM], name[NAME_ROOM];

	if (!split(dir, above, name))
		return say_cannot(dir, ENAMETOOLONG);
	OWN(own_fd) int parent = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return say_cannot(dir, errno);
	TRY(hold_against(parent, dir, volume));
	if (mkdirat(parent, name, 0700) != 0)
		return say_cannot(dir, errno);
	*fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd >= 0 && (fsync(parent) == 0 || errno == EINVAL))
		return OK;
	int error = errno;
	(void)unlinkat(parent, name, AT_REMOVEDIR);
	return say_cannot(dir, error);
}

enum err
journal_folder(const char *dir, int volume, int *fd, bool *made)
{
	*made = false;
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd >= 0)
		return hold_against(*fd, dir, volume);
	if (errno != ENOENT)
		return say_cannot(dir, errno);
	TRY(make(dir, volume, fd));
	*made = true;
	return OK;
}

/*
 * The calls of the kernel by which something changes, and where in their arguments
 * the things are that they touch.
 */
#include "preload.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct call calls[] = {
	/* number, name, does, folder, path, folder2, path2, len */
	{ SYS_write, "write", DOES_WRITE, 0, -1, -1, -1, 2 },
	{ SYS_pwrite64, "pwrite", DOES_WRITE, 0, -1, -1, -1, 2 },
	{ SYS_writev, "writev", DOES_WRITE, 0, -1, -1, -1, -1 },
	{ SYS_pwritev, "pwritev", DOES_WRITE, 0, -1, -1, -1, -1 },
	{ SYS_pwritev2, "pwritev2", DOES_WRITE, 0, -1, -1, -1, -1 },
	{ SYS_sendfile, "sendfile", DOES_WRITE, 0, -1, -1, -1, 3 },
	{ SYS_copy_file_range, "copy_file_range", DOES_WRITE, 2, -1, -1, -1, 4 },
	{ SYS_splice, "splice", DOES_WRITE, 2, -1, -1, -1, 4 },
	{ SYS_ioctl, "ioctl", DOES_FACTS, 0, -1, -1, -1, -1 },
	{ SYS_open, "open", DOES_OPEN, -1, 0, -1, -1, -1 },
	{ SYS_openat, "openat", DOES_OPEN, 0, 1, -1, -1, -1 },
	{ SYS_openat2, "openat2", DOES_OPEN, 0, 1, -1, -1, -1 },
	{ SYS_creat, "creat", DOES_OPEN, -1, 0, -1, -1, -1 },
	{ SYS_memfd_create, "memfd_create", DOES_MAP, -1, -1, -1, -1, -1 },
	{ SYS_mmap, "mmap", DOES_MAP, 4, -1, -1, -1, -1 },
	{ SYS_fsync, "fsync", DOES_SYNC, 0, -1, -1, -1, -1 },
	{ SYS_fdatasync, "fdatasync", DOES_SYNC, 0, -1, -1, -1, -1 },
	{ SYS_syncfs, "syncfs", DOES_SYNC, 0, -1, -1, -1, -1 },
	{ SYS_rename, "rename", DOES_NAME, -1, 0, -1, 1, -1 },
	{ SYS_renameat, "renameat", DOES_NAME, 0, 1, 2, 3, -1 },
	{ SYS_renameat2, "renameat2", DOES_NAME, 0, 1, 2, 3, -1 },
	{ SYS_unlink, "unlink", DOES_NAME, -1, 0, -1, -1, -1 },
	{ SYS_unlinkat, "unlinkat", DOES_NAME, 0, 1, -1, -1, -1 },
	{ SYS_rmdir, "rmdir", DOES_NAME, -1, 0, -1, -1, -1 },
	{ SYS_mkdir, "mkdir", DOES_NAME, -1, 0, -1, -1, -1 },
	{ SYS_mkdirat, "mkdirat", DOES_NAME, 0, 1, -1, -1, -1 },
	{ SYS_mknod, "mknod", DOES_NAME, -1, 0, -1, -1, -1 },
	{ SYS_mknodat, "mknodat", DOES_NAME, 0, 1, -1, -1, -1 },
	{ SYS_link, "link", DOES_NAME, -1, 0, -1, 1, -1 },
	{ SYS_linkat, "linkat", DOES_NAME, 0, 1, 2, 3, -1 },
	{ SYS_symlink, "symlink", DOES_NAME, -1, 1, -1, -1, -1 },
	{ SYS_symlinkat, "symlinkat", DOES_NAME, 1, 2, -1, -1, -1 },
	{ SYS_ftruncate, "ftruncate", DOES_SIZE, 0, -1, -1, -1, -1 },
	{ SYS_truncate, "truncate", DOES_SIZE, -1, 0, -1, -1, -1 },
	{ SYS_fallocate, "fallocate", DOES_SIZE, 0, -1, -1, -1, -1 },
	{ SYS_setxattr, "setxattr", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_lsetxattr, "lsetxattr", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_fsetxattr, "fsetxattr", DOES_FACTS, 0, -1, -1, -1, -1 },
	{ SYS_removexattr, "removexattr", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_lremovexattr, "lremovexattr", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_fremovexattr, "fremovexattr", DOES_FACTS, 0, -1, -1, -1, -1 },
	{ SYS_utimensat, "utimensat", DOES_FACTS, 0, 1, -1, -1, -1 },
	{ SYS_futimesat, "futimesat", DOES_FACTS, 0, 1, -1, -1, -1 },
	{ SYS_utimes, "utimes", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_utime, "utime", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_chmod, "chmod", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_fchmod, "fchmod", DOES_FACTS, 0, -1, -1, -1, -1 },
	{ SYS_fchmodat, "fchmodat", DOES_FACTS, 0, 1, -1, -1, -1 },
	{ SYS_chown, "chown", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_lchown, "lchown", DOES_FACTS, -1, 0, -1, -1, -1 },
	{ SYS_fchown, "fchown", DOES_FACTS, 0, -1, -1, -1, -1 },
	{ SYS_fchownat, "fchownat", DOES_FACTS, 0, 1, -1, -1, -1 },
	{ SYS_read, "read", DOES_READ, 0, -1, -1, -1, -1 },
	{ SYS_pread64, "pread", DOES_READ, 0, -1, -1, -1, -1 },
	{ SYS_getdents64, "getdents", DOES_READ, 0, -1, -1, -1, -1 },
};
const size_t calls_count = sizeof calls / sizeof calls[0];

const struct call *
call_of(long number)
{
	for (size_t i = 0; i < calls_count; i++) {
		if (calls[i].number == number)
			return &calls[i];
	}
	return NULL;
}

/* What /proc says of a descriptor; "" for none. */
static void
path_of_descriptor(int fd, char out[WHERE_ROOM])
{
	char link[32] = "/proc/self/fd/";
	char digits[12];
	size_t count = 0;
	size_t at = strlen(link);

	out[0] = '\0';
	if (fd < 0 && fd != AT_FDCWD)
		return;
	if (fd == AT_FDCWD) {
		(void)past3(SYS_getcwd, (long)out, WHERE_ROOM, 0);
		return;
	}
	for (unsigned left = (unsigned)fd; left > 0 || count == 0; left /= 10)
		digits[count++] = (char)('0' + left % 10);
	while (count > 0)
		link[at++] = digits[--count];
	long got = past3(SYS_readlink, (long)link, (long)out, WHERE_ROOM - 1);
	out[got > 0 ? got : 0] = '\0';
}

/* "/proc/self/fd/7" is what that descriptor is of; -1: it is another path. */
static int
descriptor_named(const char *path)
{
	static const char by[] = "/proc/self/fd/";
	int fd = 0;

	if (strncmp(path, by, sizeof by - 1) != 0 || !path[sizeof by - 1])
		return -1;
	for (path += sizeof by - 1; *path >= '0' && *path <= '9'; path++)
		fd = 10 * fd + (*path - '0');
	return *path ? -1 : fd;
}

static void
join(int folder, const char *path, char out[WHERE_ROOM])
{
	int fd = path ? descriptor_named(path) : -1;
	size_t at = 0;

	if (fd >= 0) {
		path_of_descriptor(fd, out);
		return;
	}
	if (!path || path[0] != '/') {
		path_of_descriptor(folder, out);
		at = strlen(out);
	}
	if (!path)
		return;
	if (at > 0 && path[0] != '\0' && at + 1 < WHERE_ROOM)
		out[at++] = '/';
	for (; *path && at + 1 < WHERE_ROOM; path++)
		out[at++] = *path;
	out[at] = '\0';
}

static void
where(const struct asked *a, int folder, int path, char out[WHERE_ROOM])
{
	out[0] = '\0';
	if (folder < 0 && path < 0)
		return;
	join(folder < 0 ? AT_FDCWD : (int)a->args[folder],
	     path < 0 ? NULL : (const char *)a->args[path], out);
}

void
where_first(const struct asked *a, char out[WHERE_ROOM])
{
	where(a, a->call->folder, a->call->path, out);
}

void
where_second(const struct asked *a, char out[WHERE_ROOM])
{
	where(a, a->call->folder2, a->call->path2, out);
}

bool
where_is_under(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0' || path[len] == ' ');
}

static int
flags_of(const struct asked *a)
{
	if (a->call->number == SYS_creat)
		return O_WRONLY | O_CREAT | O_TRUNC;
	if (a->call->number == SYS_openat2)
		return (int)((const struct open_how *)a->args[2])->flags;
	return (int)a->args[a->call->path + 1];
}

bool
asked_is_opening_to_write(const struct asked *a)
{
	int flags = flags_of(a);

	return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
}

bool
asked_changes(const struct asked *a)
{
	if ((a->call->does & DOES_OPEN) != 0)
		return (flags_of(a) & (O_CREAT | O_TRUNC)) != 0;
	return (a->call->does & (DOES_WRITE | DOES_NAME | DOES_SIZE | DOES_FACTS)) != 0;
}

bool
where_stat(const struct asked *a, struct stat *out)
{
	const struct call *c = a->call;
	long folder = c->folder < 0 ? AT_FDCWD : a->args[c->folder];
	const char *path = c->path < 0 ? NULL : (const char *)a->args[c->path];
	bool follows = path && descriptor_named(path) >= 0;
	long flags = follows ? 0 : path ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH;
	long args[6] = { folder, (long)(path ? path : ""), (long)out, flags };

	return past(SYS_newfstatat, args) == 0;
}

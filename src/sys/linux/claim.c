/*
 * A lock on one byte far beyond the end of the file, of the kind that belongs
 * to the open file and not to the process: so it never meets the locks that
 * SQLite puts on the same file.
 */
#include "sys/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FAR_BEYOND ((off_t)1 << 62)

static struct flock
the_byte(void)
{
	return (struct flock){ .l_type = F_WRLCK,
		               .l_whence = SEEK_SET,
		               .l_start = FAR_BEYOND,
		               .l_len = 1 };
}

/* Opens it, or makes it; says which. */
static int
open_or_make(const char *path, bool *made)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	*made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd;
}

enum err
claim_take(const char *path, struct claim *out)
{
	struct flock byte = the_byte();

	*out = CLAIM_NONE;
	out->fd = open_or_make(path, &out->made);
	if (out->fd < 0)
		return ERR_SYSTEM;
	if (fcntl(out->fd, F_OFD_SETLK, &byte) == 0)
		return OK;
	/* A file system without locks: better no claim than no case. */
	if (errno != EAGAIN && errno != EACCES)
		return OK;
	claim_drop(out);
	return ERR_REFUSED;
}

bool
claim_is_taken(const char *path)
{
	struct flock byte = the_byte();
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return false;
	int got = fcntl(fd, F_OFD_GETLK, &byte);
	(void)close(fd);
	return got == 0 && byte.l_type != F_UNLCK;
}

void
claim_drop(struct claim *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	*c = CLAIM_NONE;
}

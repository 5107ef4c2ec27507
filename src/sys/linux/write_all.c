#include "sys/write_all.h"

#include <errno.h>
#include <unistd.h>

/* What one write came to; false where it is the last. */
static bool
goes_on(ssize_t put, struct span *bytes)
{
	if (put < 0)
		return errno == EINTR;
	if (put == 0) {
		errno = ENOSPC;
		return false;
	}
	(void)span_cut(bytes, (size_t)put);
	return true;
}

bool
write_all(int fd, struct span bytes)
{
	while (bytes.left > 0) {
		if (!goes_on(write(fd, bytes.at, bytes.left), &bytes))
			return false;
	}
	return true;
}

bool
write_all_at(int fd, struct span bytes, uint64_t offset)
{
	while (bytes.left > 0) {
		size_t left = bytes.left;

		if (!goes_on(pwrite(fd, bytes.at, left, (off_t)offset), &bytes))
			return false;
		offset += left - bytes.left;
	}
	return true;
}

#include "reach/hive_copy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "sys/write_all.h"

#define CHUNK (256u << 10)

uint64_t
hive_length(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size
	                                                        : 0;
}

/*
 * From *len on, to where `to` stands.  What it was short of, once it is not HEARD, is
 * in errno.
 */
static enum heard
copy(int from, int to, uint64_t *len)
{
	OWN(own_mem) uint8_t *chunk = malloc(CHUNK);

	if (!chunk)
		return NOT_ASKED;
	while (*len <= HIVE_MOST) {
		ssize_t got = pread(from, chunk, CHUNK, (off_t)*len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return HEARD_ODD;
		if (got == 0)
			return HEARD;
		if (!write_all(to, span_of(chunk, (size_t)got)))
			return NOT_ASKED;
		*len += (uint64_t)got;
	}
	return HEARD_REFUSED;
}

static enum heard
because(char why[WHY_ROOM], enum heard heard, const char *words)
{
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return heard;
}

/* For want of what; as copy left it in errno. */
static enum heard
failed(enum heard heard, char why[WHY_ROOM])
{
	char words[WHY_ROOM];

	if (heard == HEARD_REFUSED)
		return because(why, NOT_ASKED,
		               "this registry hive is larger than 512 MB, which none "
		               "of Windows is; see what was put in its place");
	(void)snprintf(words, sizeof words,
	               heard == HEARD_ODD
	                   ? "the file cannot be read: %s; copy it from another "
	                     "system, or look for an older copy of it"
	                   : "there is no memory for a copy of it: %s; close other "
	                     "programs",
	               strerror(errno));
	return because(why, heard, words);
}

bool
hive_fill_up(int memfd, int from)
{
	uint64_t len = hive_length(memfd);

	return len >= hive_length(from) || (lseek(memfd, (off_t)len, SEEK_SET) >= 0 &&
	                                    copy(from, memfd, &len) == HEARD);
}

enum heard
hive_copy(int from, int *memfd, uint64_t *len, char why[WHY_ROOM])
{
	*len = 0;
	*memfd = memfd_create("hive", MFD_CLOEXEC);
	enum heard heard = *memfd < 0 ? NOT_ASKED : copy(from, *memfd, len);
	if (heard == HEARD)
		return HEARD;
	heard = failed(heard, why);
	if (*memfd >= 0)
		close(*memfd);
	*memfd = -1;
	return heard;
}

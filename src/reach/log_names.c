#include "reach/log_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum err
take_names(DIR *folder, struct buf *text, size_t *count)
{
	for (;;) {
		errno = 0;
		const struct dirent *d = readdir(folder);

		if (!d)
			return errno ? ERR_SYSTEM : OK;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		size_t room = strlen(d->d_name) + 1;
		if (room > LOG_NAMES_MOST - text->len)
			return ERR_LIMIT;
		buf_put(text, d->d_name, room);
		if (text->bad)
			return ERR_MEMORY;
		++*count;
	}
}

static enum err
read_all(int folder, struct buf *text, size_t *count)
{
	/* A stream of its own: it closes what it was given. */
	int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

	if (!stream) {
		int why = errno;

		if (fd >= 0)
			close(fd);
		errno = why;
		return ERR_SYSTEM;
	}
	rewinddir(stream);
	enum err err = take_names(stream, text, count);
	int why = errno;
	closedir(stream);
	errno = why;
	return err;
}

static int
by_bytes(const void *a, const void *b, void *text)
{
	const char *all = text;

	return strcmp(all + *(const uint32_t *)a, all + *(const uint32_t *)b);
}

static enum err
sort(struct log_names *n, struct buf *text)
{
	uint32_t at = (uint32_t)n->before;

	n->at = calloc(n->count + 1, sizeof *n->at);
	if (!n->at)
		return ERR_MEMORY;
	for (size_t i = 0; i < n->count; i++) {
		n->at[i] = at;
		at += (uint32_t)strlen((const char *)text->at + at) + 1;
	}
	if (n->count > 1)
		qsort_r(n->at, n->count, sizeof *n->at, by_bytes, text->at);
	return OK;
}

enum err
log_names_read(int folder, struct buf *text, struct log_names *out)
{
	*out = (struct log_names){ .before = text->len };
	enum err err = read_all(folder, text, &out->count);
	if (err == OK)
		err = sort(out, text);
	if (err != OK) {
		int why = errno;

		log_names_free(out, text);
		errno = why;
	}
	return err;
}

const char *
log_names_get(const struct log_names *n, const struct buf *text, size_t i)
{
	return (const char *)text->at + n->at[i];
}

void
log_names_free(struct log_names *n, struct buf *text)
{
	text->len = n->before;
	free(n->at);
	*n = (struct log_names){ .before = 0 };
}

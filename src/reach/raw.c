#include "reach/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define STANDARD_INPUT "-"

struct raw {
	struct machine machine; /* first: a machine is one of these */
	int fd;
	bool is_stream;    /* can be read once, from the beginning to the end */
	uint64_t position; /* of a stream */
	uint64_t size;     /* UINT64_MAX: not known before the end */
};

static struct raw *
raw_of(struct machine *m)
{
	return (struct raw *)m;
}

static bool
is_the_file(const char *path)
{
	return strcmp(path, RAW_FILE) == 0;
}

/* ---- what a machine is asked */

static enum heard
raw_key(struct machine *m, const char *path, struct reg_key *out)
{
	(void)m;
	(void)path;
	(void)out;
	return HEARD_NOTHING;
}

static enum heard
raw_stat(struct machine *m, const char *path, struct file_facts *out)
{
	if (!is_the_file(path))
		return HEARD_NOTHING;
	out->size = raw_of(m)->size;
	return HEARD;
}

static enum heard
raw_list(struct machine *m, const char *path, struct file_list *out)
{
	(void)m;
	(void)path;
	(void)out;
	return HEARD_NOTHING;
}

static enum heard
raw_security(struct machine *m, const char *path, struct buf *out)
{
	(void)m;
	(void)path;
	(void)out;
	return NOT_ASKED;
}

static enum heard
raw_open_file(struct machine *m, const char *path, struct machine_file *out)
{
	if (!is_the_file(path))
		return HEARD_NOTHING;
	*out = (struct machine_file){ .size = raw_of(m)->size };
	return HEARD;
}

static enum heard
broke_off(struct machine *m, uint64_t at)
{
	return machine_because(m, HEARD_SHORT,
	                       "cannot read %.200s from byte %llu on: %s; copy it with "
	                       "ddrescue and look at the copy",
	                       m->called, (unsigned long long)at, strerror(errno));
}

/* A part of what is wanted; 0 at the end, -1: errno says why. */
static ssize_t
read_some(struct raw *r, uint64_t at, void *to, size_t len)
{
	for (;;) {
		ssize_t n = r->is_stream ? read(r->fd, to, len)
		                         : pread(r->fd, to, len, (off_t)at);

		if (n >= 0 || errno != EINTR)
			return n;
	}
}

static enum heard
raw_read(struct machine *m, const struct machine_file *f, struct machine_want want,
         size_t *got)
{
	struct raw *r = raw_of(m);

	(void)f;
	*got = 0;
	if (r->is_stream && want.offset != r->position)
		return machine_because(
		    m, NOT_ASKED, "standard input can be read once only; name a file");
	while (*got < want.len && want.offset <= INT64_MAX - want.len) {
		ssize_t n = read_some(r, want.offset + *got, (char *)want.to + *got,
		                      want.len - *got);

		if (n < 0)
			return broke_off(m, want.offset + *got);
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	r->position += *got;
	return HEARD;
}

static void
raw_close(struct machine *m, struct machine_file *f)
{
	(void)m;
	(void)f;
}

static void
raw_free(struct machine *m)
{
	close(raw_of(m)->fd);
	free(m);
}

static const struct machine_ops raw_ops = {
	.key = raw_key,
	.stat = raw_stat,
	.list = raw_list,
	.security = raw_security,
	.open = raw_open_file,
	.read = raw_read,
	.close = raw_close,
	.free = raw_free,
};

/* ---- opening */

static enum err
refuse(char why[WHY_ROOM], const char *path, const char *what)
{
	char words[WHY_ROOM];

	(void)snprintf(words, sizeof words, "cannot look at %s: %s", path, what);
	(void)text_copy_utf8(why, WHY_ROOM, words);
	return ERR_REFUSED;
}

/* Nothing that waits for somebody is opened by name. */
static enum err
open_file(const char *path, struct raw *r, char why[WHY_ROOM])
{
	struct stat s;

	r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (r->fd < 0)
		return refuse(why, path,
		              errno == EACCES || errno == EPERM
		                  ? "no permission to read it; run as root"
		                  : strerror(errno));
	off_t size = fstat(r->fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISBLK(s.st_mode))
	                 ? lseek(r->fd, 0, SEEK_END)
	                 : -1;
	if (size < 0)
		return refuse(
		    why, path,
		    "it is no file and no disk; feed it to standard input (-)");
	r->size = (uint64_t)size;
	(void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return OK;
}

static enum err
open_input(struct raw *r, char why[WHY_ROOM])
{
	r->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	r->is_stream = true;
	r->size = UINT64_MAX;
	if (r->fd < 0)
		return refuse(why, "standard input", strerror(errno));
	if (isatty(r->fd))
		return refuse(why, "standard input",
		              "it is a terminal; feed a file to it, or name one");
	return OK;
}

enum err
raw_open(const char *path, struct machine **out, char why[WHY_ROOM])
{
	bool is_input = strcmp(path, STANDARD_INPUT) == 0;
	struct raw *r = calloc(1, sizeof *r);

	if (!r)
		return ERR_MEMORY;
	r->machine.ops = &raw_ops;
	(void)text_copy_utf8(r->machine.called, sizeof r->machine.called,
	                     is_input ? "standard input" : path);
	enum err err = is_input ? open_input(r, why) : open_file(path, r, why);
	if (err == OK) {
		*out = &r->machine;
		return OK;
	}
	if (r->fd >= 0)
		close(r->fd);
	free(r);
	return err;
}

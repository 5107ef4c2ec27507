#include "mend/hive_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/own.h"
#include "reach/hive_copy.h"
#include "sys/write_all.h"

#define CHUNK (256u << 10)

const char *const hive_log_endings[HIVE_LOGS_MOST] = { ".LOG", ".LOG1", ".LOG2" };
#define LOG_OF_XP 0
#define LOG_OF_VISTA 1
#define SECOND_OF_VISTA 2

#define WRITE_FLAGS (O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define NEW_MODE 0600

/* ---- opening */

static enum err
find_logs(struct hive_place *p, const char *path)
{
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++) {
		char log[PATH_ROOM + 8];

		(void)snprintf(log, sizeof log, "%s%s", path, hive_log_endings[i]);
		if (strlen(log) >= PATH_ROOM)
			return step_refuse(p->stage, "%.200s: its path is too long",
			                   path);
		TRY(step_find_beside(p->stage, log, &p->logs[i]));
		if (p->logs[i].there)
			TRY(spot_open(p->stage, &p->logs[i], &p->log_fds[i]));
	}
	return OK;
}

enum err
hive_place_open(struct stage *stage, const char *path, struct hive_place *out)
{
	*out = (struct hive_place)HIVE_PLACE_NONE;
	out->stage = stage;
	TRY(step_find(stage, path, &out->hive));
	if (!out->hive.there || !S_ISREG(out->hive.stat.st_mode))
		return step_refuse(stage,
		                   "%.200s is not there, or is no file; put the hive "
		                   "back where it was",
		                   path);
	TRY(spot_open(stage, &out->hive, &out->fd));
	return find_logs(out, path);
}

static void
let_go(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
hive_place_let_go(struct hive_place *p)
{
	let_go(&p->fd);
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		let_go(&p->log_fds[i]);
}

void
hive_place_close(struct hive_place *p)
{
	hive_place_let_go(p);
	spot_close(&p->hive);
	for (size_t i = 0; i < HIVE_LOGS_MOST; i++)
		spot_close(&p->logs[i]);
}

size_t
hive_place_choose_log(const struct hive_place *p)
{
	if (p->logs[LOG_OF_VISTA].there || p->logs[SECOND_OF_VISTA].there)
		return LOG_OF_VISTA;
	return LOG_OF_XP;
}

size_t
hive_place_log_of(const struct hive_change *c)
{
	return strcmp(c->log_ending, hive_log_endings[LOG_OF_VISTA]) == 0 ? LOG_OF_VISTA
	                                                                  : LOG_OF_XP;
}

/* ---- reading */

/* An open file. */
struct source {
	int fd;
	const char *path;
};

static enum err
length_of(struct hive_place *p, struct source from, size_t *out)
{
	uint64_t len = hive_length(from.fd);

	*out = (size_t)len;
	if (len <= HIVE_MOST)
		return OK;
	return step_refuse(p->stage,
	                   "%.200s is larger than 512 MB, which none of Windows "
	                   "is; see what was put in its place",
	                   from.path);
}

/* `len` bytes that are there. */
static enum err
read_at(struct hive_place *p, struct source from, size_t offset, uint8_t *to,
        size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t got = pread(from.fd, to + at, len - at, (off_t)(offset + at));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return step_because(p->stage, "read", from.path,
			                    got < 0 ? errno : EIO);
		at += (size_t)got;
	}
	return OK;
}

enum err
hive_place_read(struct hive_place *p, int fd, const char *path, struct buf *to)
{
	struct source from = { fd, path };
	size_t len = 0;

	TRY(length_of(p, from, &len));
	buf_init(to, len);
	buf_zero(to, len);
	if (to->bad)
		return ERR_MEMORY;
	return read_at(p, from, 0, to->at, len);
}

enum err
hive_place_glance(struct hive_place *p, struct hive_glance *g)
{
	OWN(own_mem) uint8_t *chunk = malloc(CHUNK);
	struct source from = { p->fd, p->hive.path };
	struct sha256_ctx sha;
	size_t len = 0;

	if (!chunk)
		return ERR_MEMORY;
	TRY(length_of(p, from, &len));
	sha256_init(&sha);
	for (size_t at = 0; at < len;) {
		size_t part = len - at < CHUNK ? len - at : CHUNK;

		TRY(read_at(p, from, at, chunk, part));
		if (at == 0)
			(void)span_copy(span_of(chunk, part), g->base, sizeof g->base);
		sha256_update(&sha, part, chunk);
		at += part;
	}
	sha256_digest(&sha, sizeof g->sha256, g->sha256);
	g->len = len;
	return OK;
}

/* ---- writing */

static int
fd_of(const struct hive_place *p, enum hive_file which)
{
	return which == HIVE_ITSELF ? p->fd : p->log_fds[p->log];
}

static const char *
path_of(const struct hive_place *p, enum hive_file which)
{
	return which == HIVE_ITSELF ? p->hive.path : p->logs[p->log].path;
}

static struct hive_place *
place_of(struct hive_store *s)
{
	return (struct hive_place *)s;
}

static enum err
store_write(struct hive_store *s, enum hive_file which, uint64_t offset,
            struct span bytes)
{
	struct hive_place *p = place_of(s);

	step_may_write(p->stage, p->row);
	return write_all_at(fd_of(p, which), bytes, offset)
	           ? OK
	           : step_because(p->stage, "write to", path_of(p, which), errno);
}

static enum err
store_set_length(struct hive_store *s, enum hive_file which, uint64_t len)
{
	struct hive_place *p = place_of(s);

	if (hive_length(fd_of(p, which)) == len)
		return OK;
	step_may_write(p->stage, p->row);
	if (ftruncate(fd_of(p, which), (off_t)len) == 0)
		return OK;
	return step_because(p->stage, "set the length of", path_of(p, which), errno);
}

static enum err
store_sync(struct hive_store *s, enum hive_file which)
{
	struct hive_place *p = place_of(s);

	if (fsync(fd_of(p, which)) == 0)
		return OK;
	return step_because(p->stage, "sync", path_of(p, which), errno);
}

static enum err
store_read_base(struct hive_store *s, uint8_t base[HIVE_BASE])
{
	struct hive_place *p = place_of(s);
	ssize_t got = pread(p->fd, base, HIVE_BASE, 0);

	if (got == HIVE_BASE)
		return OK;
	return step_because(p->stage, "read", p->hive.path, got < 0 ? errno : EIO);
}

static enum err
store_read_log(struct hive_store *s, struct buf *out, bool *there)
{
	struct hive_place *p = place_of(s);

	*there = p->log_fds[p->log] >= 0;
	return *there
	           ? hive_place_read(p, p->log_fds[p->log], p->logs[p->log].path, out)
	           : OK;
}

static enum err
sync_folder(struct hive_place *p)
{
	if (fsync(p->hive.folder) == 0)
		return OK;
	return step_because(p->stage, "sync the folder of", p->hive.path, errno);
}

/* Is what is open still what the name leads to? */
static bool
is_still_there(int fd, const struct spot *s)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 &&
	       fstatat(s->folder, s->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino &&
	       S_ISREG(opened.st_mode);
}

static enum err
store_make_log(struct hive_store *s)
{
	struct hive_place *p = place_of(s);
	struct spot *log = &p->logs[p->log];

	if (p->log_fds[p->log] >= 0)
		return OK;
	step_may_write(p->stage, p->row);
	p->log_fds[p->log] = openat(log->folder, log->name,
	                            WRITE_FLAGS | O_CREAT | O_EXCL, NEW_MODE);
	if (p->log_fds[p->log] < 0)
		return step_because(p->stage, "make", log->path, errno);
	return sync_folder(p);
}

static enum err
store_drop_log(struct hive_store *s)
{
	struct hive_place *p = place_of(s);
	struct spot *log = &p->logs[p->log];

	if (p->log_fds[p->log] < 0)
		return OK;
	step_may_write(p->stage, p->row);
	if (!is_still_there(p->log_fds[p->log], log))
		return step_refuse(p->stage,
		                   "%.200s is another file than a moment ago; end what "
		                   "else uses the volume, then begin again",
		                   log->path);
	let_go(&p->log_fds[p->log]);
	if (unlinkat(log->folder, log->name, 0) != 0)
		return step_because(p->stage, "remove", log->path, errno);
	return sync_folder(p);
}

static const struct hive_store_ops store_ops = {
	.write = store_write,
	.set_length = store_set_length,
	.sync = store_sync,
	.read_base = store_read_base,
	.read_log = store_read_log,
	.make_log = store_make_log,
	.drop_log = store_drop_log,
};

/* The file that was read, once more. */
static enum err
open_again(struct hive_place *p, const struct spot *s, int *fd)
{
	let_go(fd);
	*fd = openat(s->folder, s->name, WRITE_FLAGS);
	if (*fd < 0)
		return step_because(p->stage, "write to", s->path, errno);
	struct stat now;
	if (fstat(*fd, &now) == 0 && now.st_ino == s->stat.st_ino &&
	    now.st_dev == s->stat.st_dev && S_ISREG(now.st_mode))
		return OK;
	return step_refuse(p->stage,
	                   "%.200s is another file than a moment ago; end what else "
	                   "uses the volume, then begin again",
	                   s->path);
}

enum err
hive_place_for_writing(struct hive_place *p, const struct step_row *row,
                       const struct hive_change *c)
{
	p->store.ops = &store_ops;
	p->row = row;
	p->log = hive_place_log_of(c);
	TRY(open_again(p, &p->hive, &p->fd));
	if (p->logs[p->log].there)
		return open_again(p, &p->logs[p->log], &p->log_fds[p->log]);
	if (!c->has_log)
		return OK;
	return step_refuse(p->stage,
	                   "%.200s, the log beside the hive, is gone; put it "
	                   "back where it was",
	                   p->logs[p->log].path);
}

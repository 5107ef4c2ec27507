/*
 * What was done beneath the watched folders, in order, with the bytes: enough to do
 * it again in part (tests/faults/replay.py reads it).
 */
#include "preload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

/* Followed by the path, the second path or name, and the bytes. */
struct record {
	char call[16];
	int64_t result;
	uint64_t offset; /* of a write; the length of a truncation */
	uint64_t device, inode;
	uint32_t flags, mode;
	uint32_t was_there; /* before the call, by that name */
	uint32_t path_len, second_len, bytes_len;
};

static bool
is_watched(const char *path)
{
	for (size_t i = 0; i < settings.under_count; i++) {
		if (where_is_under(path, settings.under[i]))
			return true;
	}
	return false;
}

static void
put(const void *bytes, size_t len)
{
	past_write(settings.trace_fd, bytes, len);
}

void
trace_before(const struct asked *a, struct trace_note *note)
{
	memset(note, 0, sizeof *note);
	if (a->call->path >= 0 && a->args[a->call->path] != 0)
		note->was_there = where_stat(a, &note->before);
}

static uint64_t
offset_of(const struct asked *a, long result)
{
	switch (a->call->number) {
	case SYS_pwrite64:
	case SYS_pwritev:
	case SYS_pwritev2: return (uint64_t)a->args[3];
	case SYS_ftruncate:
	case SYS_truncate: return (uint64_t)a->args[1];
	case SYS_write:
	case SYS_writev:
		return (uint64_t)(past3(SYS_lseek, a->args[0], 0, SEEK_CUR) - result);
	default: return 0;
	}
}

/* Kernel interfaces that hand over bytes by another way are not replayed: say so. */
static bool
is_replayable(const struct asked *a)
{
	switch (a->call->number) {
	case SYS_sendfile:
	case SYS_copy_file_range:
	case SYS_splice:
	case SYS_fallocate:
	case SYS_ioctl:
	case SYS_futimesat:
	case SYS_utimes:
	case SYS_utime: return false;
	default: return true;
	}
}

static size_t
length_of(const struct asked *a, long result)
{
	switch (a->call->number) {
	case SYS_setxattr:
	case SYS_lsetxattr:
	case SYS_fsetxattr: return (size_t)a->args[3];
	case SYS_utimensat: return a->args[2] ? 2 * sizeof(struct timespec) : 0;
	default: return (a->call->does & DOES_WRITE) != 0 ? (size_t)result : 0;
	}
}

static void
put_vector(const struct iovec *v, size_t left)
{
	for (; left > 0; v++) {
		size_t len = v->iov_len < left ? v->iov_len : left;

		put(v->iov_base, len);
		left -= len;
	}
}

static void
put_bytes(const struct asked *a, size_t len)
{
	bool is_vector = (a->call->does & DOES_WRITE) != 0 && a->call->len < 0;
	int at = a->call->number == SYS_write || a->call->number == SYS_pwrite64 ? 1
	                                                                         : 2;

	if (is_vector)
		put_vector((const struct iovec *)a->args[1], len);
	else
		put((const void *)a->args[at], len);
}

/* Of an attribute its name; of a call with two paths the other one. */
static void
second_of(const struct asked *a, char out[WHERE_ROOM])
{
	bool is_attribute = strstr(a->call->name, "xattr") != NULL;

	out[0] = '\0';
	if (is_attribute)
		strncat(out, (const char *)a->args[1], WHERE_ROOM - 1);
	else
		where_second(a, out);
}

static uint32_t
flags_of(const struct asked *a)
{
	switch (a->call->number) {
	case SYS_renameat2: return (uint32_t)a->args[4];
	case SYS_unlinkat: return (uint32_t)a->args[2];
	case SYS_open: return (uint32_t)a->args[1];
	case SYS_openat: return (uint32_t)a->args[2];
	case SYS_openat2: return *(const uint32_t *)a->args[2];
	default: return 0;
	}
}

static void
identify(const struct asked *a, const struct trace_note *note, long result,
         struct record *out)
{
	struct stat st;
	const long opened[6] = { result, (long)"", (long)&st, AT_EMPTY_PATH };
	bool known;

	if ((a->call->does & DOES_OPEN) != 0)
		known = past(SYS_newfstatat, opened) == 0;
	else if (note->was_there) {
		st = note->before;
		known = true;
	} else
		known = where_stat(a, &st);
	if (!known)
		return;
	out->device = st.st_dev;
	out->inode = st.st_ino;
	out->mode = st.st_mode;
}

static uint32_t
mode_of(const struct asked *a, uint32_t seen)
{
	if (a->call->number == SYS_fchmod || a->call->number == SYS_chmod)
		return (uint32_t)a->args[1];
	return a->call->number == SYS_fchmodat ? (uint32_t)a->args[2] : seen;
}

void
trace_after(const struct asked *a, const struct trace_note *note, long result)
{
	char path[WHERE_ROOM];
	char second[WHERE_ROOM];
	struct record r = { .result = result, .was_there = note->was_there };

	if (result < 0 || (!asked_changes(a) && (a->call->does & DOES_SYNC) == 0))
		return;
	where_first(a, path);
	second_of(a, second);
	/* What is synced may be the folder above that has one of their names. */
	if ((a->call->does & DOES_SYNC) == 0 && !is_watched(path) &&
	    !is_watched(second))
		return;
	if (!is_replayable(a)) {
		say("cannot be replayed: ", a->call->name, path);
		end_aborted();
	}
	strncat(r.call, a->call->name, sizeof r.call - 1);
	identify(a, note, result, &r);
	r.mode = mode_of(a, r.mode);
	r.offset = offset_of(a, result);
	r.flags = flags_of(a);
	r.path_len = (uint32_t)strlen(path);
	r.second_len = (uint32_t)strlen(second);
	r.bytes_len = (uint32_t)length_of(a, result);
	put(&r, sizeof r);
	put(path, r.path_len);
	put(second, r.second_len);
	put_bytes(a, r.bytes_len);
}

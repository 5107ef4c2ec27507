#include "reach/log_keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "sys/write_all.h"

#define CHUNK (256u << 10)

/* What is only zeros is a hole, and costs nothing. */
static bool
put_at(int fd, struct span s, uint64_t at)
{
	return span_is_zero(s) || write_all_at(fd, s, at);
}

static int
file_without_a_name(void)
{
	const char *const folders[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
	int fd = -1;

	for (size_t i = 0; i < sizeof folders / sizeof folders[0] && fd < 0; i++) {
		if (folders[i])
			fd = open(folders[i], O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC,
			          0600);
	}
	return fd;
}

/* Past the end of what was written there is a hole as well: zeros. */
static bool
copy_chunk(const struct log_keep *k, int to, uint8_t *chunk, uint64_t at)
{
	size_t want = k->len - at < CHUNK ? (size_t)(k->len - at) : CHUNK;

	memset(chunk, 0, want);
	return pread(k->fd, chunk, want, (off_t)at) >= 0 &&
	       put_at(to, span_of(chunk, want), at);
}

static enum err
copy_all(const struct log_keep *k, int to, struct log_pulse *pulse, bool *moved)
{
	OWN(own_mem) uint8_t *chunk = malloc(CHUNK);

	if (!chunk)
		return ERR_MEMORY;
	for (uint64_t at = 0; *moved && at < k->len; at += CHUNK) {
		*moved = copy_chunk(k, to, chunk, at);
		TRY(log_pulse(pulse, 0));
	}
	return OK;
}

/* What is in memory so far goes to a file, as all that comes now. */
static enum err
move_to_file(struct log_keep *k, struct log_pulse *pulse, bool *moved)
{
	int to = file_without_a_name();

	*moved = to >= 0;
	enum err err = *moved ? copy_all(k, to, pulse, moved) : OK;
	int why = errno;
	close(k->fd);
	k->fd = to;
	k->is_in_memory = false;
	errno = why;
	return err;
}

enum err
log_keep_begin(struct log_keep *k, uint64_t memory_most)
{
	*k = (struct log_keep){ .memory_most = memory_most, .is_in_memory = true };
	k->fd = memfd_create("event log", MFD_CLOEXEC);
	return k->fd < 0 ? ERR_SYSTEM : OK;
}

enum err
log_keep_put(struct log_keep *k, struct span s, struct log_pulse *pulse, bool *kept)
{
	*kept = true;
	if (k->is_in_memory && k->len + s.left > k->memory_most)
		TRY(move_to_file(k, pulse, kept));
	*kept = *kept && put_at(k->fd, s, k->len);
	if (*kept)
		k->len += s.left;
	return OK;
}

int
log_keep_end(struct log_keep *k)
{
	int fd = k->fd;

	if (fd >= 0 && ftruncate(fd, (off_t)k->len) != 0)
		return -1;
	k->fd = -1;
	return fd;
}

void
log_keep_drop(struct log_keep *k)
{
	int why = errno;

	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
	errno = why;
}

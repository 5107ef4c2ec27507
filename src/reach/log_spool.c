#include "reach/log_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "format/log_carve.h"

#define CHUNK (256u << 10)
#define WAIT_MS 50
#define IN_MEMORY_MOST (64u << 20)

struct spool {
	int from;
	int to; /* -1: none */
	uint8_t *chunk;
	uint64_t len;
	bool is_in_memory;
	uint8_t beginning[LOG_BEGINNING];
};

enum log_kind
log_spool_kind(const uint8_t *beginning, size_t len)
{
	static const uint8_t evt[LOG_BEGINNING] = { 0x30, 0, 0, 0, 'L', 'f', 'L', 'e' };

	if (len < LOG_BEGINNING)
		return LOG_IS_NONE;
	if (memcmp(beginning, "ElfFile", LOG_BEGINNING) == 0)
		return LOG_IS_EVTX;
	if (memcmp(beginning, evt, LOG_BEGINNING) == 0)
		return LOG_IS_EVT;
	return log_carve_begins(span_of(beginning, len)) ? LOG_IS_CARVED : LOG_IS_NONE;
}

/* ---- where it goes */

static bool
write_all(int fd, const uint8_t *at, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, at, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		len -= (size_t)put;
	}
	return true;
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

/*
 * What is in memory so far goes to a file, as all that comes now.  The chunk is used.
 * *moved is false where there is no room, and errno says why.
 */
static enum err
move_to_file(struct spool *s, struct log_pulse *pulse, bool *moved)
{
	int memory = s->to;
	enum err err = OK;

	s->to = file_without_a_name();
	*moved = s->to >= 0;
	for (uint64_t at = 0; *moved && err == OK && at < s->len;) {
		ssize_t got = pread(memory, s->chunk, CHUNK, (off_t)at);

		*moved = got > 0 && write_all(s->to, s->chunk, (size_t)got);
		at += *moved ? (uint64_t)got : 0;
		err = *moved ? log_pulse(pulse, 0) : OK;
	}
	int why = errno;
	close(memory);
	errno = why;
	s->is_in_memory = false;
	return err;
}

/* ---- where it comes from */

/* The pipe may be silent for long, and the user wants to stop. */
static enum err
wait_for_some(const struct spool *s, struct log_pulse *pulse)
{
	struct pollfd p = { .fd = s->from, .events = POLLIN };

	while (poll(&p, 1, WAIT_MS) <= 0)
		TRY(log_pulse(pulse, 0));
	return log_pulse(pulse, 0);
}

/* 0: its end; -1: errno. */
static ssize_t
take_some(struct spool *s)
{
	ssize_t got = read(s->from, s->chunk, CHUNK);

	if (got > 0 && s->len < LOG_BEGINNING) {
		size_t room = LOG_BEGINNING - (size_t)s->len;

		(void)span_copy(span_of(s->chunk, (size_t)got), s->beginning + s->len,
		                room);
	}
	return got;
}

/* It ends here, with errno; `what` happened after so many bytes, and what to do now. */
static enum err
because(struct spool *s, const char *what, const char *now, char why[WHY_ROOM])
{
	(void)snprintf(why, WHY_ROOM, "%s after %llu bytes: %s; %s", what,
	               (unsigned long long)s->len, strerror(errno), now);
	if (s->to >= 0)
		close(s->to);
	s->to = -1;
	return OK;
}

static enum err
cannot_read(struct spool *s, char why[WHY_ROOM])
{
	return because(s, "cannot be read any further",
	               "write it to a file, and name that", why);
}

static enum err
cannot_keep(struct spool *s, char why[WHY_ROOM])
{
	return because(s, "there is no room for what comes",
	               "set TMPDIR to a folder with more, or name the file itself",
	               why);
}

/* *goes_on is false at its end, and where something went wrong. */
static enum err
take_and_keep(struct spool *s, struct log_pulse *pulse, char why[WHY_ROOM],
              bool *goes_on)
{
	ssize_t got = take_some(s);
	bool moved = true;

	*goes_on = got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got <= 0)
		return *goes_on || got == 0 ? OK : cannot_read(s, why);
	*goes_on = write_all(s->to, s->chunk, (size_t)got);
	if (!*goes_on)
		return cannot_keep(s, why);
	s->len += (uint64_t)got;
	if (s->is_in_memory && s->len > IN_MEMORY_MOST)
		TRY(move_to_file(s, pulse, &moved));
	*goes_on = moved;
	return moved ? OK : cannot_keep(s, why);
}

static enum err
fill(struct spool *s, struct log_pulse *pulse, char why[WHY_ROOM])
{
	bool goes_on = true;

	while (goes_on) {
		TRY(wait_for_some(s, pulse));
		TRY(take_and_keep(s, pulse, why, &goes_on));
		if (s->len >= LOG_BEGINNING &&
		    log_spool_kind(s->beginning, LOG_BEGINNING) == LOG_IS_NONE)
			return OK;
	}
	return OK;
}

enum err
log_spool(int from, struct log_pulse *pulse, int *fd, char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *chunk = malloc(CHUNK);
	struct spool s = { .from = from, .to = -1, .chunk = chunk };

	*fd = -1;
	if (!chunk)
		return ERR_MEMORY;
	s.to = memfd_create("event log", MFD_CLOEXEC);
	if (s.to < 0)
		return ERR_SYSTEM;
	s.is_in_memory = true;
	enum err err = fill(&s, pulse, why);
	if (err != OK && s.to >= 0)
		close(s.to);
	else
		*fd = s.to;
	return err;
}

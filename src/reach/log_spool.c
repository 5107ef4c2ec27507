#include "reach/log_spool.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "reach/log_keep.h"
#include "reach/log_known.h"

#define CHUNK (256u << 10)
#define WAIT_MS 50
#define IN_MEMORY_MOST (64u << 20)

struct spool {
	int from;
	struct log_keep to;
	uint8_t *chunk;
	struct buf beginning; /* as far as it is needed to know what it is */
};

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
	size_t room = LOG_BEGINNING - s->beginning.len;

	if (got > 0)
		buf_put(&s->beginning, s->chunk,
		        (size_t)got < room ? (size_t)got : room);
	return got;
}

/* It ends here, with errno; `what` happened after so many bytes, and what to do now. */
static enum err
because(struct spool *s, const char *what, const char *now, char why[WHY_ROOM])
{
	(void)snprintf(why, WHY_ROOM, "%s after %llu bytes: %s; %s", what,
	               (unsigned long long)s->to.len, strerror(errno), now);
	log_keep_drop(&s->to);
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

	*goes_on = got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got <= 0)
		return *goes_on || got == 0 ? OK : cannot_read(s, why);
	TRY(log_keep_put(&s->to, span_of(s->chunk, (size_t)got), pulse, goes_on));
	return *goes_on ? OK : cannot_keep(s, why);
}

/* Of what is no event log no more than it takes to know that. */
static bool
is_worth_it(const struct spool *s)
{
	struct log_known known = log_known(buf_span(&s->beginning));

	return s->to.len < LOG_BEGINNING || known.kind != LOG_IS_NONE ||
	       known.is_packed;
}

static enum err
fill(struct spool *s, struct log_pulse *pulse, char why[WHY_ROOM])
{
	bool goes_on = true;

	while (goes_on && is_worth_it(s)) {
		TRY(wait_for_some(s, pulse));
		TRY(take_and_keep(s, pulse, why, &goes_on));
	}
	return s->beginning.bad ? ERR_MEMORY : OK;
}

enum err
log_spool(int from, struct log_pulse *pulse, int *fd, char why[WHY_ROOM])
{
	OWN(own_mem) uint8_t *chunk = malloc(CHUNK);
	struct spool s = { .from = from, .chunk = chunk };

	*fd = -1;
	if (!chunk)
		return ERR_MEMORY;
	TRY(log_keep_begin(&s.to, IN_MEMORY_MOST));
	buf_init(&s.beginning, LOG_BEGINNING);
	enum err err = fill(&s, pulse, why);
	buf_free(&s.beginning);
	if (err == OK && s.to.fd >= 0) {
		*fd = log_keep_end(&s.to);
		if (*fd < 0)
			err = cannot_keep(&s, why);
	}
	log_keep_drop(&s.to);
	return err;
}

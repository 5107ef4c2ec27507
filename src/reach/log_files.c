/*
 * What is found is gathered into batches of as many as a child takes as its inputs: so
 * 100,000 small files cost 3,000 processes, and one large file costs one.  A child
 * that dies takes the file at hand with it, from there on; another one goes on behind
 * it.
 */
#include "reach/log_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "base/text.h"
#include "reach/cage.h"
#include "reach/log_pulse.h"
#include "reach/log_serve.h"
#include "reach/log_talk.h"
#include "reach/log_walk.h"

#define BATCH_MOST (CAGE_INPUTS_MOST - 1)
#define SECONDS 60           /* for a piece of 4 MB */
#define SLOW_DISK (8u << 20) /* bytes a second: an .evt may be read through at first */

struct run {
	const struct log_sink *sink;
	struct log_pulse pulse;

	/* The batch: what was found, and not handed on yet. */
	size_t count;
	int fds[BATCH_MOST]; /* -1: it is told as it is */
	struct log_told told[BATCH_MOST];

	struct cage *cage;    /* NULL: none yet, or it died */
	struct cage *leaving; /* the one before, which takes its time to die */
	struct log_inputs inputs;
	struct buf answer;
};

typedef unsigned long long ull;

/* ---- what is told of a log */

/* Of a file that begins like no event log, and has been searched for what was one. */
static void
tell_carved(struct log_told *t, bool is_none)
{
	if (is_none) {
		t->kind = LOG_IS_NONE;
		(void)text_copy(t->why, WHY_ROOM,
		                "is no event log (.evt, .evtx), and nothing of one is "
		                "in it; name one, or a folder with some");
	} else {
		(void)snprintf(t->why, WHY_ROOM,
		               "begins like no event log, and %llu records of such are "
		               "in it: how old they are is for their times to say; "
		               "look for the logs themselves, too",
		               (ull)t->recovered);
	}
}

/* What there is to say where the child has come to its end. */
static void
tell_end(struct log_told *t, const struct log_answer *a)
{
	if (t->kind == LOG_IS_CARVED && a->unread == 0) {
		tell_carved(t, a->said == LOG_SAID_NONE);
	} else if (a->said == LOG_SAID_NONE) {
		t->kind = LOG_IS_NONE;
		(void)text_copy(t->why, WHY_ROOM,
		                "begins like an event log (.evt), and has no record in "
		                "it; look for an older copy of it");
	} else if (a->said == LOG_SAID_MEMORY) {
		(void)text_copy(t->why, WHY_ROOM,
		                "cannot be mapped into memory; copy it to another "
		                "disk, or close other programs");
	} else if (a->unread > 0) {
		(void)snprintf(t->why, WHY_ROOM,
		               "%llu bytes of it cannot be read, the first at byte "
		               "%llu: %s; look for another copy of it",
		               (ull)a->unread, (ull)a->unread_at,
		               strerror((int)a->unread_why));
	}
}

/* `heard` as of cage_ask. */
static void
tell_death(struct log_told *t, int fd, uint64_t at, enum heard heard)
{
	struct stat is;

	if (fstat(fd, &is) == 0 && (uint64_t)is.st_size < t->bytes) {
		t->is_cut = true;
		(void)snprintf(t->why, WHY_ROOM,
		               "became shorter while it was read, and nothing was read "
		               "after about byte %llu; copy it, and name the copy",
		               (ull)at);
	} else if (heard == HEARD_NOTHING) {
		(void)snprintf(t->why, WHY_ROOM,
		               "reading it took too long at about byte %llu of %llu, "
		               "and the rest was not read; copy it to a faster disk, "
		               "or report it",
		               (ull)at, (ull)t->bytes);
	} else {
		(void)snprintf(t->why, WHY_ROOM,
		               "the decoder died of it at about byte %llu of %llu, and "
		               "the rest was not read; if a copy on another disk does "
		               "the same, report it",
		               (ull)at, (ull)t->bytes);
	}
}

static void
take_facts(struct log_told *t, const struct log_answer *a)
{
	t->records = a->records;
	t->recovered = a->recovered;
	t->security = a->security;
	t->undecodable = a->undecodable;
	t->first_ms = a->first_ms;
	t->last_ms = a->last_ms;
	t->is_dirty = a->is_dirty;
	t->is_cut = a->is_cut;
	(void)text_copy_utf8(t->computer, sizeof t->computer, a->computer);
}

static bool
is_failure(const struct attempt *a)
{
	return a->kind == ATTEMPT_GUESS || a->kind == ATTEMPT_PERSON ||
	       a->kind == ATTEMPT_POLICY || a->kind == ATTEMPT_FAULT;
}

/* ---- the child's answers */

/* *heard is HEARD_ODD where the child has sent what are no attempts. */
static enum err
hand_on(struct run *r, struct log_told *t, struct span attempts, enum heard *heard)
{
	struct attempt a;

	while (attempts.left > 0) {
		if (!log_answer_next(&attempts, &a)) {
			*heard = HEARD_ODD;
			return OK;
		}
		t->attempts++;
		t->failures += is_failure(&a);
		t->lost += a.kind == ATTEMPT_LOST;
		if (a.kind == ATTEMPT_CLEARED && a.time_ms > t->cleared_ms)
			t->cleared_ms = a.time_ms;
		TRY(r->sink->attempt(r->sink->with, &a));
	}
	return OK;
}

/* The next piece of a log. */
static enum err
ask(struct run *r, size_t i, struct log_answer *a, enum heard *heard)
{
	uint8_t question = (uint8_t)i;
	uint64_t before = a->at;

	buf_clear(&r->answer);
	TRY(cage_ask(r->cage, span_of(&question, 1), &r->answer, heard));
	if (*heard != HEARD)
		return OK;
	if (!log_answer_read(buf_span(&r->answer), a) || a->at < before ||
	    a->at > r->told[i].bytes) {
		a->at = before;
		*heard = HEARD_ODD;
		return OK;
	}
	take_facts(&r->told[i], a);
	TRY(log_pulse(&r->pulse, a->at - before));
	return hand_on(r, &r->told[i], a->attempts, heard);
}

static enum err
decode(struct run *r, size_t i)
{
	struct log_told *t = &r->told[i];
	struct log_answer a = { .said = LOG_SAID_MORE };
	uint64_t pieces = t->bytes / LOG_PIECE_LEAST + LOG_PIECES_MORE;
	enum heard heard = HEARD;

	for (; heard == HEARD && a.said == LOG_SAID_MORE; pieces--) {
		if (pieces > 0)
			TRY(ask(r, i, &a, &heard));
		else
			heard = HEARD_ODD;
	}
	if (heard == HEARD) {
		tell_end(t, &a);
	} else {
		cage_end(r->cage);
		r->cage = NULL;
		tell_death(t, r->fds[i], a.at, heard);
	}
	return log_pulse(&r->pulse, t->bytes - a.at);
}

/* ---- batches */

static enum err
start(struct run *r)
{
	struct cage_service service = {
		.serve = log_serve,
		.in_count = r->count,
		.arg = &r->inputs,
	};
	uint64_t most = 0; /* that is mapped at a time */

	for (size_t i = 0; i < r->count; i++) {
		const struct log_told *t = &r->told[i];

		service.in_fds[i] = r->fds[i];
		r->inputs.kinds[i] = t->kind;
		r->inputs.bytes[i] = t->bytes;
		if (r->fds[i] >= 0 && t->kind == LOG_IS_EVT && t->bytes > most)
			most = t->bytes;
	}
	service.limits = (struct cage_limits){
		.seconds = SECONDS + (unsigned)(most / SLOW_DISK),
		.memory = LOG_SERVE_MEMORY + (size_t)most,
		.output = LOG_ANSWER_MOST,
	};
	return cage_start(&service, &r->cage);
}

static enum err
finish_one(struct run *r, size_t i)
{
	if (r->fds[i] >= 0) {
		if (!r->cage)
			TRY(start(r));
		TRY(decode(r, i));
		close(r->fds[i]);
		r->fds[i] = -1;
	}
	return r->sink->file(r->sink->with, &r->told[i]);
}

static void
clear_batch(struct run *r)
{
	cage_end(r->leaving);
	cage_dismiss(r->cage);
	r->leaving = GIVE(r->cage);
	for (size_t i = 0; i < r->count; i++) {
		if (r->fds[i] >= 0)
			close(r->fds[i]);
	}
	r->count = 0;
}

static enum err
finish_batch(struct run *r)
{
	enum err err = OK;

	for (size_t i = 0; err == OK && i < r->count; i++)
		err = finish_one(r, i);
	int why = errno;
	clear_batch(r);
	errno = why;
	return err;
}

static enum err
found(void *with, int fd, const struct log_told *told)
{
	struct run *r = with;

	r->fds[r->count] = fd;
	r->told[r->count] = *told;
	r->count++;
	return r->count == BATCH_MOST ? finish_batch(r) : OK;
}

enum err
log_files_read(const char *const *paths, size_t count, const struct log_sink *sink)
{
	OWN(own_mem) struct run *r = calloc(1, sizeof *r);

	if (!r)
		return ERR_MEMORY;
	struct log_walk walk = { .found = found, .with = r, .pulse = &r->pulse };
	r->sink = sink;
	r->pulse.goes_on = sink->goes_on;
	r->pulse.with = sink->with;
	buf_init(&r->answer, LOG_ANSWER_MOST);
	enum err err = log_walk(&walk, paths, count);
	if (err == OK)
		err = finish_batch(r);
	int why = errno;
	clear_batch(r);
	cage_end(r->leaving);
	buf_free(&r->answer);
	errno = why;
	return err;
}

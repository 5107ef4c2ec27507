/*
 * What is found is gathered into batches of as many as a child takes at once, and
 * handed on in order.  There are several children, which take turns (reach/log_turn.h).
 * One that dies takes the file at hand with it, from there on; others go on behind it.
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
#include "reach/log_computer.h"
#include "reach/log_lanes.h"
#include "reach/log_pulse.h"
#include "reach/log_walk.h"

/* What is known of the log at hand. */
struct log_sum {
	struct log_answer before; /* of the stretches that are done, together */
	struct log_answer now;    /* of the one at hand */
	struct log_computers computers;
};

struct run {
	const struct log_sink *sink;
	struct log_pulse pulse;

	/* The batch: what was found, and not handed on yet. */
	struct log_inputs inputs;
	int fds[LOG_INPUTS_MOST]; /* -1: it is told as it is */
	struct log_told told[LOG_INPUTS_MOST];
	struct log_turn turn; /* whose answer is handed on next */

	struct log_lanes lanes;
	struct log_sum sum;
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
		(void)text_copy(
		    t->why, WHY_ROOM,
		    "is no event log (.evt, .evtx, XML, JSON, CSV), and nothing of "
		    "one is in it; name one, or a folder with some");
	} else {
		(void)snprintf(t->why, WHY_ROOM,
		               "begins like no event log, and %llu records of such are "
		               "in it: how old they are is for their times to say; "
		               "look for the logs themselves, too",
		               (ull)t->recovered);
	}
}

/* Is the file shorter than it was when it was found? */
static bool
is_shorter(const struct log_told *t, int fd)
{
	struct stat is;

	return fstat(fd, &is) == 0 && (uint64_t)is.st_size < t->bytes;
}

/* What there is to say where all has been read that there was. */
static void
tell_end(struct log_told *t, int fd, const struct log_answer *a)
{
	if (t->is_cut && is_shorter(t, fd)) {
		(void)text_copy(t->why, WHY_ROOM,
		                "became shorter while it was read; copy it, and name "
		                "the copy");
	} else if (t->kind == LOG_IS_CARVED && a->unread == 0) {
		tell_carved(t, a->said == LOG_SAID_NONE);
	} else if (a->said == LOG_SAID_NONE) {
		t->kind = LOG_IS_NONE;
		(void)text_copy(t->why, WHY_ROOM,
		                "begins like an event log (.evt), and has no record in "
		                "it; look for an older copy of it");
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
tell_death(struct log_told *t, uint64_t at, enum heard heard)
{
	if (heard == HEARD_NOTHING)
		(void)snprintf(t->why, WHY_ROOM,
		               "reading it took too long at about byte %llu of %llu, "
		               "and the rest was not read; copy it to a faster disk, "
		               "or report it",
		               (ull)at, (ull)t->bytes);
	else
		(void)snprintf(t->why, WHY_ROOM,
		               "the decoder died of it at about byte %llu of %llu, and "
		               "the rest was not read; if a copy on another disk does "
		               "the same, report it",
		               (ull)at, (ull)t->bytes);
}

/* Both together: `b` is of what stands behind `a`. */
static void
add_up(const struct log_answer *a, const struct log_answer *b, struct log_answer *out)
{
	bool is_first = a->first_ms == 0 ||
	                (b->first_ms != 0 && b->first_ms < a->first_ms);

	*out = *b;
	out->records += a->records;
	out->recovered += a->recovered;
	out->security += a->security;
	out->undecodable += a->undecodable;
	out->first_ms = is_first ? b->first_ms : a->first_ms;
	out->last_ms = b->last_ms > a->last_ms ? b->last_ms : a->last_ms;
	out->unread += a->unread;
	out->unread_at = a->unread > 0 ? a->unread_at : b->unread_at;
	out->unread_why = a->unread > 0 ? a->unread_why : b->unread_why;
	out->is_dirty |= a->is_dirty;
	out->is_cut |= a->is_cut;
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
	t->is_cut = t->is_cut || a->is_cut;
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
		log_computer_saw(&r->sum.computers, &a);
		TRY(r->sink->attempt(r->sink->with, &a));
	}
	return OK;
}

/* The next piece of the stretch whose turn it is. */
static enum err
ask(struct run *r, enum heard *heard)
{
	struct log_told *t = &r->told[r->turn.input];
	struct log_answer *a = &r->sum.now;
	struct log_answer all;
	uint64_t before = a->at;

	buf_clear(&r->answer);
	TRY(log_lanes_ask(&r->lanes, r->turn.number, &r->answer, heard));
	if (*heard != HEARD)
		return OK;
	if (!log_answer_read(buf_span(&r->answer), a) || a->at < before ||
	    a->at > t->bytes) {
		a->at = before;
		*heard = HEARD_ODD;
		return OK;
	}
	add_up(&r->sum.before, a, &all);
	take_facts(t, &all);
	TRY(log_pulse(&r->pulse, a->at - before));
	return hand_on(r, t, a->attempts, heard);
}

/* The stretch whose turn it is. */
static enum err
decode_stretch(struct run *r, enum heard *heard)
{
	struct log_answer *a = &r->sum.now;
	struct log_answer all;
	uint64_t from = 0;
	uint64_t to = 0;

	log_turn_place(&r->inputs, &r->turn, &from, &to);
	uint64_t pieces = (to - from) / LOG_PIECE_LEAST + LOG_PIECES_MORE;
	*a = (struct log_answer){ .said = LOG_SAID_MORE, .at = from };
	for (; *heard == HEARD && a->said == LOG_SAID_MORE; pieces--) {
		if (pieces > 0)
			TRY(ask(r, heard));
		else
			*heard = HEARD_ODD;
	}
	if (*heard != HEARD)
		return OK;
	add_up(&r->sum.before, a, &all);
	r->sum.before = all;
	return a->at < to ? log_pulse(&r->pulse, to - a->at) : OK;
}

/* ---- batches */

static enum err
decode(struct run *r, size_t i)
{
	struct log_told *t = &r->told[i];
	enum heard heard = HEARD;

	memset(&r->sum, 0, sizeof r->sum);
	if (!r->lanes.are_at_work)
		TRY(log_lanes_order(&r->lanes, &r->inputs, r->fds, r->turn, &heard));
	while (heard == HEARD && r->turn.input == i) {
		TRY(decode_stretch(r, &heard));
		if (heard == HEARD)
			log_turn_pass(&r->inputs, &r->turn);
	}
	(void)text_copy(t->computer, sizeof t->computer,
	                log_computer_most(&r->sum.computers));
	if (heard == HEARD) {
		tell_end(t, r->fds[i], &r->sum.before);
		return OK;
	}
	tell_death(t, r->sum.now.at, heard);
	/* The others may have begun with what is left of it, or died of that. */
	log_lanes_dismiss(&r->lanes);
	log_turn_pass_input(&r->inputs, &r->turn);
	return log_pulse(&r->pulse, t->bytes - r->sum.now.at);
}

static enum err
finish_one(struct run *r, size_t i)
{
	if (r->fds[i] >= 0) {
		TRY(decode(r, i));
		close(r->fds[i]);
		r->fds[i] = -1;
		r->inputs.kinds[i] = LOG_IS_NONE;
	}
	return r->sink->file(r->sink->with, &r->told[i]);
}

static void
clear_batch(struct run *r)
{
	log_lanes_rest(&r->lanes);
	for (size_t i = 0; i < r->inputs.count; i++) {
		if (r->fds[i] >= 0)
			close(r->fds[i]);
	}
	r->inputs.count = 0;
}

static enum err
finish_batch(struct run *r)
{
	enum err err = OK;

	r->turn = log_turn_first(&r->inputs);
	for (size_t i = 0; err == OK && i < r->inputs.count; i++)
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
	size_t i = r->inputs.count++;

	r->fds[i] = fd;
	r->told[i] = *told;
	r->inputs.kinds[i] = fd >= 0 ? told->kind : LOG_IS_NONE;
	r->inputs.bytes[i] = told->bytes;
	return r->inputs.count == LOG_INPUTS_MOST ? finish_batch(r) : OK;
}

static enum err
settle(void *with)
{
	return finish_batch(with);
}

enum err
log_files_read(const char *const *paths, size_t count, const struct log_sink *sink)
{
	OWN(own_mem) struct run *r = calloc(1, sizeof *r);

	if (!r)
		return ERR_MEMORY;
	struct log_walk walk = {
		.found = found, .settle = settle, .with = r, .pulse = &r->pulse
	};
	r->sink = sink;
	log_lanes_init(&r->lanes);
	r->pulse.goes_on = sink->goes_on;
	r->pulse.with = sink->with;
	buf_init(&r->answer, LOG_ANSWER_MOST);
	enum err err = log_walk(&walk, paths, count);
	if (err == OK)
		err = finish_batch(r);
	int why = errno;
	clear_batch(r);
	log_lanes_free(&r->lanes);
	buf_free(&r->answer);
	errno = why;
	return err;
}

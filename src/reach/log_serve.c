/*
 * An .evtx file is read in blocks of 1 MB, and decoded chunk by chunk: what a disk
 * cannot give costs the chunks that are there, and no others.  An .evt file is a ring
 * and is mapped as a whole; what is mapped is given back after each piece.
 */
#include "reach/log_serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "base/when.h"
#include "format/evt.h"
#include "format/evtx.h"
#include "format/log_carve.h"
#include "look/logon_event.h"
#include "reach/log_computer.h"
#include "reach/log_talk.h"
#include "sys/clock.h"

#define BLOCK (1u << 20)
#define STEP (64u << 10) /* of an .evt, between two looks at the clock */

struct block {
	uint8_t *bytes;
	uint64_t at; /* in the file */
	size_t len;
};

struct server {
	const int *fds;
	const struct log_inputs *inputs;
	size_t count;
	struct evtx *evtx;
	struct evt *evt;
	struct log_carve *carve; /* NULL: none was needed yet */
	struct block block;
	struct buf out;
	size_t ready; /* the input that `out` is a piece of; SIZE_MAX: none */

	/* Of the log at hand. */
	size_t current; /* SIZE_MAX: none yet */
	int fd;
	uint64_t size;
	struct span mapped;
	struct log_answer answer;
	struct log_tally tally;
	struct log_computers computers;
};

static void
seen(void *with, const struct log_event *e)
{
	struct server *s = with;
	struct attempt a;

	if (!logon_event_read(e, &a))
		return;
	log_computer_saw(&s->computers, &a);
	attempt_put(&a, &s->out);
}

/* ---- .evtx */

/* Fills the block from the place at hand on, with `most` bytes, up to BLOCK.  False:
 * nothing can be read there. */
static bool
fill(struct server *s, size_t most)
{
	struct block *b = &s->block;
	uint64_t left = s->size - s->answer.at;
	size_t want = left < most ? (size_t)left : most;

	b->at = s->answer.at;
	b->len = 0;
	while (b->len < want) {
		ssize_t got = pread(s->fd, b->bytes + b->len, want - b->len,
		                    (off_t)(b->at + b->len));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return b->len > 0;
		if (got == 0) { /* shorter than it was */
			s->size = b->at + b->len;
			s->answer.is_cut = true;
			break;
		}
		b->len += (size_t)got;
	}
	return true;
}

/* Where the chunk, or the head, that is at hand ends. */
static uint64_t
end_of_chunk(const struct server *s)
{
	uint64_t past = s->answer.at < EVTX_HEAD ? 0 : s->answer.at - EVTX_HEAD;
	uint64_t end = s->answer.at < EVTX_HEAD
	                   ? EVTX_HEAD
	                   : EVTX_HEAD + (past / EVTX_CHUNK + 1) * EVTX_CHUNK;

	return end < s->size ? end : s->size;
}

static void
pass_unread(struct server *s)
{
	uint64_t end = end_of_chunk(s);

	if (s->answer.unread == 0) {
		s->answer.unread_why = (uint32_t)errno;
		s->answer.unread_at = s->answer.at;
	}
	s->answer.unread += end - s->answer.at;
	s->answer.at = end;
}

static void
read_chunk(struct server *s, struct span bytes)
{
	struct evtx_head head;

	if (s->answer.at >= EVTX_HEAD)
		(void)evtx_chunk_read(s->evtx, bytes, s->answer.at, &s->tally);
	else if (evtx_head_read(bytes, &head) == HEARD)
		s->answer.is_dirty = head.is_dirty;
}

/* The head, or one chunk. */
static void
next_chunk(struct server *s)
{
	struct block *b = &s->block;
	uint64_t end = end_of_chunk(s);

	if (s->answer.at < b->at || end > b->at + b->len) {
		if (!fill(s, BLOCK)) {
			pass_unread(s);
			return;
		}
		end = end_of_chunk(s);
	}
	/* Less than all of it: what cannot be read of it comes, and is told, next. */
	if (end > b->at + b->len)
		end = b->at + b->len;
	size_t offset = (size_t)(s->answer.at - b->at);
	size_t len = (size_t)(end - s->answer.at);
	read_chunk(s, span_at(span_of(b->bytes, b->len), offset, len));
	s->answer.at = end;
}

static bool
go_on_evtx(struct server *s)
{
	if (s->answer.at < s->size)
		next_chunk(s);
	return s->answer.at < s->size;
}

static enum log_said
begin_evtx(struct server *s)
{
	s->block.at = 0;
	s->block.len = 0;
	s->answer.is_cut = s->size < EVTX_HEAD ||
	                   (s->size - EVTX_HEAD) % EVTX_CHUNK != 0;
	return LOG_SAID_MORE;
}

/* ---- .evt */

static enum log_said
begin_evt(struct server *s)
{
	size_t len = (size_t)s->size;
	void *at = len == s->size ? mmap(NULL, len, PROT_READ, MAP_SHARED, s->fd, 0)
	                          : MAP_FAILED;

	if (at == MAP_FAILED)
		return LOG_SAID_MEMORY;
	s->mapped = span_of(at, len);
	enum heard heard = evt_begin(s->evt, s->mapped);
	s->answer.is_cut = heard == HEARD_SHORT || s->evt->found.is_cut;
	s->answer.is_dirty = s->evt->found.is_dirty;
	if (heard == HEARD)
		return LOG_SAID_MORE;
	return heard == HEARD_SHORT ? LOG_SAID_END : LOG_SAID_NONE;
}

static bool
go_on_evt(struct server *s)
{
	uint64_t left = s->size - s->answer.at;

	s->answer.at += left < STEP ? left : STEP;
	return evt_go_on(s->evt, STEP, seen, s, &s->tally);
}

/* ---- what is left of either */

static enum log_said
begin_carved(struct server *s)
{
	if (!s->carve)
		s->carve = log_carve_new(seen, s);
	return s->carve ? LOG_SAID_MORE : LOG_SAID_MEMORY;
}

static bool
go_on_carved(struct server *s)
{
	const size_t most = 2 * LOG_CARVE_REACH;

	if (!fill(s, most)) {
		pass_unread(s);
	} else {
		struct log_window w = { span_of(s->block.bytes, s->block.len),
			                s->answer.at, s->block.len < most };

		s->answer.at += log_carve_read(s->carve, &w, &s->tally);
	}
	return s->answer.at < s->size;
}

static bool
has_carved_nothing(const struct server *s)
{
	return s->tally.recovered == 0 && s->answer.unread == 0;
}

/* ---- pieces */

static void
let_go(struct server *s)
{
	if (s->mapped.at)
		(void)munmap((void *)(uintptr_t)s->mapped.at, s->mapped.left);
	s->mapped = span_of(NULL, 0);
}

static enum log_said
begin(struct server *s, size_t input)
{
	let_go(s);
	s->current = input;
	s->fd = s->fds[input];
	s->size = s->inputs->bytes[input];
	s->answer = (struct log_answer){ .said = 0 };
	s->tally = (struct log_tally){ .records = 0 };
	s->computers = (struct log_computers){ .count = 0 };
	switch (s->inputs->kinds[input]) {
	case LOG_IS_EVTX: return begin_evtx(s);
	case LOG_IS_CARVED: return begin_carved(s);
	default: return begin_evt(s);
	}
}

static bool
go_on_one(struct server *s)
{
	switch (s->inputs->kinds[s->current]) {
	case LOG_IS_EVTX: return go_on_evtx(s);
	case LOG_IS_CARVED: return go_on_carved(s);
	default: return go_on_evt(s);
	}
}

static enum log_said
go_on(struct server *s)
{
	bool is_carved = s->inputs->kinds[s->current] == LOG_IS_CARVED;
	uint64_t enough = s->answer.at + LOG_PIECE_BYTES;
	int64_t deadline_ms = clock_steady() + LOG_PIECE_MS;

	while (go_on_one(s)) {
		if (s->answer.at >= enough || s->out.len >= LOG_PIECE_ATTEMPTS ||
		    clock_steady() >= deadline_ms)
			return LOG_SAID_MORE;
	}
	return is_carved && has_carved_nothing(s) ? LOG_SAID_NONE : LOG_SAID_END;
}

static int64_t
time_of(uint64_t filetime)
{
	return filetime ? when_from_filetime(filetime) : 0;
}

static void
sum_up(struct server *s)
{
	struct log_answer *a = &s->answer;

	a->records = s->tally.records;
	a->recovered = s->tally.recovered;
	a->security = s->tally.security;
	a->undecodable = s->tally.undecodable;
	a->first_ms = time_of(s->tally.first);
	a->last_ms = time_of(s->tally.last);
	(void)text_copy(a->computer, sizeof a->computer,
	                log_computer_most(&s->computers));
	if (s->mapped.at)
		(void)madvise((void *)(uintptr_t)s->mapped.at, s->mapped.left,
		              MADV_DONTNEED);
}

/* Makes the next piece of it, as it is to be said. */
static bool
make(struct server *s, size_t input)
{
	struct buf head;

	buf_clear(&s->out);
	buf_zero(&s->out, LOG_ANSWER_HEAD);
	enum log_said said = input == s->current ? LOG_SAID_MORE : begin(s, input);
	if (said == LOG_SAID_MORE)
		said = go_on(s);
	if (s->out.bad)
		return false;
	s->answer.said = said;
	sum_up(s);
	buf_init(&head, LOG_ANSWER_HEAD);
	log_answer_write(&head, &s->answer);
	bool made = !head.bad;
	if (made)
		memcpy(s->out.at, head.at, head.len);
	buf_free(&head);
	s->ready = input;
	return made;
}

/* What will be asked for behind this; SIZE_MAX: nothing. */
static size_t
input_behind(const struct server *s, size_t input)
{
	if (s->answer.said == LOG_SAID_MORE)
		return input;
	for (size_t i = input + 1; i < s->count; i++) {
		if (s->fds[i] >= 0)
			return i;
	}
	return SIZE_MAX;
}

/*
 * What was asked is said, and while it is listened to, the next piece is made: one that
 * kills us is still the one that is asked for next.
 */
static bool
answer(struct server *s, struct cage_line *line, size_t input)
{
	if (input != s->ready && !make(s, input))
		return false;
	if (!cage_say(line, buf_span(&s->out)))
		return false;
	s->ready = SIZE_MAX;
	size_t next = input_behind(s, input);
	return next == SIZE_MAX || make(s, next);
}

static bool
prepare(struct server *s)
{
	s->current = SIZE_MAX;
	s->ready = SIZE_MAX;
	buf_init(&s->out, LOG_ANSWER_MOST);
	s->block.bytes = malloc(BLOCK);
	s->evt = malloc(sizeof *s->evt);
	s->evtx = evtx_new(seen, s);
	return s->block.bytes && s->evt && s->evtx;
}

int
log_serve(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct server *s = calloc(1, sizeof *s);
	struct span asked;

	if (!s || !prepare(s))
		return 1;
	s->fds = in_fds;
	s->inputs = arg;
	s->count = in_count;
	while (cage_hear(line, &asked)) {
		size_t input = span_u8(&asked);

		if (asked.bad || input >= s->count || s->fds[input] < 0)
			return 1;
		if (!answer(s, line, input))
			return 1;
	}
	return 0; /* the system takes back what is there */
}

#include "reach/log_serve.h"

#include <stdlib.h>
#include <string.h>

#include "reach/log_reader.h"
#include "sys/clock.h"

struct server {
	struct cage_line *line;
	struct log_reader *reader;
	struct buf out;

	/* The batch. */
	struct log_order order;
	int fds[LOG_INPUTS_MOST]; /* -1: not to be read */
	struct log_turn turn;     /* that the reader is at */
	bool is_begun;
	bool is_ready; /* `out` is the next piece of it */
};

/* True when the stretch goes on behind this piece. */
static bool
go_on(struct server *s)
{
	uint64_t enough = log_reader_answer(s->reader)->at + LOG_PIECE_BYTES;
	int64_t deadline_ms = clock_steady() + LOG_PIECE_MS;

	while (log_reader_step(s->reader)) {
		if (log_reader_answer(s->reader)->at >= enough ||
		    s->out.len >= LOG_PIECE_ATTEMPTS || clock_steady() >= deadline_ms)
			return true;
	}
	return false;
}

static void
begin(struct server *s)
{
	const struct log_inputs *inputs = &s->order.inputs;
	size_t input = s->turn.input;
	struct log_stretch of = { .fd = s->fds[input],
		                  .kind = inputs->kinds[input],
		                  .bytes = inputs->bytes[input] };

	log_turn_place(inputs, &s->turn, &of.from, &of.to);
	log_reader_begin(s->reader, &of);
	s->is_begun = true;
}

/* Makes the next piece of what the turn is at, as it is to be said. */
static bool
make(struct server *s)
{
	struct buf head;

	if (!s->is_begun)
		begin(s);
	buf_clear(&s->out);
	buf_zero(&s->out, LOG_ANSWER_HEAD);
	(void)go_on(s);
	if (s->out.bad)
		return false;
	buf_init(&head, LOG_ANSWER_HEAD);
	log_answer_write(&head, log_reader_answer(s->reader));
	bool made = !head.bad;
	if (made)
		memcpy(s->out.at, head.at, head.len);
	buf_free(&head);
	s->is_ready = true;
	return made;
}

/* Goes on to what will be asked for next; false where there is nothing. */
static bool
pass(struct server *s)
{
	const struct log_inputs *inputs = &s->order.inputs;

	s->is_ready = false;
	if (log_reader_answer(s->reader)->said == LOG_SAID_MORE)
		return true;
	s->is_begun = false;
	for (size_t i = 0; i < s->order.lanes && s->turn.input < inputs->count; i++)
		log_turn_pass(inputs, &s->turn);
	return s->turn.input < inputs->count;
}

/*
 * What was asked is said, and while it is listened to, the next piece is made: one that
 * kills us is still the one that is asked for next.
 */
static bool
answer(struct server *s, uint64_t number)
{
	if (number != s->turn.number || !s->is_ready)
		return false;
	return cage_say(s->line, buf_span(&s->out)) && (!pass(s) || make(s));
}

/* The descriptors are those of the inputs that are to be read, in order. */
static bool
take_order(struct server *s)
{
	const struct log_inputs *inputs = &s->order.inputs;
	struct cage_gift given = cage_given(s->line);
	size_t taken = 0;

	for (size_t i = 0; i < inputs->count; i++) {
		s->fds[i] = -1;
		if (inputs->kinds[i] == LOG_IS_NONE)
			continue;
		if (taken == given.count)
			return false;
		s->fds[i] = given.fds[taken++];
	}
	s->turn = s->order.first;
	s->is_begun = false;
	return cage_say(s->line, span_of("", 0)) && make(s);
}

static bool
serve_one(struct server *s, struct span asked)
{
	bool is_order = false;
	uint64_t number = 0;

	if (!log_question_read(asked, &is_order, &s->order, &number))
		return false;
	return is_order ? take_order(s) : answer(s, number);
}

int
log_serve(const int *in_fds, size_t in_count, struct cage_line *line, void *arg)
{
	struct server *s = calloc(1, sizeof *s);
	struct span asked;

	(void)in_fds;
	(void)in_count;
	(void)arg;
	if (!s)
		return 1;
	s->line = line;
	buf_init(&s->out, LOG_ANSWER_MOST);
	s->reader = log_reader_new(&s->out);
	if (!s->reader)
		return 1;
	while (cage_hear(line, &asked)) {
		if (!serve_one(s, asked))
			return 1;
	}
	return 0; /* the system takes back what is there */
}

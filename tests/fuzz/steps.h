/*
 * Carries a talk with what the fuzzer sends: a byte n, then n bytes that come in
 * one piece; 0 is silence, 255 hanging up.  A pause ends with the next silence.
 */
#ifndef TESTS_STEPS_H
#define TESTS_STEPS_H

#include <stdlib.h>

#include "wire/talk.h"

#define STEP_QUIET 0
#define STEP_CLOSED 255
#define ROOM_MOST (TALK_MESSAGE_MOST + 4)

static inline bool
is_over(const struct talk *t)
{
	return t->after == AFTER_DONE || t->after == AFTER_LOST;
}

static inline void
step(struct talk *t, struct span *input)
{
	uint8_t n = span_u8(input);

	if (n == STEP_CLOSED)
		(void)talk_closed(t);
	else if (n != STEP_QUIET)
		(void)talk_feed(t, span_cut(input, n < input->left ? n : input->left));
	else if (t->after == AFTER_PAUSE)
		(void)talk_resume(t);
	else
		(void)talk_quiet(t);
	if (t->in.room > ROOM_MOST || t->bytes_in > TALK_BYTES_MOST || t->out.bad)
		abort();
	buf_clear(&t->out);
}

/* To the end of the input, then silence to the end of the talk. */
static inline void
carry(struct talk *t, struct span input)
{
	(void)talk_begin(t);
	while (!is_over(t) && input.left > 0)
		step(t, &input);
	for (int i = 0; !is_over(t); i++) {
		struct span silence = span_of("", 1);

		if (i > 100)
			abort(); /* it would never end */
		step(t, &silence);
	}
}

#endif

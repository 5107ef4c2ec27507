/*
 * Who reads what, where several children decode event logs side by side: a log is read
 * in stretches, and they take turns.  So each knows what it will be asked for next, and
 * has it ready, while all that comes of it comes in order.
 */
#ifndef REACH_LOG_TURN_H
#define REACH_LOG_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/log_told.h"
#include "reach/cage.h"

/* Of an .evtx file: that of the first one begins with its head.  An .evt file, a ring,
 * is a stretch as a whole. */
#define LOG_STRETCH_BYTES (4u << 20)

#define LOG_INPUTS_MOST CAGE_GIVEN_MOST

struct log_inputs {
	size_t count;
	enum log_kind kinds[LOG_INPUTS_MOST]; /* LOG_IS_NONE: not to be read */
	uint64_t bytes[LOG_INPUTS_MOST];      /* as long as it was when it was found */
};

struct log_turn {
	uint64_t number;  /* of the turn; who has it is up to that */
	size_t input;     /* inputs->count: there are no more */
	uint64_t stretch; /* of the input */
};

/* The first one. */
struct log_turn log_turn_first(const struct log_inputs *);

/* The next one. */
void log_turn_pass(const struct log_inputs *, struct log_turn *);

/* The first one behind this input. */
void log_turn_pass_input(const struct log_inputs *, struct log_turn *);

/* Where its stretch begins and ends in the input. */
void log_turn_place(const struct log_inputs *, const struct log_turn *, uint64_t *from,
                    uint64_t *to);

#endif

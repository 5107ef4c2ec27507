/*
 * The children that decode event logs side by side, as many as there are cores: they
 * live as long as the run, or nearly, as each of them costs as much as a hundred small
 * logs.
 */
#ifndef REACH_LOG_LANES_H
#define REACH_LOG_LANES_H

#include "base/err.h"
#include "base/heard.h"
#include "reach/log_talk.h"

#define LOG_LANES_MOST 4

struct log_lanes {
	size_t count;
	bool are_at_work;                     /* on this batch */
	unsigned batches;                     /* that they have had */
	struct cage *cages[LOG_LANES_MOST];   /* NULL: none there yet */
	struct cage *leaving[LOG_LANES_MOST]; /* takes its time to die */
	struct buf question;
};

void log_lanes_init(struct log_lanes *);
void log_lanes_free(struct log_lanes *);

/* Gives a batch to them, from this turn on; the descriptors are those of its inputs.
 * *heard as of cage_ask, of that whose turn it is. */
CHECKED enum err log_lanes_order(struct log_lanes *, const struct log_inputs *,
                                 const int *fds, struct log_turn, enum heard *heard);

/* The next piece of a turn; as of cage_ask. */
CHECKED enum err log_lanes_ask(struct log_lanes *, uint64_t turn, struct buf *answer,
                               enum heard *heard);

/* The batch is at its end. */
void log_lanes_rest(struct log_lanes *);

/* They end, and others take their places. */
void log_lanes_dismiss(struct log_lanes *);

#endif

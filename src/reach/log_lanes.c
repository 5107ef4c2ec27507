#include "reach/log_lanes.h"

#include <sched.h>
#include <string.h>

#include "base/own.h"
#include "reach/log_serve.h"

#define SECONDS 60 /* for a piece of 4 MB */

/* One that a log has taken over can tell lies about those behind it: so many batches
 * of 250 logs, and no more. */
#define BATCHES_MOST 16

/* As many as there are cores that we may use. */
static size_t
count_lanes(void)
{
	cpu_set_t cores;
	int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores)
	                                                            : 1;

	return count < 1 ? 1 : count > LOG_LANES_MOST ? LOG_LANES_MOST : (size_t)count;
}

void
log_lanes_init(struct log_lanes *l)
{
	memset(l, 0, sizeof *l);
	l->count = count_lanes();
	buf_init(&l->question, LOG_QUESTION_MOST);
}

void
log_lanes_free(struct log_lanes *l)
{
	for (size_t i = 0; i < l->count; i++) {
		cage_end(l->cages[i]);
		cage_end(l->leaving[i]);
	}
	buf_free(&l->question);
}

void
log_lanes_dismiss(struct log_lanes *l)
{
	l->are_at_work = false;
	l->batches = 0;
	for (size_t i = 0; i < l->count; i++) {
		cage_end(l->leaving[i]);
		cage_dismiss(l->cages[i]);
		l->leaving[i] = GIVE(l->cages[i]);
	}
}

void
log_lanes_rest(struct log_lanes *l)
{
	l->are_at_work = false;
	if (++l->batches == BATCHES_MOST)
		log_lanes_dismiss(l);
}

static enum err
start(struct log_lanes *l, size_t lane)
{
	const struct cage_service service = {
		.serve = log_serve,
		.limits = { .seconds = SECONDS,
		            .memory = LOG_SERVE_MEMORY,
		            .output = LOG_ANSWER_MOST },
		.takes = true,
	};

	return l->cages[lane] ? OK : cage_start(&service, &l->cages[lane]);
}

static enum err
give(struct log_lanes *l, size_t lane, struct cage_gift gift, enum heard *heard)
{
	struct buf none;

	TRY(start(l, lane));
	if (l->question.bad)
		return ERR_MEMORY;
	buf_init(&none, 0);
	return cage_give(l->cages[lane], gift, buf_span(&l->question), &none, heard);
}

enum err
log_lanes_order(struct log_lanes *l, const struct log_inputs *inputs, const int *fds,
                struct log_turn turn, enum heard *heard)
{
	struct log_order order = { .inputs = *inputs,
		                   .first = turn,
		                   .lanes = l->count };
	int given[CAGE_GIVEN_MOST];
	struct cage_gift gift = { given, 0 };

	for (size_t i = 0; i < inputs->count; i++) {
		if (inputs->kinds[i] != LOG_IS_NONE)
			given[gift.count++] = fds[i];
	}
	*heard = HEARD;
	for (size_t i = 0; i < l->count && order.first.input < inputs->count; i++) {
		enum heard other = HEARD;

		buf_clear(&l->question);
		log_order_write(&l->question, &order);
		TRY(give(l, order.first.number % l->count, gift, i ? &other : heard));
		log_turn_pass(inputs, &order.first);
	}
	l->are_at_work = true;
	return OK;
}

enum err
log_lanes_ask(struct log_lanes *l, uint64_t turn, struct buf *answer, enum heard *heard)
{
	buf_clear(&l->question);
	log_turn_write(&l->question, turn);
	return cage_ask(l->cages[turn % l->count], buf_span(&l->question), answer,
	                heard);
}

/* The engine's inside: a slot is one host in flight with its socket. */
#ifndef REACH_ENGINE_SLOT_H
#define REACH_ENGINE_SLOT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "reach/bucket.h"
#include "reach/engine.h"
#include "reach/visit.h"
#include "reach/wheel.h"

enum slot_state {
	SLOT_FREE,
	SLOT_READY,   /* in the queue: its next step is to be carried out */
	SLOT_WAITING, /* a silence that the visit wants, or the delay between two */
	SLOT_LINKING, /* a connection is being made */
	SLOT_TALKING,
	SLOT_PAUSING, /* a silence within a conversation */
};

struct slot {
	struct alarm alarm; /* first, so that an alarm is its slot */
	enum slot_state state;
	int fd; /* -1: none */
	struct step step;
	bool delayed;    /* the delay between two connections has passed */
	bool expired;    /* the budget is spent: leave, and begin nothing */
	bool repeated;   /* the datagram went out a second time */
	int64_t soft_ms; /* end of the host's budget */
	int64_t hard_ms; /* end of the tenth of it that a goodbye may take */
	int64_t answer_by_ms;
	int64_t queued_ms; /* since when it is ready; waiting for our pace is no fault
			     * of the host's and does not count */
	struct slot *next; /* in the queue, or among the free */
	struct visit visit;
};

/*
 * Connections that were just asked for.  Many are refused before we have asked
 * for the last of a turn, so one poll looks at all of them, and only those that
 * are still under way are given to epoll.
 */
#define FRESH_MOST 1024

struct fresh {
	struct pollfd polls[FRESH_MOST];
	struct slot *slots[FRESH_MOST];
	uint32_t count;
};

struct queue {
	struct slot *first;
	struct slot *last;
};

struct engine {
	struct visit_plan *plan;
	const struct pace *pace;
	const struct engine_hooks *hooks;
	int epoll;
	int64_t now_ms;   /* steady, less what we stood still; once a turn */
	int64_t stood_ms; /* time that no host has to answer for */
	int64_t wall_ms;
	uint64_t random; /* state of the generator */
	struct slot *slots;
	uint32_t slot_count;
	uint32_t used; /* slots that were ever used: 0 … used - 1 */
	struct slot *free;
	struct fresh *fresh;
	struct queue ready;
	struct queue ready_p2p; /* wait for the pace of P2P questions */
	struct wheel wheel;
	struct bucket rate;
	struct bucket p2p_rate;
	struct progress progress;
	bool giving_up;
	bool crowded; /* out of descriptors: begin nothing more this turn */
	enum err err; /* of a hook */
};

void queue_put(struct queue *q, struct slot *s);
struct slot *queue_take(struct queue *q);

/* Carries out the slot's next step; false where it has to wait for the pace. */
bool slot_step(struct engine *e, struct slot *s);

/* Looks at the fresh connections; afterwards there are none. */
void slots_settle(struct engine *e);

/* Something happened on its socket, or its alarm rang. */
void slot_event(struct engine *e, struct slot *s, uint32_t events);
void slot_alarm(struct engine *e, struct slot *s);

/* Ends what it is doing without a result, politely where it is talking. */
void slot_give_up(struct engine *e, struct slot *s);

/* The host is done (or given up): hand it over and free the slot. */
void slot_finish(struct engine *e, struct slot *s);

#endif

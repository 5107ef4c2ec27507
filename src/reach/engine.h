/*
 * The engine: carries out the visits of very many hosts at once, in one thread,
 * without ever blocking.  It owns the sockets, the clock and the pace, and knows
 * nothing of what is said.
 *
 * Time: a connection has connect_ms, an answer answer_ms, a goodbye one second;
 * a host its budget, and a tenth of it more to leave politely.  None of these is
 * extended by bytes that drip in.
 *
 * Memory: a few hundred bytes for each host in flight, some kilobytes for each
 * that is talking; nothing for hosts that are done or not begun.
 */
#ifndef REACH_ENGINE_H
#define REACH_ENGINE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "reach/visit.h"

struct pace {
	uint64_t rate;     /* connections a second, 0: no limit */
	uint64_t p2p_rate; /* hosts a second whose P2P ports are asked, 0: no limit */
	uint32_t parallel; /* hosts in flight */
	uint32_t delay_ms; /* between two connections to one host */
};

/* How it stands, for a progress line. */
struct progress {
	uint64_t begun;
	uint64_t done;
	uint32_t in_flight;
	uint64_t connections;
};

struct engine_hooks {
	void *with;
	/* The next target; false when there is none. */
	bool (*next)(void *with, struct address *out);
	/* A host is done; its readings die when this returns. */
	enum err (*done)(void *with, const struct visit *v, int64_t now_ms);
	/* Once each turn of the loop: commit, show progress. */
	enum err (*turn)(void *with, const struct progress *);
};

/*
 * Visits every target.  When *stop becomes 1 no new host is begun and those in
 * flight are given up politely (they have no row then).  ERR_* of a hook ends
 * the run the same way.  What failed has been said on standard error.
 */
CHECKED enum err engine_run(struct visit_plan *plan, const struct pace *pace,
                            const struct engine_hooks *hooks,
                            const volatile sig_atomic_t *stop);

/* Raises the limit of open files; returns how many hosts can be in flight. */
uint32_t engine_room(uint32_t wanted);

#endif

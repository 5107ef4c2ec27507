/*
 * Which of its own ports to ask a host on: this week's, the neighbouring week's
 * near the turn or where its clock differs, and by both of the two rules where
 * they differ.
 */
#ifndef REACH_P2P_PLAN_H
#define REACH_P2P_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#define P2P_ASKS_MOST 16

struct p2p_ask {
	uint16_t port;
	bool tcp;
	bool weekly;
	bool redrawn;
	int64_t week;
};

struct p2p_plan {
	struct p2p_ask at[P2P_ASKS_MOST];
	uint8_t count;
};

/* `skew_ms`: the host's clock minus ours, 0 where unknown. */
void p2p_plan_make(struct p2p_plan *plan, const uint8_t ipv4[4], int64_t now_ms,
                   int64_t skew_ms);

#endif

#include "reach/p2p_plan.h"

#include <string.h>

#include "know/p2p_ports.h"

#define NEAR_TURN_MS (24LL * 3600 * 1000) /* each side of Monday, 00:00 UTC */

static void
add(struct p2p_plan *plan, struct p2p_ask ask)
{
	for (unsigned i = 0; i < plan->count; i++) {
		if (plan->at[i].port == ask.port && plan->at[i].tcp == ask.tcp)
			return;
	}
	if (plan->count < P2P_ASKS_MOST)
		plan->at[plan->count++] = ask;
}

static void
add_week(struct p2p_plan *plan, const uint8_t ipv4[4], int64_t week)
{
	static const enum p2p_rule rules[] = { P2P_PLAIN, P2P_REDRAW };

	for (size_t i = 0; i < 2; i++) {
		struct p2p_ports p = p2p_ports(ipv4, week, rules[i]);
		bool redrawn = rules[i] == P2P_REDRAW;

		add(plan, (struct p2p_ask){ .port = p.tcp_fixed, .tcp = true });
		add(plan, (struct p2p_ask){ .port = p.udp_fixed });
		add(plan, (struct p2p_ask){ .port = p.tcp_weekly,
		                            .tcp = true,
		                            .weekly = true,
		                            .redrawn = redrawn,
		                            .week = week });
		add(plan, (struct p2p_ask){ .port = p.udp_weekly,
		                            .weekly = true,
		                            .redrawn = redrawn,
		                            .week = week });
	}
}

static void
add_around(struct p2p_plan *plan, const uint8_t ipv4[4], int64_t moment_ms)
{
	add_week(plan, ipv4, p2p_week(moment_ms));
	add_week(plan, ipv4, p2p_week(moment_ms - NEAR_TURN_MS));
	add_week(plan, ipv4, p2p_week(moment_ms + NEAR_TURN_MS));
}

void
p2p_plan_make(struct p2p_plan *plan, const uint8_t ipv4[4], int64_t now_ms,
              int64_t skew_ms)
{
	memset(plan, 0, sizeof *plan);
	add_around(plan, ipv4, now_ms);
	if (skew_ms)
		add_week(plan, ipv4, p2p_week(now_ms + skew_ms));
}

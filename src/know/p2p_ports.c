/*
 * A small generator of numbers is fed with the address, and for the second pair
 * also with the week, which is mixed into the state that the first pair left
 * behind.  Each pair is drawn until its ports are different and neither is
 * barred.  A draw is repeated once in four times, as a seventh of all ports is
 * barred; of 8 million draws none was repeated more than 12 times.
 */
#include "know/p2p_ports.h"

#include "know/p2p_barred.h"

#define WEEK_S 604800
#define FIRST_MONDAY_S 345600 /* 1970-01-05, 00:00 UTC */
#define MULTIPLIER 0x015A4E35u
#define ROUNDS 10

struct pair {
	uint16_t tcp;
	uint16_t udp;
};

int64_t
p2p_week(int64_t unix_ms)
{
	int64_t ms = unix_ms - FIRST_MONDAY_S * 1000LL;
	int64_t week = ms / (WEEK_S * 1000LL);

	/* Towards minus infinity, as the week before week 0 is -1. */
	return ms % (WEEK_S * 1000LL) < 0 ? week - 1 : week;
}

bool
p2p_port_is_barred(uint16_t port)
{
	return p2p_barred_words[port >> 10] >> (port >> 5 & 31) & 1;
}

static bool
meets(uint16_t port, const struct pair *other)
{
	return other && (port == other->tcp || port == other->udp);
}

static bool
fits(const uint16_t q[2], const struct pair *avoid)
{
	return !p2p_port_is_barred(q[0]) && !p2p_port_is_barred(q[1]) && q[0] != q[1] &&
	       !meets(q[0], avoid) && !meets(q[1], avoid);
}

/*
 * Draws a pair, which keeps clear of another one if that is given, and leaves
 * the state as the next draw begins with it.
 */
static struct pair
draw(uint32_t *state, const struct pair *avoid)
{
	uint16_t q[2] = { 0, 0 }; /* not cleared between repeats */

	do {
		for (unsigned i = 0; i < ROUNDS; i++) {
			uint64_t m = (uint64_t)*state * MULTIPLIER + 1;

			*state = (uint32_t)m;
			q[i % 2] ^= (uint16_t)(m >> 32 >> i);
		}
	} while (!fits(q, avoid));
	return (struct pair){ .tcp = q[0], .udp = q[1] };
}

struct p2p_ports
p2p_ports(const uint8_t ipv4[4], int64_t week, enum p2p_rule rule)
{
	/* The worm reads the address in the order of its own machine. */
	uint32_t address = (uint32_t)ipv4[0] | (uint32_t)ipv4[1] << 8 |
	                   (uint32_t)ipv4[2] << 16 | (uint32_t)ipv4[3] << 24;
	uint32_t state = ~address;
	struct pair fixed = draw(&state, NULL);

	state ^= (uint32_t)week;
	struct pair weekly = draw(&state, rule == P2P_REDRAW ? &fixed : NULL);
	return (struct p2p_ports){
		.tcp_fixed = fixed.tcp,
		.udp_fixed = fixed.udp,
		.tcp_weekly = weekly.tcp,
		.udp_weekly = weekly.udp,
	};
}

/*
 * The ports on which variants D and E listen for their peers, as a function of
 * the host's own IPv4 address and of the week.  Source: SRI's analysis of
 * Conficker C and nmap's p2p-conficker agree; where they do not, both rules are
 * given (see traces.tsv, p2p-answer).
 */
#ifndef KNOW_P2P_PORTS_H
#define KNOW_P2P_PORTS_H

#include <stdbool.h>
#include <stdint.h>

struct p2p_ports {
	uint16_t tcp_fixed;
	uint16_t udp_fixed;
	uint16_t tcp_weekly;
	uint16_t udp_weekly;
};

enum p2p_rule {
	P2P_PLAIN,  /* nmap, SiLK: the weekly draw is kept */
	P2P_REDRAW, /* SRI: drawn again where it repeats a fixed port */
};

/* The week number of a moment; it turns on Monday, 00:00 UTC. */
int64_t p2p_week(int64_t unix_ms);

/* The ports of the host with this IPv4 address (bytes as on the wire). */
struct p2p_ports p2p_ports(const uint8_t ipv4[4], int64_t week, enum p2p_rule);

/* A port that the worm never uses. */
bool p2p_port_is_barred(uint16_t port);

#endif

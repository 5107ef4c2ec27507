/*
 * A simulated network on loopback, for demonstrations and tests.  Its hosts
 * answer as clean and as infected machines do and do nothing else: there is
 * nothing of the worm in them, and they never send before they are asked.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* The usual NetBIOS port where the SMB port is the usual one, else none. */
#define LAB_PORT_USUAL UINT64_MAX

struct lab_order {
	const char *range;   /* "127.7.0.0/16" */
	const char *respond; /* the part of it that answers, "0.1" */
	const char *mix;     /* "clean=5,infected-old=2"; NULL: the usual one */
	const char *truth;   /* a file for "ip,kind,state", or NULL */
	uint64_t seed;
	uint64_t port;
	uint64_t netbios_port; /* 0: none */
	uint64_t nbstat_port;  /* 0: none */
	uint64_t seconds;      /* 0: until SIGINT or SIGTERM */
	bool p2p;
};

/*
 * Serves, after one line on standard output when ready.  What failed has been
 * said when this does not return OK.
 */
CHECKED enum err lab_up(const struct lab_order *order);

#endif

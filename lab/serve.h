/*
 * The loop: one thread, one epoll, thousands of listening sockets.  A listener
 * is a door; who comes through one becomes a guest (guest.h).
 */
#ifndef LAB_SERVE_H
#define LAB_SERVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "lab/host.h"

struct order_ports {
	uint16_t smb;
	uint16_t netbios; /* 0: none */
	uint16_t nbstat;  /* 0: none */
};

struct server;

CHECKED enum err server_new(struct server **out);
void server_free(struct server *); /* closes everything; NULL is fine */

/*
 * Opens the doors of all hosts, which are the caller's and stay where they are.
 * What failed has been said when this does not return OK.
 */
CHECKED enum err server_open(struct server *, const struct host *hosts, size_t count,
                             const struct order_ports *ports);

/* Serves until SIGINT, SIGTERM, or for `seconds` if not 0. */
CHECKED enum err server_run(struct server *, uint64_t seconds);

#endif

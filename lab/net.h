/* The sockets of the lab. */
#ifndef LAB_NET_H
#define LAB_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"

enum transport { NET_TCP, NET_UDP };

struct door {
	struct address address;
	enum transport transport;
	uint16_t port;
	bool deaf; /* with the smallest receive window that there is */
};

/* A non-blocking socket bound there (TCP: listening), or -1 with errno. */
int net_open(const struct door *door);

/* Says on standard error that it could not be opened, and what to do. */
void net_complain(const struct door *door);

/* May this process have so many files open?  Raises its limit as far as it can. */
bool net_room_for(size_t files);

#endif

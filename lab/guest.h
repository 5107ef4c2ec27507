/*
 * A connection of the lab: bytes in, messages to the host, answers out, in the
 * host's manner.  It holds at most GUEST_IN_MOST and GUEST_OUT_MOST bytes, and
 * hangs up on who sends longer messages, does not read what he asked for, or has
 * been quiet for GUEST_IDLE_MS.
 */
#ifndef LAB_GUEST_H
#define LAB_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "lab/exchange.h"
#include "lab/host.h"

#define GUEST_READ_LEN 8192
#define GUEST_MESSAGE_MOST 8192
#define GUEST_IN_MOST (GUEST_MESSAGE_MOST + 4 + GUEST_READ_LEN)
#define GUEST_OUT_MOST 32768
#define GUEST_IDLE_MS 120000

enum role { ROLE_SMB, ROLE_NETBIOS, ROLE_PEER, ROLE_NBSTAT, ROLE_GUEST, ROLE_SIGNAL };

/* What an epoll event points to. */
struct watched {
	enum role role;
	int fd;
	bool udp;
	const struct host *host;
};

struct guest {
	struct watched watched; /* first, so that one can be had from the other */
	enum role door;         /* by which it came */
	bool ticking;           /* in the list of those that the clock drives */
	bool closing;           /* hang up once `out` is sent */
	bool waits_to_send;     /* epoll tells when there is room */
	bool spoke;             /* the manner has had its first bytes */
	int64_t heard_ms;
	int64_t tick_ms;
	struct session session;
	struct buf in;             /* a message that is not complete */
	struct buf out;            /* what the socket did not take yet */
	TAILQ_ENTRY(guest) by_age; /* the longest quiet first */
	TAILQ_ENTRY(guest) by_tick;
};

TAILQ_HEAD(guest_list, guest);

/* What guests need of the loop. */
struct crowd {
	int epoll;
	int64_t steady_ms;
	int64_t wall_ms;
	struct buf out; /* shared: the answers to one read */
	struct guest_list by_age;
	struct guest_list ticking;
	size_t count;
	uint8_t read[GUEST_READ_LEN];
};

void crowd_init(struct crowd *crowd, int epoll);
void crowd_free(struct crowd *crowd); /* hangs up on all */

/* Takes an accepted socket over, whatever comes of it. */
void guest_welcome(struct crowd *crowd, int fd, const struct watched *door);

/* An event of epoll.  The guest may be gone afterwards, and is freed then. */
void guest_event(struct crowd *crowd, struct guest *guest, uint32_t events);

/* Serves those in the ticking list; call every CROWD_TICK_MS or so. */
#define CROWD_TICK_MS 10
void crowd_tick(struct crowd *crowd);

/* Hangs up on those quiet for too long, and on the `extra` longest quiet. */
void crowd_reap(struct crowd *crowd, size_t extra);

#endif

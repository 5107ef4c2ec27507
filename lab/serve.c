#include "lab/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "know/p2p_ports.h"
#include "lab/guest.h"
#include "lab/net.h"
#include "lab/netbios.h"
#include "lab/peer.h"
#include "sys/clock.h"

#define EVENTS_MOST 512
#define QUIET_WAIT_MS 500
#define GUESTS_AT_ONCE 4096 /* files that are kept for connections */
#define GUESTS_EVICTED 64   /* at a time, when there is no file left */
#define DATAGRAM_MOST 1024

struct server {
	int epoll;
	int signals;
	struct watched *doors;
	size_t door_count;
	size_t door_room;
	struct watched signal_door;
	struct crowd crowd;
	bool crowded; /* accept found no file left */
	bool stopped;
};

enum err
server_new(struct server **out)
{
	struct server *s = calloc(1, sizeof *s);

	*out = s;
	if (!s)
		return ERR_MEMORY;
	s->signals = -1;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	crowd_init(&s->crowd, s->epoll);
	return s->epoll < 0 ? ERR_SYSTEM : OK;
}

void
server_free(struct server *s)
{
	if (!s)
		return;
	crowd_free(&s->crowd);
	for (size_t i = 0; i < s->door_count; i++)
		close(s->doors[i].fd);
	if (s->signals >= 0)
		close(s->signals);
	if (s->epoll >= 0)
		close(s->epoll);
	free(s->doors);
	free(s);
}

static enum err
watch(struct server *s, struct watched *watched)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = watched };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, watched->fd, &event) == 0
	           ? OK
	           : ERR_SYSTEM;
}

static enum err
open_door(struct server *s, const struct host *host, enum role role,
          const struct door *door)
{
	if (s->door_count == s->door_room)
		return ERR_LIMIT;
	int fd = net_open(door);
	if (fd < 0) {
		net_complain(door);
		return ERR_REFUSED;
	}
	struct watched *w = &s->doors[s->door_count++];
	*w = (struct watched){ role, fd, door->transport == NET_UDP, host };
	return watch(s, w);
}

/* The four ports of an infected host; one that is taken by SMB is left out. */
static enum err
open_peer(struct server *s, const struct host *host, const struct order_ports *ports)
{
	/*
	 * This week's, as of the start.  Near the turn of the week scanners ask
	 * for both weeks.
	 */
	struct p2p_ports own = p2p_ports(host->address.bytes, p2p_week(clock_now()),
	                                 P2P_REDRAW);
	struct door door = { .address = host->address, .transport = NET_TCP };
	uint16_t tcp[] = { own.tcp_fixed, own.tcp_weekly };
	uint16_t udp[] = { own.udp_fixed, own.udp_weekly };

	for (int i = 0; i < 2; i++) {
		door.transport = NET_TCP;
		door.port = tcp[i];
		bool taken = door.port == ports->smb || door.port == ports->netbios;
		if (!taken && !(i == 1 && tcp[0] == tcp[1]))
			TRY(open_door(s, host, ROLE_PEER, &door));
		door.transport = NET_UDP;
		door.port = udp[i];
		if (door.port != ports->nbstat && !(i == 1 && udp[0] == udp[1]))
			TRY(open_door(s, host, ROLE_PEER, &door));
	}
	return OK;
}

static enum err
open_host(struct server *s, const struct host *host, const struct order_ports *ports)
{
	struct door door = { .address = host->address, .port = ports->smb };

	door.deaf = host->kind->manner == MANNER_DEAF;
	if (!(host->kind->quirks & QUIRKS_NETBIOS_ONLY))
		TRY(open_door(s, host, ROLE_SMB, &door));
	door.port = ports->netbios;
	if (ports->netbios)
		TRY(open_door(s, host, ROLE_NETBIOS, &door));
	door.transport = NET_UDP;
	door.port = ports->nbstat;
	if (ports->nbstat)
		TRY(open_door(s, host, ROLE_NBSTAT, &door));
	return host->peer == PEER_NONE ? OK : open_peer(s, host, ports);
}

enum err
server_open(struct server *s, const struct host *hosts, size_t count,
            const struct order_ports *ports)
{
	size_t peers = 0;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++)
		peers += hosts[i].peer != PEER_NONE;
	s->door_room = count * (1u + (ports->netbios != 0) + (ports->nbstat != 0)) +
	               4 * peers;
	if (!net_room_for(s->door_room + GUESTS_AT_ONCE)) {
		fprintf(
		    stderr,
		    "confine lab: %zu hosts need %zu open files, more than this user "
		    "may have; take a smaller --range or --respond, or raise the "
		    "limit (ulimit -n)\n",
		    count, s->door_room + GUESTS_AT_ONCE);
		return ERR_REFUSED;
	}
	s->doors = calloc(s->door_room, sizeof *s->doors);
	if (!s->doors)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		TRY(open_host(s, &hosts[i], ports));
	return OK;
}

static enum err
watch_signals(struct server *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return ERR_SYSTEM;
	s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (s->signals < 0)
		return ERR_SYSTEM;
	s->signal_door = (struct watched){ ROLE_SIGNAL, s->signals, false, NULL };
	return watch(s, &s->signal_door);
}

static void
answer_datagram(struct server *s, const struct watched *door)
{
	struct sockaddr_storage from;
	socklen_t from_len = sizeof from;
	uint8_t bytes[DATAGRAM_MOST];
	struct buf *out = &s->crowd.out;
	ssize_t len = recvfrom(door->fd, bytes, sizeof bytes, 0,
	                       (struct sockaddr *)&from, &from_len);

	if (len < 0)
		return;
	buf_clear(out);
	if (door->role == ROLE_NBSTAT)
		netbios_status(door->host, span_of(bytes, (size_t)len), out);
	else
		peer_answer(door->host, P2P_UDP, span_of(bytes, (size_t)len), out);
	if (out->len > 0 && !out->bad)
		(void)sendto(door->fd, out->at, out->len, MSG_NOSIGNAL,
		             (struct sockaddr *)&from, from_len);
}

static void
open_to(struct server *s, const struct watched *door)
{
	int fd = accept4(door->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0)
		guest_welcome(&s->crowd, fd, door);
	else if (errno == EMFILE || errno == ENFILE)
		s->crowded = true;
}

static void
handle(struct server *s, const struct epoll_event *event)
{
	struct watched *watched = event->data.ptr;

	if (watched->role == ROLE_GUEST)
		guest_event(&s->crowd, (struct guest *)watched, event->events);
	else if (watched->role == ROLE_SIGNAL)
		s->stopped = true;
	else if (watched->udp)
		answer_datagram(s, watched);
	else
		open_to(s, watched);
}

static int
wait_ms(const struct server *s)
{
	return TAILQ_EMPTY(&s->crowd.ticking) ? QUIET_WAIT_MS : CROWD_TICK_MS;
}

enum err
server_run(struct server *s, uint64_t seconds)
{
	struct epoll_event events[EVENTS_MOST];
	int64_t end_ms = clock_steady() + (int64_t)seconds * 1000;

	TRY(watch_signals(s));
	while (!s->stopped) {
		int count = epoll_wait(s->epoll, events, EVENTS_MOST, wait_ms(s));

		if (count < 0 && errno != EINTR)
			return ERR_SYSTEM;
		s->crowd.steady_ms = clock_steady();
		s->crowd.wall_ms = clock_now();
		for (int i = 0; i < count; i++)
			handle(s, &events[i]);
		/* Only now: who goes may have an event in this batch. */
		crowd_tick(&s->crowd);
		crowd_reap(&s->crowd, s->crowded ? GUESTS_EVICTED : 0);
		s->crowded = false;
		if (seconds && s->crowd.steady_ms >= end_ms)
			break;
	}
	return OK;
}

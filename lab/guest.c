#include "lab/guest.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/manner.h"
#include "lab/netbios.h"
#include "lab/peer.h"
#include "lab/smb1.h"

#define DRIP_MS 1000
#define PEER_QUESTION_MOST 64

void
crowd_init(struct crowd *crowd, int epoll)
{
	*crowd = (struct crowd){ .epoll = epoll };
	buf_init(&crowd->out, GUEST_OUT_MOST);
	TAILQ_INIT(&crowd->by_age);
	TAILQ_INIT(&crowd->ticking);
}

static void
hang_up(struct crowd *crowd, struct guest *guest)
{
	TAILQ_REMOVE(&crowd->by_age, guest, by_age);
	if (guest->ticking)
		TAILQ_REMOVE(&crowd->ticking, guest, by_tick);
	crowd->count--;
	close(guest->watched.fd);
	buf_free(&guest->in);
	buf_free(&guest->out);
	free(guest);
}

void
crowd_free(struct crowd *crowd)
{
	while (!TAILQ_EMPTY(&crowd->by_age))
		hang_up(crowd, TAILQ_FIRST(&crowd->by_age));
	buf_free(&crowd->out);
}

static void
reset(struct crowd *crowd, struct guest *guest)
{
	struct linger at_once = { .l_onoff = 1 };

	(void)setsockopt(guest->watched.fd, SOL_SOCKET, SO_LINGER, &at_once,
	                 sizeof at_once);
	hang_up(crowd, guest);
}

static bool
is_deaf(const struct host *host, enum role door)
{
	return host->kind->manner == MANNER_DEAF && door != ROLE_PEER;
}

void
guest_welcome(struct crowd *crowd, int fd, const struct watched *door)
{
	struct guest *guest = calloc(1, sizeof *guest);
	bool deaf = is_deaf(door->host, door->role);
	struct epoll_event event = { .events = deaf ? EPOLLRDHUP : EPOLLIN,
		                     .data.ptr = guest };

	if (!guest || epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
		free(guest);
		close(fd); /* one guest less; the lab goes on */
		return;
	}
	guest->watched = (struct watched){ ROLE_GUEST, fd, false, door->host };
	guest->door = door->role;
	guest->heard_ms = crowd->steady_ms;
	buf_init(&guest->in, GUEST_IN_MOST);
	buf_init(&guest->out, GUEST_OUT_MOST);
	TAILQ_INSERT_TAIL(&crowd->by_age, guest, by_age);
	crowd->count++;
}

/* Has epoll tell when the socket takes bytes again, or no more. */
static void
wait_to_send(struct crowd *crowd, struct guest *guest, bool wait)
{
	struct epoll_event event = { .events = EPOLLIN | (wait ? EPOLLOUT : 0),
		                     .data.ptr = guest };

	if (guest->waits_to_send == wait)
		return;
	guest->waits_to_send = wait;
	(void)epoll_ctl(crowd->epoll, EPOLL_CTL_MOD, guest->watched.fd, &event);
}

/* Sends at most `most` bytes of what waits; false: the guest is gone. */
static bool
send_waiting(struct crowd *crowd, struct guest *guest, size_t most)
{
	size_t len = guest->out.len < most ? guest->out.len : most;

	if (len > 0) {
		ssize_t sent = send(guest->watched.fd, guest->out.at, len,
		                    MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN) {
			hang_up(crowd, guest);
			return false;
		}
		buf_eat(&guest->out, sent > 0 ? (size_t)sent : 0);
	}
	if (guest->closing && guest->out.len == 0) {
		hang_up(crowd, guest);
		return false;
	}
	if (!guest->ticking)
		wait_to_send(crowd, guest, guest->out.len > 0);
	return true;
}

static void
begin_to_tick(struct crowd *crowd, struct guest *guest)
{
	if (guest->ticking)
		return;
	guest->ticking = true;
	guest->tick_ms = crowd->steady_ms;
	TAILQ_INSERT_TAIL(&crowd->ticking, guest, by_tick);
}

/* Sends what is in crowd->out, as far as it goes; false: the guest is gone. */
static bool
deliver(struct crowd *crowd, struct guest *guest)
{
	struct span out = buf_span(&crowd->out);

	if (guest->watched.host->kind->manner == MANNER_DRIP &&
	    guest->door != ROLE_PEER)
		begin_to_tick(crowd, guest);
	if (guest->out.len == 0 && out.left > 0 && !guest->ticking) {
		ssize_t sent = send(guest->watched.fd, out.at, out.left, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN) {
			hang_up(crowd, guest);
			return false;
		}
		(void)span_cut(&out, sent > 0 ? (size_t)sent : 0);
	}
	buf_put(&guest->out, out.at, out.left);
	if (guest->out.bad) { /* it asks and does not read */
		hang_up(crowd, guest);
		return false;
	}
	if (guest->out.len > 0 || guest->closing)
		return send_waiting(crowd, guest, guest->ticking ? 0 : SIZE_MAX);
	return true;
}

/* One message with its transport header.  Answers go to x->out. */
static enum then
answer_message(struct exchange *x, const struct guest *guest, uint8_t type,
               struct span body)
{
	bool netbios = guest->door == ROLE_NETBIOS;

	if (type == NETBIOS_KEEPALIVE)
		return THEN_GO_ON;
	if (type == NETBIOS_SESSION_REQUEST && netbios)
		return netbios_session(x, body);
	if (type != 0 || (netbios && !x->session->named))
		return THEN_CLOSE;
	return smb1_answer(x, body);
}

/* All whole messages in `bytes`, which moves past them. */
static enum then
answer_all(struct exchange *x, const struct guest *guest, struct span *bytes)
{
	enum then then = THEN_GO_ON;

	while (then == THEN_GO_ON && bytes->left >= 4) {
		struct span s = *bytes;
		uint32_t head = span_be32(&s);
		size_t len = head & 0x00FFFFFF;

		if (len > GUEST_MESSAGE_MOST)
			return THEN_CLOSE;
		if (len > s.left)
			break;
		struct span body = span_cut(&s, len);
		*bytes = s;
		then = answer_message(x, guest, (uint8_t)(head >> 24), body);
	}
	return x->out->bad ? THEN_CLOSE : then;
}

static enum then
answer_peer(struct exchange *x, const struct guest *guest, struct span *bytes)
{
	(void)guest;
	peer_answer(x->host, P2P_TCP, *bytes, x->out);
	if (x->out->len > 0)
		(void)span_cut(bytes, bytes->left);
	return bytes->left > PEER_QUESTION_MOST ? THEN_CLOSE : THEN_GO_ON;
}

/* The bytes of a host that keeps to the protocol. */
static enum then
answer_bytes(struct crowd *crowd, struct guest *guest, struct span bytes)
{
	struct exchange x = { guest->watched.host, &guest->session, crowd->wall_ms,
		              &crowd->out };
	bool held = guest->in.len > 0;

	if (held) {
		buf_put(&guest->in, bytes.at, bytes.left);
		bytes = buf_span(&guest->in);
	}
	enum then then = guest->door == ROLE_PEER ? answer_peer(&x, guest, &bytes)
	                                          : answer_all(&x, guest, &bytes);
	if (bytes.bad)
		return THEN_CLOSE;
	if (held)
		buf_eat(&guest->in, guest->in.len - bytes.left);
	else
		buf_put(&guest->in, bytes.at, bytes.left);
	return then;
}

/* The bytes of a host that does not. */
static enum then
answer_oddly(struct crowd *crowd, struct guest *guest, struct span bytes)
{
	const struct host *host = guest->watched.host;
	bool first = !guest->spoke;
	enum then then = THEN_GO_ON;

	guest->spoke = true;
	switch (host->kind->manner) {
	case MANNER_RESET: return THEN_RESET;
	case MANNER_GARBAGE:
		if (first)
			manner_garbage(host, &crowd->out);
		return THEN_GO_ON;
	case MANNER_HALF:
		if (!first)
			return THEN_GO_ON;
		then = answer_bytes(crowd, guest, bytes);
		crowd->out.len /= 2;
		return then;
	case MANNER_FLOOD:
	case MANNER_FLOOD_SMALL:
		if (first)
			manner_flood(host, true, &crowd->out);
		begin_to_tick(crowd, guest);
		return THEN_GO_ON;
	default: return THEN_GO_ON;
	}
}

/* Are these bytes for the host's bad manners?  A NetBIOS greeting is not yet. */
static bool
is_odd(const struct guest *guest)
{
	enum manner manner = guest->watched.host->kind->manner;

	if (guest->door == ROLE_PEER || manner == MANNER_PLAIN || manner == MANNER_DRIP)
		return false;
	return guest->door != ROLE_NETBIOS || guest->session.named;
}

static void
hear(struct crowd *crowd, struct guest *guest, struct span bytes)
{
	guest->heard_ms = crowd->steady_ms;
	TAILQ_REMOVE(&crowd->by_age, guest, by_age);
	TAILQ_INSERT_TAIL(&crowd->by_age, guest, by_age);
	buf_clear(&crowd->out);
	if (guest->closing)
		return;
	enum then then = is_odd(guest) ? answer_oddly(crowd, guest, bytes)
	                               : answer_bytes(crowd, guest, bytes);
	if (then == THEN_RESET) {
		reset(crowd, guest);
		return;
	}
	guest->closing = then == THEN_CLOSE;
	(void)deliver(crowd, guest);
}

void
guest_event(struct crowd *crowd, struct guest *guest, uint32_t events)
{
	if (is_deaf(guest->watched.host, guest->door)) {
		hang_up(crowd, guest); /* it was told of nothing but the end */
		return;
	}
	if (events & EPOLLOUT && !send_waiting(crowd, guest, SIZE_MAX))
		return;
	if (!(events & ~(uint32_t)EPOLLOUT))
		return;
	ssize_t len = recv(guest->watched.fd, crowd->read, sizeof crowd->read, 0);
	if (len > 0)
		hear(crowd, guest, span_of(crowd->read, (size_t)len));
	else if (len == 0 || errno != EAGAIN || events & (EPOLLERR | EPOLLHUP))
		hang_up(crowd, guest);
}

void
crowd_tick(struct crowd *crowd)
{
	struct guest *guest = TAILQ_FIRST(&crowd->ticking);

	while (guest) {
		struct guest *next = TAILQ_NEXT(guest, by_tick);
		const struct host *host = guest->watched.host;
		bool drips = host->kind->manner == MANNER_DRIP;

		if (!drips && guest->out.len == 0)
			manner_flood(host, false, &guest->out);
		if (crowd->steady_ms - guest->tick_ms >=
		    (drips ? DRIP_MS : CROWD_TICK_MS)) {
			guest->tick_ms = crowd->steady_ms;
			(void)send_waiting(crowd, guest, drips ? 1 : SIZE_MAX);
		}
		guest = next;
	}
}

void
crowd_reap(struct crowd *crowd, size_t extra)
{
	struct guest *guest = TAILQ_FIRST(&crowd->by_age);

	while (guest &&
	       (extra > 0 || crowd->steady_ms - guest->heard_ms > GUEST_IDLE_MS)) {
		struct guest *next = TAILQ_NEXT(guest, by_age);

		extra -= extra > 0;
		hang_up(crowd, guest);
		guest = next;
	}
}

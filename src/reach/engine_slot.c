#include "reach/engine_slot.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define GOODBYE_MS 1000 /* for each word of it: it changes nothing any more */
#define DATAGRAM_AGAIN_MS 1000
#define CROWDED_MS 100 /* until we look for a free descriptor again */
#define READ_ROOM 16384

void
queue_put(struct queue *q, struct slot *s)
{
	s->next = NULL;
	if (q->last)
		q->last->next = s;
	else
		q->first = s;
	q->last = s;
}

struct slot *
queue_take(struct queue *q)
{
	struct slot *s = q->first;

	if (!s)
		return NULL;
	q->first = s->next;
	if (!q->first)
		q->last = NULL;
	return s;
}

static void
make_ready(struct engine *e, struct slot *s)
{
	wheel_drop(&e->wheel, &s->alarm);
	s->state = SLOT_READY;
	s->delayed = false;
	s->queued_ms = e->now_ms;
	queue_put(&e->ready, s);
}

/* Gives back the time that it spent in a queue of ours. */
static void
leave_queue(struct engine *e, struct slot *s)
{
	int64_t waited = s->queued_ms ? e->now_ms - s->queued_ms : 0;

	s->soft_ms += waited;
	s->hard_ms += waited;
	s->queued_ms = 0;
}

static void
set_alarm(struct engine *e, struct slot *s, int64_t at_ms, int64_t last_ms)
{
	wheel_set(&e->wheel, &s->alarm, at_ms < last_ms ? at_ms : last_ms);
}

static void
hang_up(struct slot *s)
{
	if (s->fd < 0)
		return;
	close(s->fd); /* sends FIN: nothing that came is left unread by then */
	s->fd = -1;
}

void
slot_finish(struct engine *e, struct slot *s)
{
	wheel_drop(&e->wheel, &s->alarm);
	hang_up(s);
	if (!e->giving_up) {
		enum err err = e->hooks->done(e->hooks->with, &s->visit, e->wall_ms);
		if (err != OK)
			e->err = err;
		e->progress.done++;
	}
	visit_end(&s->visit);
	s->state = SLOT_FREE;
	s->next = e->free;
	e->free = s;
	e->progress.in_flight--;
}

/* After a step: the next one, or the end where the budget is spent. */
static void
step_over(struct engine *e, struct slot *s)
{
	hang_up(s);
	if (e->giving_up) {
		slot_finish(e, s);
		return;
	}
	if (s->expired || e->now_ms >= s->soft_ms)
		visit_out_of_time(&s->visit, e->wall_ms);
	if (s->visit.stage == VISIT_DONE)
		slot_finish(e, s);
	else
		make_ready(e, s);
}

static void
talk_over(struct engine *e, struct slot *s)
{
	visit_talked(&s->visit, e->wall_ms);
	step_over(e, s);
}

/* A lost datagram is said again after a second: the talk does it when it is quiet. */
static int64_t
answer_wait(const struct engine *e, struct slot *s)
{
	if (s->visit.chat->talk.brief)
		return GOODBYE_MS;
	if (s->step.kind == STEP_UDP && !s->repeated) {
		s->repeated = true;
		return DATAGRAM_AGAIN_MS;
	}
	return e->plan->answer_ms;
}

/* Sends what the talk wants to say, as far as the socket takes it. */
static void
speak(struct engine *e, struct slot *s)
{
	struct talk *t = &s->visit.chat->talk;

	if (t->out.len == 0)
		return;
	ssize_t sent = send(s->fd, t->out.at, t->out.len, MSG_NOSIGNAL);
	if (sent > 0)
		buf_eat(&t->out, (size_t)sent);
	/* An error shows itself again when we listen. */
	s->answer_by_ms = e->now_ms + answer_wait(e, s);
}

/* The talk has moved: carry on as it says. */
static void
follow(struct engine *e, struct slot *s)
{
	struct talk *t = &s->visit.chat->talk;
	int64_t last = t->brief || s->expired ? s->hard_ms : s->soft_ms;

	if (t->after == AFTER_DONE || t->after == AFTER_LOST) {
		if (t->out.len > 0)
			speak(e, s);
		talk_over(e, s);
		return;
	}
	if (t->after == AFTER_PAUSE) {
		if (s->state == SLOT_PAUSING)
			return; /* what drips in does not lengthen it */
		s->state = SLOT_PAUSING;
		set_alarm(e, s, e->now_ms + t->pause_ms, last);
		return;
	}
	s->state = SLOT_TALKING;
	speak(e, s);
	set_alarm(e, s, s->answer_by_ms, last);
}

static void
linked(struct engine *e, struct slot *s, enum link link)
{
	if (!visit_linked(&s->visit, link, e->wall_ms)) {
		e->err = ERR_MEMORY;
		step_over(e, s);
		return;
	}
	if (s->visit.chat) {
		follow(e, s);
		return;
	}
	step_over(e, s);
}

static enum link
link_of(int error)
{
	switch (error) {
	case 0:
	case ECONNRESET: return LINK_OPEN; /* it was, before we looked */
	case ECONNREFUSED: return LINK_REFUSED;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case EADDRNOTAVAIL:
	case EACCES:
	case EPERM:
	case EINVAL: return LINK_UNREACHABLE;
	default: return LINK_SILENT;
	}
}

static socklen_t
socket_address(const struct slot *s, struct sockaddr_storage *to)
{
	const struct address *a = &s->visit.address;

	memset(to, 0, sizeof *to);
	if (a->family == 6) {
		struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(s->step.port);
		v6->sin6_scope_id = a->scope;
		memcpy(&v6->sin6_addr, a->bytes, 16);
		return sizeof *v6;
	}
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	v4->sin_family = AF_INET;
	v4->sin_port = htons(s->step.port);
	memcpy(&v4->sin_addr, a->bytes, 4);
	return sizeof *v4;
}

/* No descriptor to be had: this slot tries again in a moment. */
static void
wait_for_room(struct engine *e, struct slot *s)
{
	hang_up(s);
	e->crowded = true;
	s->state = SLOT_WAITING;
	s->step.kind = STEP_TCP; /* so that the alarm does not count as a wait */
	set_alarm(e, s, e->now_ms + CROWDED_MS, s->hard_ms);
}

/* A machine with IPv6 turned off has no address to begin from, however long we wait. */
static bool
is_crowded(const struct slot *s, int error)
{
	if (error == EADDRNOTAVAIL)
		return s->visit.address.family == 4;
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	       error == ENOMEM || error == EAGAIN;
}

/* Gives its socket to epoll; where that is full, the slot waits. */
static bool
watch(struct engine *e, struct slot *s)
{
	struct epoll_event want = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		                    .data.ptr = s };

	if (epoll_ctl(e->epoll, EPOLL_CTL_ADD, s->fd, &want) == 0)
		return true;
	wait_for_room(e, s);
	return false;
}

static int
socket_error(const struct slot *s)
{
	int error = 0;
	socklen_t len = sizeof error;

	(void)getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

static void
dial(struct engine *e, struct slot *s)
{
	struct sockaddr_storage to;
	socklen_t len = socket_address(s, &to);
	int type = s->step.kind == STEP_UDP ? SOCK_DGRAM : SOCK_STREAM;

	s->repeated = false;
	s->fd = socket(to.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		if (is_crowded(s, errno))
			wait_for_room(e, s);
		else
			linked(e, s, LINK_UNREACHABLE);
		return;
	}
	int error = connect(s->fd, (struct sockaddr *)&to, len) == 0 ? 0 : errno;
	if (is_crowded(s, error)) {
		wait_for_room(e, s);
		return;
	}
	e->progress.connections++;
	if (error != 0 && error != EINPROGRESS && error != ECONNRESET) {
		linked(e, s, link_of(error));
		return;
	}
	if (s->step.kind == STEP_UDP) {
		if (watch(e, s))
			linked(e, s, LINK_OPEN);
		return;
	}
	s->state = SLOT_LINKING;
	set_alarm(e, s, e->now_ms + e->plan->connect_ms, s->soft_ms);
	if (e->fresh->count == FRESH_MOST)
		slots_settle(e);
	e->fresh->slots[e->fresh->count] = s;
	e->fresh->polls[e->fresh->count++] = (struct pollfd){ .fd = s->fd,
		                                              .events = POLLOUT };
}

void
slots_settle(struct engine *e)
{
	struct fresh *f = e->fresh;
	uint32_t count = f->count;

	if (count == 0)
		return;
	(void)poll(f->polls, count, 0);
	f->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct slot *s = f->slots[i];

		bool failed = f->polls[i].revents & (POLLERR | POLLHUP);
		enum link link = failed ? link_of(socket_error(s)) : LINK_OPEN;

		if (link != LINK_OPEN)
			linked(e, s, link);
		else
			(void)watch(e, s); /* which tells when it is open, or was */
	}
}

/* May it go now?  If not, it is put where it waits. */
static bool
has_leave(struct engine *e, struct slot *s)
{
	if (e->pace->delay_ms && !s->delayed && s->visit.present) {
		s->delayed = true;
		s->state = SLOT_WAITING; /* still in a queue of ours, as it were */
		wheel_set(&e->wheel, &s->alarm, e->now_ms + e->pace->delay_ms);
		return false;
	}
	if (s->step.p2p && !bucket_take(&e->p2p_rate, e->now_ms)) {
		queue_put(&e->ready_p2p, s);
		return false;
	}
	return true;
}

bool
slot_step(struct engine *e, struct slot *s)
{
	s->step = visit_next(&s->visit);
	switch (s->step.kind) {
	case STEP_DONE: slot_finish(e, s); return true;
	case STEP_WAIT:
		leave_queue(e, s);
		s->state = SLOT_WAITING;
		set_alarm(e, s, e->now_ms + s->step.wait_ms, s->soft_ms);
		return true;
	default: break;
	}
	if (bucket_wait(&e->rate, e->now_ms) > 0)
		return false;
	if (!has_leave(e, s))
		return true;
	(void)bucket_take(&e->rate, e->now_ms);
	leave_queue(e, s);
	dial(e, s);
	return true;
}

/* The far end hung up (no error), reset it, or is not to be reached any more. */
static void
lose(struct slot *s, int error)
{
	struct talk *t = &s->visit.chat->talk;

	if (s->step.kind == STEP_UDP && error != ECONNREFUSED) {
		(void)talk_quiet(t);
		return;
	}
	s->visit.refused = error != 0;
	(void)talk_closed(t);
}

/*
 * Reads what has come and hands it to the talk.  A short read has emptied the
 * socket, and what comes later rings again, unless it was the end of the stream.
 */
static void
listen_to(struct engine *e, struct slot *s, bool ends)
{
	static uint8_t bytes[READ_ROOM];
	struct talk *t = &s->visit.chat->talk;

	for (;;) {
		ssize_t got = recv(s->fd, bytes, sizeof bytes, 0);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		bool lost = got < 0 || (got == 0 && s->step.kind == STEP_TCP);
		if (lost)
			lose(s, got < 0 ? errno : 0);
		else
			(void)talk_feed(t, span_of(bytes, (size_t)got));
		follow(e, s);
		if (!s->visit.chat || lost)
			return;
		if (s->step.kind == STEP_TCP && (size_t)got < sizeof bytes && !ends)
			return;
	}
}

void
slot_event(struct engine *e, struct slot *s, uint32_t events)
{
	if (s->state == SLOT_LINKING) {
		int error = socket_error(s);

		if (error == 0 && (events & EPOLLOUT) == 0)
			return;
		linked(e, s, link_of(error));
		events &= ~(uint32_t)EPOLLOUT;
	}
	if (s->state != SLOT_TALKING && s->state != SLOT_PAUSING)
		return;
	if (events & EPOLLOUT)
		speak(e, s);
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))
		listen_to(e, s, events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP));
}

static void
alarm_in_talk(struct engine *e, struct slot *s)
{
	struct talk *t = &s->visit.chat->talk;

	if (e->now_ms >= s->soft_ms)
		s->expired = s->visit.expired = true;
	bool pausing = s->state == SLOT_PAUSING;
	s->state = SLOT_TALKING;
	if (e->now_ms >= s->hard_ms) {
		(void)talk_quiet(t); /* notes why, and has a last word to send */
		t->after = AFTER_LOST;
	} else if (pausing) {
		(void)(s->expired ? talk_quiet(t) : talk_resume(t));
	} else {
		(void)talk_quiet(t);
	}
	follow(e, s);
}

void
slot_alarm(struct engine *e, struct slot *s)
{
	wheel_drop(&e->wheel, &s->alarm);
	switch (s->state) {
	case SLOT_WAITING:
		if (s->step.kind == STEP_WAIT) {
			visit_waited(&s->visit);
			step_over(e, s);
			return;
		}
		if (!s->queued_ms && e->now_ms >= s->soft_ms) {
			step_over(e, s); /* no descriptor in all its time */
			return;
		}
		s->state = SLOT_READY;
		queue_put(&e->ready, s);
		return;
	case SLOT_LINKING:
		hang_up(s);
		if (e->now_ms >= s->soft_ms)
			step_over(e, s);
		else
			linked(e, s, LINK_SILENT);
		return;
	case SLOT_TALKING:
	case SLOT_PAUSING: alarm_in_talk(e, s); return;
	default: return;
	}
}

void
slot_give_up(struct engine *e, struct slot *s)
{
	if (s->state == SLOT_FREE)
		return;
	s->expired = true;
	s->soft_ms = e->now_ms;
	s->hard_ms = e->now_ms + GOODBYE_MS;
	if (s->state != SLOT_TALKING && s->state != SLOT_PAUSING) {
		slot_finish(e, s);
		return;
	}
	if (!s->visit.chat->talk.brief)
		(void)talk_quiet(&s->visit.chat->talk);
	follow(e, s);
}

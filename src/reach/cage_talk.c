/*
 * The cage for a conversation, over a pair of sockets: each question and each answer
 * is its length, four bytes of this machine's order, then itself.  The parent puts
 * one question at a time and waits for its answer against a deadline.  A child that
 * dies, is late, says more than its limit, or speaks without being asked, is killed
 * there and then, and every later question is answered as that one was.
 */
#include "reach/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/own.h"
#include "reach/cage_child.h"
#include "reach/cage_nursery.h"

#define CHUNK 8192 /* on the stack; most answers are shorter */
#define LENGTH 4   /* bytes of a frame's head */

struct cage {
	pid_t child; /* 0: it is gone */
	int line;    /* -1 then */
	struct cage_limits limits;
	enum heard ended; /* how, once it is gone */
	bool no_walls;    /* it could not lock itself in */
};

struct cage_line {
	int fd;
	bool takes; /* descriptors */
	struct buf question;
	size_t given_count;
	int given[CAGE_GIVEN_MOST];
};

/* ---- frames */

/* One that is under way: in one piece, so that it wakes the other side once. */
struct frame {
	uint32_t len;
	struct iovec parts[2];
};

static void
frame_of(struct frame *f, struct span bytes)
{
	f->len = (uint32_t)bytes.left;
	f->parts[0] = (struct iovec){ &f->len, LENGTH };
	f->parts[1] = (struct iovec){ (void *)(uintptr_t)bytes.at, bytes.left };
}

static size_t
frame_left(const struct frame *f)
{
	return f->parts[0].iov_len + f->parts[1].iov_len;
}

static void
drop_front(struct frame *f, size_t len)
{
	for (size_t i = 0; i < 2; i++) {
		struct iovec *p = &f->parts[i];
		size_t part = len < p->iov_len ? len : p->iov_len;

		p->iov_base = (uint8_t *)p->iov_base + part;
		p->iov_len -= part;
		len -= part;
	}
}

/* Room for what goes with a message. */
union gifts {
	struct cmsghdr head;
	uint8_t bytes[CMSG_SPACE(CAGE_GIVEN_MOST * sizeof(int))];
};

/* ---- the child */

static void
keep_given(struct cage_line *l, struct msghdr *message)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(message);

	if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
		return;
	for (size_t i = 0; i < l->given_count; i++)
		close(l->given[i]);
	size_t len = head->cmsg_len - CMSG_LEN(0);
	l->given_count = len / sizeof l->given[0];
	memcpy(l->given, CMSG_DATA(head), len);
}

/* Descriptors come with the first bytes of a question. */
static ssize_t
receive(struct cage_line *l, void *to, size_t len)
{
	union gifts gifts;
	struct iovec part = { to, len };
	struct msghdr message = { .msg_iov = &part,
		                  .msg_iovlen = 1,
		                  .msg_control = &gifts,
		                  .msg_controllen = sizeof gifts };

	if (!l->takes)
		return read(l->fd, to, len);
	ssize_t got = recvmsg(l->fd, &message, 0);
	if (got > 0)
		keep_given(l, &message);
	return got;
}

/* True when all of it has come. */
static bool
take(struct cage_line *l, void *to, size_t len)
{
	uint8_t *at = to;

	while (len > 0) {
		ssize_t got = receive(l, at, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		len -= (size_t)got;
	}
	return true;
}

bool
cage_hear(struct cage_line *l, struct span *question)
{
	uint32_t len = 0;

	buf_clear(&l->question);
	if (!take(l, &len, sizeof len))
		return false;
	buf_zero(&l->question, len);
	if (l->question.bad || !take(l, l->question.at, len))
		return false;
	*question = buf_span(&l->question);
	return true;
}

struct cage_gift
cage_given(const struct cage_line *l)
{
	return (struct cage_gift){ l->given, l->given_count };
}

bool
cage_say(struct cage_line *l, struct span answer)
{
	struct frame f;

	if (answer.bad || answer.left > UINT32_MAX)
		return false;
	frame_of(&f, answer);
	while (frame_left(&f) > 0) {
		ssize_t put = writev(l->fd, f.parts, 2);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		drop_front(&f, (size_t)put);
	}
	return true;
}

enum cage_leave
cage_leave_of(const struct cage_service *s)
{
	if (s->takes)
		return LEAVE_TAKING;
	if (!s->opens_memfd)
		return LEAVE_THE_LEAST;
	return s->memfd_most > 0 ? LEAVE_WRITING : LEAVE_OPENING;
}

_Noreturn void
cage_live(const struct cage_service *s, int line_fd, pid_t parent)
{
	struct cage_birth birth = {
		.in_fds = s->in_fds,
		.in_count = s->in_count,
		.line_fd = line_fd,
		.limits = &s->limits,
		.leave = cage_leave_of(s),
		.memfd_most = s->memfd_most,
		.is_talk = true,
	};
	struct cage_line line = { .fd = cage_line_fd(&birth), .takes = s->takes };
	int in_fds[CAGE_INPUTS_MOST];

	cage_settle(&birth, parent);
	for (size_t i = 0; i < s->in_count; i++)
		in_fds[i] = s->in_fds[i] < 0 ? -1 : CAGE_INPUT_FD + (int)i;
	buf_init(&line.question, s->limits.output);
	_exit(s->serve(in_fds, s->in_count, &line, s->arg) == 0 ? OUTCOME_DECODED
	                                                        : OUTCOME_ODD);
}

/* ---- the parent */

static pid_t
fork_one(const struct cage_service *service, int line_fd)
{
	pid_t parent = getpid();

	if ((service->prepare && !service->prepare()) ||
	    cage_prepare(cage_leave_of(service)) != OK)
		return -1;
	pid_t child = fork();
	if (child == 0)
		cage_live(service, line_fd, parent);
	return child;
}

static pid_t
bear(const struct cage_service *service, int line_fd)
{
	pid_t child = service->arg_len > 0 ? cage_nursery_bear(service, line_fd) : 0;

	return child > 0 ? child : fork_one(service, line_fd);
}

enum err
cage_start(const struct cage_service *service, struct cage **out)
{
	OWN(own_mem) struct cage *c = calloc(1, sizeof *c);
	int pair[2];

	*out = NULL;
	if (!c)
		return ERR_MEMORY;
	if (service->in_count > CAGE_INPUTS_MOST)
		return ERR_LIMIT;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return ERR_SYSTEM;
	pid_t child = bear(service, pair[1]);
	int why = errno;
	close(pair[1]);
	if (child < 0) {
		close(pair[0]);
		errno = why;
		return ERR_SYSTEM;
	}
	c->child = child;
	c->line = pair[0];
	c->limits = service->limits;
	*out = GIVE(c);
	return OK;
}

/* The child is no more, and *heard is how it is remembered. */
static void
bury(struct cage *c, enum heard heard)
{
	close(c->line);
	c->line = -1;
	c->child = 0;
	c->ended = heard;
}

static enum err
end_as(struct cage *c, enum heard heard)
{
	cage_kill(c->child);
	bury(c, heard);
	return OK;
}

/* It has closed its end: by dying, by giving up, or for want of a cage. */
static enum err
end_by_itself(struct cage *c, int64_t deadline_ms)
{
	enum heard heard = HEARD;
	int status = 0;

	if (!cage_has_ended(c->child, deadline_ms, &status))
		return end_as(c, HEARD_ODD);
	enum err err = cage_judge(status, &heard);
	c->no_walls = err != OK;
	bury(c, HEARD_ODD);
	return err;
}

/* A question, and what goes with it. */
struct asked {
	struct span question;
	struct cage_gift gift;
};

static void
add_gift(struct msghdr *message, union gifts *gifts, struct cage_gift gift)
{
	size_t len = gift.count * sizeof gift.fds[0];

	if (gift.count == 0)
		return;
	memset(gifts, 0, sizeof *gifts);
	gifts->head.cmsg_level = SOL_SOCKET;
	gifts->head.cmsg_type = SCM_RIGHTS;
	gifts->head.cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(&gifts->head), gift.fds, len);
	message->msg_control = gifts;
	message->msg_controllen = CMSG_SPACE(len);
}

/* HEARD where all of it went; HEARD_ODD where the other side is gone. */
static enum heard
put_question(const struct cage *c, const struct asked *asked, int64_t deadline_ms)
{
	struct frame f;
	union gifts gifts;
	struct msghdr message = { .msg_iov = f.parts, .msg_iovlen = 2 };

	frame_of(&f, asked->question);
	add_gift(&message, &gifts, asked->gift);
	while (frame_left(&f) > 0) {
		ssize_t put = sendmsg(c->line, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (put >= 0) {
			drop_front(&f, (size_t)put);
			message.msg_control = NULL; /* it went with these */
			message.msg_controllen = 0;
		} else if (errno != EAGAIN && errno != EINTR) {
			return HEARD_ODD;
		} else if (!cage_is_ready(c->line, POLLOUT, deadline_ms)) {
			return HEARD_NOTHING;
		}
	}
	return HEARD;
}

/* At most `most` bytes; *got 0 never goes with HEARD. */
static enum heard
take_some(const struct cage *c, void *to, size_t most, int64_t deadline_ms, size_t *got)
{
	for (;;) {
		ssize_t len = recv(c->line, to, most, MSG_DONTWAIT);

		if (len > 0) {
			*got = (size_t)len;
			return HEARD;
		}
		if (len == 0 || (errno != EINTR && errno != EAGAIN))
			return HEARD_ODD;
		if (!cage_is_ready(c->line, POLLIN, deadline_ms))
			return HEARD_NOTHING;
	}
}

static enum heard
take_answer(const struct cage *c, struct buf *answer, int64_t deadline_ms)
{
	uint8_t chunk[CHUNK];
	uint32_t len = 0;
	size_t got = 0;
	size_t head = 0;

	while (head < LENGTH) {
		enum heard heard = take_some(c, (uint8_t *)&len + head, LENGTH - head,
		                             deadline_ms, &got);

		if (heard != HEARD)
			return heard;
		head += got;
	}
	if (len > c->limits.output)
		return HEARD_SHORT;
	for (size_t left = len; left > 0; left -= got) {
		enum heard heard = take_some(c, chunk, left < CHUNK ? left : CHUNK,
		                             deadline_ms, &got);

		if (heard != HEARD)
			return heard;
		buf_put(answer, chunk, got);
	}
	return HEARD;
}

/* Has it said something that nobody asked for? */
static bool
speaks_unasked(const struct cage *c)
{
	uint8_t byte;

	return recv(c->line, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* One question and its answer; whatever goes wrong is the child's end. */
static enum err
converse(struct cage *c, const struct asked *asked, struct buf *answer)
{
	int64_t deadline_ms = cage_deadline(&c->limits);
	enum heard went = speaks_unasked(c) ? HEARD_SHORT
	                                    : put_question(c, asked, deadline_ms);

	if (went == HEARD)
		went = take_answer(c, answer, deadline_ms);
	if (went == HEARD_ODD)
		return end_by_itself(c, deadline_ms);
	if (went == HEARD && answer->bad)
		went = NOT_ASKED;
	return went == HEARD ? OK : end_as(c, went);
}

enum err
cage_give(struct cage *c, struct cage_gift gift, struct span question,
          struct buf *answer, enum heard *heard)
{
	const struct asked asked = { question, gift };
	size_t before = answer->len;

	*heard = NOT_ASKED;
	if (question.bad || question.left > c->limits.output ||
	    gift.count > CAGE_GIVEN_MOST)
		return ERR_LIMIT;
	enum err err = c->child != 0 ? converse(c, &asked, answer) : OK;
	*heard = c->child != 0 ? HEARD : c->ended;
	if (c->child == 0 && !answer->bad)
		answer->len = before; /* half an answer is none */
	if (c->no_walls) {
		errno = EPERM;
		return ERR_SYSTEM;
	}
	return answer->bad ? ERR_MEMORY : err;
}

enum err
cage_ask(struct cage *c, struct span question, struct buf *answer, enum heard *heard)
{
	return cage_give(c, (struct cage_gift){ NULL, 0 }, question, answer, heard);
}

void
cage_dismiss(struct cage *c)
{
	if (c && c->child != 0)
		kill(c->child, SIGKILL);
}

void
cage_end(struct cage *c)
{
	if (!c)
		return;
	if (c->child != 0)
		(void)end_as(c, HEARD_ODD);
	free(c);
}

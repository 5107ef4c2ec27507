/*
 * The nursery sees no foreign byte: it hears of us alone what child we want, with the
 * descriptors that it is to have, makes it a child of ours (CLONE_PARENT), and says its
 * number.  It ends with us.
 */
#include "reach/cage_nursery.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reach/cage_child.h"

#define ARG_MOST 65536 /* a message has room for three times that */
#define FDS_MOST (1 + CAGE_INPUTS_MOST)
#define LINE_FD 3 /* in the nursery, to us */

/* A wish; behind it comes `arg`. */
struct wish {
	struct cage_service service; /* in_fds: -1, or there is one */
	pid_t parent;
};

/* A message with a wish, on either side. */
struct letter {
	struct wish wish;
	struct iovec parts[2];
	struct msghdr head;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(FDS_MOST * sizeof(int))];
	} control;
};

/* Ours. */
static struct {
	pid_t owner; /* whose it is: not of one that was forked from us */
	pid_t child;
	int line;
	bool is_lost;
} nursery;

static void
address(struct letter *l, void *arg, size_t arg_len)
{
	l->parts[0] = (struct iovec){ &l->wish, sizeof l->wish };
	l->parts[1] = (struct iovec){ arg, arg_len };
	l->head = (struct msghdr){ .msg_iov = l->parts,
		                   .msg_iovlen = 2,
		                   .msg_control = l->control.bytes,
		                   .msg_controllen = sizeof l->control.bytes };
}

/* ---- in the nursery */

/* Its line to the parent first, then the inputs that there are. */
struct brought {
	int fds[FDS_MOST];
	size_t count;
};

static void
take_fds(struct letter *l, struct brought *out)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(&l->head);

	out->count = 0;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	out->count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(out->fds, CMSG_DATA(c), out->count * sizeof(int));
}

/* False where fewer came than were sent: we have too many open. */
static bool
hand_out(const struct brought *b, struct cage_service *s)
{
	size_t next = 1;

	for (size_t i = 0; i < s->in_count; i++) {
		if (s->in_fds[i] < 0)
			continue;
		if (next >= b->count)
			return false;
		s->in_fds[i] = b->fds[next++];
	}
	return next == b->count;
}

static pid_t
bear(struct wish *w, const struct brought *b)
{
	struct cage_service *s = &w->service;

	if (!hand_out(b, s) || (s->prepare && !s->prepare()) ||
	    cage_prepare(cage_leave_of(s)) != OK)
		return 0;
	/* With nothing but zeroes behind them, the order of the others is no matter. */
	pid_t child = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		cage_live(s, b->fds[0], w->parent);
	return child > 0 ? child : 0;
}

/* Ctrl-C is for us to act on: children may be wanted to put back what was done. */
static void
stay_until_we_end(pid_t parent)
{
	static const int not_ours[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };

	for (size_t i = 0; i < sizeof not_ours / sizeof not_ours[0]; i++)
		(void)signal(not_ours[i], SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(0);
}

static bool
keep_line_only(int line)
{
	if (dup2(line, LINE_FD) < 0)
		return false;
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
#ifndef __SANITIZE_ADDRESS__ /* a child's reports are wanted */
	close(STDERR_FILENO);
#endif
	closefrom(LINE_FD + 1);
	return true;
}

static bool
next_wish(struct letter *l, uint8_t *arg, struct brought *out)
{
	ssize_t got = 0;

	do {
		address(l, arg, ARG_MOST);
		got = recvmsg(LINE_FD, &l->head, 0);
	} while (got < 0 && errno == EINTR);
	if (got < (ssize_t)sizeof l->wish)
		return false;
	l->wish.service.arg = arg;
	take_fds(l, out);
	return true;
}

static _Noreturn void
tend(int line, pid_t parent)
{
	static uint8_t arg[ARG_MOST];
	struct letter l;
	struct brought b;

	stay_until_we_end(parent);
	if (!keep_line_only(line))
		_exit(1);
	while (next_wish(&l, arg, &b)) {
		pid_t child = bear(&l.wish, &b);

		for (size_t i = 0; i < b.count; i++)
			close(b.fds[i]);
		if (send(LINE_FD, &child, sizeof child, MSG_NOSIGNAL) !=
		    (ssize_t)sizeof child)
			break;
	}
	_exit(0);
}

/* ---- with us */

/* A child of ours that was forked has it in its memory, and it is not its own. */
static bool
is_ours(void)
{
	return nursery.child > 0 && nursery.owner == getpid();
}

void
cage_nursery_end(void)
{
	if (!is_ours())
		return;
	close(nursery.line);
	cage_kill(nursery.child);
	nursery.child = 0;
}

static bool
is_open(void)
{
	static bool ends_with_us;
	pid_t parent = getpid();
	int pair[2];

	if (is_ours())
		return true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	pid_t child = fork();
	if (child == 0)
		tend(pair[1], parent);
	close(pair[1]);
	if (child < 0) {
		close(pair[0]);
		return false;
	}
	nursery.owner = parent;
	nursery.child = child;
	nursery.line = pair[0];
	if (!ends_with_us)
		ends_with_us = atexit(cage_nursery_end) == 0;
	return true;
}

static void
enclose_fds(struct letter *l, int line_fd)
{
	const struct cage_service *s = &l->wish.service;
	struct cmsghdr *c = CMSG_FIRSTHDR(&l->head);
	int fds[FDS_MOST] = { line_fd };
	size_t count = 1;

	for (size_t i = 0; i < s->in_count; i++) {
		if (s->in_fds[i] >= 0)
			fds[count++] = s->in_fds[i];
	}
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	l->head.msg_controllen = CMSG_SPACE(count * sizeof(int));
}

static bool
put(struct letter *l)
{
	ssize_t sent = 0;

	do
		sent = sendmsg(nursery.line, &l->head, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

static bool
hear_number(pid_t *out)
{
	ssize_t got = 0;

	do
		got = recv(nursery.line, out, sizeof *out, 0);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof *out;
}

pid_t
cage_nursery_bear(const struct cage_service *service, int line_fd)
{
	struct letter l = { .wish = { *service, getpid() } };
	pid_t child = 0;

	if (service->arg_len > ARG_MOST || nursery.is_lost || !is_open())
		return 0;
	address(&l, service->arg, service->arg_len);
	enclose_fds(&l, line_fd);
	if (put(&l) && hear_number(&child))
		return child;
	cage_nursery_end();
	nursery.is_lost = true;
	return 0;
}

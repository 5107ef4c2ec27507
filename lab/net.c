#include "lab/net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/address.h"

#define DEAF_WINDOW 2304 /* the kernel's least */

/*
 * The plainest congestion control.  Where the system's own is one that paces,
 * such as bbr, a timer for every answer costs a fifth of the lab's speed.
 */
static const char congestion[] = "reno";

union any_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t
fill(union any_address *to, const struct door *door)
{
	memset(to, 0, sizeof *to);
	if (door->address.family == 4) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(door->port);
		memcpy(&to->v4.sin_addr, door->address.bytes, 4);
		return sizeof to->v4;
	}
	to->v6.sin6_family = AF_INET6;
	to->v6.sin6_port = htons(door->port);
	memcpy(&to->v6.sin6_addr, door->address.bytes, 16);
	return sizeof to->v6;
}

/* Options that connections inherit from the socket that accepts them. */
static void
tune(int fd, const struct door *door)
{
	int yes = 1;
	int window = DEAF_WINDOW;

	if (door->transport == NET_UDP)
		return;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion,
	                 sizeof congestion - 1);
	if (door->deaf)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
}

static int
listen_at(int fd)
{
	int no = 0;

	if (listen(fd, SOMAXCONN) != 0)
		return -1;
	/* acknowledgements ride on answers, from the first one on; listen resets it */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &no, sizeof no);
	return 0;
}

int
net_open(const struct door *door)
{
	union any_address at;
	socklen_t len = fill(&at, door);
	int type = door->transport == NET_TCP ? SOCK_STREAM : SOCK_DGRAM;
	int fd = socket(at.any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	tune(fd, door);
	if (bind(fd, &at.any, len) == 0 &&
	    (door->transport == NET_UDP || listen_at(fd) == 0))
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

static const char *
what_to_do(int why)
{
	switch (why) {
	case EACCES: return "ports below 1024 need root; name another";
	case EADDRINUSE: return "stop what listens there, or name another port";
	case EADDRNOTAVAIL: return "give this address to the namespace first";
	default: return "try a smaller --range";
	}
}

void
net_complain(const struct door *door)
{
	char text[ADDRESS_ROOM];
	int why = errno;

	address_text(text, &door->address);
	fprintf(stderr, "confine lab: cannot listen on %s, %s port %u: %s; %s\n", text,
	        door->transport == NET_TCP ? "TCP" : "UDP", door->port, strerror(why),
	        what_to_do(why));
}

bool
net_room_for(size_t files)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return false;
	if (limit.rlim_cur >= files)
		return true;
	if (limit.rlim_max < files) {
		struct rlimit raised = { .rlim_cur = files, .rlim_max = files };

		return setrlimit(RLIMIT_NOFILE, &raised) == 0; /* root only */
	}
	limit.rlim_cur = files;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/*
 * The floor: connect to every address of a network and close, nothing more.  What
 * a scanner does on top of this is its own cost.  Sequential addresses, no pace,
 * one line at the end.
 *
 *     floor NETWORK/BITS PORT IN_FLIGHT TIMEOUT_MS
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct flight {
	int fd;
	double until;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
dial(uint32_t address, uint16_t port, int epoll, struct flight *f)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port = htons(port),
		                  .sin_addr.s_addr = htonl(address) };
	struct epoll_event want = { .events = EPOLLIN | EPOLLOUT | EPOLLET,
		                    .data.ptr = f };

	f->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (f->fd < 0)
		return -1;
	if (connect(f->fd, (struct sockaddr *)&to, sizeof to) != 0 &&
	    errno != EINPROGRESS) {
		close(f->fd);
		f->fd = -1;
		return 0;
	}
	return epoll_ctl(epoll, EPOLL_CTL_ADD, f->fd, &want);
}

static void
hang_up(struct flight *f)
{
	close(f->fd);
	f->fd = -1;
}

/* The network and how to walk it; a ring of flights, since all wait equally long. */
struct sweep {
	uint32_t first;
	uint64_t count, begun, done, open;
	uint16_t port;
	double wait;
	struct flight *flights;
	size_t room, oldest, used;
	int epoll;
};

static int
begin(struct sweep *s)
{
	while (s->begun < s->count && s->used < s->room) {
		struct flight *f = &s->flights[(s->oldest + s->used) % s->room];

		if (dial(s->first + (uint32_t)s->begun, s->port, s->epoll, f) != 0)
			return -1;
		f->until = now() + s->wait;
		s->begun++;
		s->used++;
	}
	return 0;
}

static void
hear(struct sweep *s)
{
	struct epoll_event events[512];
	int got = epoll_wait(s->epoll, events, 512, 10);

	for (int i = 0; i < got; i++) {
		struct flight *f = events[i].data.ptr;
		int error = 0;
		socklen_t len = sizeof error;

		if (f->fd < 0)
			continue;
		getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &error, &len);
		s->open += error == 0;
		hang_up(f);
	}
}

static void
retire(struct sweep *s)
{
	double at = now();

	while (s->used > 0) {
		struct flight *f = &s->flights[s->oldest];

		if (f->fd >= 0 && f->until > at)
			break;
		if (f->fd >= 0)
			hang_up(f);
		s->oldest = (s->oldest + 1) % s->room;
		s->used--;
		s->done++;
	}
}

static int
read_words(struct sweep *s, char **argv)
{
	struct in_addr base;
	char *slash = strchr(argv[1], '/');

	if (!slash)
		return -1;
	*slash = 0;
	unsigned long bits = strtoul(slash + 1, NULL, 10);
	if (inet_pton(AF_INET, argv[1], &base) != 1 || bits < 8 || bits > 32)
		return -1;
	s->first = ntohl(base.s_addr);
	s->count = 1ull << (32 - bits);
	s->port = (uint16_t)strtoul(argv[2], NULL, 10);
	s->room = strtoul(argv[3], NULL, 10);
	s->wait = strtod(argv[4], NULL) / 1000;
	return 0;
}

static void
report(const struct sweep *s, double took)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("%.4f s, %.0f addresses/s, %llu open, cpu %.4f s\n", took,
	       (double)s->count / took, (unsigned long long)s->open,
	       (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6 +
	           (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6);
}

int
main(int argc, char **argv)
{
	struct sweep s = { .epoll = epoll_create1(EPOLL_CLOEXEC) };

	if (argc != 5 || read_words(&s, argv) != 0) {
		fprintf(stderr,
		        "usage: floor NETWORK/BITS PORT IN_FLIGHT TIMEOUT_MS\n");
		return 2;
	}
	struct rlimit files = { s.room + 64, s.room + 64 };
	(void)setrlimit(RLIMIT_NOFILE, &files);
	s.flights = calloc(s.room, sizeof *s.flights);
	if (!s.flights || s.epoll < 0)
		return 2;
	for (size_t i = 0; i < s.room; i++)
		s.flights[i].fd = -1;
	double start = now();
	while (s.done < s.count) {
		if (begin(&s) != 0)
			return 2;
		hear(&s);
		retire(&s);
	}
	report(&s, now() - start);
	free(s.flights);
	return 0;
}

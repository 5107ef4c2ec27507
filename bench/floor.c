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

int
main(int argc, char **argv)
{
	struct in_addr base;
	struct epoll_event events[512];

	if (argc != 5 || strchr(argv[1], '/') == NULL) {
		fprintf(stderr,
		        "usage: floor NETWORK/BITS PORT IN_FLIGHT TIMEOUT_MS\n");
		return 2;
	}
	char *slash = strchr(argv[1], '/');
	*slash = 0;
	unsigned long bits = strtoul(slash + 1, NULL, 10);
	if (inet_pton(AF_INET, argv[1], &base) != 1 || bits < 8 || bits > 32)
		return 2;
	uint32_t first = ntohl(base.s_addr);
	uint64_t count = 1ull << (32 - bits);
	uint16_t port = (uint16_t)strtoul(argv[2], NULL, 10);
	size_t room = strtoul(argv[3], NULL, 10);
	double wait = strtod(argv[4], NULL) / 1000;
	struct rlimit files = { room + 64, room + 64 };
	(void)setrlimit(RLIMIT_NOFILE, &files);
	struct flight *flights = calloc(room, sizeof *flights);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	uint64_t begun = 0;
	uint64_t done = 0;
	uint64_t open = 0;
	size_t oldest = 0; /* a ring: all wait equally long */
	size_t used = 0;
	double start = now();

	if (!flights || epoll < 0)
		return 2;
	for (size_t i = 0; i < room; i++)
		flights[i].fd = -1;
	while (done < count) {
		while (begun < count && used < room) {
			struct flight *f = &flights[(oldest + used) % room];

			if (dial(first + (uint32_t)begun, port, epoll, f) != 0)
				return 2;
			f->until = now() + wait;
			begun++;
			used++;
		}
		int got = epoll_wait(epoll, events, 512, 10);
		for (int i = 0; i < got; i++) {
			struct flight *f = events[i].data.ptr;
			int error = 0;
			socklen_t len = sizeof error;

			if (f->fd < 0)
				continue;
			getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &error, &len);
			open += error == 0;
			hang_up(f);
		}
		double at = now();
		while (used > 0) {
			struct flight *f = &flights[oldest];

			if (f->fd >= 0 && f->until > at)
				break;
			if (f->fd >= 0)
				hang_up(f);
			oldest = (oldest + 1) % room;
			used--;
			done++;
		}
	}
	double took = now() - start;
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	printf("%.4f s, %.0f addresses/s, %llu open, cpu %.4f s\n", took,
	       (double)count / took, (unsigned long long)open,
	       (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6 +
	           (double)use.ru_stime.tv_sec + (double)use.ru_stime.tv_usec / 1e6);
	return 0;
}

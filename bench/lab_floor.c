/*
 * The floor under the lab: a server that takes each request of lab_load and sends
 * back a fixed answer without looking at it.  What it reaches is what the kernel's
 * loopback gives to one process; the lab can only come near it.
 *
 *     lab_floor ADDRESSES PORT
 *
 * listens on every address of the file (up to a comma in its line), says "ready",
 * and serves until it is killed.  Its socket options are those of the lab.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MOST 512
#define READ_LEN 8192
#define ANSWER_LEN 100 /* as long as the lab's answer to the question */

struct end {
	int fd;
	bool listens;
};

/* The return code of a clean host lies where lab_load looks for it. */
static const uint8_t answer[ANSWER_LEN] = {
	[3] = ANSWER_LEN - 4, [4] = 0xFF, 'S', 'M', 'B', [ANSWER_LEN - 4] = 0x7B,
};

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

static void
watch(int epoll, int fd, bool listens)
{
	struct end *end = malloc(sizeof *end);
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = end };

	if (!end || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		die("lab_floor");
	*end = (struct end){ fd, listens };
}

static void
open_at(int epoll, const struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int yes = 1;
	int no = 0;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
	if (fd < 0 || bind(fd, (const struct sockaddr *)at, sizeof *at) != 0 ||
	    listen(fd, SOMAXCONN) != 0)
		die("lab_floor: listen");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &no, sizeof no);
	watch(epoll, fd, true);
}

static void
open_all(int epoll, const char *path, uint16_t port)
{
	char line[256];
	FILE *f = fopen(path, "r");

	if (!f)
		die(path);
	while (fgets(line, sizeof line, f)) {
		struct sockaddr_in at = { .sin_family = AF_INET,
			                  .sin_port = htons(port) };

		line[strcspn(line, ",\n")] = 0;
		if (inet_pton(AF_INET, line, &at.sin_addr) == 1)
			open_at(epoll, &at);
	}
	fclose(f);
}

static void
handle(int epoll, struct end *end)
{
	uint8_t bytes[READ_LEN];

	if (end->listens) {
		int fd = accept4(end->fd, NULL, NULL, SOCK_NONBLOCK);

		if (fd >= 0)
			watch(epoll, fd, false);
		return;
	}
	if (recv(end->fd, bytes, sizeof bytes, 0) > 0) {
		(void)send(end->fd, answer, sizeof answer, MSG_NOSIGNAL);
		return;
	}
	close(end->fd);
	free(end);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENTS_MOST];
	int epoll = epoll_create1(0);

	if (argc != 3) {
		fprintf(stderr, "usage: lab_floor ADDRESSES PORT\n");
		return 2;
	}
	open_all(epoll, argv[1], (uint16_t)strtoul(argv[2], NULL, 10));
	puts("ready");
	fflush(stdout);
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS_MOST, -1);

		for (int i = 0; i < count; i++)
			handle(epoll, events[i].data.ptr);
	}
}

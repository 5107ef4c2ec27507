/*
 * How many full SMB checks a second does the lab answer?  Each is ten requests
 * of fixed bytes on a connection of its own, as a scanner sends them to a host
 * that takes anonymous callers; the answers are only held against the status and
 * the return code.  For hosts of the kinds clean and infected-old.
 *
 *     lab_load ADDRESSES PORT IN_FLIGHT SECONDS [PID [TURNS]]
 *
 * ADDRESSES is a file of one IPv4 address a line, up to a comma if there is one
 * (what `confine lab up --truth` writes).  With the lab's process id it also says
 * how many checks the lab answered per second of its own processor time.  TURNS
 * is 10 unless said; 7 are those up to the answer that decides, without the
 * goodbyes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MOST 200
#define EVENTS_MOST 256
#define ANSWER_MOST 1024
#define STATUS_AT 9
#define CODE_INVALID_PARAMETER 0x57
#define CODE_INVALID_NAME 0x7B

/* clang-format off */
static const struct {
	const char *name;
	const char *hex;
} asked[] = {
	{ "negotiate",
	  "0000002fff534d42720000000018014000000000000000000000000000003412"
	  "00000100000c00024e54204c4d20302e313200" },
	{ "session setup",
	  "00000050ff534d42730000000018014000000000000000000000000000003412"
	  "000002000dff0000000411010001000000000001000000000000005000000013"
	  "00000000636f6e66696e6500636f6e66696e6500" },
	{ "tree connect",
	  "00000042ff534d42750000000018014000000000000000000000000000003412"
	  "0008030004ff000000000001001700005c5c3139322e302e322e31305c495043"
	  "240049504300" },
	{ "open pipe",
	  "0000005cff534d42a20000000018014000000000000000000000000001083412"
	  "0008040018ff00000000080000000000000000009f0102000000000000000000"
	  "00000000030000000100000000000000020000000109005c62726f7773657200" },
	{ "bind",
	  "00000094ff534d42250000000018014000000000000000000000000001083412"
	  "0008050010000048000000b8100000000000000000000000004c0048004c0002"
	  "002600004051005c504950455c00000005000b03100000004800000001000000"
	  "b810b810000000000100000000000100c84f324b7016d30112785a47bf6ee188"
	  "03000000045d888aeb1cc9119fe808002b10486002000000" },
	{ "control path",
	  "000000a4ff534d42250000000018014000000000000000000000000001083412"
	  "0008060010000058000000b8100000000000000000000000004c0058004c0002"
	  "002600004061005c504950455c00000005000003100000005800000002000000"
	  "4000000000001f00010000000200000000000000020000006100000002000000"
	  "00000000020000005c000000020000000200000000000000020000005c000000"
	  "0100000001000000" },
	{ "path",
	  "000000acff534d42250000000018014000000000000000000000000001083412"
	  "0008070010000060000000b8100000000000000000000000004c0060004c0002"
	  "002600004069005c504950455c00000005000003100000006000000003000000"
	  "4800000000001f00010000000200000000000000020000006100000005000000"
	  "00000000050000005c002e002e005c0000000000020000000200000000000000"
	  "020000005c0000000100000001000000" },
	{ "close",
	  "00000029ff534d42040000000018014000000000000000000000000001083412"
	  "00080800030040ffffffff0000" },
	{ "tree disconnect",
	  "00000023ff534d42710000000018014000000000000000000000000001083412"
	  "00080900000000" },
	{ "logoff",
	  "00000027ff534d42740000000018014000000000000000000000000000003412"
	  "00080a0002ff0000000000" },
};
/* clang-format on */

#define TURNS (sizeof asked / sizeof asked[0])
#define TURN_PATH 6 /* whose answer ends in the return code */

static struct {
	uint8_t bytes[REQUEST_MOST];
	size_t len;
} requests[TURNS];

struct check {
	int fd;
	size_t turn;
};

struct load {
	struct sockaddr_in *targets;
	size_t target_count;
	size_t next;
	size_t turns;
	int epoll;
	uint64_t done;
	uint64_t failed;
	const char *failed_at;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned
nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void
read_requests(void)
{
	for (size_t i = 0; i < TURNS; i++) {
		const char *hex = asked[i].hex;

		requests[i].len = strlen(hex) / 2;
		for (size_t b = 0; b < requests[i].len; b++)
			requests[i].bytes[b] = (uint8_t)(nibble(hex[2 * b]) << 4 |
			                                 nibble(hex[2 * b + 1]));
	}
}

static bool
read_targets(struct load *load, const char *path, uint16_t port)
{
	char line[256];
	size_t room = 0;
	FILE *f = fopen(path, "r");

	if (!f)
		return false;
	while (fgets(line, sizeof line, f)) {
		struct sockaddr_in at = { .sin_family = AF_INET,
			                  .sin_port = htons(port) };

		line[strcspn(line, ",\n")] = 0;
		if (inet_pton(AF_INET, line, &at.sin_addr) != 1)
			continue; /* a heading */
		if (load->target_count == room) {
			room = room ? 2 * room : 1024;
			load->targets = reallocarray(load->targets, room, sizeof at);
			if (!load->targets)
				exit(2);
		}
		load->targets[load->target_count++] = at;
	}
	fclose(f);
	return load->target_count > 0;
}

static void
die(const char *what)
{
	fprintf(stderr, "lab_load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
dial(struct load *load, struct check *check)
{
	const struct sockaddr_in *to =
	    &load->targets[load->next++ % load->target_count];
	struct epoll_event event = { .events = EPOLLOUT, .data.ptr = check };
	int yes = 1;

	*check = (struct check){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK,
		                              0) };
	if (check->fd < 0)
		die("socket");
	(void)setsockopt(check->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (connect(check->fd, (const struct sockaddr *)to, sizeof *to) != 0 &&
	    errno != EINPROGRESS)
		die("connect");
	if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, check->fd, &event) != 0)
		die("epoll");
}

static void
ask(const struct check *check)
{
	size_t len = requests[check->turn].len;

	if (send(check->fd, requests[check->turn].bytes, len, MSG_NOSIGNAL) !=
	    (ssize_t)len)
		die("send");
}

/* Answers of this size come in one piece. */
static bool
is_good(const struct check *check, const uint8_t *answer, ssize_t len)
{
	static const uint8_t ok[4];

	if (len < 39 || memcmp(answer + STATUS_AT, ok, 4) != 0)
		return false;
	return check->turn != TURN_PATH || answer[len - 4] == CODE_INVALID_NAME ||
	       answer[len - 4] == CODE_INVALID_PARAMETER;
}

static void
again(struct load *load, struct check *check)
{
	close(check->fd);
	dial(load, check);
}

static void
handle(struct load *load, const struct epoll_event *event)
{
	struct check *check = event->data.ptr;
	uint8_t answer[ANSWER_MOST];

	if (event->events & EPOLLOUT) {
		struct epoll_event in = { .events = EPOLLIN, .data.ptr = check };

		ask(check);
		(void)epoll_ctl(load->epoll, EPOLL_CTL_MOD, check->fd, &in);
		return;
	}
	ssize_t len = recv(check->fd, answer, sizeof answer, 0);
	if (len < 0 && errno == EAGAIN)
		return;
	if (!is_good(check, answer, len)) {
		load->failed++;
		load->failed_at = asked[check->turn].name;
		again(load, check);
		return;
	}
	if (++check->turn < load->turns) {
		ask(check);
		return;
	}
	load->done++;
	again(load, check);
}

/* Processor time of another process, in seconds; 0 where it cannot be had. */
static double
cpu_of(const char *pid)
{
	char path[64];
	char text[1024] = "";
	unsigned long user = 0;
	unsigned long kernel = 0;

	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	FILE *f = fopen(path, "r");
	if (!f)
		return 0;
	size_t len = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[len] = 0;
	char *at = strrchr(text, ')'); /* the name may hold anything */
	for (int field = 2; at && field < 14; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return 0;
	user = strtoul(at, &at, 10);
	kernel = strtoul(at, NULL, 10);
	return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static double
own_cpu(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void
run(struct load *load, size_t in_flight, double seconds)
{
	struct check *checks = calloc(in_flight, sizeof *checks);
	struct epoll_event events[EVENTS_MOST];
	double end = now() + seconds;

	if (!checks)
		die("memory");
	for (size_t i = 0; i < in_flight; i++)
		dial(load, &checks[i]);
	while (now() < end) {
		int count = epoll_wait(load->epoll, events, EVENTS_MOST, 100);

		for (int i = 0; i < count; i++)
			handle(load, &events[i]);
	}
	for (size_t i = 0; i < in_flight; i++)
		close(checks[i].fd);
	free(checks);
}

int
main(int argc, char **argv)
{
	struct load load = { .epoll = epoll_create1(0), .turns = TURNS };

	if (argc < 5) {
		fprintf(
		    stderr,
		    "usage: lab_load ADDRESSES PORT IN_FLIGHT SECONDS [PID [TURNS]]\n");
		return 2;
	}
	if (!read_targets(&load, argv[1], (uint16_t)strtoul(argv[2], NULL, 10)))
		die(argv[1]);
	if (argc > 6 && argv[6][0] == '7')
		load.turns = TURN_PATH + 1;
	read_requests();
	double cpu = argc > 5 ? cpu_of(argv[5]) : 0;
	double begin = now();
	run(&load, strtoul(argv[3], NULL, 10), strtod(argv[4], NULL));
	double spent = now() - begin;
	printf("%.0f checks/s (%llu in %.2f s, %llu failed%s%s), own cpu %.2f s",
	       (double)load.done / spent, (unsigned long long)load.done, spent,
	       (unsigned long long)load.failed, load.failed ? ", last at " : "",
	       load.failed ? load.failed_at : "", own_cpu());
	if (argc > 5) {
		cpu = cpu_of(argv[5]) - cpu;
		printf(", lab cpu %.2f s: %.0f checks per cpu second", cpu,
		       cpu > 0 ? (double)load.done / cpu : 0);
	}
	printf("\n");
	free(load.targets);
	return load.failed ? 1 : 0;
}

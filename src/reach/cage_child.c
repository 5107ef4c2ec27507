/*
 * One child a cage: it gives up every descriptor but its inputs, its line to the
 * parent, and under the sanitizers standard error; then its limits, then the walls;
 * and only then does it look at a foreign byte.
 */
#include "reach/cage_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/clock.h"

#define MEMORY_USUAL (512u << 20)
#define SECONDS_USUAL 60

/* A name that is an open descriptor's: CAGE_INPUT_FD. */
const char CAGE_MEMFD_NAME[] = "/proc/self/fd/3";

static unsigned
seconds_of(const struct cage_limits *l)
{
	return l->seconds ? l->seconds : SECONDS_USUAL;
}

int64_t
cage_deadline(const struct cage_limits *l)
{
	return clock_steady() + seconds_of(l) * 1000LL;
}

int
cage_line_fd(const struct cage_birth *b)
{
	return CAGE_INPUT_FD + (int)b->in_count;
}

/* A handler of the parent's has no business here, and Ctrl-C ends both. */
static void
forget_handlers(void)
{
	static const int ours[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,
		                    SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD };
	sigset_t none;

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		signal(ours[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Puts what was moved out of the way to `place`; nothing is left there for -1. */
static bool
settle_at(int from, int place)
{
	close(place);
	return from < 0 || dup2(from, place) >= 0;
}

/* Inputs and line move to their places; all else is closed. */
static bool
keep_descriptors(const struct cage_birth *b)
{
	int inputs[CAGE_INPUTS_MOST];
	int free_fd = cage_line_fd(b) + 1;
	int line = fcntl(b->line_fd, F_DUPFD, free_fd);

	if (line < 0 || b->in_count > CAGE_INPUTS_MOST)
		return false;
	for (size_t i = 0; i < b->in_count; i++) {
		bool is_there = b->in_fds[i] >= 0;

		inputs[i] = is_there ? fcntl(b->in_fds[i], F_DUPFD, free_fd) : -1;
		if (is_there && inputs[i] < 0)
			return false;
	}
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
#ifndef __SANITIZE_ADDRESS__ /* its reports are wanted */
	close(STDERR_FILENO);
#endif
	for (size_t i = 0; i < b->in_count; i++) {
		if (!settle_at(inputs[i], CAGE_INPUT_FD + (int)i))
			return false;
	}
	if (!settle_at(line, cage_line_fd(b)))
		return false;
	closefrom(free_fd);
	return true;
}

static bool
limit(__rlimit_resource_t what, rlim_t most)
{
	return setrlimit(what, &(struct rlimit){ most, most }) == 0;
}

/* Bytes of address space that we have already; 0 where the system does not say. */
static rlim_t
memory_at_birth(void)
{
	char text[32] = { 0 };
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	ssize_t got = read(fd, text, sizeof text - 1);
	close(fd);
	long page = sysconf(_SC_PAGESIZE);
	return got > 0 && page > 0 ? strtoull(text, NULL, 10) * (rlim_t)page : 0;
}

/* Up to which it may have any; what it has stays. */
static rlim_t
descriptors_left(const struct cage_birth *b)
{
	switch (b->leave) {
	case LEAVE_OPENING:
	case LEAVE_WRITING:
		return STDIN_FILENO + 1; /* that place is free */
	/* Those before are closed when others have come. */
	case LEAVE_TAKING: return (rlim_t)cage_line_fd(b) + 1 + 2 * CAGE_GIVEN_MOST;
	default: return 0;
	}
}

/*
 * Memory is counted on top of what was there: a big parent has a big child.
 */
static bool
set_limits(const struct cage_birth *b, rlim_t at_birth)
{
	const struct cage_limits *l = b->limits;
	rlim_t memory = at_birth + (l->memory ? l->memory : MEMORY_USUAL);

	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, b->memfd_most) &&
	       limit(RLIMIT_AS, memory) &&
	       (b->is_talk || limit(RLIMIT_CPU, seconds_of(l) + 1)) &&
	       limit(RLIMIT_NOFILE, descriptors_left(b));
}

enum err
cage_prepare(enum cage_leave leave)
{
	return cage_make_seccomp(leave) ? OK : ERR_SYSTEM;
}

void
cage_settle(const struct cage_birth *b, pid_t parent)
{
	forget_handlers();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(OUTCOME_NO_CAGE);
	if (!keep_descriptors(b))
		_exit(OUTCOME_NO_CAGE);
	rlim_t at_birth = memory_at_birth();
	/*
	 * Old kernels lack the walls: cage_probe says so, and decoding goes on.
	 * Landlock takes a descriptor, which the limits no longer give; seccomp
	 * takes away the setting of limits.
	 */
	(void)cage_raise_landlock();
	if (!set_limits(b, at_birth))
		_exit(OUTCOME_NO_CAGE);
	(void)cage_raise_seccomp(b->leave);
}

bool
cage_is_ready(int fd, short events, int64_t deadline_ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline_ms - clock_steady();
		int wait_ms = left < 1000 ? (int)left : 1000;

		if (left <= 0)
			return false;
		if (poll(&p, 1, wait_ms) > 0)
			return true;
	}
}

bool
cage_has_ended(pid_t child, int64_t deadline_ms, int *status)
{
	for (;;) {
		pid_t got = waitpid(child, status, WNOHANG);

		if (got == child)
			return true;
		if ((got < 0 && errno != EINTR) || clock_steady() >= deadline_ms)
			return false;
		poll(NULL, 0, 1);
	}
}

void
cage_kill(pid_t child)
{
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		continue;
}

enum err
cage_judge(int status, enum heard *heard)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == OUTCOME_NO_CAGE) {
		errno = EPERM;
		return ERR_SYSTEM;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != OUTCOME_DECODED)
		*heard = HEARD_ODD;
	return OK;
}

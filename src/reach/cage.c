/*
 * One child a decoding: it gives up every descriptor but its input, its answer's
 * pipe, and under the sanitizers standard error; then its limits, then the walls;
 * and only then does it look at a foreign byte.  The parent reads the pipe and
 * waits, both against one deadline, and always reaps the child.
 */
#include "reach/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reach/cage_walls.h"
#include "sys/clock.h"

#define MEMORY_USUAL (512u << 20)
#define SECONDS_USUAL 60
#define INPUT_FD 3
#define ANSWER_FD 4
#define FIRST_FREE_FD 5
#define CHUNK 16384

enum outcome {
	OUTCOME_DECODED = 0,
	OUTCOME_ODD = 1,
	OUTCOME_NO_CAGE = 2, /* the child could not lock itself in */
};

struct job {
	const struct cage_work *work;
	int64_t deadline_ms;
	int pipe[2];
};

static unsigned
seconds_of(const struct cage_limits *l)
{
	return l->seconds ? l->seconds : SECONDS_USUAL;
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

/* Input and answer move to their places; all else is closed. */
static bool
keep_two_descriptors(const struct job *j)
{
	int answer = fcntl(j->pipe[1], F_DUPFD, FIRST_FREE_FD);
	int input = j->work->in_fd < 0 ? -1
	                               : fcntl(j->work->in_fd, F_DUPFD, FIRST_FREE_FD);

	if (answer < 0 || (j->work->in_fd >= 0 && input < 0))
		return false;
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
#ifndef __SANITIZE_ADDRESS__ /* its reports are wanted */
	close(STDERR_FILENO);
#endif
	close(INPUT_FD);
	if (input >= 0 && dup2(input, INPUT_FD) < 0)
		return false;
	if (dup2(answer, ANSWER_FD) < 0)
		return false;
	closefrom(FIRST_FREE_FD);
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

/* Memory is counted on top of what was there: a big parent has a big child. */
static bool
set_limits(const struct cage_limits *l, rlim_t at_birth)
{
	rlim_t memory = at_birth + (l->memory ? l->memory : MEMORY_USUAL);

	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
	       limit(RLIMIT_AS, memory) && limit(RLIMIT_CPU, seconds_of(l) + 1) &&
	       limit(RLIMIT_NOFILE, 0);
}

/* The child's whole life. */
static _Noreturn void
live(const struct job *j, pid_t parent)
{
	forget_handlers();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(OUTCOME_NO_CAGE);
	if (!keep_two_descriptors(j))
		_exit(OUTCOME_NO_CAGE);
	rlim_t at_birth = memory_at_birth();
	/*
	 * Old kernels lack the walls: cage_probe says so, and decoding goes on.
	 * Landlock takes a descriptor, which the limits no longer give; seccomp
	 * takes away the setting of limits.
	 */
	(void)cage_raise_landlock();
	if (!set_limits(&j->work->limits, at_birth))
		_exit(OUTCOME_NO_CAGE);
	(void)cage_raise_seccomp();
	int in = j->work->in_fd < 0 ? -1 : INPUT_FD;
	_exit(j->work->decode(in, ANSWER_FD, j->work->arg) == 0 ? OUTCOME_DECODED
	                                                        : OUTCOME_ODD);
}

/* Waits until the pipe has something to say or the time is over. */
static bool
is_readable(const struct job *j)
{
	struct pollfd p = { .fd = j->pipe[0], .events = POLLIN };

	for (;;) {
		int64_t left = j->deadline_ms - clock_steady();
		int wait_ms = left < 1000 ? (int)left : 1000;

		if (left <= 0)
			return false;
		if (poll(&p, 1, wait_ms) > 0)
			return true;
	}
}

/* HEARD when the child has closed its end. */
static enum heard
read_answer(const struct job *j, struct buf *answer)
{
	uint8_t chunk[CHUNK];
	size_t taken = 0;

	while (is_readable(j)) {
		ssize_t got = read(j->pipe[0], chunk, sizeof chunk);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return HEARD_ODD;
		if (got == 0)
			return HEARD;
		if ((size_t)got > j->work->limits.output - taken)
			return HEARD_SHORT;
		taken += (size_t)got;
		buf_put(answer, chunk, (size_t)got);
	}
	return HEARD_NOTHING;
}

/* True when it has ended by itself before the deadline; *status says how. */
static bool
has_ended(const struct job *j, pid_t child, int *status)
{
	for (;;) {
		pid_t got = waitpid(child, status, WNOHANG);

		if (got == child)
			return true;
		if ((got < 0 && errno != EINTR) || clock_steady() >= j->deadline_ms)
			return false;
		poll(NULL, 0, 1);
	}
}

static void
end(pid_t child)
{
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static enum err
attend(const struct job *j, pid_t child, struct buf *answer, enum heard *heard)
{
	int status = 0;

	*heard = read_answer(j, answer);
	if (*heard == HEARD && !has_ended(j, child, &status))
		*heard = HEARD_NOTHING;
	if (*heard != HEARD) {
		end(child);
		return answer->bad ? ERR_MEMORY : OK;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == OUTCOME_NO_CAGE) {
		errno = EPERM;
		return ERR_SYSTEM;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != OUTCOME_DECODED)
		*heard = HEARD_ODD;
	return answer->bad ? ERR_MEMORY : OK;
}

enum err
cage_run(const struct cage_work *work, struct buf *answer, enum heard *heard)
{
	struct job j = { .work = work, .pipe = { -1, -1 } };
	pid_t parent = getpid();

	*heard = HEARD_ODD;
	j.deadline_ms = clock_steady() + seconds_of(&work->limits) * 1000LL;
	if (pipe2(j.pipe, O_CLOEXEC) != 0)
		return ERR_SYSTEM;
	pid_t child = fork();
	if (child == 0)
		live(&j, parent);
	close(j.pipe[1]);
	enum err err = child < 0 ? ERR_SYSTEM : attend(&j, child, answer, heard);
	close(j.pipe[0]);
	return err;
}

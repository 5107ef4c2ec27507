/*
 * Which walls stand on this machine: behind each alone, a child tries what it
 * must not be able to do.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reach/cage.h"
#include "reach/cage_walls.h"

enum { STOPPED = 0, NOT_STOPPED = 1 };

static int
open_behind_landlock(void)
{
	if (!cage_raise_landlock())
		return NOT_STOPPED;
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 && errno == EACCES ? STOPPED : NOT_STOPPED;
}

static int
open_behind_seccomp(void)
{
	if (cage_make_seccomp(LEAVE_THE_LEAST) && cage_raise_seccomp(LEAVE_THE_LEAST))
		(void)open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return NOT_STOPPED;
}

static int
socket_behind_seccomp(void)
{
	if (cage_make_seccomp(LEAVE_THE_LEAST) && cage_raise_seccomp(LEAVE_THE_LEAST))
		(void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return NOT_STOPPED;
}

/* The wait status of a child that did it. */
static int
status_of(int (*deed)(void))
{
	int status = NOT_STOPPED << 8; /* as if it had not been stopped */
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		_exit(deed());
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

static bool
is_killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

void
cage_probe(struct cage_state *out)
{
	int status = status_of(open_behind_landlock);

	out->landlock_abi = cage_landlock_version();
	out->landlock = WIFEXITED(status) && WEXITSTATUS(status) == STOPPED;
	out->seccomp = is_killed(status_of(open_behind_seccomp)) &&
	               is_killed(status_of(socket_behind_seccomp));
}

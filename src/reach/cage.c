/*
 * The cage for one decoding: the parent reads the pipe and waits, both against one
 * deadline, and always reaps the child.
 */
#include "reach/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "reach/cage_child.h"

#define CHUNK 16384

struct job {
	const struct cage_work *work;
	int64_t deadline_ms;
	int pipe[2];
};

/* The child's whole life. */
static _Noreturn void
live(const struct job *j, pid_t parent)
{
	const struct cage_work *work = j->work;
	struct cage_birth birth = {
		.in_fds = &work->in_fd,
		.in_count = 1,
		.line_fd = j->pipe[1],
		.limits = &work->limits,
	};

	cage_settle(&birth, parent);
	int in = work->in_fd < 0 ? -1 : CAGE_INPUT_FD;
	_exit(work->decode(in, cage_line_fd(&birth), work->arg) == 0 ? OUTCOME_DECODED
	                                                             : OUTCOME_ODD);
}

/* HEARD when the child has closed its end. */
static enum heard
read_answer(const struct job *j, struct buf *answer)
{
	uint8_t chunk[CHUNK];
	size_t taken = 0;

	while (cage_is_ready(j->pipe[0], POLLIN, j->deadline_ms)) {
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

static enum err
attend(const struct job *j, pid_t child, struct buf *answer, enum heard *heard)
{
	int status = 0;

	*heard = read_answer(j, answer);
	if (*heard == HEARD && !cage_has_ended(child, j->deadline_ms, &status))
		*heard = HEARD_NOTHING;
	if (*heard != HEARD)
		cage_kill(child);
	else
		TRY(cage_judge(status, heard));
	return answer->bad ? ERR_MEMORY : OK;
}

enum err
cage_run(const struct cage_work *work, struct buf *answer, enum heard *heard)
{
	struct job j = { .work = work, .pipe = { -1, -1 } };
	pid_t parent = getpid();

	*heard = HEARD_ODD;
	j.deadline_ms = cage_deadline(&work->limits);
	TRY(cage_prepare(LEAVE_THE_LEAST));
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

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/mend_parts.h"
#include "cmd/outputs.h"
#include "tell/changes.h"
#include "tell/safe.h"

#define ANSWER_ROOM 64

static void
show(const struct mend_question *q)
{
	struct style style = { .color = isatty(STDERR_FILENO) && outputs_color(NULL) };

	safe_text(stderr, q->plan->host);
	fputs(q->plan->os[0] ? ", " : "", stderr);
	safe_text(stderr, q->plan->os);
	fputs("\n\n", stderr);
	changes_text(stderr, q->plan, &style);
	changes_text_notes(stderr, q->plan);
}

/* Until there is something to read; false: Ctrl-C. */
static bool
wait_for_answer(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t ends;
	sigset_t before;

	/* Blocked but while it waits, so that none is lost between the two. */
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &ends, &before);
	int got = -1;
	while (!watch_stopped() && got < 0) {
		got = ppoll(&in, 1, NULL, &before);
		if (got < 0 && errno != EINTR)
			break;
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return got > 0 && !watch_stopped();
}

static bool
says_yes(void)
{
	char answer[ANSWER_ROOM];

	if (!wait_for_answer()) {
		fputc('\n', stderr);
		return false;
	}
	if (!fgets(answer, sizeof answer, stdin))
		return false;
	answer[strcspn(answer, "\r\n")] = 0;
	return strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 ||
	       strcmp(answer, "yes") == 0;
}

bool
mend_ask(const struct mend_question *q)
{
	const char *s = q->plan->count == 1 ? "" : "s";

	if (q->yes)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		fprintf(stderr,
		        "confine %s: nobody is at a terminal to be asked about %zu "
		        "change%s; see them with --dry-run, and say --yes\n",
		        q->command->name, q->plan->count, s);
		return false;
	}
	show(q);
	fprintf(stderr, "\n%s %s %zu change%s? [y/N] ", q->deed,
	        q->plan->count == 1 ? "this" : "these", q->plan->count, s);
	fflush(stderr);
	if (says_yes())
		return true;
	fprintf(stderr, "confine %s: nothing was changed\n", q->command->name);
	return false;
}

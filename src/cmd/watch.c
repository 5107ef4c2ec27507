#include "cmd/watch.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/clock.h"
#include "tell/safe.h"

#define EVERY_MS 250
#define WHAT_COLUMNS 50

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

void
watch_begin(struct watch *w, bool wanted)
{
	/* A write that waits for its reader is not to be broken off half way. */
	struct sigaction first = { .sa_handler = on_signal,
		                   .sa_flags = (int)(SA_RESETHAND | SA_RESTART) };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	*w = (struct watch){ .wanted = wanted && isatty(STDERR_FILENO),
		             .last_ms = clock_steady() };
	stop = 0;
	(void)sigaction(SIGINT, &first, NULL);
	(void)sigaction(SIGTERM, &first, NULL);
	(void)sigaction(SIGHUP, &first, NULL);
	/* A reader that goes and a limit on files are errors, to be said as such. */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL);
}

bool
watch_stopped(void)
{
	return stop != 0;
}

bool
watch_goes_on(void *with, const char *what, uint64_t done, uint64_t total)
{
	struct watch *w = with;
	int64_t now_ms = clock_steady();

	if (!w->wanted || now_ms - w->last_ms < EVERY_MS)
		return !stop;
	w->last_ms = now_ms;
	w->shown = true;
	fputs(w->changing ? "\r" : "\rsearching ", stderr);
	safe_cell(stderr, what,
	          safe_width(what) < WHAT_COLUMNS ? safe_width(what) : WHAT_COLUMNS);
	if (total > 0 && total >= done && total != UINT64_MAX)
		fprintf(stderr, ": %u %%",
		        (unsigned)((double)done * 100 / (double)total));
	else
		fprintf(stderr, ": %llu MiB", (unsigned long long)(done >> 20));
	fputs("\033[K", stderr);
	fflush(stderr);
	return !stop;
}

void
watch_machine(struct watch *w, struct machine *m)
{
	m->watch = watch_goes_on;
	m->watch_with = w;
}

void
watch_change(struct watch *w, struct machine *m)
{
	/* No second Ctrl-C ends it in the middle. */
	struct sigaction only = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	w->changing = true;
	watch_machine(w, m);
	(void)sigaction(SIGINT, &only, NULL);
	(void)sigaction(SIGTERM, &only, NULL);
	(void)sigaction(SIGHUP, &only, NULL);
}

void
watch_clear(struct watch *w)
{
	if (!w->shown)
		return;
	w->shown = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

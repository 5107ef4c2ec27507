#include "cmd/progress.h"

#include <inttypes.h>
#include <stdio.h>

#define EVERY_MS 250

void
progress_init(struct progress_line *p, bool wanted, uint64_t total, int64_t now_ms)
{
	*p = (struct progress_line){
		.wanted = wanted, .total = total, .began_ms = now_ms, .last_ms = now_ms
	};
}

/* Nothing before there is a measure; and who is late by now is no average host. */
static void
say_left(const struct progress_line *p, uint64_t done, int64_t now_ms)
{
	uint64_t spent = (uint64_t)(now_ms - p->began_ms);

	if (done == 0 || done >= p->total)
		return;
	uint64_t left = spent * (p->total - done) / done / 1000;
	if (left > 0)
		fprintf(stderr, ", about %" PRIu64 ":%02" PRIu64 " left", left / 60,
		        left % 60);
	else
		fputs(", waiting for the last", stderr);
}

void
progress_show(struct progress_line *p, uint64_t done, uint64_t infected, int64_t now_ms)
{
	if (!p->wanted || now_ms - p->last_ms < EVERY_MS)
		return;
	p->last_ms = now_ms;
	p->shown = true;

	fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " addresses, %" PRIu64 " infected",
	        done, p->total, infected);
	say_left(p, done, now_ms);
	fputs("\033[K", stderr);
	fflush(stderr);
}

void
progress_clear(struct progress_line *p)
{
	if (!p->shown)
		return;
	p->shown = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

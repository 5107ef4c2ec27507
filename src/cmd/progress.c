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

void
progress_show(struct progress_line *p, uint64_t done, uint64_t infected, int64_t now_ms)
{
	if (!p->wanted || now_ms - p->last_ms < EVERY_MS)
		return;
	p->last_ms = now_ms;
	p->shown = true;

	uint64_t spent = (uint64_t)(now_ms - p->began_ms);
	uint64_t left = done > 0 && p->total > done
	                    ? spent * (p->total - done) / done / 1000
	                    : 0;
	fprintf(stderr,
	        "\r%" PRIu64 " of %" PRIu64 " hosts, %" PRIu64 " infected, about "
	        "%" PRIu64 ":%02" PRIu64 " left\033[K",
	        done, p->total, infected, left / 60, left % 60);
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

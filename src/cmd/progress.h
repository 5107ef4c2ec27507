/*
 * The line that shows how a long run stands: on standard error, on a terminal
 * only, rewritten in place.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress_line {
	bool wanted;
	bool shown;
	int64_t last_ms;
	int64_t began_ms;
	uint64_t total;
};

void progress_init(struct progress_line *p, bool wanted, uint64_t total,
                   int64_t now_ms);
void progress_show(struct progress_line *p, uint64_t done, uint64_t infected,
                   int64_t now_ms);

/* Takes the line away, before anything else is written. */
void progress_clear(struct progress_line *p);

#endif

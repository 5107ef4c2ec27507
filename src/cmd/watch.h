/*
 * What a user may do while a machine is looked at: see how far it is, and stop it
 * with Ctrl-C.  The first one ends what takes long, and what was found till then is
 * written; the second one ends the program.
 */
#ifndef CMD_WATCH_H
#define CMD_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/machine.h"

struct watch {
	bool wanted; /* a line on standard error, on a terminal */
	bool shown;
	bool changing;
	int64_t last_ms;
};

void watch_begin(struct watch *, bool wanted); /* catches the signals, too */
void watch_machine(struct watch *, struct machine *);
bool watch_stopped(void);

/* From here on it is changed: Ctrl-C, however often, ends it in good order only. */
void watch_change(struct watch *, struct machine *);

/* What machines and stages call; `with` is the watch. */
bool watch_goes_on(void *with, const char *what, uint64_t done, uint64_t total);

/* Takes the line away, before anything else is written. */
void watch_clear(struct watch *);

#endif

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
	int64_t last_ms;
};

void watch_begin(struct watch *, bool wanted); /* catches the signals, too */
void watch_machine(struct watch *, struct machine *);
bool watch_stopped(void);

/* Takes the line away, before anything else is written. */
void watch_clear(struct watch *);

#endif

/*
 * Which computer most of the attempts of a log were on, with as much memory as a few
 * names take: a log holds those of one, or of a few, unless somebody collects them.
 */
#ifndef REACH_LOG_COMPUTER_H
#define REACH_LOG_COMPUTER_H

#include <stddef.h>
#include <stdint.h>

#include "flow/attempt.h"

#define LOG_COMPUTERS 16

struct log_computers {
	size_t count;
	struct {
		uint64_t seen; /* or one that had to give way for it */
		char name[ATTEMPT_TEXT];
	} at[LOG_COMPUTERS];
};

void log_computer_saw(struct log_computers *, const struct attempt *);
const char *log_computer_most(const struct log_computers *); /* "": none */

#endif

/* How far a run over event logs is: told now and then, and asked whether to go on. */
#ifndef REACH_LOG_PULSE_H
#define REACH_LOG_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct log_pulse {
	bool (*goes_on)(void *with, uint64_t bytes_done); /* NULL: always */
	void *with;
	uint64_t done; /* bytes */
	uint64_t told; /* of these, the last time */
	int64_t told_ms;
};

/* So many bytes more are done.  ERR_REFUSED: the user wants it to stop. */
CHECKED enum err log_pulse(struct log_pulse *, uint64_t bytes);

#endif

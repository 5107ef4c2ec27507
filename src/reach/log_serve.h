/*
 * The child that decodes event logs: several of them, one after the other, and of each
 * a piece at a time (reach/log_talk.h).  What it holds does not grow with their size.
 */
#ifndef REACH_LOG_SERVE_H
#define REACH_LOG_SERVE_H

#include <stddef.h>
#include <stdint.h>

#include "flow/log_told.h"
#include "reach/cage.h"

struct log_inputs {
	enum log_kind kinds[CAGE_INPUTS_MOST];
	uint64_t bytes[CAGE_INPUTS_MOST]; /* as long as it was when it was found */
};

/* Memory that it takes, but for what it maps. */
#define LOG_SERVE_MEMORY (64u << 20)

/* For cage_start: inputs are the logs, `arg` is a struct log_inputs. */
int log_serve(const int *in_fds, size_t in_count, struct cage_line *, void *arg);

#endif

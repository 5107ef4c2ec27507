/*
 * The child that decodes event logs: those stretches of them that are its turn, and of
 * each a piece at a time (reach/log_talk.h).  What it holds does not grow with their
 * size.
 */
#ifndef REACH_LOG_SERVE_H
#define REACH_LOG_SERVE_H

#include <stddef.h>

#include "reach/cage.h"

/* Memory that it takes. */
#define LOG_SERVE_MEMORY (64u << 20)

/* For cage_start: takes descriptors, no inputs, no `arg`. */
int log_serve(const int *in_fds, size_t in_count, struct cage_line *, void *arg);

#endif

/*
 * The child in a hive's cage: brings the hive up to date, opens it with the hive
 * library, and answers questions on it (reach/hive_talk.h).
 */
#ifndef REACH_HIVE_SERVE_H
#define REACH_HIVE_SERVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "format/hive_log.h"
#include "reach/cage.h"

struct hive_server;

/* A memfd that may be written to and made shorter, and logs; NULL: no memory. */
struct hive_source {
	const char *name; /* by which the library opens it */
	int fd;
	uint64_t len;             /* of the hive; the file has room behind it */
	int logs[HIVE_LOGS_MOST]; /* -1: none */
};
struct hive_server *hive_server_new(const struct hive_source *);
void hive_server_free(struct hive_server *);

/* Appends the answer. */
void hive_server_answer(struct hive_server *, struct span question, struct buf *answer);

/* For cage_start: inputs are the hive and its logs, `arg` is its length (uint64_t). */
int hive_serve(const int *in_fds, size_t in_count, struct cage_line *, void *arg);

#endif

/* The names in a folder, sorted by their bytes. */
#ifndef REACH_LOG_NAMES_H
#define REACH_LOG_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Of all folders on the way from the first one to the one at hand. */
#define LOG_NAMES_MOST (24u << 20) /* bytes: a million names or so */

struct log_names {
	size_t before; /* of the buffer, that was in use for other folders */
	uint32_t *at;  /* where in the buffer they begin */
	size_t count;
};

/*
 * Adds the names to `text`, which is as long again after log_names_free.  ERR_SYSTEM:
 * the folder cannot be read; ERR_LIMIT: there are too many in it.
 */
CHECKED enum err log_names_read(int folder, struct buf *text, struct log_names *out);
const char *log_names_get(const struct log_names *, const struct buf *text, size_t i);
void log_names_free(struct log_names *, struct buf *text);

#endif

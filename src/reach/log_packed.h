/*
 * Event logs that are packed: compressed ones (gzip, xz, bzip2, zstd), and those in
 * archives (zip, 7-Zip, RAR, tar), in archives in them as well.  All unpacking is done
 * in a cage.  Of what is no event log no more than its beginning is unpacked where the
 * format allows that; encrypted, cut and endless ones are told.
 */
#ifndef REACH_LOG_PACKED_H
#define REACH_LOG_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reach/log_walk.h"

/* A small file can hold more than any disk does. */
struct log_packed_limits {
	size_t layers;
	uint64_t files;
	uint64_t bytes;                     /* of event logs, whatever is in them */
	uint64_t saying_free, saying_times; /* of these, but for pages of zeros: so
	                                     * many, and so many for a packed one */
};

#define LOG_PACKED_LAYERS 4
extern const struct log_packed_limits log_packed_usual;

struct log_packed {
	const struct log_walk *to;
	const struct log_packed_limits *limits;
	const char *path;
	bool is_named; /* that there is no event log in it is to be told */
};

/* Takes `fd`.  Fails as log_walk does. */
CHECKED enum err log_packed_read(const struct log_packed *, int fd);

#endif

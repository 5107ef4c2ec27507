/*
 * Event logs, however many and however large: found in folders, known by their first
 * bytes and not by their names, decoded in a cage, and handed on one attempt at a time.
 */
#ifndef REACH_LOG_FILES_H
#define REACH_LOG_FILES_H

#include "base/err.h"
#include "flow/log_told.h"

struct log_sink {
	/* One attempt of the file at hand; what is not OK ends the run. */
	enum err (*attempt)(void *with, const struct attempt *);
	/* The file is at its end; in the order of their paths. */
	enum err (*file)(void *with, const struct log_told *);
	/* Told now and then; false: the user wants it to stop.  NULL: never. */
	bool (*goes_on)(void *with, uint64_t bytes_done);
	void *with;
};

/*
 * Reads a file, all files below a folder (those that are no event logs are passed over
 * there, in silence; links are not followed), or standard input ("-").  A file that is
 * named and begins like no event log is searched for what is left of some.  One that
 * cannot be read is told as such and is no failure.  ERR_REFUSED: the user stopped it.
 */
CHECKED enum err log_files_read(const char *const *paths, size_t count,
                                const struct log_sink *);

#endif

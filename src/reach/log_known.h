/*
 * What a file is, by its first bytes and not by its name: an event log, something that
 * event logs may be packed in, or neither.
 */
#ifndef REACH_LOG_KNOWN_H
#define REACH_LOG_KNOWN_H

#include "base/span.h"
#include "flow/log_told.h"

#define LOG_LEAST 8         /* bytes that any of them has */
#define LOG_BEGINNING 16384 /* that may be needed to know one */

struct log_known {
	enum log_kind kind;
	/* The kind is LOG_IS_NONE where one of these is true. */
	bool is_packed;
	bool is_other; /* text that tells of events in a way that is not read */
};

/* Why it is not, and what to do. */
#define LOG_OTHER_WHY                                                                 \
	"tells of Security events in a form that is not read; save the log as .evtx " \
	"(wevtutil epl Security FILE), or as XML, and name that"

/* `beginning`: the first LOG_BEGINNING bytes, or all there are. */
struct log_known log_known(struct span beginning);

/* The same of an open file.  False: it cannot be read; errno says why. */
bool log_known_of(int fd, struct log_known *out);

/* Does it begin like a zip, and lack what a zip ends with? */
bool log_is_cut_zip(int fd, uint64_t len);

#endif

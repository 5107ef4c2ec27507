/*
 * Why we cannot go on.  This is for failures of ours (memory, disk, a ceiling);
 * what a host or a file did wrong is never an error but a result: see heard.h.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
	OK = 0,
	ERR_MEMORY,
	ERR_SYSTEM,  /* errno says which */
	ERR_LIMIT,   /* a ceiling of ours was met */
	ERR_REFUSED, /* we will not; the text that was printed says why */
};

#define CHECKED __attribute__((warn_unused_result))

/* Passes a failure up.  There is nothing to undo here: OWN (own.h) does that. */
#define TRY(call)                       \
	do {                            \
		enum err try_ = (call); \
		if (try_ != OK)         \
			return try_;    \
	} while (0)

#endif

/*
 * The child that unpacks, and what is said between it and us: each question is one
 * byte, each answer a byte that says what it is, and then what it is about.  It is
 * asked for one file after the other, and of each for the bytes that come next.
 */
#ifndef REACH_LOG_UNPACK_SERVE_H
#define REACH_LOG_UNPACK_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "reach/cage.h"

#define UNPACK_PIECE (256u << 10) /* bytes in one answer */
#define UNPACK_NAME_MOST 4096u
#define UNPACK_ANSWER_MOST (UNPACK_PIECE + 64)

enum unpack_question {
	UNPACK_NEXT = 1, /* the file after this one, whatever is left of it */
	UNPACK_BYTES,    /* more of this one */
};

enum unpack_said {
	UNPACK_SAID_FILE =
	    1,               /* whether it is encrypted; whether it has no name; name */
	UNPACK_SAID_BYTES,   /* as many as there is room for, but at its end */
	UNPACK_SAID_PASSING, /* the rest of a long one is passed over: ask again */
	UNPACK_SAID_END,     /* of the file, or of all of them */
	UNPACK_SAID_BROKEN,  /* it goes no further; why, in words */
	UNPACK_SAID_COUNT
};

struct unpack_answer {
	enum unpack_said said;
	bool is_encrypted;
	bool has_no_name;  /* it is all there is in it: "Security.evtx.gz" */
	struct span bytes; /* or the name, or why: any bytes */
};

/* False where it is none. */
bool unpack_answer_read(struct span, struct unpack_answer *out);

/* For cage_start: one input; `arg` is a locale_t in UTF-8, or 0, in which names that
 * are not plain letters are lost.  The library is loaded. */
int log_unpack_serve(const int *in_fds, size_t in_count, struct cage_line *, void *arg);

#endif

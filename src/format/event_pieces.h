/*
 * Where in a text one event ends and the next one begins, without reading what is in
 * them: what is damaged in one costs that one.  Pure.
 */
#ifndef FORMAT_EVENT_PIECES_H
#define FORMAT_EVENT_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define EVENT_PIECE_MOST (1u << 20) /* bytes; one of Windows has 64 KB */

enum event_piece_kind {
	PIECE_MORE,  /* is needed to say */
	PIECE_WHOLE, /* one event */
	PIECE_CUT,   /* an event that lacks its end, or its beginning, or is too long */
	PIECE_NONE,  /* there is none here; there may be behind it */
	PIECE_END,   /* of the text, between two events */
};

struct event_piece {
	enum event_piece_kind kind;
	size_t from, len; /* where in the text it is; 0 bytes: nowhere */
	size_t done;      /* so much of the text is not needed any more */
};

/*
 * The next one in `text`, which begins where the last one was done.  `is_last`: nothing
 * follows.  With PIECE_MORE, `text` has to grow, up to EVENT_PIECE_MOST at least.
 */
struct event_piece event_piece_xml(struct span text, bool is_last);

/* An object with all in it; one too long is opened, and those in it come next. */
struct event_piece event_piece_json(struct span text, bool is_last);

#endif

/*
 * How the letters of a text are written: one byte after the other, or in UTF-16.  Pure.
 */
#ifndef FORMAT_EVENT_LETTERS_H
#define FORMAT_EVENT_LETTERS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

enum event_letters {
	LETTERS_BYTES = 1, /* UTF-8, or a code page */
	LETTERS_UTF16LE,
	LETTERS_UTF16BE,
};

/* By a mark at its beginning, or by the zeros of plain letters.  *mark: bytes of the
 * mark, which are no text. */
enum event_letters event_letters_of(struct span beginning, size_t *mark);

/*
 * Appends them as bytes; what is no character becomes U+FFFD.  Gives how many bytes of
 * `text` that was: half a character at the end waits for its other half, but with
 * `is_last`.
 */
size_t event_letters_take(enum event_letters, struct span text, bool is_last,
                          struct buf *out);

#endif

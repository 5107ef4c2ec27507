/*
 * Text: what strangers said, and the two encodings that Windows says it in.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#define SAID_ROOM 128 /* longest honest one: an OS name of about 60 letters */

/*
 * Text that a host, a hive or a log chose: never trusted, always valid UTF-8,
 * at most SAID_ROOM - 1 bytes (longer ones are cut between characters).  Only
 * the escapers of the output formats take it apart; control characters are
 * still in it.
 */
struct said {
	char utf8[SAID_ROOM];
};

/* From UTF-16LE, up to its end or the first zero unit.  Lone surrogates: U+FFFD. */
struct said said_from_utf16(struct span utf16);

/*
 * From a single-byte code page that we cannot know, up to the end or the first
 * zero.  Bytes above 0x7F become U+FFFD.
 */
struct said said_from_oem(struct span oem);

/* From bytes that ought to be UTF-8; what is not becomes U+FFFD. */
struct said said_from_utf8(const char *text);

bool said_is_empty(const struct said *s);

/* Appends UTF-8 text (ours or the user's) as UTF-16LE, without a terminator. */
void buf_utf16(struct buf *b, const char *utf8);

/* Decodes one character at *at and moves on; U+FFFD for bytes that are none. */
uint32_t text_next(const char **at);

/* The same for UTF-16LE, of which two bytes are there; U+FFFD for a lone surrogate. */
uint32_t text_next_utf16(struct span *utf16);

/*
 * UTF-16LE up to its end or the first zero unit, as UTF-8, always terminated.  What
 * does not fit is cut between characters; says whether all of it did fit.
 */
bool text_from_utf16(struct span utf16, char *to, size_t room);

/* Writes one character as UTF-8 into out (4 bytes); returns how many. */
size_t text_put(char out[4], uint32_t character);

/*
 * Would it act on a screen instead of standing on it?  Controls (C0, DEL, C1),
 * line and paragraph separators, what turns the writing direction, and the
 * values that are no characters.  Output formats never write one as it is.
 */
bool text_is_control(uint32_t character);

/* Copies as much as fits, always terminated.  Says whether all of it did. */
bool text_copy(char *to, size_t room, const char *from);

/* The same of bytes that ought to be UTF-8; cut between characters, U+FFFD for what
 * is none. */
bool text_copy_utf8(char *to, size_t room, const char *from);

/* The same; what is cut ends in an ellipsis, for which there is room. */
void text_shorten(char *to, size_t room, const char *from);

/* The same for a path, whose end tells more: the ellipsis stands before it. */
void text_end(char *to, size_t room, const char *from);

/* Does `text` begin so?  ASCII letters of either case are the same. */
bool text_begins(const char *text, const char *beginning);

/* Are they the same, but for the case of ASCII letters? */
bool text_same(const char *a, const char *b);

/* Hexadecimal digits, lower case, of as many bytes as fit. */
void text_hex(char *to, size_t room, struct span bytes);

#endif

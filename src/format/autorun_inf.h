/*
 * autorun.inf: what a drive wants to be started.  Read as bytes, as generously as
 * Windows does, since the worm hides its few lines between comments of random bytes,
 * in odd letters, with a section header that is not closed.
 *
 * Source: Sophos, Mal/Conficker-B, 2009; public cleaning scripts that quote such files.
 */
#ifndef FORMAT_AUTORUN_INF_H
#define FORMAT_AUTORUN_INF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

#define AUTORUN_INF_BYTES_MOST (1024u * 1024) /* of longer ones this much is read */
#define AUTORUN_INF_TEXT_ROOM 512

enum autorun_key {
	AUTORUN_OPEN = 1,
	AUTORUN_SHELLEXECUTE,
	AUTORUN_COMMAND, /* shell\<verb>\command */
	AUTORUN_ACTION,
	AUTORUN_ICON,
	AUTORUN_USEAUTOPLAY,
};

/* Bytes that are no ASCII stay as they are: no text for people without more ado. */
struct autorun_line {
	enum autorun_key key;
	char
	    value[AUTORUN_INF_TEXT_ROOM]; /* blanks collapsed; cut where it is longer */
};

struct autorun_inf {
	struct span rest;
	bool in_section;      /* within [autorun] */
	size_t comment_bytes; /* so far, in lines that begin with ';' … */
	size_t control_bytes; /* … of which no text has these */
};

struct autorun_inf autorun_inf_of(struct span file);

/* The next line that counts; false at the end of the file. */
bool autorun_inf_next(struct autorun_inf *, struct autorun_line *out);

/* Does the key make something start? */
bool autorun_key_starts(enum autorun_key);

/*
 * After the last line: is the file more noise than anything else?  A comment in any
 * language and code page has no control characters; random bytes have one in nine.
 */
bool autorun_inf_is_noise(const struct autorun_inf *, size_t file_bytes);

#endif

/*
 * Lists of targets: words divided by blanks and line ends, of any number, read
 * as they come.
 */
#ifndef REACH_TARGET_LIST_H
#define REACH_TARGET_LIST_H

#include "base/err.h"

/* Where a word stands, for the line that says what is wrong with it. */
struct target_place {
	const char *file;   /* NULL: the command line */
	unsigned long line; /* 0: unknown */
};

/* Says so in one line on standard error, with what to do; ERR_REFUSED. */
enum err target_list_refuse(const struct target_place *, const char *text,
                            const char *why);

typedef enum err target_list_word(void *arg, const struct target_place *,
                                  const char *word);

/*
 * Calls `word` for each; "-" is standard input.  # begins a comment up to the end
 * of its line; CRLF and a byte order mark of UTF-8 are fine.  Stops at the first
 * that fails.  What is wrong with the file has been said.
 */
CHECKED enum err target_list_read(const char *path, target_list_word *word, void *arg);

#endif

/* Words as a shell takes them, for command lines that people are to copy. */
#ifndef TELL_SHELL_H
#define TELL_SHELL_H

#include "base/buf.h"
#include "flow/run.h"

/* Adds a word, in single quotes where it needs them. */
void shell_word(struct buf *, const char *word);

/* "confine scan 10.0.0.0/24": the words of a run, the path of argv[0] left out. */
void shell_command(struct buf *, const struct run *);

#endif

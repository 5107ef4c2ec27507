/* What the JSON Lines of all commands share. */
#ifndef TELL_JSONL_LINE_H
#define TELL_JSONL_LINE_H

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

/* Writes the line with its end, and empties it. */
CHECKED enum err jsonl_end(FILE *, struct buf *line);

#endif

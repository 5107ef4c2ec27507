/* A REG_MULTI_SZ without one of its strings: all other bytes stay as they are. */
#ifndef MEND_MULTI_SZ_H
#define MEND_MULTI_SZ_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * Appends `list` without each string that is `string`, letter for letter; strings of
 * another case or with look-alike letters are others.  What ends the list, however it
 * does, is kept.  False where no such string is in it.
 */
bool multi_sz_without(struct span list, const char *string, struct buf *out);

#endif

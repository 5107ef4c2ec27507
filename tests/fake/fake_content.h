/* The contents of files of a fake machine, out of words. */
#ifndef TESTS_FAKE_CONTENT_H
#define TESTS_FAKE_CONTENT_H

#include <stdbool.h>

#include "base/buf.h"

/* Appended to `out`; false where there is no such kind. */
bool fake_content(const char *kind, const char *words, struct buf *out);

#endif

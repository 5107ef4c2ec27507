/*
 * A file that looks like the worm's DLL and is none: the shape of a PE packed twice
 * (first section empty, entry point in the second, no imports, no version), filled
 * with random bytes.  It holds nothing of the worm, and loading it fails: its whole
 * code is "return FALSE".
 */
#ifndef LAB_INERT_DLL_H
#define LAB_INERT_DLL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Appended to `out` (about 60 to 170 KiB).  The same seed gives the same bytes;
 * another seed gives another size, filler and time stamp.
 */
CHECKED enum err inert_dll(struct buf *out, uint64_t seed);

#endif

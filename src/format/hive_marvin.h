/*
 * Marvin32 with the seed of registry logs: how Windows makes sure of a log entry.
 *
 * Sources: N. Ferguson et al., US patent 8,555,059 (the hash); M. Suhanov, Windows
 * registry file format specification, "Log entries" (the seed).
 */
#ifndef FORMAT_HIVE_MARVIN_H
#define FORMAT_HIVE_MARVIN_H

#include <stdint.h>

#include "base/span.h"

/* Of whole words of four bytes, as all that is hashed in a log is. */
uint64_t hive_marvin(struct span);

#endif

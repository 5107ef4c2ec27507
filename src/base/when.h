/*
 * Times: always UTC, always milliseconds since 1970 in an int64_t.  There is no
 * clock in here; sys/clock.h has it.
 */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#define WHEN_ROOM 32 /* "2026-11-22T19:33:28.123Z" and its terminator */

/* RFC 3339 with milliseconds.  Years 1601 to 9999; others are clamped. */
void when_text(char out[WHEN_ROOM], int64_t unix_ms);

/* "2009-01-16 09:30:05": seconds are enough for people. */
void when_for_people(char out[WHEN_ROOM], int64_t unix_ms);

/* Reads what when_text writes.  False where it is anything else. */
bool when_from_text(const char *text, int64_t *unix_ms);

/*
 * Reads what people write: "2009-01-16", "2009-01-16 09:30", "2009-01-16T09:30:05Z",
 * "2009-01-16T09:30+01:00"; UTC where no zone is said.  False where it is none.
 */
bool when_from_people(const char *text, int64_t *unix_ms);

/* FILETIME (100 ns since 1601-01-01 UTC) to our time. */
int64_t when_from_filetime(uint64_t filetime);
uint64_t when_to_filetime(int64_t unix_ms);

#endif

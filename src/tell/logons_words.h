/* What `logons` says to people in the same words, on a screen and on a page. */
#ifndef TELL_LOGONS_WORDS_H
#define TELL_LOGONS_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/when.h"
#include "flow/attacker.h"
#include "flow/log_told.h"

#define WORDS_ROOM 512

/* "rate:1354/min" as "1354 guesses a minute". */
void logons_reason(const char *reason, char out[WORDS_ROOM]);

/* As attacker_called does, on a page: the name cannot turn what stands beside it. */
void logons_called_html(FILE *, const struct attacker *);

/* "2009-01-16 09:30:05 to 2009-01-16 10:12:40 UTC". */
#define PERIOD_ROOM 64
void logons_period(int64_t first_ms, int64_t last_ms, char out[PERIOD_ROOM]);

/* What there is to say of it besides: a name that is not its own, a job that it left;
 * sentences. */
struct remarks {
	char at[6][WORDS_ROOM];
	size_t count;
};
void logons_remarks(const struct attacker *, struct remarks *out);

/* "In the case it is 10.0.3.7, which is suspect now."; only where it is in one. */
void logons_in_the_case(const struct attacker *, char out[WORDS_ROOM]);

/* What to look at: its host in the case, else its address, else the name that it
 * gives; "" where it has none. */
const char *logons_host(const struct attacker *);

/* May it stand in a command that somebody copies?  The other side chose it. */
bool logons_is_plain_host(const char *name);

/* Why a log that is not whole is not; only of such a one. */
const char *logons_trouble(const struct log_told *);

#endif

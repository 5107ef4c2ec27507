/* The tables of the page of `logons`. */
#ifndef TELL_LOGONS_TABLES_H
#define TELL_LOGONS_TABLES_H

#include <stdio.h>

#include "tell/tell.h"

/* Who guesses, and why we think so; each row has the id "a1", "a2" … */
void logons_attackers_html(FILE *, const struct told_logons *);

/* Who failed to log on and is no attacker, folded. */
void logons_sources_html(FILE *, const struct told_logons *);

/* "… and 7 more": those of a table that --top cut off; nothing where there are none. */
void logons_more_html(FILE *, uint64_t more);

/* The logs: what of them could not be read, and, folded, what could. */
void logons_logs_html(FILE *, const struct told_logons *);

#endif

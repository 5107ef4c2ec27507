/* The engineer's half of the page: every host, and every sign that occurred. */
#ifndef TELL_HTML_HOSTS_H
#define TELL_HTML_HOSTS_H

#include <stdio.h>

#include "tell/tally.h"
#include "tell/tell.h"

/* "No sign": a state for people. */
const char *html_state(enum state);

/* A table a state, the worst first, written as the rows come. */
CHECKED enum err html_hosts(FILE *, struct view *, const struct style *,
                            const struct tally *);

/* What each trace of the tally means, what fools it, and how we know. */
void html_signs(FILE *, const struct tally *);

#endif

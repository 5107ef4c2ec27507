/*
 * A storm of guesses as a picture: a band for each attacker, all on one axis of time.
 * It is as wide as its place, and its letters keep their size.  Bounded: so many bands,
 * of the likeliest; the table beside it has the rest.
 */
#ifndef TELL_SVG_STORM_H
#define TELL_SVG_STORM_H

#include <stdio.h>

#include "tell/tell.h"

#define BANDS_MOST 12

/* Only where there is an attacker. */
void svg_storm(FILE *, const struct told_logons *);

#endif

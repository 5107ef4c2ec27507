/*
 * The file names that variants B, C and D compute for their DLL from the name of the
 * computer that they are on.  The computation is published for B and D; that C uses
 * B's number, and how the length is drawn, are inferred (see traces.tsv,
 * file-computed-name).  Which spelling of the computer's name goes into it is not
 * certain either, so all are to be tried.
 *
 * Source: Leder and Werner 2009, section 11 and figure 13.
 */
#ifndef KNOW_WORM_NAMES_H
#define KNOW_WORM_NAMES_H

#include <stdbool.h>

#include "base/span.h"

#define WORM_NAME_LEAST 5 /* letters, without ".dll" */
#define WORM_NAME_MOST 8

struct worm_names {
	char b[WORM_NAME_MOST + 1]; /* and C's; without ".dll" */
	char d[WORM_NAME_MOST + 1];
};

/* From the bytes of one spelling, in the machine's ANSI code page. */
struct worm_names worm_names_of(struct span computer);

/* Could it be one of those, or of A's: 5 to 8 lower-case letters? */
bool worm_name_has_the_form(struct span name);

#endif

/*
 * The network as a picture: a square of 16 by 16 cells for each /24, a cell a
 * host at the place of its last byte (IPv6: a /64, cells in order).  Each state
 * has a mark of its own beside its colour.  A network that is too large for
 * that is a table with a bar a subnet, and a larger one yet has a bar a /16
 * (/48): so the picture is bounded whatever was scanned.
 */
#ifndef TELL_SVG_MAP_H
#define TELL_SVG_MAP_H

#include <stdint.h>
#include <stdio.h>

#include "flow/view.h"
#include "tell/tell.h"

/* What there is to draw; begun with zeros, fed with the rows by address. */
struct survey {
	uint8_t last[ADDRESS_KEY];
	uint64_t nets;      /* of /24 or /64 */
	uint64_t here;      /* hosts in the one at hand */
	uint64_t most;      /* hosts in the fullest */
	uint64_t wide_nets; /* of /16 or /48 */
	uint64_t wide_here;
	uint64_t wide_most;
};

void survey_row(struct survey *, const struct verdict *);

/* The marks, to stand once in a page, before anything that uses them. */
void svg_marks(FILE *);

/* The mark of a state alone, as in a legend; its meaning must stand beside it. */
void svg_mark(FILE *, enum state);

/* The class by which the style knows a state: "i" for infected … */
const char *svg_class(enum state);

CHECKED enum err svg_map(FILE *, struct view *, const struct style *,
                         const struct survey *);

#endif

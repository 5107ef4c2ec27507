/* Who attacks whom as a picture, and as a table of its arrows. */
#ifndef TELL_SVG_ATTACKS_H
#define TELL_SVG_ATTACKS_H

#include <stdio.h>

#include "tell/attack_map.h"

void svg_attacks(FILE *, const struct attack_map *);

#endif

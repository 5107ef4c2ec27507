/* One cell of CSV, quoted and guarded as csv.c says, and what stands behind it. */
#ifndef TELL_CSV_CELL_H
#define TELL_CSV_CELL_H

#include <stdio.h>

void csv_cell(FILE *, const char *utf8, char behind); /* ',' or '\n' */

#endif

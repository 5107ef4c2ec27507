/*
 * Rows of a table as text: cells with something between them, in quotes where they
 * need some, and quotes in those doubled.  A row may have several lines.  Pure.
 */
#ifndef FORMAT_CSV_ROW_H
#define FORMAT_CSV_ROW_H

#include "base/buf.h"
#include "format/event_pieces.h"

#define CSV_CELLS_MOST 512

struct csv_row {
	struct buf text;            /* the cells, one behind the other */
	size_t end[CSV_CELLS_MOST]; /* of each, in it */
	size_t count;               /* may be more than are kept */
	bool is_open;               /* the text ended, and no line did */
};

void csv_row_init(struct csv_row *);
void csv_row_free(struct csv_row *);

/*
 * The first row of `text`; the cells are what it was when it is PIECE_WHOLE.  A line
 * with nothing in it is PIECE_NONE.  One longer than EVENT_PIECE_MOST, or whose quotes
 * do not end, is PIECE_CUT, with all that was looked through for it.
 */
struct event_piece csv_row_read(struct csv_row *, struct span text, char between,
                                bool is_last);

/* Empty where there is none. */
struct span csv_row_cell(const struct csv_row *, size_t number);

#endif

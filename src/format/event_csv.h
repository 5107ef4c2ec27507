/*
 * Events as rows of a table, with the names of its columns in the first one: Event
 * Viewer's, PowerShell's and collectors' CSV.  Between the cells there may be ",", ";"
 * or a tab.  Pure.
 */
#ifndef FORMAT_EVENT_CSV_H
#define FORMAT_EVENT_CSV_H

#include "format/event_pieces.h"
#include "format/event_text.h"

struct event_csv; /* about 60 KB */

struct event_csv *event_csv_new(struct event_text *); /* NULL: no memory */
void event_csv_free(struct event_csv *);              /* NULL is fine */

/* Another table: its columns are not known yet. */
void event_csv_begin(struct event_csv *);

/* The next row of `text`.  PIECE_WHOLE: one that event_csv_take() is for. */
struct event_piece event_csv_row(struct event_csv *, struct span text, bool is_last);

/* That row, at `offset` of its file.  What is no event is counted as undecodable.
 * False: the text is cut in it.  */
bool event_csv_take(struct event_csv *, uint64_t offset, struct log_tally *);

/* Are there columns, at the beginning of a text, that say which event and when? */
bool event_csv_is_log(struct span beginning);

#endif

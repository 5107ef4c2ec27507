/* Rows in memory, as a view: for commands that look at a machine or a few. */
#ifndef CMD_ROWS_H
#define CMD_ROWS_H

#include "flow/view.h"

struct rows {
	struct row **at;
	size_t count;
	size_t next;
};

/* A new one, all zero, that stays where it is; NULL where there is no memory. */
struct row *rows_add(struct rows *);
void rows_free(struct rows *); /* their statuses are the giver's */

/* Fills in what gives the rows out; run and summary are the caller's to set. */
void rows_view(struct rows *, struct view *);

#endif

#include "cmd/rows.h"

#include <stdlib.h>
#include <string.h>

struct row *
rows_add(struct rows *rows)
{
	struct row **at = realloc(rows->at, (rows->count + 1) * sizeof(struct row *));
	struct row *row = calloc(1, sizeof *row);

	if (at)
		rows->at = at;
	if (!at || !row) {
		free(row);
		return NULL;
	}
	rows->at[rows->count++] = row;
	return row;
}

void
rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->at[i]);
	free(rows->at);
	*rows = (struct rows){ .count = 0 };
}

/* Worst first; within a state as they were named. */
static int
by_state(const void *a, const void *b)
{
	const struct row *const *x = a;
	const struct row *const *y = b;

	if ((*x)->verdict.state != (*y)->verdict.state)
		return (*x)->verdict.state < (*y)->verdict.state ? -1 : 1;
	return strcmp((*x)->verdict.host, (*y)->verdict.host);
}

static enum err
rewind_rows(struct view *view, enum view_order order)
{
	struct rows *rows = view->from;

	(void)order; /* there is no address to sort by */
	if (rows->count > 1)
		qsort(rows->at, rows->count, sizeof(struct row *), by_state);
	rows->next = 0;
	return OK;
}

static enum err
next_row(struct view *view, struct row *out, bool *more)
{
	struct rows *rows = view->from;

	*more = rows->next < rows->count;
	if (*more)
		*out = *rows->at[rows->next++];
	return OK;
}

void
rows_view(struct rows *rows, struct view *view)
{
	view->from = rows;
	view->rewind = rewind_rows;
	view->next = next_row;
}

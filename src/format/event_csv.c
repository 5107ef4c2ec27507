/*
 * A cell is known by its column only, so a row with fewer cells than there are columns,
 * or with more, is not read: a value would go by another one's name.  Event Viewer has
 * no name for its last column, which is the message.
 */
#include "format/event_csv.h"

#include <stdlib.h>
#include <string.h>

#include "format/csv_row.h"
#include "format/event_message.h"
#include "format/event_names.h"

#define COLUMNS_MOST 256

static const char separators[] = { ',', ';', '\t' };

struct column {
	struct event_name name;
	char data[EVENT_NAME_ROOM]; /* that `name` is about */
};

struct event_csv {
	struct event_text *to;
	struct csv_row row;
	char between; /* 0: the columns are not known yet */
	struct column columns[COLUMNS_MOST];
	size_t count;
	bool is_told; /* there are columns for the message or for Data */
};

struct event_csv *
event_csv_new(struct event_text *to)
{
	struct event_csv *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->to = to;
	csv_row_init(&c->row);
	return c;
}

void
event_csv_free(struct event_csv *c)
{
	if (!c)
		return;
	csv_row_free(&c->row);
	free(c);
}

void
event_csv_begin(struct event_csv *c)
{
	c->between = 0;
	c->count = 0;
}

/* ---- columns */

static void
name_column(struct column *column, struct span cell)
{
	char path[4 * EVENT_NAME_ROOM] = "";
	char last[EVENT_NAME_ROOM] = "";
	char in[EVENT_NAME_ROOM] = "";

	if (cell.left < sizeof path)
		memcpy(path, cell.at, cell.left);
	event_name_split(path, last, in);
	memcpy(column->data, last, sizeof last);
	column->name = event_name_of(in, column->data);
}

/* Without those behind the last that says something. */
static size_t
named_cells(const struct csv_row *r)
{
	size_t count = r->count;

	while (count > 0 && csv_row_cell(r, count - 1).left == 0)
		count--;
	return count;
}

/* A row that says which column is which has the number of the event, and its time. */
static bool
is_of_names(const struct csv_row *r)
{
	bool has[EVENT_PART_UNNAMED + 1] = { false };
	size_t count = named_cells(r);
	struct column one;

	if (count > COLUMNS_MOST || r->count > CSV_CELLS_MOST)
		return false;
	for (size_t i = 0; i < count; i++) {
		name_column(&one, csv_row_cell(r, i));
		has[one.name.part] = true;
	}
	return has[EVENT_PART_ID] && has[EVENT_PART_TIME];
}

static void
take_names(struct event_csv *c)
{
	c->count = named_cells(&c->row);
	c->is_told = false;
	for (size_t i = 0; i < c->count; i++) {
		struct column *column = &c->columns[i];

		name_column(column, csv_row_cell(&c->row, i));
		c->is_told = c->is_told || column->name.is_message ||
		             column->name.is_payload ||
		             column->name.part == EVENT_PART_DATA;
	}
}

/* ---- rows */

static bool
begins(const struct csv_row *r, const char *beginning)
{
	size_t len = strlen(beginning);

	return span_is(span_at(csv_row_cell(r, 0), 0, len), beginning, len);
}

/* PowerShell says of what type the rows are, and Excel wants to know what is between
 * the cells. */
static bool
is_of_no_account(const struct csv_row *r)
{
	return begins(r, "#TYPE ") || begins(r, "sep=");
}

/* What is between the cells is what makes names of the first line. */
static struct event_piece
find_names(struct event_csv *c, struct span text, bool is_last)
{
	struct event_piece p = { .kind = is_last ? PIECE_END : PIECE_MORE };
	const uint8_t *end = text.left > 0 ? memchr(text.at, '\n', text.left) : NULL;

	if (text.left == 0 || (!end && !is_last && text.left < EVENT_PIECE_MOST))
		return p;
	if (end)
		text.left = (size_t)(end - text.at) + 1;
	for (size_t i = 0; i < sizeof separators; i++) {
		p = csv_row_read(&c->row, text, separators[i], true);
		if (p.kind != PIECE_WHOLE || !is_of_names(&c->row))
			continue;
		take_names(c);
		c->between = separators[i];
		p.kind = PIECE_NONE;
		break;
	}
	return p;
}

struct event_piece
event_csv_row(struct event_csv *c, struct span text, bool is_last)
{
	struct event_piece p = c->between
	                           ? csv_row_read(&c->row, text, c->between, is_last)
	                           : find_names(c, text, is_last);

	if (p.kind == PIECE_WHOLE && is_of_no_account(&c->row))
		p.kind = PIECE_NONE;
	return p;
}

static bool
fits(const struct event_csv *c)
{
	return c->between && c->row.count >= c->count &&
	       c->row.count <= CSV_CELLS_MOST &&
	       named_cells(&c->row) <= c->count + !c->is_told;
}

static bool
fill(struct event_csv *c)
{
	struct span message = csv_row_cell(&c->row, c->count);

	if (!fits(c))
		return false;
	for (size_t i = 0; i < c->count; i++) {
		struct span cell = csv_row_cell(&c->row, i);

		event_name_put(c->to, &c->columns[i].name, (const char *)cell.at,
		               cell.left);
	}
	event_message_read(c->to, (const char *)message.at, message.left);
	event_text_guess(c->to);
	return true;
}

bool
event_csv_take(struct event_csv *c, uint64_t offset, struct log_tally *tally)
{
	event_text_begin(c->to, offset);
	bool is_event = fill(c) && event_text_end(c->to, tally);

	if (!is_event && c->between && is_of_names(&c->row)) {
		take_names(c); /* two tables, one behind the other */
		return true;
	}
	tally->records++;
	tally->undecodable += !is_event;
	return is_event || !c->row.is_open;
}

bool
event_csv_is_log(struct span beginning)
{
	struct event_csv *c = event_csv_new(NULL);
	struct event_piece p = { .kind = PIECE_NONE };

	while (c && !c->between && p.kind == PIECE_NONE) {
		p = event_csv_row(c, beginning, false);
		(void)span_cut(&beginning, p.done);
	}
	bool is_one = c && c->between;
	event_csv_free(c);
	return is_one;
}

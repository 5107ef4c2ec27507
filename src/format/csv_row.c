/*
 * Our own, and no library's: whether a file is such a table is asked of every text,
 * before there is a cage around who reads it, and libcsv, which could be asked for the
 * rest, keeps neither the place where a row began nor a bound on its length.
 *
 * A quote that is followed by neither an end nor another one is taken as it stands,
 * so one that was lost joins two cells, and not all rows behind it.
 */
#include "format/csv_row.h"

enum place {
	PLACE_BEGIN, /* of a cell */
	PLACE_PLAIN,
	PLACE_QUOTED,
	PLACE_QUOTE, /* behind one, in quotes */
	PLACE_DONE,
};

void
csv_row_init(struct csv_row *r)
{
	*r = (struct csv_row){ .count = 0 };
	buf_init(&r->text, EVENT_PIECE_MOST);
}

void
csv_row_free(struct csv_row *r)
{
	buf_free(&r->text);
}

static void
end_cell(struct csv_row *r)
{
	if (r->count < CSV_CELLS_MOST)
		r->end[r->count] = r->text.len;
	r->count++;
}

static size_t
begin_of(const struct csv_row *r, size_t number)
{
	return number == 0 ? 0 : r->end[number - 1];
}

/* Lines end with "\r\n", or with "\n" only. */
static void
end_row(struct csv_row *r)
{
	size_t last = r->count < CSV_CELLS_MOST ? begin_of(r, r->count) : r->text.len;

	if (r->text.len > last && r->text.at[r->text.len - 1] == '\r')
		r->text.len--;
	end_cell(r);
}

/* Outside of quotes. */
static enum place
step_plain(struct csv_row *r, uint8_t c, uint8_t between)
{
	if (c == between) {
		end_cell(r);
		return PLACE_BEGIN;
	}
	if (c == '\n') {
		end_row(r);
		return PLACE_DONE;
	}
	buf_u8(&r->text, c);
	return PLACE_PLAIN;
}

static enum place
step(struct csv_row *r, enum place place, uint8_t c, uint8_t between)
{
	bool is_quote = c == '"';

	if (place == PLACE_BEGIN && is_quote)
		return PLACE_QUOTED;
	if (place == PLACE_QUOTED && is_quote)
		return PLACE_QUOTE;
	if (place == PLACE_BEGIN || place == PLACE_PLAIN ||
	    (place == PLACE_QUOTE && (c == between || c == '\r' || c == '\n')))
		return step_plain(r, c, between);
	if (place == PLACE_QUOTE && !is_quote)
		buf_u8(&r->text, '"');
	buf_u8(&r->text, c);
	return PLACE_QUOTED;
}

/* The text is at its end. */
static struct event_piece
without_end(struct csv_row *r, struct span text, enum place place, bool is_last)
{
	if (text.left >= EVENT_PIECE_MOST || (is_last && place == PLACE_QUOTED))
		return (struct event_piece){ .kind = PIECE_CUT, .done = text.left };
	if (!is_last)
		return (struct event_piece){ .kind = PIECE_MORE };
	if (text.left == 0)
		return (struct event_piece){ .kind = PIECE_END };
	end_row(r);
	r->is_open = true;
	return (struct event_piece){ PIECE_WHOLE, 0, text.left, text.left };
}

struct event_piece
csv_row_read(struct csv_row *r, struct span text, char between, bool is_last)
{
	size_t most = text.left < EVENT_PIECE_MOST ? text.left : EVENT_PIECE_MOST;
	enum place place = PLACE_BEGIN;
	size_t at = 0;

	buf_clear(&r->text);
	r->count = 0;
	r->is_open = false;
	while (at < most && place != PLACE_DONE)
		place = step(r, place, text.at[at++], (uint8_t)between);
	if (place != PLACE_DONE)
		return without_end(r, span_at(text, 0, most), place,
		                   is_last && most == text.left);
	if (r->text.bad)
		return (struct event_piece){ .kind = PIECE_CUT, .done = at };
	if (r->count == 1 && r->text.len == 0)
		return (struct event_piece){ .kind = PIECE_NONE, .done = at };
	return (struct event_piece){ PIECE_WHOLE, 0, at, at };
}

struct span
csv_row_cell(const struct csv_row *r, size_t number)
{
	if (number >= r->count || number >= CSV_CELLS_MOST || r->text.len == 0)
		return span_of("", 0);
	size_t begin = begin_of(r, number);
	return span_of(r->text.at + begin, r->end[number] - begin);
}

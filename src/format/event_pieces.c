#include "format/event_pieces.h"

#include <string.h>

static const char xml_begin[] = "<Event";
static const char xml_end[] = "</Event";

#define BEGIN_LEN (sizeof xml_begin - 1)
#define END_LEN (sizeof xml_end - 1)

/* Does a name end here, and is not a longer one, as <EventData>? */
static bool
ends_name(uint8_t c)
{
	return c == '>' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '/';
}

/* The first tag of an event from `at` on; SIZE_MAX: none is whole. */
static size_t
find_tag(struct span text, size_t at, const char *tag, size_t len)
{
	while (at < text.left) {
		struct span rest = { .at = text.at + at, .left = text.left - at };
		size_t found = span_find(rest, tag, len);

		if (found == SIZE_MAX || found + len >= rest.left)
			return SIZE_MAX;
		if (ends_name(rest.at[found + len]))
			return at + found;
		at += found + len;
	}
	return SIZE_MAX;
}

/* Behind the last place where a tag that is not whole yet may begin. */
static size_t
before_tag(struct span text)
{
	return text.left > END_LEN ? text.left - END_LEN : 0;
}

/* There is no beginning: all of it is passed over, and an end in it is told. */
static struct event_piece
between(struct span text, bool is_last)
{
	struct event_piece p = { .kind = is_last ? PIECE_END : PIECE_MORE };
	size_t end = find_tag(text, 0, xml_end, END_LEN);

	p.done = is_last ? text.left : before_tag(text);
	if (end != SIZE_MAX) {
		p.kind = PIECE_CUT;
		p.done = end + END_LEN + 1;
	}
	return p;
}

/* One begins at `from`, and does not end in the text. */
static struct event_piece
without_end(struct span text, size_t from, bool is_last)
{
	struct event_piece p = { .kind = PIECE_MORE, .done = from };

	if (is_last || text.left - from >= EVENT_PIECE_MOST) {
		p.kind = PIECE_CUT;
		p.done = is_last ? text.left : from + BEGIN_LEN;
	}
	return p;
}

struct event_piece
event_piece_xml(struct span text, bool is_last)
{
	size_t from = find_tag(text, 0, xml_begin, BEGIN_LEN);

	if (from == SIZE_MAX)
		return between(text, is_last);
	struct span before = { .at = text.at, .left = from };
	if (find_tag(before, 0, xml_end, END_LEN) != SIZE_MAX)
		return between(before, true);
	size_t end = find_tag(text, from, xml_end, END_LEN);
	size_t next = find_tag(text, from + BEGIN_LEN, xml_begin, BEGIN_LEN);
	if (next < end) /* it has none of its own */
		return (struct event_piece){ .kind = PIECE_CUT, .done = next };
	const uint8_t *close = end == SIZE_MAX
	                           ? NULL
	                           : memchr(text.at + end, '>', text.left - end);
	if (!close)
		return without_end(text, from, is_last);
	size_t past = (size_t)(close - text.at) + 1;
	return (struct event_piece){ PIECE_WHOLE, from, past - from, past };
}

/* ---- JSON */

struct brackets {
	size_t depth;
	bool is_string;
	bool is_escaped;
};

static void
step(struct brackets *b, uint8_t c)
{
	if (b->is_string) {
		b->is_string = b->is_escaped || c != '"';
		b->is_escaped = c == '\\' && !b->is_escaped;
	} else if (c == '"') {
		b->is_string = true;
	} else if (c == '{') {
		b->depth++;
	} else if (c == '}') {
		b->depth--;
	}
}

struct event_piece
event_piece_json(struct span text, bool is_last)
{
	struct event_piece p = { .kind = is_last ? PIECE_END : PIECE_MORE };
	const uint8_t *begin = text.left > 0 ? memchr(text.at, '{', text.left) : NULL;
	struct brackets b = { .depth = 0 };

	p.done = begin ? (size_t)(begin - text.at) : text.left;
	if (!begin)
		return p;
	for (size_t at = p.done; at < text.left; at++) {
		step(&b, text.at[at]);
		if (b.depth == 0)
			return (struct event_piece){ PIECE_WHOLE, p.done,
				                     at + 1 - p.done, at + 1 };
	}
	if (is_last) {
		p.kind = PIECE_CUT;
		p.done = text.left;
	} else if (text.left - p.done >= EVENT_PIECE_MOST) {
		p.kind = PIECE_NONE;
		p.done++;
	} else {
		p.kind = PIECE_MORE;
	}
	return p;
}

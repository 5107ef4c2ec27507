#include "format/event_pieces.h"

#include <string.h>

static const char xml_name[] = "Event";

#define NAME_LEN (sizeof xml_name - 1)
#define PREFIX_MOST 16
#define TAG_MOST (2 + PREFIX_MOST + 1 + NAME_LEN)

enum tag_kind { TAG_BEGIN, TAG_END };

/* "<Event", "</Event", or with a prefix as in "<e:Event". */
struct tag {
	size_t from; /* SIZE_MAX: there is none */
	size_t past;
};

/* Does a name end here, and is not a longer one, as <EventData>? */
static bool
ends_name(uint8_t c)
{
	return c == '>' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '/';
}

static bool
is_of_prefix(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* Where the tag begins that has its name at `at`; SIZE_MAX: it is none of the kind. */
static size_t
begin_of_tag(struct span text, size_t at, enum tag_kind kind)
{
	if (at > 0 && text.at[at - 1] == ':') {
		size_t least = at > PREFIX_MOST ? at - 1 - PREFIX_MOST : 0;

		for (at--; at > least && is_of_prefix(text.at[at - 1]);)
			at--;
	}
	if (kind == TAG_END && (at == 0 || text.at[--at] != '/'))
		return SIZE_MAX;
	return at > 0 && text.at[at - 1] == '<' ? at - 1 : SIZE_MAX;
}

/* The first tag of an event whose name is at `at` or behind it, if that is whole. */
static struct tag
find_tag(struct span text, size_t at, enum tag_kind kind)
{
	while (at < text.left) {
		struct span rest = { .at = text.at + at, .left = text.left - at };
		size_t found = span_find(rest, xml_name, NAME_LEN);

		if (found == SIZE_MAX || found + NAME_LEN >= rest.left)
			break;
		size_t past = at + found + NAME_LEN;
		size_t from = begin_of_tag(text, at + found, kind);
		if (from != SIZE_MAX && ends_name(text.at[past]))
			return (struct tag){ from, past };
		at = past;
	}
	return (struct tag){ SIZE_MAX, SIZE_MAX };
}

/* Behind the last place where a tag that is not whole yet may begin. */
static size_t
before_tag(struct span text)
{
	return text.left > TAG_MOST ? text.left - TAG_MOST : 0;
}

/* There is no beginning: all of it is passed over, and an end in it is told. */
static struct event_piece
between(struct span text, bool is_last)
{
	struct event_piece p = { .kind = is_last ? PIECE_END : PIECE_MORE };
	struct tag end = find_tag(text, 0, TAG_END);

	p.done = is_last ? text.left : before_tag(text);
	if (end.from != SIZE_MAX) {
		p.kind = PIECE_CUT;
		p.done = end.past + 1;
	}
	return p;
}

/* One begins there, and does not end in the text. */
static struct event_piece
without_end(struct span text, struct tag begin, bool is_last)
{
	struct event_piece p = { .kind = PIECE_MORE, .done = begin.from };

	if (is_last || text.left - begin.from >= EVENT_PIECE_MOST) {
		p.kind = PIECE_CUT;
		p.done = is_last ? text.left : begin.past;
	}
	return p;
}

struct event_piece
event_piece_xml(struct span text, bool is_last)
{
	struct tag begin = find_tag(text, 0, TAG_BEGIN);

	if (begin.from == SIZE_MAX)
		return between(text, is_last);
	struct span before = { .at = text.at, .left = begin.from };
	if (find_tag(before, 0, TAG_END).from != SIZE_MAX)
		return between(before, true);
	struct tag end = find_tag(text, begin.past, TAG_END);
	struct tag next = find_tag(text, begin.past, TAG_BEGIN);
	if (next.from < end.from) /* it has none of its own */
		return (struct event_piece){ .kind = PIECE_CUT, .done = next.from };
	const uint8_t *close = end.from == SIZE_MAX ? NULL
	                                            : memchr(text.at + end.past, '>',
	                                                     text.left - end.past);
	if (!close)
		return without_end(text, begin, is_last);
	size_t past = (size_t)(close - text.at) + 1;
	return (struct event_piece){ PIECE_WHOLE, begin.from, past - begin.from, past };
}

/* ---- JSON */

#define LISTS_MOST 64

struct brackets {
	size_t depth;
	uint64_t lists; /* a bit for each that is open: is it a list? */
	bool is_string;
	bool is_escaped;
	uint8_t before; /* the last one that is no blank */
};

static void
open_bracket(struct brackets *b, bool is_list)
{
	uint64_t bit = b->depth < LISTS_MOST ? UINT64_C(1) << b->depth : 0;

	b->lists = is_list ? b->lists | bit : b->lists & ~bit;
	b->depth++;
}

static void
step_outside(struct brackets *b, uint8_t c)
{
	if (c == '"')
		b->is_string = true;
	else if (c == '{' || c == '[')
		open_bracket(b, c == '[');
	else if (c == '}' || c == ']')
		b->depth--;
	if (c > ' ')
		b->before = c;
}

static void
step(struct brackets *b, uint8_t c)
{
	if (!b->is_string) {
		step_outside(b, c);
		return;
	}
	b->is_string = b->is_escaped || c != '"';
	b->is_escaped = c == '\\' && !b->is_escaped;
}

/* May an object begin here?  It does as well where the one before was torn. */
static bool
can_begin(const struct brackets *b)
{
	if (b->depth == 0 || b->depth > LISTS_MOST)
		return true;
	return b->lists >> (b->depth - 1) & 1 ? b->before == ',' || b->before == '['
	                                      : b->before == ':';
}

/* Is it torn here, with another one on the next line?  No string has lines. */
static bool
is_torn(const struct brackets *b, struct span text, size_t at)
{
	if (text.at[at] != '{')
		return false;
	return b->is_string ? text.at[at - 1] == '\n' : !can_begin(b);
}

/* There is no end to it. */
static struct event_piece
without_end_json(struct span text, size_t from, bool is_last)
{
	if (is_last)
		return (struct event_piece){ .kind = PIECE_CUT, .done = text.left };
	if (text.left - from >= EVENT_PIECE_MOST)
		return (struct event_piece){ .kind = PIECE_NONE, .done = from + 1 };
	return (struct event_piece){ .kind = PIECE_MORE, .done = from };
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
		if (b.depth > 0 && is_torn(&b, text, at))
			return (struct event_piece){ .kind = PIECE_CUT, .done = at };
		step(&b, text.at[at]);
		if (b.depth == 0)
			return (struct event_piece){ PIECE_WHOLE, p.done,
				                     at + 1 - p.done, at + 1 };
	}
	return without_end_json(text, p.done, is_last);
}

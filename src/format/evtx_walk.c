#include "format/evtx_parts.h"

#define MORE 0x40u /* attributes of an element, tokens of text */

struct walk {
	struct evtx *e;
	struct span left;
	size_t end; /* of the stream, in the chunk */
	bool is_definition;
	struct evtx_shape *shape;
	size_t *steps;
	uint8_t token;

	size_t depth;
	uint8_t places[EVTX_NESTING_MOST + 1];
	uint8_t field; /* of the text that comes */
	bool is_in_attribute;
	bool is_taken; /* the first piece of this text filled the field */
	size_t pieces;

	size_t data_count; /* Data elements that have begun */
	bool has_name;     /* the last of them */
	struct evtx_value name;
};

static uint8_t
place_of(const struct walk *w)
{
	return w->places[w->depth];
}

static void
aim(struct walk *w, uint8_t field)
{
	w->field = field;
	w->pieces = 0;
	w->is_taken = false;
}

static uint8_t
field_of_content(const struct walk *w)
{
	if (place_of(w) != PLACE_DATA)
		return evtx_field_of_text(place_of(w));
	if (w->has_name)
		return evtx_field_of_data(evtx_span(w->name));
	if (w->data_count > FIELDS - FIELD_UNNAMED)
		return FIELD_NONE;
	return (uint8_t)(FIELD_UNNAMED + w->data_count - 1);
}

/* From one text to the next, the second of which need not be of the chunk. */
static void
join(struct evtx *e, struct evtx_value *to, struct span piece)
{
	size_t room = sizeof e->joined - e->joined_len;
	uint8_t *at = e->joined + e->joined_len;

	if (to->type != EVTX_STRING || to->len + piece.left > room)
		return;
	size_t len = span_copy(evtx_span(*to), at, room);
	len += span_copy(piece, at + len, room - len);
	*to = evtx_value_of(span_of(at, len), EVTX_STRING);
	e->joined_len += len;
}

static void
add_source(struct walk *w, struct evtx_source source)
{
	struct evtx *e = w->e;

	if (e->source_count == EVTX_SOURCES_MOST ||
	    w->shape->count == EVTX_SOURCES_OF_ONE) {
		w->shape->is_direct = true;
		return;
	}
	e->sources[e->source_count++] = source;
	w->shape->count++;
}

/* Notes down what the text here is made of; in pieces it has no shape. */
static void
note(struct walk *w, struct evtx_source source)
{
	source.field = w->field;
	if (w->pieces++ == 0)
		add_source(w, source);
	else
		w->shape->is_direct = true;
}

/* The first piece of a text, unless there is one already, and what belongs to it. */
static void
fill(struct walk *w, struct evtx_value v)
{
	struct evtx_value *to = w->field == FIELD_NAME ? &w->name
	                                               : &w->e->field[w->field];

	if (w->pieces++ > 0) {
		if (w->is_taken && v.type == EVTX_STRING)
			join(w->e, to, evtx_span(v));
		return;
	}
	w->is_taken = to->len == 0;
	if (w->field == FIELD_NAME)
		*to = v;
	else
		evtx_fill(w->e, w->field, v);
}

/* A piece of the text that the walk is at. */
static void
take(struct walk *w, struct evtx_value v)
{
	if (w->field == FIELD_NONE || v.len == 0 || v.type == EVTX_NULL)
		return;
	if (w->shape && w->field != FIELD_NAME)
		note(w, (struct evtx_source){ .literal = v });
	else
		fill(w, v);
}

static void
take_text(struct walk *w, struct span text)
{
	take(w, evtx_value_of(text, EVTX_STRING));
}

/* The shape goes by more than the bytes of its definition and the names. */
static void
keep_no_shape(struct walk *w)
{
	w->e->names.count = EVTX_NAMES_MOST + 1;
}

/* It was said just before this. */
static void
note_name(struct walk *w, bool is_here)
{
	struct evtx_names *n = &w->e->names;
	size_t at = w->end - w->left.left - 4 - w->shape->definition;

	if (n->count < EVTX_NAMES_MOST)
		n->at[n->count] = (struct evtx_name){ (uint16_t)at, is_here };
	n->count += n->count <= EVTX_NAMES_MOST;
}

/* Names stand once in a chunk: here, or at the place that is named here. */
static bool
read_name(struct walk *w, size_t at, struct span *text)
{
	bool is_here = at == w->end - w->left.left;
	struct span s = w->e->chunk;

	(void)span_cut(&s, at);
	(void)span_cut(&s, 4 + 2); /* the next one, its hash */
	size_t units = span_le16(&s);
	*text = span_cut(&s, 2 * units);
	if (w->shape)
		note_name(w, is_here);
	if (is_here)
		(void)span_cut(&w->left, 4 + 2 + 2 + 2 * units + 2);
	return !s.bad && units <= EVTX_NAME_MOST;
}

static bool
read_name_here(struct walk *w, struct span *text)
{
	size_t at = span_le32(&w->left);

	return read_name(w, at, text);
}

/*
 * Elements in a definition have two bytes more: the number of a value without which
 * they are not.  What makes no sense with them is read without, and the other way.
 */
static bool
read_element_head(struct walk *w, bool has_value, size_t *name_at)
{
	struct span s = w->left;

	if (has_value)
		(void)span_le16(&s);
	uint32_t size = span_le32(&s);
	*name_at = span_le32(&s);
	if (s.bad || size >= EVTX_CHUNK || *name_at >= EVTX_CHUNK)
		return false;
	w->left = s;
	return true;
}

static bool
element(struct walk *w)
{
	size_t name_at = 0;
	struct span name;

	if (!read_element_head(w, w->is_definition, &name_at)) {
		if (!read_element_head(w, !w->is_definition, &name_at))
			return false;
		keep_no_shape(w); /* but by where its names stand */
	}
	if (!read_name(w, name_at, &name) || w->depth == EVTX_NESTING_MOST)
		return false;
	if (w->token & MORE)
		(void)span_le32(&w->left); /* length of the attributes */

	uint8_t place = evtx_place_below(place_of(w), name);
	w->places[++w->depth] = place;
	if (place == PLACE_DATA) {
		w->data_count++;
		w->has_name = false;
		w->name = (struct evtx_value){ 0 };
	}
	aim(w, FIELD_NONE);
	return true;
}

static bool
attribute(struct walk *w)
{
	struct span name;

	if (!read_name_here(w, &name))
		return false;
	aim(w, evtx_field_of_attribute(place_of(w), name));
	w->is_in_attribute = true;
	w->has_name |= w->field == FIELD_NAME;
	return true;
}

static bool
start_closed(struct walk *w)
{
	w->is_in_attribute = false;
	aim(w, field_of_content(w));
	return true;
}

static bool
element_end(struct walk *w)
{
	if (w->depth == 0)
		return false;
	w->depth--;
	return start_closed(w);
}

static bool
value(struct walk *w)
{
	uint8_t type = span_u8(&w->left);
	size_t units = span_le16(&w->left);

	take_text(w, span_cut(&w->left, 2 * units));
	return type == EVTX_STRING;
}

static bool
cdata(struct walk *w)
{
	size_t units = span_le16(&w->left);

	take_text(w, span_cut(&w->left, 2 * units));
	return true;
}

/* Its number is its UTF-16. */
static bool
character(struct walk *w)
{
	take_text(w, span_cut(&w->left, 2));
	return true;
}

static bool
entity(struct walk *w)
{
	struct span name;

	if (!read_name_here(w, &name))
		return false;
	take_text(w, evtx_entity(name));
	return true;
}

static bool
instruction(struct walk *w)
{
	struct span name;

	return read_name_here(w, &name);
}

static bool
instruction_text(struct walk *w)
{
	size_t units = span_le16(&w->left);

	(void)span_cut(&w->left, 2 * units);
	return true;
}

static bool
may_hold_a_stream(const struct walk *w)
{
	return w->field == FIELD_NONE && !w->is_in_attribute &&
	       evtx_place_is_open(place_of(w));
}

/* Waits, together with the token that the walk has just taken. */
static bool template(struct walk *w)
{
	struct span whole = span_at(w->e->chunk, w->end - w->left.left - 1,
	                            w->left.left + 1);
	struct evtx_instance instance;
	uint32_t value_at[EVTX_VALUES_MOST];

	if (!evtx_instance_read(&w->left, w->end - w->left.left, &instance, value_at))
		return false;
	*w->steps -= instance.count < *w->steps ? instance.count : *w->steps;
	whole = span_at(whole, 0, whole.left - w->left.left);
	if (!may_hold_a_stream(w))
		return true;
	if (!w->shape)
		return evtx_pend(w->e, whole, place_of(w));
	keep_no_shape(w); /* it goes by where it stands */
	add_source(w,
	           (struct evtx_source){ .literal = evtx_value_of(whole, EVTX_STREAM),
	                                 .field = FIELD_STREAM,
	                                 .place = place_of(w) });
	return true;
}

/* Notes down that the value of a gap comes here. */
static void
note_gap(struct walk *w, uint16_t gap)
{
	if (w->field == FIELD_NAME)
		w->shape->is_direct = true;
	else if (w->field != FIELD_NONE)
		note(w, (struct evtx_source){ .gap = gap });
	else if (may_hold_a_stream(w))
		add_source(w, (struct evtx_source){ .gap = gap,
		                                    .field = FIELD_STREAM,
		                                    .place = place_of(w) });
}

static bool
gap(struct walk *w)
{
	uint16_t number = span_le16(&w->left);

	(void)span_u8(&w->left); /* the type that was meant: the value has its own */
	if (w->shape) {
		note_gap(w, number);
		return true;
	}
	struct evtx_value v = { 0 };
	if (w->is_definition)
		v = evtx_value(&w->e->instance, w->e->value_at, number);
	if (v.type == EVTX_STREAM && may_hold_a_stream(w))
		return evtx_pend(w->e, evtx_span(v), place_of(w));
	take(w, v);
	return true;
}

static bool
stream_head(struct walk *w)
{
	(void)span_cut(&w->left, 3); /* version, flags */
	return true;
}

static bool
walk_on(struct walk *w)
{
	static bool (*const take_token[TOKENS])(struct walk *) = {
		[TOKEN_ELEMENT] = element,
		[TOKEN_START_CLOSED] = start_closed,
		[TOKEN_EMPTY_CLOSED] = element_end,
		[TOKEN_ELEMENT_END] = element_end,
		[TOKEN_VALUE] = value,
		[TOKEN_ATTRIBUTE] = attribute,
		[TOKEN_CDATA] = cdata,
		[TOKEN_CHARACTER] = character,
		[TOKEN_ENTITY] = entity,
		[TOKEN_INSTRUCTION] = instruction,
		[TOKEN_INSTRUCTION_TEXT] = instruction_text,
		[TOKEN_TEMPLATE] = template,
		[TOKEN_GAP] = gap,
		[TOKEN_OPTIONAL_GAP] = gap,
		[TOKEN_STREAM_HEAD] = stream_head,
	};

	while (w->left.left > 0) {
		w->token = span_u8(&w->left);
		uint8_t kind = w->token & (uint8_t)~MORE;

		if (kind == TOKEN_STREAM_END)
			break;
		if (kind >= TOKENS || *w->steps == 0)
			return false;
		--*w->steps;
		if (!take_token[kind](w) || w->left.bad)
			return false;
	}
	return w->depth == 0;
}

bool
evtx_walk(struct evtx *e, struct evtx_way way)
{
	struct walk w = {
		.e = e,
		.left = way.stream,
		.end = evtx_position(e, way.stream) + way.stream.left,
		.is_definition = way.is_definition,
		.shape = way.shape,
		.steps = way.is_definition ? &e->definition_steps : &e->steps,
		.places = { way.place },
	};

	return !way.stream.bad && walk_on(&w);
}

#include "format/evtx_parts.h"

#define INSTANCE_HEAD 9u    /* a byte, an id, where the definition stands */
#define DEFINITION_HEAD 24u /* the next one, a GUID, the length of what follows */
#define STREAM_HEAD 4u

/* Where the count of the values stands behind `s`; SIZE_MAX: outside. */
static size_t
count_at(struct span s, size_t position, uint32_t definition)
{
	if (definition != position + INSTANCE_HEAD)
		return INSTANCE_HEAD;
	if (s.left < INSTANCE_HEAD + DEFINITION_HEAD + 4) /* it stands right here */
		return SIZE_MAX;
	size_t len = evtx_le32_at(s, INSTANCE_HEAD + DEFINITION_HEAD - 4);
	if (len > s.left - INSTANCE_HEAD - DEFINITION_HEAD - 4)
		return SIZE_MAX;
	return INSTANCE_HEAD + DEFINITION_HEAD + len;
}

/*
 * Every record comes through here, so lengths are held against what is left as few
 * times as will do, and spans are written member by member: one that is put together
 * and then copied as a whole waits for its own parts.
 */
bool
evtx_instance_read(struct span *s, size_t position, struct evtx_instance *out,
                   uint32_t value_at[EVTX_VALUES_MOST])
{
	if (s->bad || s->left < INSTANCE_HEAD + 4)
		return false;
	out->id = evtx_le32_at(*s, 1);
	out->definition = evtx_le32_at(*s, 5);
	size_t at = count_at(*s, position, out->definition);
	if (at == SIZE_MAX)
		return false;
	size_t count = evtx_le32_at(*s, at);
	size_t values_at = at + 4 + 4 * count;
	if (count > EVTX_VALUES_MOST || s->left < values_at)
		return false;
	const uint8_t *table = s->at + at + 4;
	uint32_t len = 0;
	for (size_t i = 0; i < count; i++) {
		value_at[i] = len;
		len += (uint32_t)(table[4 * i] | table[4 * i + 1] << 8);
	}
	if (len > s->left - values_at)
		return false;
	out->count = count;
	out->table.at = table;
	out->table.left = 4 * count;
	out->table.bad = false;
	out->values.at = s->at + values_at;
	out->values.left = len;
	out->values.bad = false;
	s->at += values_at + len;
	s->left -= values_at + len;
	return true;
}

struct span
evtx_definition(const struct evtx *e, uint32_t at)
{
	struct span s = e->chunk;

	(void)span_cut(&s, at);
	(void)span_le32(&s); /* the next one */
	struct span whole = s;
	(void)span_cut(&s, 16);
	size_t len = span_le32(&s);
	(void)span_cut(&s, len);
	return span_at(whole, 0, s.bad ? SIZE_MAX : whole.left - s.left);
}

/* Its id is also the first four bytes of its GUID. */
static struct span
definition_at(const struct evtx *e, uint32_t at, uint32_t *id)
{
	struct span s = evtx_definition(e, at);

	*id = span_le32(&s);
	(void)span_cut(&s, DEFINITION_HEAD - 4 - 4);
	return s;
}

/* What is older may name one in whose place something else stands by now. */
static bool
is_meant(const struct evtx *e, uint32_t id)
{
	return !e->is_recovered || id == e->instance.id;
}

bool
evtx_pend(struct evtx *e, struct span stream, uint8_t place)
{
	if (e->pending_count == EVTX_PENDING_MOST || e->level == EVTX_LEVELS_MOST)
		return false;
	e->pending[e->pending_count++] =
	    (struct evtx_pending){ stream, place, (uint8_t)(e->level + 1) };
	return true;
}

/* Where the shape is, or where there is room for it. */
static uint8_t *
shape_room(struct evtx *e, uint32_t definition, uint8_t place)
{
	uint32_t at = (definition * 2654435761u >> 16) + place;

	for (;; at++) {
		uint8_t *number = &e->shape_at[at % EVTX_HASHED];

		if (*number == 0)
			return number;
		const struct evtx_shape *shape = &e->shapes[*number - 1];
		if (shape->definition == definition && shape->place == place)
			return number;
	}
}

static void
make_shape(struct evtx *e, uint32_t at, uint8_t place)
{
	struct evtx_shape *shape = &e->shapes[e->shape_count++];

	*shape = (struct evtx_shape){
		.definition = at,
		.place = place,
		.first = (uint16_t)e->source_count,
	};
	struct evtx_way way = { definition_at(e, at, &shape->id), place, true, shape };
	e->names.count = 0;
	shape->is_bad = !evtx_walk(e, way);
	if (shape->is_bad || shape->is_direct)
		e->source_count = shape->first;
	else
		evtx_remember(e, shape);
}

/* With an instance of its own, of which the compiler sees that no field is in it. */
static bool
fill_by_shape(struct evtx *e, const struct evtx_shape *shape)
{
	const struct evtx_instance instance = e->instance;

	for (size_t i = 0; i < shape->count; i++) {
		const struct evtx_source *source = &e->sources[shape->first + i];
		struct evtx_value v = source->literal.len > 0
		                          ? source->literal
		                          : evtx_value(&instance, e->value_at,
		                                       source->gap);

		if (source->field != FIELD_STREAM)
			evtx_fill(e, source->field, v);
		else if (v.type == EVTX_STREAM &&
		         !evtx_pend(e, evtx_span(v), source->place))
			return false;
	}
	return true;
}

static bool
fill_by_walk(struct evtx *e, uint8_t place)
{
	uint32_t id = 0;
	struct span definition = definition_at(e, e->instance.definition, &id);

	return is_meant(e, id) &&
	       evtx_walk(e, (struct evtx_way){ definition, place, true, NULL });
}

static bool
take_instance(struct evtx *e, uint8_t place)
{
	uint8_t *number = shape_room(e, e->instance.definition, place);

	if (*number == 0) {
		if (e->shape_count == e->shapes_most)
			return fill_by_walk(e, place);
		if (!evtx_recall(e, e->instance.definition, place))
			make_shape(e, e->instance.definition, place);
		*number = (uint8_t)e->shape_count;
	}
	const struct evtx_shape *shape = &e->shapes[*number - 1];
	if (shape->is_bad || !is_meant(e, shape->id))
		return false;
	return shape->is_direct ? fill_by_walk(e, place) : fill_by_shape(e, shape);
}

/* Most are a template and its values, and nothing else. */
static bool
take_stream(struct evtx *e, struct span s, uint8_t place)
{
	size_t head = s.left > STREAM_HEAD && s.at[0] == TOKEN_STREAM_HEAD ? STREAM_HEAD
	                                                                   : 0;

	if (s.left > head && s.at[head] == TOKEN_TEMPLATE) {
		s.at += head + 1;
		s.left -= head + 1;
		if (!evtx_instance_read(&s, evtx_position(e, s), &e->instance,
		                        e->value_at) ||
		    e->steps <= e->instance.count)
			return false;
		e->steps -= e->instance.count + 1;
		if (!take_instance(e, place))
			return false;
	}
	if (s.left == 0 || s.at[0] == TOKEN_STREAM_END)
		return true;
	return evtx_walk(e, (struct evtx_way){ s, place, false, NULL });
}

static void
forget_record(struct evtx *e, struct span binxml)
{
	for (size_t i = 0; i < e->filled; i++)
		e->field[i] = (struct evtx_value){ 0 };
	e->filled = 0;
	e->joined_len = 0;
	e->pending_count = 0;
	e->level = 0;
	e->steps = EVTX_STEPS_PER_BYTE * binxml.left;
}

bool
evtx_record_decode(struct evtx *e, struct span binxml)
{
	forget_record(e, binxml);
	bool is_sound = take_stream(e, binxml, PLACE_ROOT);
	e->about = evtx_about(e);
	while (is_sound && e->pending_count > 0 && e->about.verdict != EVTX_UNWANTED) {
		struct evtx_pending next = e->pending[--e->pending_count];

		e->level = next.level;
		is_sound = take_stream(e, next.stream, next.place);
		if (e->about.verdict == EVTX_UNKNOWN)
			e->about = evtx_about(e);
	}
	return is_sound && e->about.verdict != EVTX_UNKNOWN;
}

/*
 * Every chunk has its own definitions; but those of a log are the same ones again and
 * again.  To see that takes a comparison of their bytes, but of those that say where
 * names stand, and of the names; to walk through them all over, a tenth of the time
 * that a log of one kind of event takes.
 */
#include <string.h>

#include "format/evtx_parts.h"

#define BEFORE 4u     /* evtx_definition begins behind that */
#define PLACE_LEN 4u  /* that says where a name stands */
#define NAME_HEAD 6u  /* the next one, its hash: neither is asked for */
#define LENGTH_LEN 2u /* of a name */

/* Its length, and its text; bad where it is not all there. */
static struct span
name_at(const struct evtx *e, size_t at)
{
	struct span s = e->chunk;

	(void)span_cut(&s, at);
	(void)span_cut(&s, NAME_HEAD);
	struct span whole = s;
	size_t units = span_le16(&s);
	return span_at(whole, 0, s.bad ? SIZE_MAX : LENGTH_LEN + 2 * units);
}

/* ---- remembering */

static bool
add_bytes(struct evtx_kept *k, struct span bytes)
{
	if (bytes.bad || bytes.left > sizeof k->bytes - k->len)
		return false;
	memcpy(k->bytes + k->len, bytes.at, bytes.left);
	k->len += bytes.left;
	return true;
}

static bool
add_all_bytes(struct evtx_kept *k, const struct evtx *e)
{
	struct span definition = evtx_definition(e, k->shape.definition);

	if (k->names.count > EVTX_NAMES_MOST || !add_bytes(k, definition))
		return false;
	for (size_t i = 0; i < k->names.count; i++) {
		const struct evtx_name *n = &k->names.at[i];

		if (!n->is_here &&
		    !add_bytes(k, name_at(e, evtx_le32_at(definition, n->at - BEFORE))))
			return false;
	}
	k->definition_len = definition.left;
	return true;
}

/* False: of a text that is not the definition's own. */
static bool
add_source(struct evtx_kept *k, size_t i, const struct evtx_source *source,
           const struct evtx *e)
{
	const uint8_t *begin = e->chunk.at + k->shape.definition;
	struct span literal = evtx_span(source->literal);

	k->sources[i] = *source;
	k->literal_at[i] = 0;
	if (literal.left == 0)
		return true;
	if (literal.at < begin || literal.at >= e->chunk.at + e->chunk.left)
		return false;
	k->literal_at[i] = (uint16_t)(literal.at - begin);
	return true;
}

void
evtx_remember(struct evtx *e, const struct evtx_shape *shape)
{
	struct evtx_kept *k = &e->kept[e->kept_next];

	k->definition_len = k->len = 0;
	k->shape = *shape;
	k->names = e->names;
	for (size_t i = 0; i < shape->count; i++) {
		if (!add_source(k, i, &e->sources[shape->first + i], e))
			return;
	}
	if (add_all_bytes(k, e))
		e->kept_next = (e->kept_next + 1) % EVTX_KEPT_MOST;
}

/* ---- recalling */

/* A definition that may be the same, as far as they were compared. */
struct beside {
	const struct evtx *e;
	uint32_t begin;    /* where it stands */
	struct span here;  /* what comes next of it */
	struct span kept;  /* and of the one that is kept */
	struct span names; /* of that one, elsewhere, that come next */
};

static bool
same_bytes(struct beside *b, size_t len)
{
	struct span kept = span_cut(&b->kept, len);

	return !kept.bad && span_is(span_cut(&b->here, len), kept.at, len);
}

/* What says where it stands may differ: it has to be there, or to be the same name. */
static bool
same_name(struct beside *b, const struct evtx_name *n)
{
	size_t at = span_le32(&b->here);
	bool is_here = at == b->begin + n->at + PLACE_LEN;

	(void)span_cut(&b->kept, PLACE_LEN);
	if (is_here != n->is_here)
		return false;
	if (is_here) {
		(void)span_cut(&b->here, NAME_HEAD);
		(void)span_cut(&b->kept, NAME_HEAD);
		return true;
	}
	struct span name = name_at(b->e, at);
	return !name.bad && span_is(span_cut(&b->names, name.left), name.at, name.left);
}

static bool
is_the_same(const struct evtx_kept *k, struct beside b)
{
	size_t done = BEFORE;

	for (size_t i = 0; i < k->names.count; i++) {
		const struct evtx_name *n = &k->names.at[i];

		if (!same_bytes(&b, n->at - done) || !same_name(&b, n))
			return false;
		done = n->at + PLACE_LEN + (n->is_here ? NAME_HEAD : 0);
	}
	return !b.here.bad && same_bytes(&b, b.here.left) && b.kept.left == 0;
}

static void
make_again(struct evtx *e, const struct evtx_kept *k, uint32_t definition)
{
	struct evtx_shape *shape = &e->shapes[e->shape_count++];

	*shape = k->shape;
	shape->definition = definition;
	shape->first = (uint16_t)e->source_count;
	for (size_t i = 0; i < shape->count; i++) {
		struct evtx_source *source = &e->sources[e->source_count++];

		*source = k->sources[i];
		if (source->literal.len > 0)
			source->literal.at = e->chunk.at + definition +
			                     k->literal_at[i];
	}
}

bool
evtx_recall(struct evtx *e, uint32_t definition, uint8_t place)
{
	struct span here = evtx_definition(e, definition);

	for (size_t i = 0; i < EVTX_KEPT_MOST && !here.bad && here.left > 0; i++) {
		const struct evtx_kept *k = &e->kept[i];
		struct span names = span_of(k->bytes, k->len);
		struct span kept = span_cut(&names, k->definition_len);
		const struct beside b = { e, definition, here, kept, names };

		if (k->definition_len != here.left || k->shape.place != place ||
		    k->shape.count > EVTX_SOURCES_MOST - e->source_count ||
		    !is_the_same(k, b))
			continue;
		make_again(e, k, definition);
		return true;
	}
	return false;
}

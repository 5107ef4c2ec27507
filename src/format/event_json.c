/*
 * jansson makes a tree of one object, no longer than EVENT_PIECE_MOST; it is gone
 * through with a stack, so that nothing calls itself.  A name is looked up together
 * with the name of what it is in: "winlog.event_data.IpAddress" may be written as
 * objects in objects, or as one name with points.
 */
#include "format/event_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/event_names.h"

#define DEPTH_MOST 24
#define NODES_MOST 128

/* What is open: an object with its next member, or an array with its next item. */
struct open {
	json_t *value;
	void *member;
	size_t item;
	char name[EVENT_NAME_ROOM]; /* that it has */
	char in[EVENT_NAME_ROOM];   /* and what that is in */
};

/* Objects in objects, without those in arrays. */
struct nodes {
	struct node {
		json_t *value;
		char name[EVENT_NAME_ROOM];
	} at[NODES_MOST];
	size_t count;
};

struct walk {
	struct event_text *to;
	struct nodes around; /* the events */
	struct nodes inside; /* one that may be one */
	struct open open[DEPTH_MOST];
	size_t depth;
};

void
event_json_seed(uint64_t chance)
{
	json_object_seed((size_t)(chance | 1)); /* 0 is none to it */
}

/* ---- names */

/* Elements of XML that have both keep their attributes apart; these are theirs. */
static bool
is_of_no_account(const char *name)
{
	return strcmp(name, "#attributes") == 0 || strcmp(name, "$") == 0 ||
	       strcmp(name, "attributes") == 0;
}

/* ---- values */

static void
put_text(struct event_text *to, const char *in, const char *name, struct span text)
{
	struct event_name n = event_name_of(
	    in, name[0] == '@' && name[1] != 't' ? name + 1 : name);

	event_name_put(to, &n, (const char *)text.at, text.left);
}

static void
put_value(struct event_text *to, const char *in, const char *name, const json_t *v)
{
	char number[40];

	if (json_is_string(v)) {
		put_text(to, in, name,
		         span_of(json_string_value(v), json_string_length(v)));
		return;
	}
	if (!json_is_number(v))
		return;
	double value = json_number_value(v);
	(void)snprintf(number, sizeof number, "%.0f", value);
	put_text(to, in, name, span_of(number, strlen(number)));
}

/* Strings without names: {"Data": ["administrator", …]}, also as text of elements. */
static bool
is_unnamed(const char *in, const char *name)
{
	return (text_same(in, "EventData") || text_same(in, "event_data") ||
	        text_same(in, "Data")) &&
	       (text_same(name, "Data") || strcmp(name, "#text") == 0);
}

/* PowerShell: {"Properties": [{"Value": …}, …]}. */
static bool
is_property(const char *in, const char *name)
{
	return text_same(in, "Properties") && text_same(name, "Value");
}

static void
put_unnamed(struct event_text *to, const json_t *v)
{
	const char *text = json_string_value(v);
	char number[40] = "";

	if (json_is_number(v))
		(void)snprintf(number, sizeof number, "%.0f", json_number_value(v));
	if (!text)
		text = number;
	event_text_put(to, EVENT_PART_UNNAMED, NULL,
	               (struct event_value){ text, strlen(text), false });
}

/* The text of an element that has attributes, as one or another makes JSON of XML. */
static const json_t *
text_of(const json_t *element)
{
	static const char *const names[] = { "#text", "_", "$t", "Value" };
	const json_t *text = NULL;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && !text; i++)
		text = json_object_get(element, names[i]);
	return text;
}

static const char *
name_attribute(const json_t *element)
{
	static const char *const names[] = { "@Name", "Name" };
	static const char *const places[] = { "#attributes", "$", "attributes" };
	const json_t *name = NULL;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && !name; i++)
		name = json_object_get(element, names[i]);
	for (size_t i = 0; i < sizeof places / sizeof places[0] && !name; i++)
		name = json_object_get(json_object_get(element, places[i]), "Name");
	return json_string_value(name);
}

/* {"Data": [{"@Name": "IpAddress", "#text": "10.0.3.7"}, …]}: by its name, not by its
 * place, as one that is empty may be left out.  False: it is none of these. */
static bool
put_named(struct event_text *to, const char *in, const char *name, const json_t *v)
{
	const char *data = is_unnamed(in, name) ? name_attribute(v) : NULL;

	if (data)
		put_value(to, "EventData", data, text_of(v));
	return data != NULL;
}

/* ---- the tree */

static void
enter(struct walk *w, json_t *v, const char *name, const char *in)
{
	struct open *o = &w->open[w->depth];

	if (w->depth == DEPTH_MOST || put_named(w->to, in, name, v))
		return;
	*o = (struct open){ .value = v, .member = json_object_iter(v) };
	(void)text_copy(o->name, sizeof o->name, name);
	(void)text_copy(o->in, sizeof o->in, in);
	w->depth++;
}

static void
take_member(struct walk *w, struct open *o)
{
	const char *key = json_object_iter_key(o->member);
	json_t *v = json_object_iter_value(o->member);
	char name[EVENT_NAME_ROOM] = "";
	char in[EVENT_NAME_ROOM] = "";

	o->member = json_object_iter_next(o->value, o->member);
	(void)text_copy(in, sizeof in, o->name);
	event_name_split(key, name, in);
	if (is_of_no_account(name))
		(void)text_copy(name, sizeof name, o->name);
	if (json_is_object(v) || json_is_array(v))
		enter(w, v, name, in);
	else if (is_unnamed(in, name) || is_property(in, name))
		put_unnamed(w->to, v);
	else
		put_value(w->to, in, name, v);
}

/* Of several values under one name Splunk's last one is the one that is tried. */
static void
take_array(struct walk *w, struct open *o)
{
	size_t count = json_array_size(o->value);
	json_t *v = json_array_get(o->value, o->item++);

	if (json_is_object(v) || json_is_array(v))
		enter(w, v, o->name, o->in);
	else if (is_unnamed(o->in, o->name))
		put_unnamed(w->to, v);
	else if (o->item == count || text_same(o->name, "keywords"))
		put_value(w->to, o->in, o->name, v);
}

static bool
goes_on(const struct open *o)
{
	return json_is_object(o->value) ? o->member != NULL
	                                : o->item < json_array_size(o->value);
}

/* `name`: what it has around it. */
static void
fill(struct walk *w, json_t *event, const char *name)
{
	w->depth = 0;
	enter(w, event, name, "");
	while (w->depth > 0) {
		struct open *o = &w->open[w->depth - 1];

		if (!goes_on(o))
			w->depth--;
		else if (json_is_object(o->value))
			take_member(w, o);
		else
			take_array(w, o);
	}
}

/* ---- events in what is around them */

static void
gather(json_t *object, struct nodes *n)
{
	n->at[0] = (struct node){ .value = object };
	n->count = 1;
	for (size_t i = 0; i < n->count; i++) {
		const char *key = NULL;
		json_t *v = NULL;

		json_object_foreach(n->at[i].value, key, v)
		{
			if (!json_is_object(v) || n->count == NODES_MOST)
				continue;
			n->at[n->count].value = v;
			(void)text_copy(n->at[n->count].name, EVENT_NAME_ROOM, key);
			n->count++;
		}
	}
}

static bool
has_part(const struct nodes *n, enum event_part part)
{
	for (size_t i = 0; i < n->count; i++) {
		const char *key = NULL;
		json_t *v = NULL;

		json_object_foreach(n->at[i].value, key, v)
		{
			char name[EVENT_NAME_ROOM] = "";
			char in[EVENT_NAME_ROOM] = "";

			(void)text_copy(in, sizeof in, n->at[i].name);
			event_name_split(key, name, in);
			if (event_name_of(in, name).part == part)
				return true;
		}
	}
	return false;
}

/* An event has a number; what is around events has none. */
static bool
has_number(const struct nodes *n)
{
	return has_part(n, EVENT_PART_ID);
}

static bool
holds_objects(const json_t *list)
{
	size_t count = json_array_size(list);
	size_t i = 0;

	while (i < count && !json_is_object(json_array_get(list, i)))
		i++;
	return i < count;
}

/* Most events have none, and then nothing more is asked. */
static bool
has_list(const struct nodes *n)
{
	for (size_t i = 0; i < n->count; i++) {
		const char *key = NULL;
		json_t *v = NULL;

		json_object_foreach(n->at[i].value, key, v)
		{
			if (holds_objects(v))
				return true;
		}
	}
	return false;
}

static bool
is_list_of_events(struct walk *w, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		gather(json_array_get(list, i), &w->inside);
		if (has_number(&w->inside))
			return true;
	}
	return false;
}

struct place {
	uint64_t offset;
	struct log_tally *tally;
};

/* {"_source": {…}} of Elastic, {"result": {…}} of Splunk: what is in it. */
static json_t *
unwrapped(json_t *event)
{
	static const char *const names[] = { "_source", "result" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		json_t *v = json_object_get(event, names[i]);

		if (json_is_object(v))
			return v;
	}
	return event;
}

static void
take_event(struct walk *w, json_t *event, const struct place *p)
{
	event_text_begin(w->to, p->offset);
	fill(w, unwrapped(event), "");
	event_text_guess(w->to);
	p->tally->records++;
	if (!event_text_end(w->to, p->tally))
		p->tally->undecodable++;
}

/* {"hits": {"hits": [{"_source": {…}}]}}, {"Events": {"Event": […]}}, or whatever there
 * is around them.  False: there is no list. */
static bool
take_lists(struct walk *w, json_t *tree, const struct place *p)
{
	bool is_there = false;

	gather(tree, &w->around);
	if (!has_list(&w->around) || has_number(&w->around))
		return false;
	for (size_t i = 0; i < w->around.count; i++) {
		const char *key = NULL;
		json_t *v = NULL;

		json_object_foreach(w->around.at[i].value, key, v)
		{
			if (!is_list_of_events(w, v))
				continue;
			for (size_t k = 0; k < json_array_size(v); k++)
				take_event(w, json_array_get(v, k), p);
			is_there = true;
		}
	}
	return is_there;
}

/* One that has a number and a time of its own. */
static bool
is_whole_event(struct walk *w, json_t *v)
{
	if (!json_is_object(v))
		return false;
	gather(v, &w->inside);
	return has_number(&w->inside) && has_part(&w->inside, EVENT_PART_TIME);
}

/* {"1": {…}, "2": {…}}: events by a name.  False: there are not two. */
static bool
take_members(struct walk *w, json_t *tree, const struct place *p)
{
	const char *key = NULL;
	json_t *v = NULL;
	size_t count = 0;

	json_object_foreach(tree, key, v)
	{
		count += is_whole_event(w, v);
	}
	if (count < 2)
		return false;
	json_object_foreach(tree, key, v)
	{
		take_event(w, v, p);
	}
	return true;
}

/* Bytes that are no UTF-8 damage a name, and not the address beside it. */
static json_t *
load(struct span object)
{
	const size_t flags = JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL;
	const char *text = (const char *)object.at;
	json_t *tree = json_loadb(text, object.left, flags, NULL);

	if (tree)
		return tree;
	char *copy = malloc(object.left);
	if (!copy)
		return NULL;
	for (size_t i = 0; i < object.left; i++)
		copy[i] = object.at[i] >= 0x80 || object.at[i] < 0x20 ? '?' : text[i];
	for (size_t i = 0; i < object.left; i++) {
		uint8_t c = object.at[i];

		if (c == '\n' || c == '\r' || c == '\t')
			copy[i] = (char)c;
	}
	tree = json_loadb(copy, object.left, flags, NULL);
	free(copy);
	return tree;
}

void
event_json_read(struct event_text *t, struct span object, uint64_t offset,
                struct log_tally *tally)
{
	json_t *tree = load(object);
	struct walk *w = malloc(sizeof *w);
	struct place p = { offset, tally };

	if (!tree || !w) {
		tally->records++;
		tally->undecodable++;
	} else {
		w->to = t;
		if (!take_lists(w, tree, &p) && !take_members(w, tree, &p))
			take_event(w, tree, &p);
	}
	json_decref(tree);
	free(w);
}

/* Within an event nothing is called "Payload", so that this does not come again. */
void
event_json_put(struct event_text *t, const char *utf8, size_t len)
{
	struct walk *w = calloc(1, sizeof *w);
	json_t *tree = w ? load(span_of(utf8, len)) : NULL;

	if (json_is_object(tree)) {
		w->to = t;
		fill(w, tree, "Event");
	}
	json_decref(tree);
	free(w);
}

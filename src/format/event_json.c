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

/* What is open: an object with its next member, or an array with its next item. */
struct open {
	json_t *value;
	void *member;
	size_t item;
	char name[EVENT_NAME_ROOM]; /* that it has */
	char in[EVENT_NAME_ROOM];   /* and what that is in */
};

struct walk {
	struct event_text *to;
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

/* ---- the tree */

static void
enter(struct walk *w, json_t *v, const char *name, const char *in)
{
	struct open *o = &w->open[w->depth];

	if (w->depth == DEPTH_MOST)
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

static void
fill(struct walk *w, json_t *event)
{
	w->depth = 0;
	enter(w, event, "", "");
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

/* {"hits": {"hits": [{"_source": {…}}]}}, {"Events": […]}: what is in it, or NULL. */
static json_t *
list_in(json_t *object)
{
	static const char *const names[] = { "hits",    "Events", "events",
		                             "records", "value",  "results" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		json_t *v = json_object_get(object, names[i]);

		if (json_is_object(v))
			v = json_object_get(v, names[i]);
		if (json_is_array(v) && json_is_object(json_array_get(v, 0)))
			return v;
	}
	return NULL;
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
	fill(w, unwrapped(event));
	event_text_guess(w->to);
	p->tally->records++;
	if (!event_text_end(w->to, p->tally))
		p->tally->undecodable++;
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
		json_t *list = list_in(tree);

		w->to = t;
		if (!list)
			take_event(w, tree, &p);
		for (size_t i = 0; i < json_array_size(list); i++)
			take_event(w, json_array_get(list, i), &p);
	}
	json_decref(tree);
	free(w);
}

/*
 * expat tells what there is, and a stack says where: in System, in EventData, or
 * somewhere that is no matter.  There is no document type, so no entity grows.
 */
#include "format/event_xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 32
#define TEXT_MOST 2048 /* bytes of a part; nothing that counts is longer */
#define NAME_MOST 64

enum place {
	PLACE_OUTSIDE, /* nothing below matters */
	PLACE_TOP,
	PLACE_EVENT,
	PLACE_SYSTEM,
	PLACE_DATA_LIST,
	PLACE_PART, /* its text is one */
};

struct event_xml {
	XML_Parser parser;
	struct event_text *to;
	enum place places[DEPTH_MOST]; /* of what is open */
	size_t depth;
	size_t too_deep;      /* open, and deeper than that */
	enum event_part part; /* whose text it is */
	char name[NAME_MOST]; /* of it */
	char text[TEXT_MOST];
	size_t len;
};

struct step {
	enum place in;
	const char *name;
	enum place to;
	enum event_part part;
	const char *attribute; /* that it is in; NULL: its text */
};

static const struct step steps[] = {
	{ PLACE_TOP, "Event", PLACE_EVENT, EVENT_PART_NONE, NULL },
	{ PLACE_EVENT, "System", PLACE_SYSTEM, EVENT_PART_NONE, NULL },
	{ PLACE_EVENT, "EventData", PLACE_DATA_LIST, EVENT_PART_NONE, NULL },
	{ PLACE_SYSTEM, "Provider", PLACE_OUTSIDE, EVENT_PART_PROVIDER, "Name" },
	{ PLACE_SYSTEM, "EventID", PLACE_PART, EVENT_PART_ID, NULL },
	{ PLACE_SYSTEM, "Keywords", PLACE_PART, EVENT_PART_KEYWORDS, NULL },
	{ PLACE_SYSTEM, "TimeCreated", PLACE_OUTSIDE, EVENT_PART_TIME, "SystemTime" },
	{ PLACE_SYSTEM, "Channel", PLACE_PART, EVENT_PART_CHANNEL, NULL },
	{ PLACE_SYSTEM, "Computer", PLACE_PART, EVENT_PART_COMPUTER, NULL },
	{ PLACE_DATA_LIST, "Data", PLACE_PART, EVENT_PART_UNNAMED, NULL },
};

static const char *
without_prefix(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static const struct step *
step_of(enum place in, const char *name)
{
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		if (steps[i].in == in && strcmp(steps[i].name, name) == 0)
			return &steps[i];
	}
	return NULL;
}

static const char *
attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2) {
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	}
	return NULL;
}

static void
put(struct event_xml *x, enum event_part part, const char *text, size_t len)
{
	event_text_put(x->to, part, part == EVENT_PART_DATA ? x->name : NULL,
	               (struct event_value){ .utf8 = text, .len = len });
}

static void
take_step(struct event_xml *x, const struct step *s, const char **attributes)
{
	const char *name = attribute(attributes, "Name");
	const char *value = s->attribute ? attribute(attributes, s->attribute) : NULL;

	if (value)
		put(x, s->part, value, strlen(value));
	if (s->to != PLACE_PART)
		return;
	x->part = s->part;
	x->len = 0;
	if (s->part != EVENT_PART_UNNAMED || !name)
		return;
	x->part = strlen(name) < NAME_MOST ? EVENT_PART_DATA : EVENT_PART_NONE;
	if (x->part == EVENT_PART_DATA)
		memcpy(x->name, name, strlen(name) + 1);
}

static void
begin_element(void *with, const char *name, const char **attributes)
{
	struct event_xml *x = with;

	if (x->depth == DEPTH_MOST) {
		x->too_deep++;
		return;
	}
	enum place in = x->depth == 0 ? PLACE_TOP : x->places[x->depth - 1];
	const struct step *s = step_of(in, without_prefix(name));
	x->places[x->depth++] = s ? s->to : PLACE_OUTSIDE;
	if (s)
		take_step(x, s, attributes);
}

static void
end_element(void *with, const char *name)
{
	struct event_xml *x = with;

	(void)name;
	if (x->too_deep > 0) {
		x->too_deep--;
		return;
	}
	if (x->places[--x->depth] == PLACE_PART)
		put(x, x->part, x->text, x->len);
}

static void
take_text(void *with, const char *text, int len)
{
	struct event_xml *x = with;
	size_t room = sizeof x->text - x->len;
	size_t more = (size_t)len < room ? (size_t)len : room;

	if (x->depth == 0 || x->places[x->depth - 1] != PLACE_PART)
		return;
	memcpy(x->text + x->len, text, more);
	x->len += more;
}

struct event_xml *
event_xml_new(struct event_text *to)
{
	struct event_xml *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->to = to;
	x->parser = XML_ParserCreate("UTF-8");
	if (!x->parser) {
		free(x);
		return NULL;
	}
	return x;
}

void
event_xml_free(struct event_xml *x)
{
	if (!x)
		return;
	XML_ParserFree(x->parser);
	free(x);
}

static bool
parse(struct event_xml *x, const char *encoding, const char *text, size_t len)
{
	if (!XML_ParserReset(x->parser, encoding))
		return false;
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, begin_element, end_element);
	XML_SetCharacterDataHandler(x->parser, take_text);
	x->depth = 0;
	x->too_deep = 0;
	return XML_Parse(x->parser, text, (int)len, XML_TRUE) == XML_STATUS_OK;
}

/* Names in letters of some code page, or with what no XML may have: they are damaged,
 * and the address beside them is not. */
static bool
parse_with_odd_letters(struct event_xml *x, struct span event)
{
	char *copy = malloc(event.left);

	if (!copy)
		return false;
	for (size_t i = 0; i < event.left; i++) {
		uint8_t c = event.at[i];
		bool is_odd = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		              c >= 0x80;

		copy[i] = is_odd ? '?' : (char)c;
	}
	bool is_well = parse(x, "UTF-8", copy, event.left);
	free(copy);
	return is_well;
}

bool
event_xml_read(struct event_xml *x, struct span event)
{
	if (event.bad || event.left > INT32_MAX)
		return false;
	if (parse(x, "UTF-8", (const char *)event.at, event.left))
		return true;
	return XML_GetErrorCode(x->parser) == XML_ERROR_INVALID_TOKEN &&
	       parse_with_odd_letters(x, event);
}

/*
 * One pass over the characters, with a stack of the elements that are open.  Names
 * are compared without their prefix; of an element only its kind is kept, and of
 * its whole name a hash, which its closing tag must match.
 *
 * Every step takes at least one character off the file or ends the reading.
 */
#include "format/task_xml.h"

#include <string.h>

#include "base/text.h"

#define NAME_ROOM 40
#define ENTITY_ROOM 10 /* "#1114111" */
#define ENDS 0xFFFFFFFFu

enum element {
	OTHER,
	TASK,
	REGISTRATION,
	AUTHOR,
	DATE,
	DESCRIPTION,
	PRINCIPALS,
	PRINCIPAL,
	USER,
	SETTINGS,
	ENABLED,
	TRIGGERS,
	TRIGGER,
	BEGINS,
	ACTIONS,
	ACTION,
	EXEC,
	COMMAND,
	ARGUMENTS,
};

static const struct {
	const char *name;
	enum element element;
	enum element parent; /* elsewhere a name means something else; OTHER: none */
} elements[] = {
	{ "Task", TASK, OTHER },
	{ "RegistrationInfo", REGISTRATION, TASK },
	{ "Author", AUTHOR, REGISTRATION },
	{ "Date", DATE, REGISTRATION },
	{ "Description", DESCRIPTION, REGISTRATION },
	{ "Principals", PRINCIPALS, TASK },
	{ "Principal", PRINCIPAL, PRINCIPALS },
	{ "UserId", USER, PRINCIPAL },
	{ "Settings", SETTINGS, TASK },
	{ "Enabled", ENABLED, SETTINGS },
	{ "Triggers", TRIGGERS, TASK },
	{ "StartBoundary", BEGINS, TRIGGER },
	{ "Actions", ACTIONS, TASK },
	{ "Exec", EXEC, ACTIONS },
	{ "Command", COMMAND, EXEC },
	{ "Arguments", ARGUMENTS, EXEC },
};

struct scan {
	struct span rest;
	bool is_utf16;
	bool rooted; /* the root element has been opened */
	bool odd;    /* something that the format does not have */
	bool cut;    /* it ended too early */
	struct {
		enum element element;
		uint32_t name; /* a hash */
	} open[TASK_XML_DEPTH];
	size_t depth;
	char text[TASK_TEXT_ROOM]; /* of the element that is open */
	size_t len;
	struct task_xml *out;
};

/* ---- characters */

static uint32_t
next_utf8(struct span *rest)
{
	char bytes[5] = { 0 };
	const char *at = bytes;

	(void)span_copy(*rest, bytes, 4);
	uint32_t c = text_next(&at);
	(void)span_cut(rest, (size_t)(at - bytes));
	return c;
}

static uint32_t
next(struct scan *s)
{
	if (s->rest.left < (s->is_utf16 ? 2 : 1))
		return ENDS;
	uint32_t c = s->is_utf16 ? text_next_utf16(&s->rest) : next_utf8(&s->rest);
	if (c == 0)
		s->odd = true;
	return c;
}

static uint32_t
peek(const struct scan *s)
{
	struct scan ahead = { .rest = s->rest, .is_utf16 = s->is_utf16 };

	return next(&ahead);
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does the file go on so?  Takes it, if it does. */
static bool
takes(struct scan *s, const char *ascii)
{
	struct scan ahead = { .rest = s->rest, .is_utf16 = s->is_utf16 };

	for (const char *c = ascii; *c; c++) {
		if (next(&ahead) != (unsigned char)*c)
			return false;
	}
	s->rest = ahead.rest;
	return true;
}

/* Passes over everything up to and with `ascii`. */
static void
pass(struct scan *s, const char *ascii)
{
	while (!takes(s, ascii) && !s->cut)
		s->cut = next(s) == ENDS;
}

static void
keep(struct scan *s, uint32_t c)
{
	char utf8[4];
	size_t n = text_put(utf8, c);

	if (s->len + n >= sizeof s->text)
		return;
	memcpy(s->text + s->len, utf8, n);
	s->len += n;
}

/* "#233" or "#xE9"; 0 for what is none. */
static uint32_t
numbered(const char *name)
{
	static const char hex[] = "0123456789abcdef";
	bool is_hex = name[0] == '#' && name[1] == 'x';
	uint32_t number = 0;

	if (name[0] != '#')
		return 0;
	for (const char *d = name + (is_hex ? 2 : 1); *d; d++) {
		char lower = *d >= 'A' && *d <= 'F' ? (char)(*d - 'A' + 'a') : *d;
		const char *value = strchr(hex, lower);

		if (!value || (!is_hex && value - hex > 9))
			return 0;
		number = number * (is_hex ? 16 : 10) + (uint32_t)(value - hex);
	}
	return number > 0x10FFFF || number >> 11 == 0xD800 >> 11 ? 0 : number;
}

/* After '&': the character that it stands for. */
static uint32_t
entity(struct scan *s)
{
	static const struct {
		const char *name;
		uint32_t character;
	} known[] = { { "lt", '<' },
		      { "gt", '>' },
		      { "amp", '&' },
		      { "quot", '"' },
		      { "apos", '\'' } };
	char name[ENTITY_ROOM] = "";
	size_t len = 0;
	uint32_t c;

	while ((c = next(s)) != ';') {
		s->cut = s->cut || c == ENDS;
		if (c > 0x7E || len + 1 == sizeof name)
			return 0;
		name[len++] = (char)c;
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(known[i].name, name) == 0)
			return known[i].character;
	}
	return numbered(name);
}

/* ---- elements */

static enum element
parent(const struct scan *s)
{
	return s->depth > 0 ? s->open[s->depth - 1].element : OTHER;
}

static enum element
element_of(const struct scan *s, const char *name)
{
	enum element above = parent(s);

	for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
		if (elements[i].parent == above && strcmp(elements[i].name, name) == 0)
			return elements[i].element;
	}
	return above == TRIGGERS ? TRIGGER : above == ACTIONS ? ACTION : OTHER;
}

/* Takes a name off: its hash, and what stands behind its prefix. */
static uint32_t
take_name(struct scan *s, char local[NAME_ROOM])
{
	uint32_t hash = 2166136261u;
	size_t len = 0;
	uint32_t c;

	while (!is_blank(c = peek(s)) && c != '>' && c != '/' && c != ENDS) {
		(void)next(s);
		hash = (hash ^ c) * 16777619u;
		if (c == ':')
			len = 0;
		else if (len + 1 < NAME_ROOM)
			local[len++] = c < 0x7F ? (char)c : '?';
	}
	local[len] = '\0';
	return hash;
}

/* The text of the element that is open, without blanks around it. */
static void
put(struct scan *s, char *to, size_t room)
{
	size_t from = 0;

	if (to[0])
		return; /* the first one counts */
	while (from < s->len && is_blank((unsigned char)s->text[from]))
		from++;
	while (s->len > from && is_blank((unsigned char)s->text[s->len - 1]))
		s->len--;
	s->text[s->len] = '\0';
	if (!text_copy(to, room, s->text + from)) {
		/* Not within a character. */
		size_t end = room - 1;

		while (end > 0 && ((unsigned char)s->text[from + end] & 0xC0) == 0x80)
			end--;
		to[end] = '\0';
	}
}

static void
put_exec(struct scan *s, bool is_command)
{
	struct task_xml_action *exec = &s->out->exec[s->out->exec_count - 1];

	if (is_command)
		put(s, exec->command, sizeof exec->command);
	else
		put(s, exec->arguments, sizeof exec->arguments);
}

static void
opened(struct scan *s, enum element element, const char *name)
{
	struct task_xml *out = s->out;

	s->len = 0;
	if (element == EXEC || element == ACTION) {
		out->action_count++;
		s->odd = s->odd || out->action_count > TASK_XML_ACTIONS_MOST;
	}
	if (element == EXEC && !s->odd)
		out->exec_count++;
	if (element == TRIGGER && out->trigger_count++ == 0)
		(void)text_copy(out->trigger, sizeof out->trigger, name);
}

static void
closed(struct scan *s, enum element element)
{
	struct task_xml *out = s->out;
	char enabled[8] = "";

	switch (element) {
	case AUTHOR: put(s, out->author, sizeof out->author); break;
	case DATE: put(s, out->date, sizeof out->date); break;
	case DESCRIPTION: put(s, out->description, sizeof out->description); break;
	case USER: put(s, out->user, sizeof out->user); break;
	case BEGINS: put(s, out->begins, sizeof out->begins); break;
	case COMMAND: put_exec(s, true); break;
	case ARGUMENTS: put_exec(s, false); break;
	case ENABLED:
		put(s, enabled, sizeof enabled);
		out->is_disabled = strcmp(enabled, "false") == 0 || enabled[0] == '0';
		break;
	default: break;
	}
	s->len = 0;
}

/* Past the attributes of a tag; says whether it closes itself. */
static bool
pass_attributes(struct scan *s)
{
	uint32_t before = 0;
	uint32_t c;

	while ((c = next(s)) != '>') {
		if (c == ENDS || c == '<') {
			s->cut = c == ENDS;
			s->odd = s->odd || c == '<';
			return false;
		}
		if (c == '"' || c == '\'')
			pass(s, c == '"' ? "\"" : "'");
		before = c;
	}
	return before == '/';
}

static void
opening_tag(struct scan *s)
{
	char name[NAME_ROOM];
	uint32_t hash = take_name(s, name);
	enum element element = element_of(s, name);
	bool is_whole = pass_attributes(s);

	if (s->cut)
		return;
	s->odd = s->odd || s->depth == TASK_XML_DEPTH ||
	         (s->depth == 0 && (s->rooted || element != TASK));
	if (s->odd)
		return;
	s->rooted = true;
	opened(s, element, name);
	if (is_whole) {
		closed(s, element);
		return;
	}
	s->open[s->depth].element = element;
	s->open[s->depth++].name = hash;
}

static void
closing_tag(struct scan *s)
{
	char name[NAME_ROOM];
	uint32_t hash = take_name(s, name);

	while (is_blank(peek(s)))
		(void)next(s);
	uint32_t c = next(s);
	s->cut = c == ENDS;
	if (s->cut)
		return;
	if (c != '>' || s->depth == 0 || s->open[s->depth - 1].name != hash) {
		s->odd = true;
		return;
	}
	s->depth--;
	closed(s, s->open[s->depth].element);
}

static void
literal(struct scan *s)
{
	while (!takes(s, "]]>") && !s->cut) {
		uint32_t c = next(s);

		s->cut = c == ENDS;
		if (!s->cut)
			keep(s, c);
	}
}

/* After '<'. */
static void
markup(struct scan *s)
{
	if (takes(s, "!--"))
		pass(s, "-->");
	else if (takes(s, "?"))
		pass(s, "?>");
	else if (s->depth > 0 && takes(s, "![CDATA["))
		literal(s);
	else if (takes(s, "/"))
		closing_tag(s);
	else if (peek(s) == ENDS)
		s->cut = true;
	else
		opening_tag(s);
}

static void
character(struct scan *s, uint32_t c)
{
	if (c == '&' && s->depth > 0)
		c = entity(s);
	else if (s->depth == 0 && !is_blank(c))
		c = 0;
	s->odd = s->odd || (c == 0 && !s->cut);
	if (!s->odd && s->depth > 0)
		keep(s, c);
}

enum heard
task_xml_read(struct span file, struct task_xml *out)
{
	struct scan s = { .rest = file, .out = out };

	memset(out, 0, sizeof *out);
	if (file.bad || file.left > TASK_XML_BYTES_MOST)
		return HEARD_ODD;
	s.is_utf16 = span_is(span_at(file, 0, 2), "\xFF\xFE", 2) ||
	             span_is(span_at(file, 0, 2), "<", 2);
	if (peek(&s) == 0xFEFF)
		(void)next(&s);
	while (!s.odd && !s.cut) {
		uint32_t c = next(&s);

		if (c == ENDS)
			break;
		if (c == '<')
			markup(&s);
		else
			character(&s, c);
	}
	if (s.odd)
		return HEARD_ODD;
	return s.cut || !s.rooted || s.depth > 0 || s.rest.left > 0 ? HEARD_SHORT
	                                                            : HEARD;
}

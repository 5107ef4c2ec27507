/*
 * The parts are put where the .evtx reader puts the values of a record, as UTF-16, and
 * it is asked what they say.  Events of the source "Security", of Windows up to 2003,
 * have strings without names, for which the .evt reader is asked.
 */
#include "format/event_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/event_time.h"
#include "format/evt_record.h"
#include "format/evtx_parts.h"

#define UNITS_MOST 512 /* of a part; nothing that counts is longer */
#define NAME_MOST 64

struct event_text {
	log_event_seen seen;
	void *with;
	struct evtx *e;
	uint64_t offset;
	size_t unnamed;
	uint64_t time;
	uint64_t second_time;
	struct event_dates dates;  /* of this file */
	struct event_dates before; /* without those of this event */
	struct evtx_value second[FIELDS];
	uint8_t units[2][FIELDS][2 * UNITS_MOST];
	uint8_t strings[(FIELDS - FIELD_UNNAMED) * 2 * (UNITS_MOST + 1)];
};

struct event_text *
event_text_new(log_event_seen seen, void *with)
{
	struct event_text *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->seen = seen;
	t->with = with;
	t->e = evtx_new(seen, with);
	if (!t->e) {
		free(t);
		return NULL;
	}
	return t;
}

void
event_text_free(struct event_text *t)
{
	if (!t)
		return;
	evtx_free(t->e);
	free(t);
}

void
event_text_begin_file(struct event_text *t)
{
	t->dates = (struct event_dates){ .order = ORDER_UNKNOWN };
}

void
event_text_begin(struct event_text *t, uint64_t offset)
{
	memset(t->e->field, 0, sizeof t->e->field);
	memset(t->second, 0, sizeof t->second);
	t->e->filled = 0;
	t->before = t->dates;
	t->offset = offset;
	t->unnamed = 0;
	t->time = 0;
	t->second_time = 0;
}

/* ---- parts */

static size_t
put_unit(uint8_t *to, size_t at, uint32_t unit)
{
	to[at] = (uint8_t)unit;
	to[at + 1] = (uint8_t)(unit >> 8);
	return at + 2;
}

/* As many characters as there is room for; how many bytes they take. */
static size_t
to_utf16(const char *utf8, size_t len, uint8_t to[2 * UNITS_MOST])
{
	char text[UNITS_MOST + 1];
	const char *at = text;
	size_t bytes = 0;

	if (len > UNITS_MOST)
		len = UNITS_MOST;
	memcpy(text, utf8, len);
	text[len] = '\0';
	while (*at) {
		uint32_t c = text_next(&at);

		if (c >= 0x10000) {
			bytes = put_unit(to, bytes, 0xD800 + ((c - 0x10000) >> 10));
			c = 0xDC00 + (c & 0x3FF);
		}
		bytes = put_unit(to, bytes, c);
	}
	return bytes;
}

static uint8_t
field_of_data(const char *name)
{
	uint8_t units[2 * UNITS_MOST];
	size_t len = strlen(name);

	if (len > NAME_MOST)
		return FIELD_NONE;
	return evtx_field_of_data(span_of(units, to_utf16(name, len, units)));
}

bool
event_text_wants(const char *name)
{
	return field_of_data(name) != FIELD_NONE;
}

/* `name`: its number, from 1; NULL: the next one. */
static uint8_t
field_of_unnamed(struct event_text *t, const char *name)
{
	size_t number = t->unnamed + 1;

	if (name) {
		for (number = 0; *name >= '0' && *name <= '9' && number < FIELDS;
		     name++)
			number = number * 10 + (size_t)(*name - '0');
	}
	if (number == 0 || number > FIELDS - FIELD_UNNAMED)
		return FIELD_NONE;
	if (number > t->unnamed)
		t->unnamed = number;
	return (uint8_t)(FIELD_UNNAMED + number - 1);
}

static uint8_t
field_of(struct event_text *t, enum event_part part, const char *name)
{
	static const uint8_t fields[] = {
		[EVENT_PART_PROVIDER] = FIELD_PROVIDER,
		[EVENT_PART_ID] = FIELD_ID,
		[EVENT_PART_KEYWORDS] = FIELD_KEYWORDS,
		[EVENT_PART_CHANNEL] = FIELD_CHANNEL,
		[EVENT_PART_COMPUTER] = FIELD_COMPUTER,
	};

	if (part == EVENT_PART_DATA)
		return field_of_data(name);
	if (part == EVENT_PART_UNNAMED)
		return field_of_unnamed(t, name);
	return part < sizeof fields ? fields[part] : FIELD_NONE;
}

static void
put_time(struct event_text *t, struct event_value v)
{
	uint64_t *to = v.is_second ? &t->second_time : &t->time;
	char text[64] = "";

	if (*to != 0 || v.len >= sizeof text)
		return;
	memcpy(text, v.utf8, v.len);
	*to = event_time(text, &t->dates);
}

void
event_text_put(struct event_text *t, enum event_part part, const char *name,
               struct event_value v)
{
	uint8_t field = field_of(t, part, name);

	if (part == EVENT_PART_TIME)
		put_time(t, v);
	if (field == FIELD_NONE || v.len == 0)
		return;
	struct evtx_value *to = v.is_second ? &t->second[field] : &t->e->field[field];
	if (to->len > 0)
		return;
	uint8_t *units = t->units[v.is_second][field];
	struct evtx_value value = { units, (uint32_t)to_utf16(v.utf8, v.len, units),
		                    EVTX_STRING };
	if (v.is_second)
		*to = value;
	else
		evtx_fill(t->e, field, value);
}

/* ---- the whole */

static void
fill_text(struct event_text *t, enum event_part part, const char *ascii)
{
	event_text_put(t, part, NULL,
	               (struct event_value){ ascii, strlen(ascii), true });
}

void
event_text_guess(struct event_text *t)
{
	struct evtx_value id = t->e->field[FIELD_ID];
	struct span s = evtx_span(id.len > 0 ? id : t->second[FIELD_ID]);
	unsigned number = 0;

	while (s.left >= 2 && number < 100000)
		number = number * 10 + (unsigned)(span_le16(&s) - '0');
	bool is_old = number >= 512 && number < 900;
	bool is_of_log = number >= 1100 && number < 1200;
	fill_text(t, EVENT_PART_PROVIDER,
	          is_old      ? "Security"
	          : is_of_log ? "Microsoft-Windows-Eventlog"
	                      : "Microsoft-Windows-Security-Auditing");
	fill_text(t, EVENT_PART_CHANNEL, "Security");
}

static void
take_seconds(struct event_text *t)
{
	for (size_t i = 0; i < FIELDS; i++)
		evtx_fill(t->e, (uint8_t)i, t->second[i]);
	if (t->time == 0)
		t->time = t->second_time;
}

static void
note(struct log_tally *tally, uint64_t time, bool is_security)
{
	tally->security += is_security;
	if (time == 0)
		return;
	if (tally->first == 0 || time < tally->first)
		tally->first = time;
	if (time > tally->last)
		tally->last = time;
}

/* The strings as a record of .evt has them, each with a zero behind it. */
static void
join(struct event_text *t, struct evt_strings *out)
{
	size_t len = 0;

	out->count = t->unnamed;
	out->begin[0] = out->end[0] = 0;
	for (size_t i = 0; i < t->unnamed; i++) {
		struct span s = evtx_span(t->e->field[FIELD_UNNAMED + i]);

		out->begin[i + 1] = (uint32_t)len;
		len += span_copy(s, t->strings + len, sizeof t->strings - len - 2);
		out->end[i + 1] = (uint32_t)len;
		len = put_unit(t->strings, len, 0);
	}
	out->in = span_of(t->strings, len);
}

static bool
says(const struct event_text *t, enum evtx_field field)
{
	return t->e->field[field].len > 0;
}

/* Of these only a code tells whether it failed, and why. */
static bool
has_code(uint32_t id)
{
	static const uint16_t ids[] = {
		672, 675, 676, 680, 681, 4625, 4768, 4771, 4776
	};
	bool is_one = false;

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		is_one = is_one || ids[i] == id;
	return is_one;
}

/* A table may lack the columns, and a message be in another language. */
static bool
says_enough(const struct event_text *t, uint32_t id)
{
	if (has_code(id))
		return says(t, FIELD_STATUS) || says(t, FIELD_SUBSTATUS);
	return says(t, FIELD_USER) || says(t, FIELD_DOMAIN) ||
	       says(t, FIELD_WORKSTATION) || says(t, FIELD_ADDRESS) ||
	       says(t, FIELD_SERVER);
}

static bool
is_hex(struct span utf16)
{
	return span_le16(&utf16) == '0' && (span_le16(&utf16) | 0x20) == 'x';
}

static uint32_t
digit_of(uint16_t unit)
{
	uint16_t lower = unit | 0x20;

	if (unit >= '0' && unit <= '9')
		return (uint32_t)unit - '0';
	return lower >= 'a' && lower <= 'f' ? (uint32_t)lower - 'a' + 10 : UINT32_MAX;
}

/* Decimal, or hexadecimal behind "0x"; 0 for what is no number. */
static uint32_t
number_in(const struct event_text *t, enum evtx_field field)
{
	struct span s = evtx_span(t->e->field[field]);
	uint32_t base = is_hex(s) ? 16 : 10;
	uint64_t number = 0;

	if (base == 16)
		(void)span_cut(&s, 4);
	while (s.left >= 2) {
		uint32_t digit = digit_of(span_le16(&s));

		number = number * base + digit;
		if (digit >= base || number > UINT32_MAX)
			return 0;
	}
	return (uint32_t)number;
}

/* Who writes a table or a message has names for what had none.  False: not for this. */
static bool
take_named(const struct event_text *t, struct log_event *event)
{
	static const uint8_t fields[LOG_TEXTS] = {
		[LOG_USER] = FIELD_USER,
		[LOG_DOMAIN] = FIELD_DOMAIN,
		[LOG_WORKSTATION] = FIELD_WORKSTATION,
		[LOG_ADDRESS] = FIELD_ADDRESS,
		[LOG_LOGON_PROCESS] = FIELD_LOGON_PROCESS,
		[LOG_TASK] = FIELD_SERVER,
	};
	bool is_logon = event->id >= 528 && event->id <= 540;

	for (size_t i = 0; i < LOG_TEXTS; i++) {
		if (fields[i] != FIELD_NONE)
			event->text[i] = evtx_span(t->e->field[fields[i]]);
	}
	event->logon_type = number_in(t, FIELD_LOGON_TYPE);
	event->port = number_in(t, FIELD_PORT);
	event->status = number_in(t, FIELD_SUBSTATUS);
	if (event->status == 0)
		event->status = number_in(t, FIELD_STATUS);
	if (event->id == 602)
		return event->text[LOG_TASK].left > 0;
	return says(t, FIELD_USER) &&
	       (is_logon || event->id == 644 ||
	        (has_code(event->id) && says_enough(t, event->id)));
}

/* False: it is one that ought to say something, and does not. */
static bool
end_old(struct event_text *t, struct log_event *event)
{
	struct evt_strings strings;

	if (!log_event_is_wanted(LOG_SECURITY, event->id))
		return true;
	event->provider = LOG_SECURITY;
	evtx_event(t->e, event);
	join(t, &strings);
	if (!(t->unnamed == 0 && take_named(t, event)) &&
	    !evt_strings_event(event->id, &strings, event))
		return false;
	t->seen(t->with, event);
	return true;
}

static bool
end_new(struct event_text *t, const struct evtx_about *about, struct log_event *event)
{
	if (about->verdict != EVTX_WANTED)
		return true;
	event->provider = about->provider;
	evtx_event(t->e, event);
	if (about->provider == LOG_AUDITING && !says_enough(t, event->id))
		return false;
	t->seen(t->with, event);
	return true;
}

/* An event is counted once, however many dates it has, and not where it is none. */
static void
count_guess(struct event_text *t, bool is_event)
{
	for (size_t i = 0; i < ORDERS; i++) {
		bool is_guess = t->dates.guessed[i] > t->before.guessed[i];

		t->dates.guessed[i] = t->before.guessed[i] + (is_guess && is_event);
	}
}

/* Those whose dates were taken the wrong way round: they have been given already. */
static void
own_up(struct event_text *t, struct log_tally *tally)
{
	enum event_order other = t->dates.order == ORDER_DAY_FIRST ? ORDER_MONTH_FIRST
	                                                           : ORDER_DAY_FIRST;

	if (t->dates.order == ORDER_UNKNOWN)
		return;
	tally->undecodable += t->dates.guessed[other];
	t->dates.guessed[other] = 0;
}

static bool
end(struct event_text *t, struct log_tally *tally)
{
	take_seconds(t);
	struct evtx_about about = evtx_about(t->e);
	struct log_event event = { .id = (uint16_t)about.id,
		                   .offset = t->offset,
		                   .time = t->time };
	struct span provider = evtx_span(t->e->field[FIELD_PROVIDER]);
	bool is_old = evtx_is_word(provider, "Security");

	if (about.verdict == EVTX_UNKNOWN || about.id == 0 || about.id > UINT16_MAX)
		return false;
	note(tally, t->time, is_old || about.provider == LOG_AUDITING);
	bool is_wanted = about.verdict == EVTX_WANTED ||
	                 (is_old && log_event_is_wanted(LOG_SECURITY, about.id));
	if (is_wanted && t->time == 0)
		return false;
	return is_old ? end_old(t, &event) : end_new(t, &about, &event);
}

bool
event_text_end(struct event_text *t, struct log_tally *tally)
{
	bool is_event = end(t, tally);

	count_guess(t, is_event);
	own_up(t, tally);
	return is_event;
}

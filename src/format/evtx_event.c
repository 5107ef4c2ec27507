#include <stdio.h>

#include "base/when.h"
#include "format/evtx_parts.h"

#define KEYWORD_FAILURE 0x0010000000000000u
#define NO_DIGIT 16u
#define MS_OF_TEXT 23 /* "2026-11-22T19:33:28.123" */
#define TICKS_PER_MS 10000u

/* What the members of EventData are where they have no names: in order. */
struct position {
	uint16_t id;
	uint8_t at;
	uint8_t field;
};

static const struct position positions[] = {
	{ 4624, 5, FIELD_USER },           { 4624, 6, FIELD_DOMAIN },
	{ 4624, 8, FIELD_LOGON_TYPE },     { 4624, 9, FIELD_LOGON_PROCESS },
	{ 4624, 11, FIELD_WORKSTATION },   { 4624, 16, FIELD_PROCESS_ID },
	{ 4624, 17, FIELD_PROGRAM },       { 4624, 18, FIELD_ADDRESS },
	{ 4624, 19, FIELD_PORT },          { 4625, 5, FIELD_USER },
	{ 4625, 6, FIELD_DOMAIN },         { 4625, 7, FIELD_STATUS },
	{ 4625, 9, FIELD_SUBSTATUS },      { 4625, 10, FIELD_LOGON_TYPE },
	{ 4625, 11, FIELD_LOGON_PROCESS }, { 4625, 13, FIELD_WORKSTATION },
	{ 4625, 17, FIELD_PROCESS_ID },    { 4625, 18, FIELD_PROGRAM },
	{ 4625, 19, FIELD_ADDRESS },       { 4625, 20, FIELD_PORT },
	{ 4648, 1, FIELD_SUBJECT },        { 4648, 5, FIELD_USER },
	{ 4648, 6, FIELD_DOMAIN },         { 4648, 8, FIELD_SERVER },
	{ 4648, 10, FIELD_PROCESS_ID },    { 4648, 11, FIELD_PROGRAM },
	{ 4648, 12, FIELD_ADDRESS },       { 4648, 13, FIELD_PORT },
	{ 4698, 1, FIELD_SUBJECT },        { 4698, 4, FIELD_SERVER },
	{ 4719, 5, FIELD_USER },           { 4719, 7, FIELD_DOMAIN },
	{ 4740, 0, FIELD_USER },           { 4740, 1, FIELD_DOMAIN },
	{ 4768, 0, FIELD_USER },           { 4768, 1, FIELD_DOMAIN },
	{ 4768, 6, FIELD_STATUS },         { 4768, 9, FIELD_ADDRESS },
	{ 4768, 10, FIELD_PORT },          { 4769, 0, FIELD_USER },
	{ 4769, 1, FIELD_DOMAIN },         { 4769, 6, FIELD_ADDRESS },
	{ 4769, 7, FIELD_PORT },           { 4769, 8, FIELD_STATUS },
	{ 4771, 0, FIELD_USER },           { 4771, 4, FIELD_STATUS },
	{ 4771, 6, FIELD_ADDRESS },        { 4771, 7, FIELD_PORT },
	{ 4776, 1, FIELD_USER },           { 4776, 2, FIELD_WORKSTATION },
	{ 4776, 3, FIELD_STATUS },
};

/* Of several strings the first, and without the zeros that some writers count. */
static size_t
len_to_zero(struct evtx_value v)
{
	struct span s = evtx_span(v);
	size_t len = 0;

	while (len + 1 < s.left && evtx_le16_at(s, len) != 0)
		len += 2;
	return len;
}

static inline size_t
text_len(struct evtx_value v)
{
	if (v.type == EVTX_STRING && v.len >= 2 &&
	    evtx_le16_at(evtx_span(v), v.len - 2) != 0)
		return v.len;
	return v.type == EVTX_STRING || v.type == EVTX_STRINGS ? len_to_zero(v) : 0;
}

static inline struct span
text_of(struct evtx_value v)
{
	return (struct span){ .at = v.at, .left = text_len(v) };
}

/* The same, member by member: a span that is put together and then copied as a whole
 * waits for its own parts. */
static inline void
set_text(struct span *out, struct evtx_value v)
{
	out->at = v.at;
	out->left = text_len(v);
	out->bad = false;
}

static unsigned
digit_of(unsigned unit)
{
	if (unit >= '0' && unit <= '9')
		return unit - '0';
	if (unit >= 'a' && unit <= 'f')
		return unit - 'a' + 10u;
	return unit >= 'A' && unit <= 'F' ? unit - 'A' + 10u : NO_DIGIT;
}

/* Decimal, or hexadecimal after "0x"; 0 where it is neither. */
static uint64_t
number_of_text(struct span utf16)
{
	bool is_hex = utf16.left > 4 && evtx_le16_at(utf16, 0) == '0' &&
	              (evtx_le16_at(utf16, 2) | 0x20) == 'x';
	uint64_t base = is_hex ? 16 : 10;
	uint64_t sum = 0;

	for (size_t at = is_hex ? 4 : 0; at + 1 < utf16.left; at += 2) {
		uint64_t digit = digit_of(evtx_le16_at(utf16, at));

		if (digit >= base || __builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return 0;
	}
	return sum;
}

static uint64_t
number_of(struct evtx_value v)
{
	struct span s = evtx_span(v);

	if (v.type == EVTX_STRING || v.type == EVTX_STRINGS)
		return number_of_text(text_of(v));
	switch (s.left) {
	case 1: return s.at[0];
	case 2: return evtx_le16_at(s, 0);
	case 4: return evtx_le32_at(s, 0);
	case 8: return evtx_le64_at(s, 0);
	default: return 0;
	}
}

/* "2021-05-03T08:58:25.921033600Z", with as many digits as the writer liked. */
static uint64_t
time_of_text(struct span utf16)
{
	char text[MS_OF_TEXT + 2] = "";
	int64_t ms = 0;
	uint64_t ticks = 0;

	for (size_t i = 0; i < MS_OF_TEXT; i++) {
		uint16_t unit = span_le16(&utf16);

		text[i] = unit < 0x80 ? (char)unit : '?';
	}
	text[MS_OF_TEXT] = 'Z';
	if (utf16.bad || !when_from_text(text, &ms))
		return 0;
	for (uint64_t worth = TICKS_PER_MS / 10; worth > 0; worth /= 10) {
		uint16_t unit = span_le16(&utf16);

		if (unit < '0' || unit > '9')
			break;
		ticks += worth * (uint64_t)(unit - '0');
	}
	return when_to_filetime(ms) + ticks;
}

static uint64_t
time_of_system(struct span s)
{
	char text[64];
	uint16_t part[8]; /* year, month, weekday, day, hour, minute, second, ms */
	int64_t ms = 0;

	for (size_t i = 0; i < 8; i++)
		part[i] = span_le16(&s);
	(void)snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	               part[0], part[1], part[3], part[4], part[5], part[6], part[7]);
	return !s.bad && when_from_text(text, &ms) ? when_to_filetime(ms) : 0;
}

uint64_t
evtx_time(const struct evtx *e)
{
	struct evtx_value v = e->field[FIELD_TIME];

	if (v.type == EVTX_STRING)
		return time_of_text(text_of(v));
	if (v.type == EVTX_SYSTEMTIME)
		return time_of_system(evtx_span(v));
	return v.type == EVTX_FILETIME && v.len == 8 ? evtx_le64_at(evtx_span(v), 0)
	                                             : 0;
}

/* As they are spelled nearly always: these are asked of every record. */
static const uint16_t auditing[] = u"Microsoft-Windows-Security-Auditing";
static const uint16_t security[] = u"Security";

static bool
is_of_auditing(struct span provider)
{
	return span_is(provider, auditing, sizeof auditing - sizeof auditing[0]) ||
	       evtx_is_word(provider, "Microsoft-Windows-Security-Auditing");
}

static bool
is_security(struct span channel)
{
	return span_is(channel, security, sizeof security - sizeof security[0]) ||
	       evtx_is_word(channel, "Security");
}

static enum log_provider
provider_of(struct span provider, struct span channel)
{
	if (is_of_auditing(provider))
		return is_security(channel) ? LOG_AUDITING : (enum log_provider)0;
	return evtx_is_word(provider, "Microsoft-Windows-Eventlog")
	           ? LOG_EVENTLOG
	           : (enum log_provider)0;
}

static bool
is_same_place(struct evtx_value a, struct evtx_value b)
{
	return a.at == b.at && a.len == b.len && a.type == b.type;
}

/* Text of the chunk, which stays as it is while that is read; what others have put
 * together (format/event_text.h) is of none. */
static bool
is_of_chunk(const struct evtx *e, struct evtx_value v)
{
	if (v.len == 0 || e->chunk.left == 0)
		return v.len == 0;
	return v.at >= e->chunk.at && v.at < e->chunk.at + e->chunk.left;
}

/* Both are text of the definition, as a rule: the same bytes for all its records. */
static enum log_provider
provider_at(struct evtx *e)
{
	struct evtx_value provider = e->field[FIELD_PROVIDER];
	struct evtx_value channel = e->field[FIELD_CHANNEL];

	if (provider.len > 0 && is_same_place(provider, e->provider_text) &&
	    is_same_place(channel, e->channel_text))
		return e->provider;
	enum log_provider found = provider_of(text_of(provider), text_of(channel));
	if (is_of_chunk(e, provider) && is_of_chunk(e, channel)) {
		e->provider_text = provider;
		e->channel_text = channel;
		e->provider = found;
	}
	return found;
}

struct evtx_about
evtx_about(struct evtx *e)
{
	struct evtx_about about = { .id = (uint32_t)number_of(e->field[FIELD_ID]) };

	if (text_len(e->field[FIELD_PROVIDER]) == 0 || e->field[FIELD_ID].len == 0)
		return about;
	about.provider = provider_at(e);
	about.verdict = log_event_is_wanted(about.provider, about.id) ? EVTX_WANTED
	                                                              : EVTX_UNWANTED;
	return about;
}

/* A named one stays before one by its position. */
static void
name_by_position(struct evtx *e, uint32_t id)
{
	if (e->filled <= FIELD_UNNAMED)
		return;
	for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++) {
		const struct position *p = &positions[i];

		if (p->id == id)
			evtx_fill(e, p->field, e->field[FIELD_UNNAMED + p->at]);
	}
}

static void
take_data(const struct evtx *e, struct log_event *out)
{
	static const uint8_t texts[LOG_TEXTS] = {
		[LOG_COMPUTER] = FIELD_COMPUTER,
		[LOG_USER] = FIELD_USER,
		[LOG_DOMAIN] = FIELD_DOMAIN,
		[LOG_WORKSTATION] = FIELD_WORKSTATION,
		[LOG_ADDRESS] = FIELD_ADDRESS,
		[LOG_LOGON_PROCESS] = FIELD_LOGON_PROCESS,
		[LOG_PROGRAM] = FIELD_PROGRAM,
		[LOG_SUBJECT] = FIELD_SUBJECT,
		[LOG_SERVER] = FIELD_SERVER,
	};
	const struct evtx_value *f = e->field;

	for (size_t i = 0; i < LOG_TEXTS; i++)
		set_text(&out->text[i], f[texts[i]]);
	out->status = (uint32_t)number_of(f[FIELD_SUBSTATUS]);
	if (out->status == 0)
		out->status = (uint32_t)number_of(f[FIELD_STATUS]);
	out->logon_type = (uint32_t)number_of(f[FIELD_LOGON_TYPE]);
	out->port = (uint32_t)number_of(f[FIELD_PORT]);
	out->process_id = (uint32_t)number_of(f[FIELD_PROCESS_ID]);
}

/* What another provider calls by these names is something else. */
static void
take_computer(const struct evtx *e, struct log_event *out)
{
	for (size_t i = 0; i < LOG_TEXTS; i++)
		out->text[i] = (struct span){ 0 };
	set_text(&out->text[LOG_COMPUTER], e->field[FIELD_COMPUTER]);
	out->status = 0;
	out->logon_type = 0;
	out->port = 0;
	out->process_id = 0;
}

void
evtx_event(struct evtx *e, struct log_event *out)
{
	out->is_failure = (number_of(e->field[FIELD_KEYWORDS]) & KEYWORD_FAILURE) != 0;
	if (out->provider != LOG_AUDITING) {
		take_computer(e, out);
		return;
	}
	name_by_position(e, out->id);
	take_data(e, out);
	/* Splunk has a single name for who does it and who it is done to. */
	if (out->id == 4698 && out->text[LOG_SUBJECT].left > 0)
		out->text[LOG_USER] = out->text[LOG_SUBJECT];
	if (out->id != 4648)
		out->text[LOG_SUBJECT] = (struct span){ 0 };
	if (out->id == 4740) { /* "TargetDomainName" is the machine that asked */
		out->text[LOG_WORKSTATION] = out->text[LOG_DOMAIN];
		out->text[LOG_DOMAIN] = (struct span){ 0 };
	}
}

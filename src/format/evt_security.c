/*
 * The events of the source "Security".  Their strings have a place each and no name;
 * how many there are tells which Windows wrote them.
 *
 * Source: the messages of msaudite.dll 5.2.3790 for the longest forms; the shorter
 * ones are of Windows NT 4, 2000 and XP.
 */
#include "format/evt_record.h"

#include "format/evt_bytes.h"

#define TYPE_AT 24
#define FAILURE_AUDIT 16

/* Which string is what, counted from 1 as the messages do; 0: none is. */
struct form {
	uint8_t least; /* strings that it has */
	uint8_t user, domain, type, logon_process, workstation;
	uint8_t address, port, process, status, substatus, subject, server;
};

/* Of an id, the longest form comes first. */
static const struct form of_failures[] = {
	{ 13, 1, 2, 3, 4, 6, 12, 13, 10, 0, 0, 0, 0 },
	{ 6, 1, 2, 3, 4, 6, 0, 0, 0, 0, 0, 0, 0 },
};
static const struct form of_537[] = {
	{ 15, 1, 2, 3, 4, 6, 14, 15, 12, 7, 8, 0, 0 },
	{ 8, 1, 2, 3, 4, 6, 0, 0, 0, 7, 8, 0, 0 },
	{ 6, 1, 2, 3, 4, 6, 0, 0, 0, 0, 0, 0, 0 },
};
static const struct form of_successes[] = {
	{ 15, 1, 2, 4, 5, 7, 14, 15, 12, 0, 0, 0, 0 },
	{ 7, 1, 2, 4, 5, 7, 0, 0, 0, 0, 0, 0, 0 },
};
static const struct form of_552[] = {
	{ 12, 5, 6, 0, 0, 0, 11, 12, 10, 0, 0, 1, 8 },
	{ 8, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 1, 8 },
};
static const struct form of_644[] = {
	{ 2, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0 },
};
static const struct form of_672[] = {
	{ 10, 1, 2, 0, 0, 0, 10, 0, 0, 7, 0, 0, 0 },
	{ 9, 1, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0 },
};
static const struct form of_675[] = {
	{ 6, 1, 0, 0, 0, 0, 6, 0, 0, 5, 0, 0, 0 },
};
static const struct form of_676[] = {
	{ 6, 1, 2, 0, 0, 0, 6, 0, 0, 5, 0, 0, 0 },
};
static const struct form of_680[] = {
	{ 4, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0 },
	{ 3, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0 },
};
static const struct form of_681[] = {
	{ 4, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0 },
};
static const struct form of_no_logon[] = { { 0 } };
static const struct form of_602[] = {
	{ 9, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
	{ 0 }, /* who it was and what is not asked of others than these */
};
static const struct form of_612[] = {
	{ 14, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0 }, /* NT 4 has no more */
};

struct forms {
	const struct form *at;
	size_t count;
};

#define FORMS(array)                                \
	{                                           \
		array, sizeof array / sizeof *array \
	}

/* By id: millions of records ask. */
static const struct forms forms[] = {
	[516] = FORMS(of_no_logon),  [517] = FORMS(of_no_logon),
	[528] = FORMS(of_successes), [529] = FORMS(of_failures),
	[530] = FORMS(of_failures),  [531] = FORMS(of_failures),
	[532] = FORMS(of_failures),  [533] = FORMS(of_failures),
	[534] = FORMS(of_failures),  [535] = FORMS(of_failures),
	[536] = FORMS(of_failures),  [537] = FORMS(of_537),
	[539] = FORMS(of_failures),  [540] = FORMS(of_successes),
	[552] = FORMS(of_552),       [602] = FORMS(of_602),
	[612] = FORMS(of_612),       [644] = FORMS(of_644),
	[672] = FORMS(of_672),       [675] = FORMS(of_675),
	[676] = FORMS(of_676),       [680] = FORMS(of_680),
	[681] = FORMS(of_681),
};

static const struct form *
form_of(uint32_t id, size_t count)
{
	if (id >= sizeof forms / sizeof forms[0])
		return NULL;
	for (size_t i = 0; i < forms[id].count; i++) {
		if (count >= forms[id].at[i].least)
			return &forms[id].at[i];
	}
	return NULL;
}

/* Of any base; more than its base has where it is none. */
static uint32_t
digit_of(uint32_t unit)
{
	uint32_t lower = unit | 0x20;

	if (unit >= '0' && unit <= '9')
		return unit - '0';
	return lower >= 'a' ? lower - 'a' + 10 : UINT32_MAX;
}

/* Decimal digits, or hexadecimal ones behind "0x"; 0 for what is no number. */
static uint32_t
number_of(struct span text)
{
	bool is_hex = evt_u32(text, 0) == ('0' | (uint32_t)'x' << 16);
	uint32_t base = is_hex ? 16 : 10;
	uint64_t number = 0;

	for (size_t at = is_hex ? 4 : 0; at < text.left; at += 2) {
		uint32_t digit = digit_of(evt_u16(text, at));

		number = number * base + digit;
		if (digit >= base || number > UINT32_MAX)
			return 0;
	}
	return (uint32_t)number;
}

/* The string with this number, from 1; empty for 0.  Written member by member: a span
 * that is put together and then copied as a whole waits for its own parts. */
static inline void
set(struct span *out, const struct evt_strings *s, uint8_t number)
{
	out->at = s->in.at + s->begin[number];
	out->left = s->end[number] - s->begin[number];
	out->bad = false;
}

static inline uint32_t
value(const struct evt_strings *s, uint8_t number)
{
	return number != 0 ? number_of(evt_string(s, number)) : 0;
}

static void
read_form(const struct form *f, const struct evt_strings *s, struct log_event *out)
{
	uint32_t substatus = value(s, f->substatus);

	out->status = substatus != 0 ? substatus : value(s, f->status);
	out->logon_type = value(s, f->type);
	out->port = value(s, f->port);
	out->process_id = value(s, f->process);
	set(&out->text[LOG_USER], s, f->user);
	set(&out->text[LOG_DOMAIN], s, f->domain);
	set(&out->text[LOG_WORKSTATION], s, f->workstation);
	set(&out->text[LOG_ADDRESS], s, f->address);
	set(&out->text[LOG_LOGON_PROCESS], s, f->logon_process);
	set(&out->text[LOG_PROGRAM], s, 0);
	set(&out->text[LOG_SUBJECT], s, f->subject);
	set(&out->text[LOG_SERVER], s, f->server);
}

bool
evt_record_event(struct span record, struct log_event *out)
{
	struct evt_strings strings;

	if (!evt_record_computer(record, &out->text[LOG_COMPUTER]) ||
	    !evt_record_strings(record, &strings))
		return false;
	uint32_t id = evt_record_id(record) & UINT16_MAX;
	const struct form *f = form_of(id, strings.count);
	if (!f)
		return false;
	out->provider = LOG_SECURITY;
	out->id = (uint16_t)id;
	out->is_failure = evt_u16(record, TYPE_AT) == FAILURE_AUDIT;
	out->is_recovered = false;
	out->number = evt_record_number(record);
	out->offset = 0;
	out->time = evt_record_time(record);
	read_form(f, &strings, out);
	return true;
}

bool
evt_strings_event(uint32_t id, const struct evt_strings *strings, struct log_event *out)
{
	const struct form *f = form_of(id, strings->count);

	if (f)
		read_form(f, strings, out);
	return f != NULL;
}

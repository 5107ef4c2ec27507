#include <string.h>

#include "format/evtx_parts.h"

struct step {
	uint8_t from;
	uint8_t to;
	uint8_t len;
	const char *name;
};

#define STEP(from, to, name)                    \
	{                                       \
		from, to, sizeof name - 1, name \
	}

static const struct step below[] = {
	STEP(PLACE_ROOT, PLACE_EVENT, "Event"),
	STEP(PLACE_EVENT, PLACE_SYSTEM, "System"),
	STEP(PLACE_EVENT, PLACE_EVENT_DATA, "EventData"),
	STEP(PLACE_EVENT_DATA, PLACE_DATA, "Data"),
	STEP(PLACE_SYSTEM, PLACE_PROVIDER, "Provider"),
	STEP(PLACE_SYSTEM, PLACE_ID, "EventID"),
	STEP(PLACE_SYSTEM, PLACE_KEYWORDS, "Keywords"),
	STEP(PLACE_SYSTEM, PLACE_TIME, "TimeCreated"),
	STEP(PLACE_SYSTEM, PLACE_CHANNEL, "Channel"),
	STEP(PLACE_SYSTEM, PLACE_COMPUTER, "Computer"),
};

static const struct step attributes[] = {
	STEP(PLACE_PROVIDER, FIELD_PROVIDER, "Name"),
	STEP(PLACE_TIME, FIELD_TIME, "SystemTime"),
	STEP(PLACE_DATA, FIELD_NAME, "Name"),
};

static const struct step data[] = {
	STEP(PLACE_DATA, FIELD_USER, "TargetUserName"),
	STEP(PLACE_DATA, FIELD_DOMAIN, "TargetDomainName"),
	STEP(PLACE_DATA, FIELD_WORKSTATION, "WorkstationName"),
	STEP(PLACE_DATA, FIELD_WORKSTATION, "Workstation"), /* 4776 */
	STEP(PLACE_DATA, FIELD_ADDRESS, "IpAddress"),
	STEP(PLACE_DATA, FIELD_PORT, "IpPort"),
	STEP(PLACE_DATA, FIELD_LOGON_TYPE, "LogonType"),
	STEP(PLACE_DATA, FIELD_LOGON_PROCESS, "LogonProcessName"),
	STEP(PLACE_DATA, FIELD_PROGRAM, "ProcessName"),
	STEP(PLACE_DATA, FIELD_PROCESS_ID, "ProcessId"),
	STEP(PLACE_DATA, FIELD_SUBJECT, "SubjectUserName"),
	STEP(PLACE_DATA, FIELD_SERVER, "TargetServerName"),
	STEP(PLACE_DATA, FIELD_SERVER, "TaskName"),           /* 4698 */
	STEP(PLACE_DATA, FIELD_USER, "SubcategoryId"),        /* 4719 */
	STEP(PLACE_DATA, FIELD_DOMAIN, "AuditPolicyChanges"), /* 4719 */
	STEP(PLACE_DATA, FIELD_STATUS, "Status"),
	STEP(PLACE_DATA, FIELD_SUBSTATUS, "SubStatus"),
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int
lower(int unit)
{
	return unit >= 'A' && unit <= 'Z' ? unit + ('a' - 'A') : unit;
}

bool
evtx_is_word(struct span utf16, const char *word)
{
	size_t len = strlen(word);

	if (utf16.bad || utf16.left != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (lower(evtx_le16_at(utf16, 2 * i)) != lower(word[i]))
			return false;
	}
	return true;
}

/* 0 where there is none: other places, no fields. */
static uint8_t
find(const struct step *steps, size_t count, uint8_t from, struct span name)
{
	for (size_t i = 0; i < count; i++) {
		if (steps[i].from == from && name.left == 2u * steps[i].len &&
		    evtx_is_word(name, steps[i].name))
			return steps[i].to;
	}
	return 0;
}

uint8_t
evtx_place_below(uint8_t place, struct span name)
{
	return find(below, COUNT(below), place, name);
}

bool
evtx_place_is_open(uint8_t place)
{
	return place >= PLACE_ROOT && place <= PLACE_EVENT_DATA;
}

uint8_t
evtx_field_of_text(uint8_t place)
{
	static const uint8_t fields[] = {
		[PLACE_ID] = FIELD_ID,
		[PLACE_KEYWORDS] = FIELD_KEYWORDS,
		[PLACE_CHANNEL] = FIELD_CHANNEL,
		[PLACE_COMPUTER] = FIELD_COMPUTER,
	};

	return place < sizeof fields ? fields[place] : FIELD_NONE;
}

uint8_t
evtx_field_of_attribute(uint8_t place, struct span name)
{
	return find(attributes, COUNT(attributes), place, name);
}

uint8_t
evtx_field_of_data(struct span name)
{
	return find(data, COUNT(data), PLACE_DATA, name);
}

struct span
evtx_entity(struct span name)
{
	static const struct {
		const char *name;
		char utf16[2];
	} entities[] = {
		{ "amp", "&" },   { "lt", "<" },   { "gt", ">" },
		{ "quot", "\"" }, { "apos", "'" },
	};

	for (size_t i = 0; i < COUNT(entities); i++) {
		if (evtx_is_word(name, entities[i].name))
			return span_of(entities[i].utf16, 2);
	}
	return span_of("", 0);
}

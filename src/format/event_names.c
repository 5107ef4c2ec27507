#include "format/event_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "format/event_json.h"
#include "format/event_message.h"

#define KEYWORD_FAILURE 0x10000000000000u

struct row {
	const char *in; /* NULL: anywhere */
	const char *name;
	const char *data;
	enum event_part part;
	bool is_second;
};

/* Letters of either case are the same. */
static const struct row rows[] = {
	{ NULL, "EventID", NULL, EVENT_PART_ID, false },
	{ NULL, "event_id", NULL, EVENT_PART_ID, false },
	{ NULL, "Event ID", NULL, EVENT_PART_ID, false },
	{ NULL, "EventCode", NULL, EVENT_PART_ID, false },
	{ "event", "code", NULL, EVENT_PART_ID, true },
	{ "", "Id", NULL, EVENT_PART_ID, true },
	{ "EventID", "#text", NULL, EVENT_PART_ID, false },
	{ "Provider", "Name", NULL, EVENT_PART_PROVIDER, false },
	{ NULL, "provider_name", NULL, EVENT_PART_PROVIDER, false },
	{ NULL, "ProviderName", NULL, EVENT_PART_PROVIDER, false },
	{ NULL, "SourceName", NULL, EVENT_PART_PROVIDER, false },
	{ NULL, "source_name", NULL, EVENT_PART_PROVIDER, false },
	{ "event", "provider", NULL, EVENT_PART_PROVIDER, true },
	{ "", "Source", NULL, EVENT_PART_PROVIDER, true },
	{ "", "Provider", NULL, EVENT_PART_PROVIDER, true },
	{ "TimeCreated", "SystemTime", NULL, EVENT_PART_TIME, false },
	{ NULL, "TimeCreated", NULL, EVENT_PART_TIME, false },
	{ NULL, "time_created", NULL, EVENT_PART_TIME, false },
	{ NULL, "SystemTime", NULL, EVENT_PART_TIME, false },
	{ NULL, "EventTime", NULL, EVENT_PART_TIME, false },
	{ NULL, "TimeGenerated", NULL, EVENT_PART_TIME, false },
	{ NULL, "TimeGenerated [UTC]", NULL, EVENT_PART_TIME, false }, /* Sentinel */
	{ NULL, "EventSourceName", NULL, EVENT_PART_PROVIDER, false },
	{ NULL, "Date and Time", NULL, EVENT_PART_TIME, false },
	{ NULL, "@timestamp", NULL, EVENT_PART_TIME, true },
	{ NULL, "_time", NULL, EVENT_PART_TIME, true },
	{ "", "Timestamp", NULL, EVENT_PART_TIME, true },
	{ NULL, "Channel", NULL, EVENT_PART_CHANNEL, false },
	{ NULL, "LogName", NULL, EVENT_PART_CHANNEL, false },
	{ NULL, "log_name", NULL, EVENT_PART_CHANNEL, false },
	{ NULL, "Computer", NULL, EVENT_PART_COMPUTER, false },
	{ NULL, "computer_name", NULL, EVENT_PART_COMPUTER, false },
	{ NULL, "ComputerName", NULL, EVENT_PART_COMPUTER, false },
	{ NULL, "MachineName", NULL, EVENT_PART_COMPUTER, false },
	{ "", "Hostname", NULL, EVENT_PART_COMPUTER, false },
	{ "host", "name", NULL, EVENT_PART_COMPUTER, true },
	{ "", "host", NULL, EVENT_PART_COMPUTER, true },
	{ NULL, "Keywords", NULL, EVENT_PART_KEYWORDS, false },
	{ "", "EventType", NULL, EVENT_PART_KEYWORDS, true },
	{ "", "EntryType", NULL, EVENT_PART_KEYWORDS, true },
	{ "event", "outcome", NULL, EVENT_PART_KEYWORDS, true },
	{ "source", "ip", "IpAddress", EVENT_PART_DATA, true },
	/* As Splunk makes names of the message. */
	{ "", "Account_Name", "TargetUserName", EVENT_PART_DATA, true },
	{ "", "Logon_Account", "TargetUserName", EVENT_PART_DATA, true },
	{ "", "User_Name", "TargetUserName", EVENT_PART_DATA, true },
	{ "", "Source_Network_Address", "IpAddress", EVENT_PART_DATA, true },
	{ "", "Client_Address", "IpAddress", EVENT_PART_DATA, true },
	{ "", "Source_Port", "IpPort", EVENT_PART_DATA, true },
	{ "", "Client_Port", "IpPort", EVENT_PART_DATA, true },
	{ "", "Workstation_Name", "WorkstationName", EVENT_PART_DATA, true },
	{ "", "Source_Workstation", "WorkstationName", EVENT_PART_DATA, true },
	{ "", "Caller_Computer_Name", "TargetDomainName", EVENT_PART_DATA, true },
	{ "", "Logon_Type", "LogonType", EVENT_PART_DATA, true },
	{ "", "Task_Name", "TaskName", EVENT_PART_DATA, true },
	{ "", "Logon_Process", "LogonProcessName", EVENT_PART_DATA, true },
	{ "", "Sub_Status", "SubStatus", EVENT_PART_DATA, true },
	{ "", "Failure_Code", "Status", EVENT_PART_DATA, true },
	{ "", "Result_Code", "Status", EVENT_PART_DATA, true },
	{ "", "Error_Code", "Status", EVENT_PART_DATA, true },
};

/* What holds the Data of an event, and nothing else. */
static bool
is_data_list(const char *in)
{
	return text_same(in, "EventData") || text_same(in, "event_data");
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Beside other things a name has to be spelled as Windows does: "status" is of another
 * thing. */
static bool
is_data(const char *in, const char *name)
{
	if (!event_text_wants(name))
		return false;
	return is_data_list(in) || is_upper(name[0]);
}

static bool
is_param(const char *in, const char *name)
{
	return is_data_list(in) && text_begins(name, "param") && name[5] >= '1' &&
	       name[5] <= '9';
}

void
event_name_split(const char *path, char last[EVENT_NAME_ROOM], char in[EVENT_NAME_ROOM])
{
	char copy[4 * EVENT_NAME_ROOM];

	if (!text_copy(copy, sizeof copy, path))
		copy[0] = '\0';
	char *point = strrchr(copy, '.');
	(void)text_copy(last, EVENT_NAME_ROOM, point ? point + 1 : copy);
	if (!point)
		return;
	*point = '\0';
	point = strrchr(copy, '.');
	(void)text_copy(in, EVENT_NAME_ROOM, point ? point + 1 : copy);
}

struct event_name
event_name_of(const char *in, const char *name)
{
	struct event_name found = { .part = EVENT_PART_NONE };

	if (is_data(in, name)) {
		found.part = EVENT_PART_DATA;
		found.data = name;
		return found;
	}
	if (is_param(in, name)) {
		found.part = EVENT_PART_UNNAMED;
		found.data = name + 5;
		return found;
	}
	found.is_message = text_same(name, "Message");
	found.is_payload = !in[0] && text_same(name, "Payload");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !is_data_list(in); i++) {
		const struct row *r = &rows[i];

		if (!text_same(r->name, name) || (r->in && !text_same(r->in, in)))
			continue;
		found.part = r->part;
		found.data = r->data;
		found.is_second = r->is_second;
		break;
	}
	return found;
}

/* ---- values */

static bool
has(const char *utf8, size_t len, const char *word)
{
	return span_find(span_of(utf8, len), word, strlen(word)) != SIZE_MAX;
}

/* As PowerShell has it: 0x8010000000000000 with a sign. */
static bool
is_negative_failure(const char *utf8, size_t len)
{
	char text[32] = "";

	if (len >= sizeof text || len == 0 || utf8[0] != '-')
		return false;
	memcpy(text, utf8, len);
	return ((uint64_t)strtoll(text, NULL, 10) & KEYWORD_FAILURE) != 0;
}

/* "Audit Failure" of Event Viewer, "AUDIT_FAILURE" of NXLog, "failure" of Elastic. */
static void
put_keywords(struct event_text *t, const struct event_name *n, const char *utf8,
             size_t len)
{
	static const char failure[] = "0x10000000000000";
	bool is_failure = has(utf8, len, "ailure") || has(utf8, len, "FAILURE") ||
	                  is_negative_failure(utf8, len);
	struct event_value v = { utf8, len, n->is_second };

	if (is_failure)
		v = (struct event_value){ failure, sizeof failure - 1, n->is_second };
	event_text_put(t, n->part, NULL, v);
}

/* What people read has its own name for who writes it. */
static void
put_provider(struct event_text *t, const struct event_name *n, const char *utf8,
             size_t len)
{
	static const char auditing[] = "Microsoft-Windows-Security-Auditing";
	static const char said[] = "Microsoft Windows security auditing";
	struct event_value v = { utf8, len, n->is_second };

	if (len >= sizeof said - 1 && strncmp(utf8, said, sizeof said - 1) == 0)
		v = (struct event_value){ auditing, sizeof auditing - 1, n->is_second };
	event_text_put(t, n->part, NULL, v);
}

/* The process that asks stands there as "0x344"; in decimal it is the one that wrote
 * the record, which PowerShell and NXLog call by the same name. */
static bool
is_of_the_writer(const struct event_name *n, const char *utf8, size_t len)
{
	bool is_hex = len > 1 && (utf8[1] | 0x20) == 'x';

	return n->data && text_same(n->data, "ProcessId") && !is_hex;
}

void
event_name_put(struct event_text *t, const struct event_name *n, const char *utf8,
               size_t len)
{
	if (n->is_message)
		event_message_read(t, utf8, len);
	else if (n->is_payload)
		event_json_put(t, utf8, len);
	else if (n->part == EVENT_PART_KEYWORDS)
		put_keywords(t, n, utf8, len);
	else if (n->part == EVENT_PART_PROVIDER)
		put_provider(t, n, utf8, len);
	else if (n->part != EVENT_PART_NONE && !is_of_the_writer(n, utf8, len))
		event_text_put(t, n->part, n->data,
		               (struct event_value){ utf8, len, n->is_second });
}

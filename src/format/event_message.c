/*
 * It has a line for each part, "Account Name:\t\tadministrator", and one without a
 * value above those that belong together: "Subject:".  The subject is who asks, and
 * everybody else who is named is tried.
 */
#include "format/event_message.h"

#include <string.h>

#include "base/span.h"

#define LABEL_MOST 48

struct label {
	const char *label;
	const char *data;
};

/* msaudite.dll and adtschema.dll, in English. */
static const struct label labels[] = {
	{ "Account Name", "TargetUserName" },
	{ "Logon Account", "TargetUserName" },
	{ "Logon account", "TargetUserName" },
	{ "User Name", "TargetUserName" },
	{ "Target Account Name", "TargetUserName" }, /* 644 */
	{ "Caller Machine Name", "WorkstationName" },
	{ "User", "TargetUserName" }, /* 602 */
	{ "Account Domain", "TargetDomainName" },
	{ "Domain", "TargetDomainName" },
	{ "Source Network Address", "IpAddress" },
	{ "Client Address", "IpAddress" },
	{ "Network Address", "IpAddress" },
	{ "Source Port", "IpPort" },
	{ "Client Port", "IpPort" },
	{ "Port", "IpPort" },
	{ "Workstation Name", "WorkstationName" },
	{ "Source Workstation", "WorkstationName" },
	{ "Caller Computer Name", "TargetDomainName" },
	{ "Logon Type", "LogonType" },
	{ "Logon Process", "LogonProcessName" },
	{ "Caller Process Name", "ProcessName" },
	{ "Process Name", "ProcessName" },
	{ "Caller Process ID", "ProcessId" },
	{ "Process ID", "ProcessId" },
	{ "Target Server Name", "TargetServerName" },
	{ "Task Name", "TaskName" },
	{ "File Name", "TaskName" }, /* 602 */
	{ "Status", "Status" },
	{ "Sub Status", "SubStatus" },
	{ "Failure Code", "Status" },
	{ "Result Code", "Status" },
	{ "Error Code", "Status" },
	{ "Status code", "Status" }, /* 537 */
	{ "Substatus code", "SubStatus" },
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span
trimmed(struct span s)
{
	while (s.left > 0 && is_blank(s.at[0]))
		(void)span_cut(&s, 1);
	while (s.left > 0 && is_blank(s.at[s.left - 1]))
		s.left--;
	return s;
}

static const char *
data_of(struct span label)
{
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
		if (span_is(label, labels[i].label, strlen(labels[i].label)))
			return labels[i].data;
	}
	return NULL;
}

/* Takes the next line off. */
static struct span
next_line(struct span *text)
{
	const uint8_t *end = memchr(text->at, '\n', text->left);
	size_t len = end ? (size_t)(end - text->at) : text->left;
	struct span line = span_cut(text, len);

	(void)span_cut(text, text->left > 0 ? 1 : 0);
	return line;
}

/* What has a name of its own where it is about the subject; its domain is no matter. */
static const char *
of_subject(const char *data)
{
	if (strcmp(data, "TargetUserName") == 0)
		return "SubjectUserName";
	return strcmp(data, "TargetDomainName") == 0 ? NULL : data;
}

void
event_message_read(struct event_text *t, const char *utf8, size_t len)
{
	struct span text = span_of(utf8, len);
	bool is_subject = false;

	while (text.left > 0) {
		struct span line = trimmed(next_line(&text));
		const uint8_t *colon = memchr(line.at, ':', line.left);

		if (line.left == 0 || !colon || colon - line.at > LABEL_MOST)
			continue;
		struct span label = span_cut(&line, (size_t)(colon - line.at));
		(void)span_cut(&line, 1);
		struct span value = trimmed(line);
		const char *data = data_of(trimmed(label));
		if (value.left == 0 && !data)
			is_subject = span_is(label, "Subject", 7);
		if (is_subject && data)
			data = of_subject(data);
		if (data && value.left > 0)
			event_text_put(t, EVENT_PART_DATA, data,
			               (struct event_value){ (const char *)value.at,
			                                     value.left, true });
	}
}

#include "lab/evtx_security.h"

#include <stdio.h>

#include "base/when.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define NOBODY 0
#define SYSTEM 18u
#define USER 1004u
#define KRBTGT 502u
#define SYSTEM_SESSION 0x3e7u
#define STATUS_WRONG_PASSWORD 0xC000006Au
#define STATUS_NO_SUCH_USER 0xC0000064u
#define STATUS_LOGON_FAILURE 0xC000006Du
#define STATUS_LOCKED_OUT 0xC0000234u
#define NTLM_AUTHENTICATION "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0"
#define TEXT_ROOM 64
#define CONTENT_ROOM 2048

/* ---- forms */

static const struct evtx_field success_fields[] = {
	{ "SubjectUserSid", EVTX_AS_SID },
	{ "SubjectUserName", EVTX_AS_TEXT },
	{ "SubjectDomainName", EVTX_AS_TEXT },
	{ "SubjectLogonId", EVTX_AS_HEX64 },
	{ "TargetUserSid", EVTX_AS_SID },
	{ "TargetUserName", EVTX_AS_TEXT },
	{ "TargetDomainName", EVTX_AS_TEXT },
	{ "TargetLogonId", EVTX_AS_HEX64 },
	{ "LogonType", EVTX_AS_U32 },
	{ "LogonProcessName", EVTX_AS_TEXT },
	{ "AuthenticationPackageName", EVTX_AS_TEXT },
	{ "WorkstationName", EVTX_AS_TEXT },
	{ "LogonGuid", EVTX_AS_GUID },
	{ "TransmittedServices", EVTX_AS_TEXT },
	{ "LmPackageName", EVTX_AS_TEXT },
	{ "KeyLength", EVTX_AS_U32 },
	{ "ProcessId", EVTX_AS_HEX64 },
	{ "ProcessName", EVTX_AS_TEXT },
	{ "IpAddress", EVTX_AS_TEXT },
	{ "IpPort", EVTX_AS_TEXT },
};

static const struct evtx_field failure_fields[] = {
	{ "SubjectUserSid", EVTX_AS_SID },
	{ "SubjectUserName", EVTX_AS_TEXT },
	{ "SubjectDomainName", EVTX_AS_TEXT },
	{ "SubjectLogonId", EVTX_AS_HEX64 },
	{ "TargetUserSid", EVTX_AS_SID },
	{ "TargetUserName", EVTX_AS_TEXT },
	{ "TargetDomainName", EVTX_AS_TEXT },
	{ "Status", EVTX_AS_HEX32 },
	{ "FailureReason", EVTX_AS_TEXT },
	{ "SubStatus", EVTX_AS_HEX32 },
	{ "LogonType", EVTX_AS_U32 },
	{ "LogonProcessName", EVTX_AS_TEXT },
	{ "AuthenticationPackageName", EVTX_AS_TEXT },
	{ "WorkstationName", EVTX_AS_TEXT },
	{ "TransmittedServices", EVTX_AS_TEXT },
	{ "LmPackageName", EVTX_AS_TEXT },
	{ "KeyLength", EVTX_AS_U32 },
	{ "ProcessId", EVTX_AS_HEX64 },
	{ "ProcessName", EVTX_AS_TEXT },
	{ "IpAddress", EVTX_AS_TEXT },
	{ "IpPort", EVTX_AS_TEXT },
};

static const struct evtx_field logoff_fields[] = {
	{ "TargetUserSid", EVTX_AS_SID },     { "TargetUserName", EVTX_AS_TEXT },
	{ "TargetDomainName", EVTX_AS_TEXT }, { "TargetLogonId", EVTX_AS_HEX64 },
	{ "LogonType", EVTX_AS_U32 },
};

static const struct evtx_field ntlm_fields[] = {
	{ "PackageName", EVTX_AS_TEXT },
	{ "TargetUserName", EVTX_AS_TEXT },
	{ "Workstation", EVTX_AS_TEXT },
	{ "Status", EVTX_AS_HEX32 },
};

static const struct evtx_field lockout_fields[] = {
	{ "TargetUserName", EVTX_AS_TEXT },  { "TargetDomainName", EVTX_AS_TEXT },
	{ "TargetSid", EVTX_AS_SID },        { "SubjectUserSid", EVTX_AS_SID },
	{ "SubjectUserName", EVTX_AS_TEXT }, { "SubjectDomainName", EVTX_AS_TEXT },
	{ "SubjectLogonId", EVTX_AS_HEX64 },
};

static const struct evtx_field ticket_fields[] = {
	{ "TargetUserName", EVTX_AS_TEXT },   { "TargetDomainName", EVTX_AS_TEXT },
	{ "TargetSid", EVTX_AS_SID },         { "ServiceName", EVTX_AS_TEXT },
	{ "ServiceSid", EVTX_AS_SID },        { "TicketOptions", EVTX_AS_HEX32 },
	{ "Status", EVTX_AS_HEX32 },          { "TicketEncryptionType", EVTX_AS_HEX32 },
	{ "PreAuthType", EVTX_AS_TEXT },      { "IpAddress", EVTX_AS_TEXT },
	{ "IpPort", EVTX_AS_TEXT },           { "CertIssuerName", EVTX_AS_TEXT },
	{ "CertSerialNumber", EVTX_AS_TEXT }, { "CertThumbprint", EVTX_AS_TEXT },
};

static const struct evtx_field refused_fields[] = {
	{ "TargetUserName", EVTX_AS_TEXT }, { "TargetSid", EVTX_AS_SID },
	{ "ServiceName", EVTX_AS_TEXT },    { "TicketOptions", EVTX_AS_HEX32 },
	{ "Status", EVTX_AS_HEX32 },        { "PreAuthType", EVTX_AS_TEXT },
	{ "IpAddress", EVTX_AS_TEXT },      { "IpPort", EVTX_AS_TEXT },
	{ "CertIssuerName", EVTX_AS_TEXT }, { "CertSerialNumber", EVTX_AS_TEXT },
	{ "CertThumbprint", EVTX_AS_TEXT },
};

static const struct evtx_field task_fields[] = {
	{ "SubjectUserSid", EVTX_AS_SID },     { "SubjectUserName", EVTX_AS_TEXT },
	{ "SubjectDomainName", EVTX_AS_TEXT }, { "SubjectLogonId", EVTX_AS_HEX64 },
	{ "TaskName", EVTX_AS_TEXT },          { "TaskContent", EVTX_AS_TEXT },
};

static const struct evtx_field policy_fields[] = {
	{ "SubjectUserSid", EVTX_AS_SID },     { "SubjectUserName", EVTX_AS_TEXT },
	{ "SubjectDomainName", EVTX_AS_TEXT }, { "SubjectLogonId", EVTX_AS_HEX64 },
	{ "CategoryId", EVTX_AS_TEXT },        { "SubcategoryId", EVTX_AS_TEXT },
	{ "SubcategoryGuid", EVTX_AS_GUID },   { "AuditPolicyChanges", EVTX_AS_TEXT },
};

#define FORM(id, task, fields)                  \
	{                                       \
		id, task, fields, COUNT(fields) \
	}

static const struct evtx_form success = FORM(4624, 12544, success_fields);
static const struct evtx_form failure = FORM(4625, 12544, failure_fields);
static const struct evtx_form logoff = FORM(4634, 12545, logoff_fields);
static const struct evtx_form ntlm = FORM(4776, 14336, ntlm_fields);
static const struct evtx_form lockout = FORM(4740, 13824, lockout_fields);
static const struct evtx_form ticket = FORM(4768, 14339, ticket_fields);
static const struct evtx_form refused = FORM(4771, 14339, refused_fields);
static const struct evtx_form task = FORM(4698, 12804, task_fields);
static const struct evtx_form policy = FORM(4719, 13568, policy_fields);

static const uint8_t logon_subcategory[EVTX_GUID_LEN] = {
	0x15, 0x92, 0xce, 0x0c, 0xae, 0x69, 0xd9, 0x11,
	0xbe, 0xd3, 0x50, 0x50, 0x54, 0x50, 0x30, 0x30,
};

/* ---- values */

static struct evtx_value
text(const char *text)
{
	return (struct evtx_value){ .text = text ? text : "-" };
}

static struct evtx_value
number(uint64_t number)
{
	return (struct evtx_value){ .number = number };
}

static const char *
port_text(const struct evt_logon *l, char room[TEXT_ROOM])
{
	(void)snprintf(room, TEXT_ROOM, "%u", (unsigned)l->port);
	return l->address ? room : "-";
}

/* As controllers write it. */
static const char *
mapped(const struct evt_logon *l, char room[TEXT_ROOM])
{
	(void)snprintf(room, TEXT_ROOM, "::ffff:%s", l->address ? l->address : "");
	return l->address ? room : "";
}

/* One for every logon, and the same when it ends. */
static uint64_t
session_of(const struct evt_logon *l)
{
	return 0x100000u + (uint64_t)(l->time % 100000) * 1000 + l->millis;
}

static void
put(struct evtx_write *w, const struct evt_logon *l, const struct evtx_form *form,
    const struct evtx_value *values)
{
	bool may_fail = form == &ntlm || form == &ticket;

	evtx_write_record(
	    w, &(struct evtx_order){
		   .form = form,
		   .time = when_to_filetime((int64_t)l->time * 1000 + l->millis),
		   .is_failure = form == &failure || form == &refused ||
	                         (may_fail && l->status != 0),
		   .values = values,
	       });
}

/* ---- events */

static void
put_success(struct evtx_write *w, const struct evt_logon *l)
{
	char port[TEXT_ROOM];
	const struct evtx_value values[] = {
		number(NOBODY),   text("-"),
		text("-"),        number(0),
		number(USER),     text(l->user),
		text(l->domain),  number(session_of(l)),
		number(l->type),  text(l->process),
		text(l->package), text(l->workstation),
		number(0),        text("-"),
		text("NTLM V2"),  number(128),
		number(0),        text("-"),
		text(l->address), text(port_text(l, port)),
	};
	_Static_assert(COUNT(values) == COUNT(success_fields), "one each");

	put(w, l, &success, values);
}

static void
put_failure(struct evtx_write *w, const struct evt_logon *l)
{
	bool is_guess = l->status == STATUS_WRONG_PASSWORD ||
	                l->status == STATUS_NO_SUCH_USER;
	bool is_locked = l->status == STATUS_LOCKED_OUT;
	char port[TEXT_ROOM];
	const struct evtx_value values[] = {
		number(NOBODY),
		text("-"),
		text("-"),
		number(0),
		number(NOBODY),
		text(l->user),
		text(l->domain),
		number(is_guess ? STATUS_LOGON_FAILURE : l->status),
		text(is_locked ? "%%2307" : "%%2313"),
		number(is_guess ? l->status : 0),
		number(l->type),
		text(l->process),
		text(l->package),
		text(l->workstation),
		text("-"),
		text("-"),
		number(0),
		number(0),
		text("-"),
		text(l->address),
		text(port_text(l, port)),
	};
	_Static_assert(COUNT(values) == COUNT(failure_fields), "one each");

	put(w, l, &failure, values);
}

void
evtx_security_logon(struct evtx_write *w, const struct evt_logon *l)
{
	if (l->status == 0)
		put_success(w, l);
	else
		put_failure(w, l);
}

void
evtx_security_logoff(struct evtx_write *w, const struct evt_logon *l)
{
	const struct evtx_value values[] = { number(USER), text(l->user),
		                             text(l->domain), number(session_of(l)),
		                             number(l->type) };
	_Static_assert(COUNT(values) == COUNT(logoff_fields), "one each");

	put(w, l, &logoff, values);
}

void
evtx_security_ntlm(struct evtx_write *w, const struct evt_logon *l)
{
	const struct evtx_value values[] = { text(NTLM_AUTHENTICATION), text(l->user),
		                             text(l->workstation), number(l->status) };
	_Static_assert(COUNT(values) == COUNT(ntlm_fields), "one each");

	put(w, l, &ntlm, values);
}

void
evtx_security_lockout(struct evtx_write *w, const struct evt_logon *l)
{
	char account[TEXT_ROOM];
	const struct evtx_value values[] = {
		text(l->user),          text(l->workstation), number(USER),
		number(SYSTEM),         text(account),        text(l->domain),
		number(SYSTEM_SESSION),
	};
	_Static_assert(COUNT(values) == COUNT(lockout_fields), "one each");

	(void)snprintf(account, sizeof account, "%s$", w->computer);
	put(w, l, &lockout, values);
}

/* In the shape of the Task Scheduler Schema, as it is registered; names and command
 * are put there as they are. */
static void
write_content(const struct evt_logon *l, char content[CONTENT_ROOM])
{
	(void)snprintf(
	    content, CONTENT_ROOM,
	    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
	    "<Task version=\"1.0\" "
	    "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
	    "  <RegistrationInfo>\r\n    <Author>%s\\%s</Author>\r\n"
	    "  </RegistrationInfo>\r\n"
	    "  <Triggers>\r\n    <TimeTrigger>\r\n"
	    "      <StartBoundary>2009-01-17T01:00:00</StartBoundary>\r\n"
	    "      <Enabled>true</Enabled>\r\n    </TimeTrigger>\r\n"
	    "  </Triggers>\r\n"
	    "  <Settings>\r\n    <Hidden>false</Hidden>\r\n"
	    "    <Priority>7</Priority>\r\n  </Settings>\r\n"
	    "  <Actions Context=\"Author\">\r\n    <Exec>\r\n"
	    "      <Command>%s</Command>\r\n    </Exec>\r\n  </Actions>\r\n"
	    "</Task>",
	    l->domain, l->user, l->command);
}

void
evtx_security_task(struct evtx_write *w, const struct evt_logon *l)
{
	char path[TEXT_ROOM], content[CONTENT_ROOM];
	const struct evtx_value values[] = { number(USER),    text(l->user),
		                             text(l->domain), number(session_of(l)),
		                             text(path),      text(content) };
	_Static_assert(COUNT(values) == COUNT(task_fields), "one each");

	(void)snprintf(path, sizeof path, "\\%s", l->task);
	write_content(l, content);
	put(w, l, &task, values);
}

void
evtx_security_ticket(struct evtx_write *w, const struct evt_logon *l)
{
	char address[TEXT_ROOM], port[TEXT_ROOM];
	bool failed = l->status != 0;
	const struct evtx_value values[] = {
		text(l->user),
		text(l->domain),
		number(failed ? NOBODY : USER),
		text("krbtgt"),
		number(failed ? NOBODY : KRBTGT),
		number(0x40810010),
		number(l->status),
		number(failed ? UINT32_MAX : 0x12),
		text(failed ? "-" : "2"),
		text(mapped(l, address)),
		text(port_text(l, port)),
		text(""),
		text(""),
		text(""),
	};
	_Static_assert(COUNT(values) == COUNT(ticket_fields), "one each");

	put(w, l, &ticket, values);
}

void
evtx_security_refused(struct evtx_write *w, const struct evt_logon *l)
{
	char address[TEXT_ROOM], port[TEXT_ROOM], service[TEXT_ROOM];
	const struct evtx_value values[] = {
		text(l->user),
		number(USER),
		text(service),
		number(0x40810010),
		number(l->status),
		text("2"),
		text(mapped(l, address)),
		text(port_text(l, port)),
		text(""),
		text(""),
		text(""),
	};
	_Static_assert(COUNT(values) == COUNT(refused_fields), "one each");

	(void)snprintf(service, sizeof service, "krbtgt/%s", l->domain);
	put(w, l, &refused, values);
}

void
evtx_security_policy(struct evtx_write *w, uint32_t time)
{
	char account[TEXT_ROOM];
	const struct evt_logon when = { .time = time };
	const struct evtx_value values[] = {
		number(SYSTEM),
		text(account),
		text("WORKGROUP"),
		number(SYSTEM_SESSION),
		text("%%8273"),
		text("%%12544"),
		{ .guid = logon_subcategory },
		text("%%8449, %%8451"),
	};
	_Static_assert(COUNT(values) == COUNT(policy_fields), "one each");

	(void)snprintf(account, sizeof account, "%s$", w->computer);
	put(w, &when, &policy, values);
}

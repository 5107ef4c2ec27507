/*
 * The numbers of events and codes are tables; what strangers wrote into names and
 * addresses is brought into one form, so that the same machine is the same text.
 */
#include "look/logon_event.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "format/schedlgu.h"

#define MACHINE_LOGON_ID 4 /* process id of the system: the SMB redirector */
#define PORT_OF_SMB 445

/* Messages of msobjs.dll, by their numbers: 4719 has no words of its own. */
#define PART_LOGON "%%12544"
#define FAILURE_REMOVED "%%8450"
#define FAILURE_ADDED "%%8451"

/* ---- which kind */

struct code_row {
	uint32_t code;
	enum attempt_kind kind;
};

/* NTSTATUS; ntstatus.h of the Windows SDK. */
static const struct code_row ntstatus_rows[] = {
	{ 0xC000006A, ATTEMPT_GUESS },  /* wrong password */
	{ 0xC0000064, ATTEMPT_GUESS },  /* no such user */
	{ 0xC000006D, ATTEMPT_GUESS },  /* either */
	{ 0xC0000234, ATTEMPT_GUESS },  /* locked out */
	{ 0xC0000072, ATTEMPT_GUESS },  /* disabled */
	{ 0xC0000193, ATTEMPT_GUESS },  /* expired */
	{ 0xC0000071, ATTEMPT_PERSON }, /* the password has expired */
	{ 0xC0000224, ATTEMPT_PERSON }, /* the password must be changed */
	{ 0xC000006E, ATTEMPT_POLICY }, /* a restriction: an empty password */
	{ 0xC000006F, ATTEMPT_POLICY }, /* hours */
	{ 0xC0000070, ATTEMPT_POLICY }, /* workstation */
	{ 0xC000015B, ATTEMPT_POLICY }, /* type of logon */
	{ 0xC0000413, ATTEMPT_POLICY }, /* authentication firewall */
	{ 0xC0000133, ATTEMPT_FAULT },  /* clocks differ */
	{ 0xC000018D, ATTEMPT_FAULT },  /* trust */
	{ 0xC000018C, ATTEMPT_FAULT },  /* trust of the domain */
	{ 0xC0000192, ATTEMPT_FAULT },  /* Netlogon does not run */
	{ 0xC000005E, ATTEMPT_FAULT },  /* no logon server */
};

/* RFC 4120, 7.5.9.  0x19 and 0xE are a usual step of a logon, and no failure. */
static const struct code_row kerberos_rows[] = {
	{ 0x06, ATTEMPT_GUESS },  /* no such account */
	{ 0x12, ATTEMPT_GUESS },  /* disabled, expired or locked */
	{ 0x18, ATTEMPT_GUESS },  /* wrong password */
	{ 0x17, ATTEMPT_PERSON }, /* the password has expired */
	{ 0x25, ATTEMPT_FAULT },  /* clocks differ */
};

/* What an id tells, and who tells it. */
struct id_row {
	uint16_t id;
	enum attempt_told told;
	enum attempt_kind kind; /* 0: by its code */
};

static const struct id_row old_rows[] = {
	{ 528, TOLD_BY_LOGON, ATTEMPT_SUCCESS },
	{ 540, TOLD_BY_LOGON, ATTEMPT_SUCCESS },
	{ 529, TOLD_BY_LOGON, ATTEMPT_GUESS },
	{ 531, TOLD_BY_LOGON, ATTEMPT_GUESS },
	{ 539, TOLD_BY_LOGON, ATTEMPT_GUESS },
	{ 530, TOLD_BY_LOGON, ATTEMPT_POLICY },
	{ 533, TOLD_BY_LOGON, ATTEMPT_POLICY },
	{ 534, TOLD_BY_LOGON, ATTEMPT_POLICY },
	{ 532, TOLD_BY_LOGON, ATTEMPT_PERSON },
	{ 535, TOLD_BY_LOGON, ATTEMPT_PERSON },
	{ 536, TOLD_BY_LOGON, ATTEMPT_FAULT },
	{ 537, TOLD_BY_LOGON, 0 },
	{ 552, TOLD_BY_OTHERS, ATTEMPT_BY_US },
	{ 644, TOLD_BY_OTHERS, ATTEMPT_LOCKOUT },
	{ 672, TOLD_BY_KERBEROS, 0 },
	{ 675, TOLD_BY_KERBEROS, 0 },
	{ 676, TOLD_BY_KERBEROS, 0 },
	{ 680, TOLD_BY_NTLM, 0 },
	{ 681, TOLD_BY_NTLM, 0 },
	{ 517, TOLD_BY_OTHERS, ATTEMPT_CLEARED },
	{ 516, TOLD_BY_OTHERS, ATTEMPT_LOST },
	{ 602, TOLD_BY_OTHERS, ATTEMPT_TASK },
	{ 612, TOLD_BY_OTHERS, ATTEMPT_AUDITED },
};

static const struct id_row new_rows[] = {
	{ 4624, TOLD_BY_LOGON, ATTEMPT_SUCCESS },
	{ 4625, TOLD_BY_LOGON, 0 },
	{ 4648, TOLD_BY_OTHERS, ATTEMPT_BY_US },
	{ 4740, TOLD_BY_OTHERS, ATTEMPT_LOCKOUT },
	{ 4768, TOLD_BY_KERBEROS, 0 },
	{ 4771, TOLD_BY_KERBEROS, 0 },
	{ 4776, TOLD_BY_NTLM, 0 },
	{ 1102, TOLD_BY_OTHERS, ATTEMPT_CLEARED },
	{ 1101, TOLD_BY_OTHERS, ATTEMPT_LOST },
	{ 4698, TOLD_BY_OTHERS, ATTEMPT_TASK },
	{ 4719, TOLD_BY_OTHERS, ATTEMPT_AUDITED },
};

static const struct id_row *
row_of(const struct log_event *e)
{
	bool is_old = e->provider == LOG_SECURITY;
	const struct id_row *rows = is_old ? old_rows : new_rows;
	size_t count = is_old ? sizeof old_rows / sizeof old_rows[0]
	                      : sizeof new_rows / sizeof new_rows[0];

	for (size_t i = 0; i < count; i++) {
		if (rows[i].id == e->id)
			return &rows[i];
	}
	return NULL;
}

/* 0 where the code is of none that counts. */
static enum attempt_kind
kind_of_code(const struct code_row *rows, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].code == code)
			return rows[i].kind;
	}
	return 0;
}

/* A code that nobody knows is no guess that anybody made. */
static enum attempt_kind
kind_by_code(const struct log_event *e, enum attempt_told told)
{
	enum attempt_kind kind = 0;

	if (e->status == 0)
		return e->is_failure && told == TOLD_BY_LOGON ? ATTEMPT_FAULT
		                                              : ATTEMPT_SUCCESS;
	if (told == TOLD_BY_KERBEROS)
		return kind_of_code(kerberos_rows,
		                    sizeof kerberos_rows / sizeof kerberos_rows[0],
		                    e->status);
	kind = kind_of_code(ntstatus_rows,
	                    sizeof ntstatus_rows / sizeof ntstatus_rows[0], e->status);
	return kind ? kind : ATTEMPT_FAULT;
}

/* ---- names and addresses */

static bool
is_nothing(const char *text)
{
	return text[0] == '\0' || strcmp(text, "-") == 0;
}

static void
drop_blanks(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		text[--len] = '\0';
	size_t lead = strspn(text, " \t");
	memmove(text, text + lead, len - lead + 1);
}

static void
take(struct span from, char to[ATTEMPT_TEXT])
{
	to[0] = '\0';
	if (!from.bad)
		(void)text_from_utf16(from, to, ATTEMPT_TEXT);
}

/* "\\WARD-3" of Windows 2000, "WARD-3$" of a machine's own account: "WARD-3". */
static void
take_machine(struct span from, char to[ATTEMPT_TEXT])
{
	take(from, to);
	drop_blanks(to);
	size_t lead = strspn(to, "\\");
	size_t len = strlen(to + lead);

	memmove(to, to + lead, len + 1);
	if (len > 1 && to[len - 1] == '$')
		to[len - 1] = '\0';
	for (char *c = to; *c; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - ('a' - 'A'));
	}
	if (is_nothing(to))
		to[0] = '\0';
}

/* "::ffff:10.0.3.7" is "10.0.3.7"; a scope is only known to who wrote it. */
static void
take_address(struct span from, char to[ADDRESS_ROOM])
{
	static const char mapped[] = "::ffff:";
	char text[ATTEMPT_TEXT];

	to[0] = '\0';
	take(from, text);
	drop_blanks(text);
	text[strcspn(text, "%")] = '\0';
	if (is_nothing(text) || strspn(text, "0123456789abcdefABCDEF.:") < strlen(text))
		return;
	const char *at = text;
	if (text_begins(text, mapped) && strchr(text, '.'))
		at += sizeof mapped - 1;
	for (char *c = text; *c; c++) {
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c + ('a' - 'A'));
	}
	(void)text_copy(to, ADDRESS_ROOM, at);
}

/* The domain in front and the realm behind are no part of who it is. */
static void
take_account(struct span from, char to[ATTEMPT_TEXT])
{
	take(from, to);
	const char *slash = strrchr(to, '\\');
	if (slash && slash[1])
		memmove(to, slash + 1, strlen(slash + 1) + 1);
	char *at = strrchr(to, '@');
	if (at && at > to)
		*at = '\0';
	if (strcmp(to, "-") == 0)
		to[0] = '\0';
}

/* The last part of a path, which is what people know it by. */
static void
take_program(const struct log_event *e, char to[ATTEMPT_TEXT])
{
	take(e->text[LOG_PROGRAM], to);
	if (is_nothing(to))
		take(e->text[LOG_LOGON_PROCESS], to);
	drop_blanks(to);
	const char *slash = strrchr(to, '\\');
	if (slash && slash[1])
		memmove(to, slash + 1, strlen(slash + 1) + 1);
	if (is_nothing(to))
		to[0] = '\0';
}

/* ---- where from */

static bool
is_loopback(const char *address)
{
	return text_begins(address, "127.") || strcmp(address, "::1") == 0;
}

/* Is the workstation the host of the target, "WARD-3" of "ward-3.hospital.example"? */
static bool
is_same_machine(const char *workstation, const char *target)
{
	char host[ATTEMPT_TEXT];

	(void)text_copy(host, sizeof host, target);
	host[strcspn(host, ".")] = '\0';
	return workstation[0] && text_same(workstation, host);
}

/* Console, batch, service, unlock, clear text over a service of its own, cached. */
static bool
is_local_type(uint32_t type)
{
	return type == 2 || type == 4 || type == 5 || type == 7 || type == 8 ||
	       type == 11;
}

static bool
is_local(const struct attempt *a)
{
	return is_local_type(a->logon_type) || is_loopback(a->address) ||
	       (!a->address[0] && is_same_machine(a->workstation, a->target));
}

/* What the machine's redirector did: others were tried from here. */
static bool
is_by_us(const struct log_event *e)
{
	return e->provider == LOG_SECURITY ||
	       (e->process_id == MACHINE_LOGON_ID && e->port == PORT_OF_SMB);
}

/*
 * The log's own machine is who tries, and the server who is tried.  Where only its
 * address was named, Windows writes its own name for the server's.
 */
static void
be_us(const struct log_event *e, struct attempt *out)
{
	char server[ATTEMPT_TEXT];

	take_machine(e->text[LOG_SERVER], server);
	(void)text_copy(out->workstation, ATTEMPT_TEXT, out->target);
	if (!server[0] || text_same(server, "localhost") ||
	    is_same_machine(server, out->workstation) ||
	    is_same_machine(out->workstation, server))
		(void)text_copy(server, sizeof server, out->address);
	(void)text_copy(out->target, ATTEMPT_TEXT, server);
	out->address[0] = '\0';
}

/* 612 tells all of the policy, 4719 what is changed of a part of it; 0 for what has
 * nothing to do with failed logons. */
static enum attempt_kind
kind_of_policy(const struct log_event *e)
{
	char part[ATTEMPT_TEXT];
	char change[ATTEMPT_TEXT];

	take(e->text[LOG_AUDIT_PART], part);
	take(e->text[LOG_AUDIT_CHANGE], change);
	if (e->provider == LOG_SECURITY)
		return strcmp(change, "+") == 0   ? ATTEMPT_AUDITED
		       : strcmp(change, "-") == 0 ? ATTEMPT_UNAUDITED
		                                  : (enum attempt_kind)0;
	if (strcmp(part, PART_LOGON) != 0)
		return (enum attempt_kind)0;
	return strstr(change, FAILURE_ADDED)     ? ATTEMPT_AUDITED
	       : strstr(change, FAILURE_REMOVED) ? ATTEMPT_UNAUDITED
	                                         : (enum attempt_kind)0;
}

/* As the AT service calls its jobs: "C:\WINDOWS\Tasks\At1.job", "\At1".  What has no
 * room is longer than such a path. */
static bool
is_at_job(struct span task)
{
	char path[ATTEMPT_TEXT];

	if (task.bad || !text_from_utf16(task, path, sizeof path))
		return false;
	const char *slash = strrchr(path, '\\');
	const char *name = slash ? slash + 1 : path;
	return schedlgu_is_at_job(name, ".job") || schedlgu_is_at_job(name, "");
}

/* What is no logon has a machine and a time, and nothing of another machine: whatever
 * else stands in it, somebody wrote into what a task is to do. */
static bool
read_change(const struct log_event *e, enum attempt_kind kind, struct attempt *out)
{
	out->kind = kind;
	out->told = TOLD_BY_OTHERS;
	out->time_ms = when_from_filetime(e->time);
	out->is_recovered = e->is_recovered;
	take_machine(e->text[LOG_COMPUTER], out->target);
	return out->kind != 0;
}

static bool
read_task(const struct log_event *e, struct attempt *out)
{
	if (e->is_failure || !is_at_job(e->text[LOG_TASK]))
		return false;
	take_account(e->text[LOG_USER], out->account);
	return read_change(e, ATTEMPT_TASK, out);
}

bool
logon_event_read(const struct log_event *e, struct attempt *out)
{
	const struct id_row *row = row_of(e);

	*out = (struct attempt){ .kind = 0 };
	if (!row || !log_event_is_wanted(e->provider, e->id) ||
	    (row->kind == ATTEMPT_BY_US && !is_by_us(e)))
		return false;
	if (row->kind == ATTEMPT_AUDITED)
		return read_change(e, kind_of_policy(e), out);
	if (row->kind == ATTEMPT_TASK)
		return read_task(e, out);
	out->kind = row->kind ? row->kind : kind_by_code(e, row->told);
	out->told = row->told;
	if (!out->kind)
		return false;
	out->time_ms = when_from_filetime(e->time);
	out->status = e->status;
	out->logon_type = e->logon_type;
	out->port = e->port;
	out->is_recovered = e->is_recovered;
	take_machine(e->text[LOG_COMPUTER], out->target);
	take_account(e->text[LOG_USER], out->account);
	take_machine(e->text[LOG_WORKSTATION], out->workstation);
	take_address(e->text[LOG_ADDRESS], out->address);
	take_program(e, out->program);
	if (out->kind == ATTEMPT_BY_US)
		be_us(e, out);
	out->is_local = out->kind != ATTEMPT_BY_US && is_local(out);
	return true;
}

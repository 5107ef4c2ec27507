/* Events as rows of a table, as Event Viewer, PowerShell and collectors write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/when.h"
#include "format/event_csv.h"
#include "format/event_kind.h"

#define FAILED_LOGON                                                                 \
	"An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tSYSTEM"   \
	"\r\n\tAccount Name:\t\tFILESRV$\r\n\tAccount Domain:\t\tWARD\r\n\tLogon "   \
	"ID:\t\t0x3E7\r\n\r\nLogon Type:\t\t\t3\r\n\r\nAccount For Which Logon "     \
	"Failed:\r\n\tSecurity ID:\t\tNULL SID\r\n\tAccount Name:\t\tanna \"\"x\"\"" \
	"\r\n\tAccount Domain:\t\tLAB\r\n\r\nFailure Information:\r\n\tFailure "     \
	"Reason:\t\tUnknown user name or bad password.\r\n\tStatus:\t\t\t0xC000006D" \
	"\r\n\tSub Status:\t\t0xC0000064\r\n\r\nProcess Information:\r\n\tCaller "   \
	"Process ID:\t0x344\r\n\tCaller Process Name:\t-\r\n\r\nNetwork "            \
	"Information:\r\n\tWorkstation Name:\tWARD-3\r\n\tSource Network "           \
	"Address:\t10.1.0.3\r\n\tSource Port:\t\t49681\r\n"

struct heard {
	size_t count;
	struct log_event last;
	char text[LOG_TEXTS][128];
	struct log_tally tally;
	bool is_cut;
};

static void
hear(void *with, const struct log_event *e)
{
	struct heard *h = with;

	h->count++;
	h->last = *e;
	for (size_t i = 0; i < LOG_TEXTS; i++)
		(void)text_from_utf16(e->text[i], h->text[i], sizeof h->text[i]);
}

static struct heard
read_bytes(const char *csv, size_t len)
{
	struct heard h = { .count = 0 };
	struct event_text *t = event_text_new(hear, &h);
	struct event_csv *c = event_csv_new(t);
	struct span text = span_of(csv, len);
	struct event_piece p = { .kind = PIECE_NONE };

	while (p.kind != PIECE_END) {
		p = event_csv_row(c, text, true);
		if (p.kind == PIECE_WHOLE && !event_csv_take(c, 0, &h.tally))
			h.is_cut = true;
		(void)span_cut(&text, p.done);
	}
	event_csv_free(c);
	event_text_free(t);
	return h;
}

static struct heard
read_csv(const char *csv)
{
	return read_bytes(csv, strlen(csv));
}

static void
expect_time(const struct heard *h, const char *expected)
{
	char said[WHEN_ROOM];

	when_text(said, when_from_filetime(h->last.time));
	assert_string_equal(said, expected);
}

static void
expect_failed_logon(const struct heard *h)
{
	assert_int_equal(h->tally.records, 1);
	assert_int_equal(h->tally.undecodable, 0);
	assert_int_equal(h->tally.security, 1);
	assert_int_equal(h->count, 1);
	assert_int_equal(h->last.provider, LOG_AUDITING);
	assert_int_equal(h->last.id, 4625);
	assert_true(h->last.is_failure);
	assert_int_equal(h->last.status, 0xC0000064);
	assert_int_equal(h->last.logon_type, 3);
	assert_int_equal(h->last.port, 49681);
	assert_int_equal(h->last.process_id, 0x344);
	assert_string_equal(h->text[LOG_USER], "anna \"x\"");
	assert_string_equal(h->text[LOG_DOMAIN], "LAB");
	assert_string_equal(h->text[LOG_WORKSTATION], "WARD-3");
	assert_string_equal(h->text[LOG_ADDRESS], "10.1.0.3");
}

/* The columns and the message of "Save All Events As", of a Security log. */
static void
event_viewer_is_read(void **state)
{
	struct heard h = read_csv(
	    "Keywords,Date and Time,Source,Event ID,Task Category\r\n"
	    "Audit Failure,3/31/2020 6:42:10 "
	    "AM,Microsoft-Windows-Security-Auditing,4625,Logon,"
	    "\"" FAILED_LOGON "\"\r\n");

	(void)state;
	expect_failed_logon(&h);
	expect_time(&h, "2020-03-31T06:42:10.000Z");
}

/* The columns of EventLogRecord, by Export-Csv of PowerShell 5. */
static void
powershell_is_read(void **state)
{
	static const char csv[] =
	    "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
	    "\"Message\",\"Id\",\"Version\",\"Qualifiers\",\"Level\",\"Task\","
	    "\"Opcode\",\"Keywords\",\"RecordId\",\"ProviderName\",\"ProviderId\","
	    "\"LogName\",\"ProcessId\",\"ThreadId\",\"MachineName\",\"UserId\","
	    "\"TimeCreated\",\"Properties\"\r\n"
	    "\"" FAILED_LOGON
	    "\",\"4625\",\"0\",,\"0\",\"12544\",\"0\",\"-9218868437227405312\","
	    "\"139\",\"Microsoft-Windows-Security-Auditing\",\"54849625-5478-4994-"
	    "a5ba-3e3b0328c30d\",\"Security\",\"516\",\"3240\",\"DC1.example\",,"
	    "\"3/31/2020 6:42:10 AM\",\"System.Collections.Generic.IList`1"
	    "[System.Diagnostics.Eventing.Reader.EventProperty]\"\r\n";
	struct heard h = read_csv(csv);

	(void)state;
	expect_failed_logon(&h);
	expect_time(&h, "2020-03-31T06:42:10.000Z");
	assert_string_equal(h.text[LOG_COMPUTER], "DC1.example");
	h = read_csv(strchr(csv, '\n') + 1); /* with -NoTypeInformation */
	expect_failed_logon(&h);
}

static void
columns_go_by_the_names_of_windows(void **state)
{
	static const char names[] = "EventID|TimeCreated|Computer|TargetUserName|"
				    "TargetDomainName|IpAddress|IpPort|"
				    "WorkstationName|LogonType|Status|SubStatus|"
				    "Keywords|ProcessId\n";
	static const char row[] = "4625|2020-03-31T06:42:10.5Z|DC1|\"anna \"\"x\"\"\"|"
				  "LAB|10.1.0.3|49681|WARD-3|3|0xc000006d|0xc0000064|"
				  "0x8010000000000000|0x344\n";
	char csv[1024];

	(void)state;
	for (const char *between = ",;\t"; *between; between++) {
		(void)snprintf(csv, sizeof csv, "%s%s", names, row);
		for (char *c = csv; *c; c++)
			*c = *c == '|' ? *between : *c;
		struct heard h = read_csv(csv);
		expect_failed_logon(&h);
		expect_time(&h, "2020-03-31T06:42:10.500Z");
		assert_string_equal(h.text[LOG_COMPUTER], "DC1");
	}
}

static void
columns_may_be_paths(void **state)
{
	struct heard h = read_csv(
	    "sep=;\n\"@timestamp\";\"winlog.event_id\";\"winlog.event_data."
	    "TargetUserName\";winlog.event_data.IpAddress;host.name;event.outcome;"
	    "Status\n"
	    "2020-03-31T06:42:10Z;4625;bob;10.1.0.3;DC1;failure;0xc000006d");

	(void)state;
	assert_int_equal(h.count, 1);
	assert_false(h.is_cut);
	assert_true(h.last.is_failure);
	assert_string_equal(h.text[LOG_USER], "bob");
	assert_string_equal(h.text[LOG_ADDRESS], "10.1.0.3");
	assert_string_equal(h.text[LOG_COMPUTER], "DC1");
}

#define ECMD                                                                    \
	"RecordNumber,TimeCreated,EventId,Provider,Channel,ProcessId,Computer," \
	"Keywords,Payload\r\n1,2023-07-12 11:11:15.8497783,4625,"               \
	"Microsoft-Windows-Security-Auditing,Security,516,DC1,Audit failure,"

/* What stands in its column Payload, and no other column. */
static void
the_payload_of_evtxecmd_is_read(void **state)
{
	static const struct {
		const char *payload;
		const char *user, *address;
		size_t events;
	} rows[] = {
		{ "\"{\"\"EventData\"\":{\"\"Data\"\":[{\"\"@Name\"\":"
		  "\"\"TargetUserName\"\",\"\"#text\"\":\"\"bob\"\"},"
		  "{\"\"@Name\"\":\"\"Status\"\",\"\"#text\"\":"
		  "\"\"0xC000006D\"\"},{\"\"@Name\"\":\"\"IpAddress\"\",\"\"#text\"\":"
		  "\"\"10.1.0.3\"\"},{\"\"@Name\"\":\"\"IpPort\"\"}]}}\"",
		  "bob", "10.1.0.3", 1 },
		{ "\"{\"\"EventData\"\":{\"\"Data\"\":[{\"\"@Name\"\":"
		  "\"\"TargetUserName\"\",\"\"#text\"\":\"\"bob\"\"},"
		  "{\"\"@Name\"\":\"\"Status\"\",\"\"#text\"\":"
		  "\"\"0xC000006D\"\"},{\"\"@Name\"\":\"\"IpAddress\"\",\"\"#text\"\":"
		  "true},{\"\"@Name\"\":7,\"\"#text\"\":\"\"10.1.0.3\"\"}]}}\"",
		  "bob", "", 1 },
		{ "\"{\"\"EventData\"\":{\"\"Data\"\":{\"\"@Name\"\":\"\"Status\"\","
		  "\"\"#text\"\":\"\"0xC000006D\"\"}}}\"",
		  "", "", 1 },
		{ "\"{\"\"EventData\"\":\"", "", "", 0 },
		{ "\"[]\"", "", "", 0 },
		{ "", "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char csv[1024];

		(void)snprintf(csv, sizeof csv, "%s%s\r\n", ECMD, rows[i].payload);
		struct heard h = read_csv(csv);
		assert_int_equal(h.count, rows[i].events);
		assert_int_equal(h.tally.records, 1);
		assert_int_equal(h.tally.undecodable, 1 - rows[i].events);
		if (rows[i].events == 0)
			continue;
		assert_string_equal(h.text[LOG_USER], rows[i].user);
		assert_string_equal(h.text[LOG_ADDRESS], rows[i].address);
		assert_string_equal(h.text[LOG_COMPUTER], "DC1");
		assert_true(h.last.is_failure);
		expect_time(&h, "2023-07-12T11:11:15.849Z");
	}
}

/* Get-EventLog, of a Windows 2003. */
static void
the_message_of_an_old_event_is_read(void **state)
{
	struct heard h = read_csv(
	    "EventID,MachineName,EntryType,Message,Source,TimeGenerated\n"
	    "529,F,FailureAudit,\"Logon Failure:\n\tReason:\t\tUnknown user name or "
	    "bad password\n\tUser Name:\tadministrator\n\tDomain:\t\tWARD\n\tLogon "
	    "Type:\t3\n\tWorkstation Name:\tWARD-3\n\",Security,16.01.2009 09:30:05\n");

	(void)state;
	assert_int_equal(h.count, 1);
	assert_int_equal(h.last.provider, LOG_SECURITY);
	assert_true(h.last.is_failure);
	assert_string_equal(h.text[LOG_USER], "administrator");
	assert_string_equal(h.text[LOG_DOMAIN], "WARD");
	assert_string_equal(h.text[LOG_WORKSTATION], "WARD-3");
	expect_time(&h, "2009-01-16T09:30:05.000Z");
}

/* Exports of Kibana's Discover, and of Sentinel's SecurityEvent. */
static void
tables_of_collectors_are_read(void **state)
{
	static const char *const tables[] = {
		"\"@timestamp\",\"event.code\",\"host.name\",\"winlog.event_data."
		"TargetUserName\",\"winlog.event_data.SubStatus\"\n"
		"\"Jan 16, 2009 @ 09:30:05.000\",4625,F,bob,0xc000006a\n",
		"\"TimeGenerated [UTC]\",EventID,Computer,TargetUserName,SubStatus,"
		"EventSourceName\n"
		"\"1/16/2009, 9:30:05.000 AM\",4625,F,bob,0xc000006a,"
		"Microsoft-Windows-Security-Auditing\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		struct heard h = read_csv(tables[i]);

		assert_int_equal(h.count, 1);
		assert_int_equal(h.last.status, 0xC000006A);
		assert_string_equal(h.text[LOG_COMPUTER], "F");
		assert_string_equal(h.text[LOG_USER], "bob");
		expect_time(&h, "2009-01-16T09:30:05.000Z");
		assert_int_equal(event_kind_of(span_of(tables[i], strlen(tables[i]))),
		                 EVENT_KIND_CSV);
	}
}

/* It is given as it was guessed, and told when another row shows that it was wrong. */
static void
a_date_that_was_guessed_wrong_is_told(void **state)
{
	struct heard h = read_csv("EventID,TimeCreated,TargetUserName\n"
	                          "4624,3/02/2009 9:30:05 AM,anna\n"
	                          "4625,3/02/2009 9:30:05 AM,anna\n"
	                          "4624,16/02/2009 9:30:05 AM,bob\n"
	                          "4624,3/02/2009 9:30:05 AM,carl\n");

	(void)state;
	assert_int_equal(h.count, 3);
	assert_int_equal(h.tally.undecodable, 2); /* with one that is none anyway */
	expect_time(&h, "2009-02-03T09:30:05.000Z");
}

/* Of a Windows 2003, which has names for nothing. */
static void
other_messages_of_old_events_are_read(void **state)
{
	static const struct {
		const char *message;
		const char *workstation, *address;
		unsigned id;
		uint32_t status;
	} cases[] = {
		{ "Logon attempt by:\tMICROSOFT_AUTHENTICATION_PACKAGE_V1_0\nLogon "
		  "account:\tanna\nSource Workstation:\tWARD-3\nError Code:\t"
		  "0xC000006A\n",
		  "WARD-3", "", 680, 0xC000006A },
		{ "Pre-authentication failed:\n\tUser Name:\tanna\n\tService "
		  "Name:\tkrbtgt/WARD\n\tFailure Code:\t0x18\n\tClient Address:"
		  "\t10.1.0.3\n",
		  "", "10.1.0.3", 675, 0x18 },
		{ "Authentication Ticket Request:\n\tUser Name:\tanna\n\tResult "
		  "Code:\t0x6\n\tClient Address:\t10.1.0.3\n",
		  "", "10.1.0.3", 672, 0x6 },
		{ "User Account Locked Out:\n\tTarget Account Name:\tanna\n\t"
		  "Caller Machine Name:\tWARD-3\n\tCaller User Name:\tDC$\n",
		  "WARD-3", "", 644, 0 },
		{ "Logon Failure:\n\tUser Name:\tanna\n\tWorkstation Name:\t"
		  "WARD-3\n\tStatus code:\t0xC000006D\n\tSubstatus code:\t"
		  "0xC0000133\n",
		  "WARD-3", "", 537, 0xC0000133 },
	};
	char csv[512];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		(void)snprintf(csv, sizeof csv,
		               "EventID,EntryType,Source,TimeGenerated,Message\n%u,"
		               "FailureAudit,Security,16.01.2009 09:30:05,\"%s\"\n",
		               cases[i].id, cases[i].message);
		struct heard h = read_csv(csv);
		assert_int_equal(h.count, 1);
		assert_int_equal(h.last.id, cases[i].id);
		assert_int_equal(h.last.status, cases[i].status);
		assert_string_equal(h.text[LOG_USER], "anna");
		assert_string_equal(h.text[LOG_WORKSTATION], cases[i].workstation);
		assert_string_equal(h.text[LOG_ADDRESS], cases[i].address);
	}
}

#define MADE_602                                                                       \
	"602,F,SuccessAudit,\"Scheduled Task created:\n\tFile Name:\tC:\\WINDOWS\\"    \
	"Tasks\\At1.job\n\tCommand:\trundll32.exe\n\tTriggers:\tAt 1:00 AM every day." \
	"\n\tTime:\t1/17/2009 1:00:00 AM\n\tFlags:\t0x18000C0\n\tTarget User:\tWARD\\" \
	"anna\n\tBy:\n\t\tUser:\tadministrator\n\t\tDomain:\tWARD\n\t\tLogon "         \
	"ID:\t(0x0,0x158EB7)\n\",Security,16.01.2009 09:30:05\n"

static void
the_message_of_an_old_task_is_read(void **state)
{
	struct heard h = read_csv(
	    "EventID,MachineName,EntryType,Message,Source,TimeGenerated\n" MADE_602);

	(void)state;
	assert_int_equal(h.count, 1);
	assert_int_equal(h.tally.undecodable, 0);
	assert_int_equal(h.last.provider, LOG_SECURITY);
	assert_string_equal(h.text[LOG_TASK], "C:\\WINDOWS\\Tasks\\At1.job");
	assert_string_equal(h.text[LOG_USER], "administrator");
	assert_string_equal(h.text[LOG_DOMAIN], "WARD");
}

/* What a task is to do may have lines that look like the message's own. */
static void
the_message_of_a_task_is_read_before_its_content(void **state)
{
	struct heard h = read_csv(
	    "Message,Id,ProviderName,LogName,MachineName,TimeCreated\n"
	    "\"A scheduled task was created.\r\n\r\nSubject:\r\n\tSecurity "
	    "ID:\t\tS-1-5-21-1\r\n\tAccount Name:\t\tnurse\r\n\tAccount "
	    "Domain:\t\tWARD\r\n\tLogon ID:\t\t0x364EB\r\n\r\nTask Information:\r\n"
	    "\tTask Name: \t\t\\Backup\r\n\tTask Content: \t\t<?xml "
	    "version=\"\"1.0\"\"?>\n<Description>\nSubject:\n\nAccount Name: "
	    "SYSTEM\nTask Name: \\At1\nLogon Information:\n\nAccount Name: anna\nUser: "
	    "anna\n</Description>\r\n\",4698,Microsoft-Windows-Security-Auditing,"
	    "Security,FILESRV,3/31/2020 6:42:10 AM\n");

	(void)state;
	assert_int_equal(h.count, 1);
	assert_int_equal(h.tally.undecodable, 0);
	assert_int_equal(h.last.id, 4698);
	assert_string_equal(h.text[LOG_TASK], "\\Backup");
	assert_string_equal(h.text[LOG_USER], "nurse");
	assert_string_equal(h.text[LOG_SUBJECT], "");
}

/* ---- what is not well */

/* Without a code a failed logon would count as one that went well; without anybody it
 * would be nobody's, and nobody accused. */
static void
what_says_too_little_is_undecodable(void **state)
{
	static const char *const tables[] = {
		"EventID,TimeCreated,TargetUserName,IpAddress\n"
		"4625,2020-03-31T06:42:10Z,anna,10.1.0.3\n",
		"EventID,TimeCreated,TargetUserName,Workstation\n"
		"4776,2020-03-31T06:42:10Z,anna,WARD-3\n",
		"Id,TimeCreated,Keywords,Message\n"
		"4625,31.03.2020 06:42:10,-9218868437227405312,\"Fehler beim "
		"Anmelden eines Kontos.\n\tKontoname:\t\tanna\n\tStatus\"\n",
		"RecordNumber,TimeCreated,EventId,Provider,Channel,PayloadData1\n"
		"1,2020-03-31 06:42:10.1,4624,Microsoft-Windows-Security-Auditing,"
		"Security,Target: WARD\\anna\n",
		"EventID,EntryType,Source,TimeGenerated,Message\n"
		"680,FailureAudit,Security,31.03.2020 06:42:10,Logon account: anna\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		struct heard h = read_csv(tables[i]);

		assert_int_equal(h.count, 0);
		assert_int_equal(h.tally.records, 1);
		assert_int_equal(h.tally.undecodable, 1);
	}
}

#define HEADER "EventID,TimeCreated,TargetUserName\n"
#define ROW "4624,2020-03-31T06:42:10Z,anna\n"

static void
a_row_that_does_not_fit_is_undecodable(void **state)
{
	static const char *const rows[] = {
		"4624,2020-03-31T06:42:10Z\n", /* fewer */
		"4624,2020-03-31T06:42:10Z,an,na\n",
		"4624,soon,anna\n",
		",2020-03-31T06:42:10Z,anna\n",
		"4624\n",
		"4624,\"2020-03-31T06:42:10Z,anna\n4624,2020,x\"\n",
	};
	char csv[256];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		(void)snprintf(csv, sizeof csv, HEADER ROW "%s" ROW, rows[i]);
		struct heard h = read_csv(csv);

		assert_int_equal(h.count, 2);
		assert_int_equal(h.tally.records, 3);
		assert_int_equal(h.tally.undecodable, 1);
		assert_false(h.is_cut);
	}
}

static void
empty_cells_and_lines_do_no_harm(void **state)
{
	struct heard h = read_csv("\r\n" HEADER "\n\r\n4624,2020-03-31T06:42:10Z,anna,,"
	                          "\r\n\n" ROW "\n");

	(void)state;
	assert_int_equal(h.count, 2);
	assert_int_equal(h.tally.records, 2);
	assert_int_equal(h.tally.undecodable, 0);
}

static void
a_second_table_has_its_own_columns(void **state)
{
	struct heard h = read_csv(HEADER ROW
	                          "#TYPE x\nTimeCreated,IpAddress,EventID,Status\n"
	                          "2020-03-31T06:42:10Z,10.1.0.9,4771,0x18\n");

	(void)state;
	assert_int_equal(h.count, 2);
	assert_int_equal(h.tally.records, 2);
	assert_int_equal(h.last.id, 4771);
	assert_string_equal(h.text[LOG_ADDRESS], "10.1.0.9");
}

static void
where_it_is_cut_is_told(void **state)
{
	struct heard h = read_csv(HEADER ROW "4624,2020-03");

	(void)state;
	assert_true(h.is_cut);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.tally.undecodable, 1);
}

static void
without_names_nothing_is_guessed(void **state)
{
	struct heard h = read_csv(ROW ROW);

	(void)state;
	assert_int_equal(h.count, 0);
	assert_int_equal(h.tally.records, 2);
	assert_int_equal(h.tally.undecodable, 2);
}

static void
too_many_columns_are_none(void **state)
{
	char csv[4096] = "EventID,TimeCreated";
	size_t len = strlen(csv);

	(void)state;
	memset(csv + len, ',', 600);
	(void)snprintf(csv + len + 600, sizeof csv - len - 600, "x\n" ROW);
	struct heard h = read_csv(csv);
	assert_int_equal(h.count, 0);
	assert_int_equal(h.tally.records, 2);
	assert_int_equal(h.tally.undecodable, 2);
}

/* ---- kinds */

static void
only_logs_are_known(void **state)
{
	static const char *const logs[] = {
		"Level,Date and Time,Source,Event ID,Task Category\n",
		"Id;x;TimeCreated\r\n",
		"\xEF\xBB\xBF\"EventID\"\t\"@timestamp\"\n",
		"#TYPE x\r\n\"Id\",\"TimeCreated\"\r\n",
	};
	static const char *const others[] = {
		"EventID,TargetUserName\n",
		"TimeCreated,TargetUserName\n",
		"EventID|TimeCreated\n",
		"EventID,TimeCreated", /* and no end */
		"\"EventID,TimeCreated\"\n",
		"x,y\nEventID,TimeCreated\n",
		"type,address,failures,first,last\n",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++)
		assert_int_equal(event_kind_of(span_of(logs[i], strlen(logs[i]))),
		                 EVENT_KIND_CSV);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_int_equal(event_kind_of(span_of(others[i], strlen(others[i]))),
		                 EVENT_KIND_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_viewer_is_read),
		cmocka_unit_test(powershell_is_read),
		cmocka_unit_test(columns_go_by_the_names_of_windows),
		cmocka_unit_test(columns_may_be_paths),
		cmocka_unit_test(the_payload_of_evtxecmd_is_read),
		cmocka_unit_test(the_message_of_an_old_event_is_read),
		cmocka_unit_test(tables_of_collectors_are_read),
		cmocka_unit_test(a_date_that_was_guessed_wrong_is_told),
		cmocka_unit_test(other_messages_of_old_events_are_read),
		cmocka_unit_test(what_says_too_little_is_undecodable),
		cmocka_unit_test(the_message_of_an_old_task_is_read),
		cmocka_unit_test(the_message_of_a_task_is_read_before_its_content),
		cmocka_unit_test(a_row_that_does_not_fit_is_undecodable),
		cmocka_unit_test(empty_cells_and_lines_do_no_harm),
		cmocka_unit_test(a_second_table_has_its_own_columns),
		cmocka_unit_test(where_it_is_cut_is_told),
		cmocka_unit_test(without_names_nothing_is_guessed),
		cmocka_unit_test(too_many_columns_are_none),
		cmocka_unit_test(only_logs_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

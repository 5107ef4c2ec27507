/* Events as JSON: the examples of those whose programs write it. */
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
#include "format/event_json.h"
#include "format/event_kind.h"
#include "format/event_pieces.h"

struct heard {
	size_t count;
	struct log_event last;
	char text[LOG_TEXTS][128];
	struct log_tally tally;
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
read_json(const char *json)
{
	struct heard h = { .count = 0 };
	struct event_text *t = event_text_new(hear, &h);

	event_json_read(t, span_of(json, strlen(json)), 0, &h.tally);
	event_text_free(t);
	return h;
}

static void
expect_time(const struct heard *h, const char *expected)
{
	char said[WHEN_ROOM];

	when_text(said, when_from_filetime(h->last.time));
	assert_string_equal(said, expected);
}

/* elastic/beats, x-pack/winlogbeat/module/security/test/testdata: 4625 of Windows 2016,
 * without what is of no account. */
static void
winlogbeat_is_read(void **state)
{
	struct heard h = read_json(
	    "{\"@timestamp\":\"2020-03-31T06:42:10.8282121Z\",\"event\":{\"code\":4625,"
	    "\"kind\":\"event\",\"outcome\":\"failure\",\"provider\":"
	    "\"Microsoft-Windows-Security-Auditing\"},"
	    "\"host\":{\"name\":\"collector\"},"
	    "\"log\":{\"level\":\"information\"},\"winlog\":{\"channel\":\"Security\","
	    "\"computer_name\":\"DC_TEST2k12.TEST.SAAS\",\"event_data\":{"
	    "\"AuthenticationPackageName\":\"NTLM\",\"FailureReason\":\"%%2313\","
	    "\"IpAddress\":\"10.1.0.3\",\"IpPort\":\"49681\",\"LogonType\":\"3\","
	    "\"ProcessId\":\"0x344\",\"Status\":\"0xc000006d\","
	    "\"SubStatus\":\"0xc000006a\",\"SubjectUserName\":\"-\","
	    "\"TargetUserName\":\"J\\u00fcrgen\",\"WorkstationName\":\"WARD-3\"},"
	    "\"event_id\":4625,\"keywords\":[\"Audit Failure\"],"
	    "\"process\":{\"pid\":516},"
	    "\"provider_name\":\"Microsoft-Windows-Security-Auditing\"}}");

	(void)state;
	assert_int_equal(h.count, 1);
	assert_int_equal(h.last.id, 4625);
	assert_true(h.last.is_failure);
	assert_int_equal(h.last.status, 0xC000006A);
	assert_int_equal(h.last.logon_type, 3);
	assert_int_equal(h.last.port, 49681);
	assert_int_equal(h.last.process_id, 0x344);
	assert_string_equal(h.text[LOG_COMPUTER], "DC_TEST2k12.TEST.SAAS");
	assert_string_equal(h.text[LOG_USER], "J\xC3\xBCrgen");
	assert_string_equal(h.text[LOG_ADDRESS], "10.1.0.3");
	assert_string_equal(h.text[LOG_WORKSTATION], "WARD-3");
	expect_time(&h, "2020-03-31T06:42:10.828Z");
	assert_int_equal(h.tally.security, 1);
}

/* NXLog User Guide, im_msvistalog: an event in JSON, with the fields of a 4776. */
static void
nxlog_is_read(void **state)
{
	struct heard h = read_json(
	    "{\"EventTime\":\"2020-03-31T08:42:10.828212+02:00\",\"Hostname\":"
	    "\"DC1.example\",\"Keywords\":\"9227875636482146304\",\"EventType\":"
	    "\"AUDIT_FAILURE\",\"SeverityValue\":4,\"Severity\":\"ERROR\","
	    "\"EventID\":4776,"
	    "\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"RecordNumber\":1,"
	    "\"ProcessID\":4,\"ThreadID\":7,\"Channel\":\"Security\",\"Message\":"
	    "\"The computer attempted\",\"PackageName\":\"X\",\"TargetUserName\":"
	    "\"anna\",\"Workstation\":\"WARD-3\",\"Status\":\"0xc0000064\","
	    "\"EventReceivedTime\":\"2021-01-01T00:00:00Z\"}");

	(void)state;
	assert_int_equal(h.count, 1);
	assert_int_equal(h.last.id, 4776);
	assert_int_equal(h.last.status, 0xC0000064);
	assert_int_equal(h.last.process_id, 0); /* that is of who wrote the record */
	assert_string_equal(h.text[LOG_COMPUTER], "DC1.example");
	assert_string_equal(h.text[LOG_USER], "anna");
	assert_string_equal(h.text[LOG_WORKSTATION], "WARD-3");
	expect_time(&h, "2020-03-31T06:42:10.828Z");
}

static void
strings_without_names_go_by_their_order(void **state)
{
	static const char *const data[] = {
		"\"EventData\":{\"Data\":[\"administrator\",\"WARD\",\"3\",\"NtLmSsp\","
		"\"NTLM\",\"WARD-3\"]}",
		"\"EventData\":{\"Data\":{\"#text\":[\"administrator\",\"WARD\",\"3\","
		"\"NtLmSsp\",\"NTLM\",\"WARD-3\"]}}",
		"\"event_data\":{\"param6\":\"WARD-3\",\"param1\":\"administrator\","
		"\"param2\":\"WARD\",\"param3\":\"3\",\"param4\":\"x\","
		"\"param5\":\"x\"}",
		"\"Properties\":[{\"Value\":\"administrator\"},{\"Value\":\"WARD\"},"
		"{\"Value\":3},{\"Value\":\"x\"},{\"Value\":\"x\"},"
		"{\"Value\":\"WARD-3\"}]",
		"\"Message\":\"Logon "
		"Failure:\\r\\n\\tReason:\\t\\tUnknown user name or bad "
		"password\\r\\n\\tUser Name:\\tadministrator\\r\\n\\tDomain:\\t\\tWARD"
		"\\r\\n\\tLogon Type:\\t3\\r\\n\\tWorkstation Name:\\tWARD-3\\r\\n\"",
	};
	char json[1024];

	(void)state;
	for (size_t i = 0; i < sizeof data / sizeof data[0]; i++) {
		(void)snprintf(
		    json, sizeof json,
		    "{\"ProviderName\":\"Security\",\"Id\":529,\"TimeCreated\":"
		    "\"/Date(1232098205250)/\",\"MachineName\":\"F\",%s}",
		    data[i]);
		struct heard h = read_json(json);
		assert_int_equal(h.count, 1);
		assert_int_equal(h.last.provider, LOG_SECURITY);
		assert_int_equal(h.last.logon_type, 3);
		assert_string_equal(h.text[LOG_USER], "administrator");
		assert_string_equal(h.text[LOG_WORKSTATION], "WARD-3");
		assert_string_equal(h.text[LOG_COMPUTER], "F");
		expect_time(&h, "2009-01-16T09:30:05.250Z");
	}
}

/* Splunk's names, and the message for what it has none for. */
static void
the_one_who_asks_is_not_the_one_who_is_tried(void **state)
{
	struct heard h = read_json(
	    "{\"result\":{\"_time\":\"2020-03-31 08:42:10.000 +0200\",\"host\":\"F\","
	    "\"EventCode\":\"4625\",\"Account_Name\":[\"-\",\"anna\"],"
	    "\"Message\":\"An account failed to log on.\\n\\nSubject:\\n\\tAccount "
	    "Name:\\tFILESRV$\\n\\nAccount For Which Logon Failed:\\n\\tAccount Name:"
	    "\\tbob\\n\\nFailure "
	    "Information:\\n\\tStatus:\\t0xC000006D\\n\\tSub Status:"
	    "\\t0xC0000064\\n\\nNetwork Information:\\n\\tSource Network Address:"
	    "\\t10.1.0.3\\n\"}}");

	(void)state;
	assert_int_equal(h.count, 1);
	assert_string_equal(h.text[LOG_USER], "anna");
	assert_string_equal(h.text[LOG_ADDRESS], "10.1.0.3");
	assert_int_equal(h.last.status, 0xC0000064);
	expect_time(&h, "2020-03-31T06:42:10.000Z");
}

/* Without names, and with those of Splunk, who has one for all accounts. */
static void
a_task_is_of_who_made_it(void **state)
{
	static const struct {
		const char *json, *task;
	} rows[] = {
		{ "{\"ProviderName\":\"Security\",\"Id\":602,\"TimeCreated\":"
		  "\"/Date(1232098205250)/\",\"EventData\":{\"Data\":["
		  "\"C:\\\\WINDOWS\\\\Tasks\\\\At1.job\",\"rundll32.exe\",\"daily\","
		  "\"1:00 AM\",\"0x18000C0\",\"WARD\\\\anna\",\"bob\",\"WARD\","
		  "\"(0x0,0x158EB7)\"]}}",
		  "C:\\WINDOWS\\Tasks\\At1.job" },
		{ "{\"result\":{\"_time\":\"2020-03-31 08:42:10.000 +0200\","
		  "\"EventCode\":\"4698\",\"Account_Name\":\"bob\","
		  "\"Task_Name\":\"\\\\At1\"}}",
		  "\\At1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct heard h = read_json(rows[i].json);

		assert_int_equal(h.count, 1);
		assert_string_equal(h.text[LOG_USER], "bob");
		assert_string_equal(h.text[LOG_TASK], rows[i].task);
	}
}

static void
what_is_no_event_is_undecodable(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"EventID\":4625}", /* without a time */
		"{\"EventID\":[],\"TimeCreated\":{}}",
		"{\"EventID\":4625,\"TimeCreated\":\"soon\"}",
		"{broken}",
		"{\"EventID\":1e99,\"TimeCreated\":\"2020-03-31T06:42:10Z\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct heard h = read_json(texts[i]);

		assert_int_equal(h.count, 0);
		assert_int_equal(h.tally.records, 1);
		assert_int_equal(h.tally.undecodable, 1);
	}
}

static void
a_list_in_an_object_is_read(void **state)
{
	struct heard h = read_json(
	    "{\"hits\":{\"hits\":[{\"_source\":{\"EventID\":4625,\"EventTime\":"
	    "\"2020-03-31T06:42:10Z\",\"Status\":\"0xc000006d\"}},"
	    "{\"EventID\":1,\"EventTime\":"
	    "\"2020-03-31T06:42:10Z\"},{\"x\":1}]}}");

	(void)state;
	assert_int_equal(h.count, 1);
	assert_int_equal(h.tally.records, 3);
	assert_int_equal(h.tally.undecodable, 1);
}

/* The worst would be to take the first of them for all. */
static void
a_list_is_found_wherever_it_is(void **state)
{
#define ONE                                                               \
	"{\"System\":{\"EventID\":4625,\"TimeCreated\":{\"@SystemTime\":" \
	"\"2020-03-31T06:42:10Z\"}},\"EventData\":{\"Status\":\"0xc000006d\"}}"
	static const char *const texts[] = {
		"{\"Events\":{\"Event\":[" ONE "," ONE "," ONE "]}}",
		"{\"data\":[{\"x\":1}," ONE "," ONE "]}",
		"{\"a\":{\"list\":[" ONE "," ONE "],\"n\":3},\"b\":[" ONE "]}",
		"{\"1\":" ONE ",\"2\":" ONE ",\"3\":" ONE "}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct heard h = read_json(texts[i]);

		assert_int_equal(h.count, i == 1 ? 2 : 3);
		assert_int_equal(h.tally.records, 3);
		assert_int_equal(h.tally.undecodable, i == 1);
	}
#undef ONE
}

/* xmltodict, xml2js, evtx_dump: one that is empty has no text, and shifts nothing. */
static void
elements_go_by_their_names(void **state)
{
	static const char *const data[] = {
		"{\"@Name\":\"SubStatus\",\"#text\":\"0xc000006a\"},"
		"{\"@Name\":\"WorkstationName\"},"
		"{\"@Name\":\"TargetUserName\",\"#text\":\"anna\"},"
		"{\"@Name\":\"IpPort\",\"#text\":49681},"
		"{\"@Name\":\"IpAddress\",\"#text\":\"10.1.0.3\"}",
		"{\"$\":{\"Name\":\"SubStatus\"},\"_\":\"0xc000006a\"},"
		"{\"$\":{\"Name\":\"WorkstationName\"}},"
		"{\"$\":{\"Name\":\"TargetUserName\"},\"_\":\"anna\"},"
		"{\"$\":{\"Name\":\"IpPort\"},\"_\":\"49681\"},"
		"{\"#attributes\":{\"Name\":\"IpAddress\"},\"#text\":"
		"\"10.1.0.3\"}",
	};
	char json[1024];

	(void)state;
	for (size_t i = 0; i < sizeof data / sizeof data[0]; i++) {
		(void)snprintf(json, sizeof json,
		               "{\"Event\":{\"System\":{\"EventID\":4625,"
		               "\"TimeCreated\":{\"@SystemTime\":"
		               "\"2020-03-31T06:42:10Z\"}},\"EventData\":"
		               "{\"Data\":[%s]}}}",
		               data[i]);
		struct heard h = read_json(json);
		assert_int_equal(h.count, 1);
		assert_int_equal(h.last.status, 0xC000006A);
		assert_int_equal(h.last.port, 49681);
		assert_string_equal(h.text[LOG_USER], "anna");
		assert_string_equal(h.text[LOG_ADDRESS], "10.1.0.3");
		assert_string_equal(h.text[LOG_WORKSTATION], "");
	}
}

/* ---- pieces and kinds */

static void
objects_are_cut_out(void **state)
{
	static const char text[] = "[ {\"a\":\"}\\\"{\",\"b\":{}} ,\n{}{\"c";
	struct span s = span_of(text, strlen(text));
	struct event_piece p = event_piece_json(s, false);

	(void)state;
	assert_int_equal(p.kind, PIECE_WHOLE);
	assert_true(
	    span_is(span_at(s, p.from, p.len), "{\"a\":\"}\\\"{\",\"b\":{}}", 19));
	(void)span_cut(&s, p.done);
	p = event_piece_json(s, false);
	assert_int_equal(p.kind, PIECE_WHOLE);
	assert_int_equal(p.len, 2);
	(void)span_cut(&s, p.done);
	assert_int_equal(event_piece_json(s, false).kind, PIECE_MORE);
	assert_int_equal(event_piece_json(s, true).kind, PIECE_CUT);
	assert_int_equal(event_piece_json(span_of("]\n", 2), true).kind, PIECE_END);
	assert_int_equal(event_piece_json(span_of("", 0), true).kind, PIECE_END);
}

/* A line that was not written to its end costs that line. */
static void
one_that_is_torn_ends_where_the_next_begins(void **state)
{
	static const struct {
		const char *text;
		size_t done; /* 0: it is whole */
	} cases[] = {
		{ "{\"a\":1,\n{\"a\":2}\n", 8 },
		{ "{\"a\":1\n{\"a\":2}\n", 7 },
		{ "{\"a\":\n{\"a\":2}}\n", 0 },
		{ "{\"a\":\"x\n{\"a\":2}\n", 8 },
		{ "{\"a\":[1,\n{\"a\":2}]}\n", 0 },
		{ "{\"a\":[{},{}],\"b\":{\"c\":\"{\"}}\n", 0 },
		{ "{\"a\":{\"b\":1}\r\n{\"a\":2}\n", 14 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span s = span_of(cases[i].text, strlen(cases[i].text));
		struct event_piece p = event_piece_json(s, false);

		assert_int_equal(p.kind, cases[i].done ? PIECE_CUT : PIECE_WHOLE);
		assert_int_equal(p.done, cases[i].done ? cases[i].done : s.left - 1);
	}
}

static void
one_that_is_too_long_is_opened(void **state)
{
	char *text = malloc(EVENT_PIECE_MOST);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', EVENT_PIECE_MOST);
	text[0] = '{';
	struct event_piece p = event_piece_json(span_of(text, EVENT_PIECE_MOST), false);
	assert_int_equal(p.kind, PIECE_NONE);
	assert_int_equal(p.done, 1);
	p = event_piece_json(span_of(text, EVENT_PIECE_MOST - 1), false);
	assert_int_equal(p.kind, PIECE_MORE);
	free(text);
}

static void
only_logs_are_known(void **state)
{
	static const char *const logs[] = {
		"{\"winlog\":{\"event_id\":1}}",
		" [\n{\"EventID\":1}]",
		"[{\"TimeCreated\":\"x\",\"Id\":1,\"Message\":\"\"}]",
		"Record 1\n{\"Event\":{\"System\":{\"EventID\":1}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++)
		assert_int_equal(event_kind_of(span_of(logs[i], strlen(logs[i]))),
		                 EVENT_KIND_JSON);
	assert_int_equal(event_kind_of(span_of("{\"name\":\"EventID\"}", 18)),
	                 EVENT_KIND_NONE);
	assert_int_equal(event_kind_of(span_of("\"EventID\"", 9)), EVENT_KIND_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(winlogbeat_is_read),
		cmocka_unit_test(nxlog_is_read),
		cmocka_unit_test(strings_without_names_go_by_their_order),
		cmocka_unit_test(the_one_who_asks_is_not_the_one_who_is_tried),
		cmocka_unit_test(a_task_is_of_who_made_it),
		cmocka_unit_test(what_is_no_event_is_undecodable),
		cmocka_unit_test(a_list_in_an_object_is_read),
		cmocka_unit_test(a_list_is_found_wherever_it_is),
		cmocka_unit_test(elements_go_by_their_names),
		cmocka_unit_test(objects_are_cut_out),
		cmocka_unit_test(one_that_is_torn_ends_where_the_next_begins),
		cmocka_unit_test(one_that_is_too_long_is_opened),
		cmocka_unit_test(only_logs_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

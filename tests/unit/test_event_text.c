/* Events that other programs have turned into text: where they are, what they say. */
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
#include "format/event_kind.h"
#include "format/event_letters.h"
#include "format/event_pieces.h"
#include "format/event_time.h"
#include "format/event_xml.h"

static struct span
words(const char *text)
{
	return span_of(text, strlen(text));
}

/* ---- times */

static void
expect_time(const char *text, const char *expected, unsigned ticks)
{
	char said[WHEN_ROOM] = "none";
	struct event_dates dates = { .order = ORDER_UNKNOWN };
	uint64_t time = event_time(text, &dates);

	if (time)
		when_text(said, when_from_filetime(time));
	assert_string_equal(said, expected);
	assert_int_equal(time % 10000, ticks);
}

static void
times_are_read_as_programs_write_them(void **state)
{
	(void)state;
	expect_time("2021-05-03T08:58:25.921033600Z", "2021-05-03T08:58:25.921Z", 336);
	expect_time("2021-05-03 08:58:25.921033", "2021-05-03T08:58:25.921Z", 330);
	expect_time("2021-05-03T08:58:25", "2021-05-03T08:58:25.000Z", 0);
	expect_time("2021-05-03T08:58:25.5+02:00", "2021-05-03T06:58:25.500Z", 0);
	expect_time("2021-05-03 08:58:25 -0730", "2021-05-03T16:28:25.000Z", 0);
	expect_time("2021-05-03T08:58:25.9210336-01:00", "2021-05-03T09:58:25.921Z",
	            336);
	expect_time("1/16/2009 9:30:05 AM", "2009-01-16T09:30:05.000Z", 0);
	expect_time("1/16/2009 12:30:05 AM", "2009-01-16T00:30:05.000Z", 0);
	expect_time("1/16/2009 12:30:05 PM", "2009-01-16T12:30:05.000Z", 0);
	expect_time("01/02/2009, 11:30 PM", "2009-01-02T23:30:00.000Z", 0);
	expect_time("1/16/2009 9:30:05\xE2\x80\xAF"
	            "AM",
	            "2009-01-16T09:30:05.000Z", 0);
	expect_time("16.01.2009 09:30:05", "2009-01-16T09:30:05.000Z", 0);
	expect_time("16/01/2009 09:30:05", "2009-01-16T09:30:05.000Z", 0);
	expect_time("16-01-2009 09:30", "2009-01-16T09:30:00.000Z", 0);
	expect_time("16/01/2009 9:30:05 pm", "2009-01-16T21:30:05.000Z", 0);
	expect_time("1/16/2009 21:30:05", "2009-01-16T21:30:05.000Z", 0);
	expect_time("2009-01-16 9:30:05 PM", "2009-01-16T21:30:05.000Z", 0);
	expect_time("16.1.2009 9.30.05", "2009-01-16T09:30:05.000Z", 0);
	expect_time("2009/01/16 09:30:05", "2009-01-16T09:30:05.000Z", 0);
	expect_time("Jan 16, 2009 @ 09:30:05.250", "2009-01-16T09:30:05.250Z", 0);
	expect_time("1232098205", "2009-01-16T09:30:05.000Z", 0);
	expect_time("1232098205.25", "2009-01-16T09:30:05.250Z", 0);
	expect_time("1232098205250", "2009-01-16T09:30:05.250Z", 0);
	expect_time("/Date(1232098205250)/", "2009-01-16T09:30:05.250Z", 0);
}

/* Two in a row; the first may be of either order. */
static void
expect_second(const char *first, const char *text, const char *expected,
              uint64_t guessed_wrong)
{
	struct event_dates dates = { .order = ORDER_UNKNOWN };
	char said[WHEN_ROOM] = "none";

	assert_true(event_time(first, &dates) != 0);
	uint64_t time = event_time(text, &dates);
	if (time)
		when_text(said, when_from_filetime(time));
	assert_string_equal(said, expected);
	enum event_order other = dates.order == ORDER_DAY_FIRST ? ORDER_MONTH_FIRST
	                                                        : ORDER_DAY_FIRST;
	assert_int_equal(dates.guessed[other], guessed_wrong);
}

/* Australia writes the day first, and AM. */
static void
dates_are_in_the_order_that_one_of_them_shows(void **state)
{
	(void)state;
	expect_second("16/01/2009 9:30:05 AM", "3/02/2009 9:30:05 AM",
	              "2009-02-03T09:30:05.000Z", 0);
	expect_second("1/16/2009 21:30:05", "3/2/2009 09:30:05",
	              "2009-03-02T09:30:05.000Z", 0);
	expect_second("3/02/2009 9:30:05 AM", "16/02/2009 9:30:05 AM",
	              "2009-02-16T09:30:05.000Z", 1);
	expect_second("3/2/2009 9:30:05 AM", "3/16/2009 9:30:05 AM",
	              "2009-03-16T09:30:05.000Z", 0);
	expect_second("16/01/2009 9:30:05 AM", "1/16/2009 9:30:05 AM", "none", 0);
	expect_second("1/16/2009 9:30:05 AM", "03.02.2009 09:30:05",
	              "2009-02-03T09:30:05.000Z", 0);
}

static void
what_is_no_time_is_none(void **state)
{
	static const char *const texts[] = {
		"",
		"-",
		"yesterday",
		"2021-05-03",
		"2021-13-03T08:58:25Z",
		"2021-02-30T08:58:25Z",
		"2021-05-03T25:58:25Z",
		"2021-05-03T08:58:25Zulu",
		"2021-05-03T08:58:25+x",
		"2021-05-03T08:58:25+99:00",
		"16/13/2009 09:30:05",
		"1.16.2009 09:30:05",
		"2009-01-16 13:30:05 PM",
		"Foo 16, 2009 @ 09:30:05.250",
		"Jan 16, 2009",
		"1/16/2009 13:30:05 PM",
		"1/16/2009 0:30:05 AM",
		"1/16/2009",
		"12345678",
		"1234567890123456789",
		"/Date(x)/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		expect_time(texts[i], "none", 0);
}

/* ---- letters */

static void
expect_letters(struct span bytes, enum event_letters letters, const char *text)
{
	struct buf out;
	size_t mark = 0;

	buf_init(&out, 4096);
	assert_int_equal(event_letters_of(bytes, &mark), letters);
	(void)span_cut(&bytes, mark);
	assert_int_equal(event_letters_take(letters, bytes, true, &out), bytes.left);
	assert_string_equal(buf_string(&out), text);
	buf_free(&out);
}

static void
letters_are_known_by_mark_and_without(void **state)
{
	(void)state;
	expect_letters(words("<Event"), LETTERS_BYTES, "<Event");
	expect_letters(words("\xEF\xBB\xBF<E"), LETTERS_BYTES, "<E");
	expect_letters(span_of("\xFF\xFE<\0\xFC\0", 6), LETTERS_UTF16LE, "<\xC3\xBC");
	expect_letters(span_of("\xFE\xFF\0<\0\xFC", 6), LETTERS_UTF16BE, "<\xC3\xBC");
	expect_letters(span_of("<\0E\0", 4), LETTERS_UTF16LE, "<E");
	expect_letters(span_of("\0<\0E", 4), LETTERS_UTF16BE, "<E");
	expect_letters(span_of("", 0), LETTERS_BYTES, "");
	expect_letters(span_of("\xFF\xFE\x3D\xD8\x31\xDC", 6), LETTERS_UTF16LE,
	               "\xF0\x9F\x90\xB1");
	expect_letters(span_of("\xFF\xFE\x3D\xD8<\0", 6), LETTERS_UTF16LE,
	               "\xEF\xBF\xBD<");
	expect_letters(span_of("\xFF\xFE<\0\x3D", 5), LETTERS_UTF16LE, "<");
}

static void
half_a_character_waits_for_the_other_half(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	assert_int_equal(
	    event_letters_take(LETTERS_UTF16LE, span_of("<\0\x3D\xD8", 4), false, &out),
	    2);
	assert_int_equal(
	    event_letters_take(LETTERS_UTF16LE, span_of("\x3D", 1), false, &out), 0);
	assert_int_equal(event_letters_take(LETTERS_UTF16LE,
	                                    span_of("\x3D\xD8\x31\xDC", 4), false,
	                                    &out),
	                 4);
	assert_string_equal(buf_string(&out), "<\xF0\x9F\x90\xB1");
	buf_free(&out);
}

/* ---- kinds */

#define EVENT "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">"

static void
only_event_logs_are_known_as_such(void **state)
{
	(void)state;
	assert_int_equal(event_kind_of(words(EVENT)), EVENT_KIND_XML);
	assert_int_equal(event_kind_of(words("evtxexport 20181227\n\n" EVENT)),
	                 EVENT_KIND_XML);
	assert_int_equal(event_kind_of(words(
			     "<e:Event xmlns:e='http://schemas.microsoft.com/win/2004"
			     "/08/events/event'>")),
	                 EVENT_KIND_XML);
	assert_int_equal(event_kind_of(words("<?xml version=\"1.0\"?><Event/>")),
	                 EVENT_KIND_NONE);
	assert_int_equal(event_kind_of(words("http://schemas.microsoft.com/win/2004/08/"
	                                     "events/event")),
	                 EVENT_KIND_NONE);
	assert_int_equal(event_kind_of(words("")), EVENT_KIND_NONE);
	assert_int_equal(event_kind_of(span_of(EVENT, sizeof EVENT)), EVENT_KIND_NONE);
	assert_false(event_kind_is_possible(span_of("MZ\x90\0\3\0", 6)));
	assert_true(event_kind_is_possible(span_of("<\0?\0", 4)));
}

static void
what_tells_of_events_in_another_way_is_known_as_that(void **state)
{
#define SAID "Microsoft-Windows-Security-Auditing"
	static const char *const texts[] = {
		/* wevtutil; Event Viewer in German and of XP; Export-Clixml */
		"Event[0]:\r\n  Log Name: Security\r\n  Source: " SAID "\r\nEvent[1]:"
		"\r\n  Log Name: Security\r\n  Source: " SAID "\r\n",
		"Ebene,Datum und Uhrzeit,Quelle\n-,1," SAID ",\"x\"\n-,2," SAID ",x\n",
		"1/16/2009,9:30:05 AM,Security,Failure Audit,Logon/Logoff ,529,-,F,x\n"
		"1/16/2009,9:30:06 AM,Security,Success Audit,Logon/Logoff ,540,-,F,x\n",
		"<Objs><TN><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>",
	};
	static const char once[] = "Get-WinEvent -ProviderName " SAID "\n";
	static const uint16_t left_over[] = u"x" SAID "\1\2" SAID;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(event_kind_of(words(texts[i])), EVENT_KIND_OTHER);
	assert_int_equal(event_kind_of(words(once)), EVENT_KIND_NONE);
	assert_int_equal(event_kind_of(span_of(left_over, sizeof left_over)),
	                 EVENT_KIND_NONE);
	assert_int_equal(event_kind_of(span_of(&left_over[1], 2 * (sizeof SAID - 1))),
	                 EVENT_KIND_NONE);
#undef SAID
}

/* ---- pieces */

/* All pieces of a text: "WHOLE:text" or "CUT", joined. */
static void
expect_pieces(const char *text, const char *expected)
{
	struct span s = words(text);
	struct event_piece p;
	struct buf said;
	size_t steps = 0;

	buf_init(&said, 4096);
	do {
		p = event_piece_xml(s, true);
		assert_int_not_equal(p.kind, PIECE_MORE);
		if (p.kind == PIECE_WHOLE) {
			buf_text(&said, "[");
			buf_put(&said, s.at + p.from, p.len);
			buf_text(&said, "]");
		} else if (p.kind == PIECE_CUT) {
			buf_text(&said, "CUT");
		}
		assert_true(p.done > 0 || p.kind == PIECE_END);
		(void)span_cut(&s, p.done);
		assert_false(s.bad);
		assert_true(++steps < 20);
	} while (p.kind != PIECE_END);
	assert_string_equal(buf_string(&said), expected);
	buf_free(&said);
}

static void
events_are_cut_out_of_what_is_around_them(void **state)
{
	(void)state;
	expect_pieces("", "");
	expect_pieces("<Events></Events>", "");
	expect_pieces("<Events>\n<Event x='1'><EventData/></Event ><Event></Event>"
	              "</Events>",
	              "[<Event x='1'><EventData/></Event >][<Event></Event>]");
	expect_pieces("<Event><Event>2</Event>", "CUT[<Event>2</Event>]");
	expect_pieces("1</Event><Event>2</Event>", "CUT[<Event>2</Event>]");
	expect_pieces("<Event>1</Event></Event>", "[<Event>1</Event>]CUT");
	expect_pieces("<Event>1</Event><Event>2</Eve", "[<Event>1</Event>]CUT");
	expect_pieces("<Event>1</Event><Eve", "[<Event>1</Event>]");
	expect_pieces("<Event>1</Event", "CUT");
	expect_pieces("<e:Event>1</e:Event><e:Event>2</e:Event>",
	              "[<e:Event>1</e:Event>][<e:Event>2</e:Event>]");
	expect_pieces("<a-long_prefix16:Event>1</a-long_prefix16:Event>",
	              "[<a-long_prefix16:Event>1</a-long_prefix16:Event>]");
	expect_pieces("<e:EventData>1</e:EventData>e:Event ><a b:Event>", "");
	expect_pieces("<e:Event>1<e:Event>2</e:Event>", "CUT[<e:Event>2</e:Event>]");
}

static void
more_is_asked_for_until_it_is_too_much(void **state)
{
	size_t len = EVENT_PIECE_MOST + 1;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', len);
	(void)span_copy(words("<Event>"), text + 1, 7);
	struct event_piece p = event_piece_xml(span_of(text, len - 1), false);
	assert_int_equal(p.kind, PIECE_MORE);
	assert_int_equal(p.done, 1);
	p = event_piece_xml(span_of(text, len), false);
	assert_int_equal(p.kind, PIECE_CUT);
	assert_int_equal(p.done, 7);
	p = event_piece_xml(words("   <Even"), false);
	assert_int_equal(p.kind, PIECE_MORE);
	assert_in_range(p.done, 0, 3);
	free(text);
}

/* ---- events */

struct heard {
	size_t count;
	struct log_event last;
	char text[LOG_TEXTS][128];
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

/* False: it is none. */
static bool
read_xml(const char *xml, struct heard *h, struct log_tally *tally)
{
	struct event_text *t = event_text_new(hear, h);
	struct event_xml *x = event_xml_new(t);

	*h = (struct heard){ .count = 0 };
	*tally = (struct log_tally){ .records = 0 };
	event_text_begin(t, 7);
	bool is_one = event_xml_read(x, words(xml)) && event_text_end(t, tally);
	event_xml_free(x);
	event_text_free(t);
	return is_one;
}

/* The example of event 4625 in Microsoft's documentation of security auditing. */
static const char xml_4625[] = EVENT
    "<System><Provider Name=\"Microsoft-Windows-Security-Auditing\" "
    "Guid=\"{54849625-5478-4994-A5BA-3E3B0328C30D}\" /><EventID>4625</EventID>"
    "<Version>0</Version><Level>0</Level><Task>12546</Task><Opcode>0</Opcode>"
    "<Keywords>0x8010000000000000</Keywords>"
    "<TimeCreated SystemTime=\"2015-09-08T22:54:54.962511700Z\" />"
    "<EventRecordID>229977</EventRecordID><Correlation />"
    "<Execution ProcessID=\"516\" ThreadID=\"3240\" /><Channel>Security</Channel>"
    "<Computer>DC01.contoso.local</Computer><Security /></System>"
    "<EventData><Data Name=\"SubjectUserSid\">S-1-5-18</Data>"
    "<Data Name=\"SubjectUserName\">DC01$</Data>"
    "<Data Name=\"TargetUserName\">Auditor</Data>"
    "<Data Name=\"TargetDomainName\">CONTOSO</Data>"
    "<Data Name=\"Status\">0xc0000234</Data>"
    "<Data Name=\"FailureReason\">%%2307</Data>"
    "<Data Name=\"SubStatus\">0x0</Data><Data Name=\"LogonType\">2</Data>"
    "<Data Name=\"LogonProcessName\">User32</Data>"
    "<Data Name=\"WorkstationName\">DC01</Data>"
    "<Data Name=\"ProcessId\">0x1bc</Data>"
    "<Data Name=\"ProcessName\">C:\\\\Windows\\\\System32\\\\winlogon.exe</Data>"
    "<Data Name=\"IpAddress\">127.0.0.1</Data><Data Name=\"IpPort\">0</Data>"
    "</EventData></Event>";

static void
the_example_of_the_documentation_is_read(void **state)
{
	struct log_tally tally;
	struct heard h;
	char when[WHEN_ROOM];

	(void)state;
	assert_true(read_xml(xml_4625, &h, &tally));
	assert_int_equal(h.count, 1);
	assert_int_equal(tally.security, 1);
	assert_int_equal(h.last.provider, LOG_AUDITING);
	assert_int_equal(h.last.id, 4625);
	assert_int_equal(h.last.offset, 7);
	assert_true(h.last.is_failure);
	assert_int_equal(h.last.status, 0xC0000234);
	assert_int_equal(h.last.logon_type, 2);
	assert_int_equal(h.last.process_id, 0x1bc);
	assert_string_equal(h.text[LOG_COMPUTER], "DC01.contoso.local");
	assert_string_equal(h.text[LOG_USER], "Auditor");
	assert_string_equal(h.text[LOG_DOMAIN], "CONTOSO");
	assert_string_equal(h.text[LOG_WORKSTATION], "DC01");
	assert_string_equal(h.text[LOG_ADDRESS], "127.0.0.1");
	assert_string_equal(h.text[LOG_SUBJECT], "");
	when_text(when, when_from_filetime(h.last.time));
	assert_string_equal(when, "2015-09-08T22:54:54.962Z");
	assert_int_equal(tally.first, h.last.time);
	assert_int_equal(tally.last, h.last.time);
}

/* What an old Windows forwards: strings without names, in the order of the message. */
#define OLD(id, provider)                                                            \
	EVENT "<System><Provider Name='" provider "'/><EventID Qualifiers='0'>" id   \
	      "</EventID><Level>0</Level>"                                           \
	      "<Keywords>0x90000000000000</Keywords>"                                \
	      "<TimeCreated SystemTime='2009-01-16T09:30:05.000Z'/>"                 \
	      "<Channel>Security</Channel><Computer>FILESRV</Computer></System>"     \
	      "<EventData><Data>administrator</Data><Data>WARD</Data><Data>3</Data>" \
	      "<Data>NtLmSsp </Data><Data>NTLM</Data><Data>WARD-3</Data>"

static void
events_of_old_windows_go_by_the_order_of_their_strings(void **state)
{
	struct log_tally tally;
	struct heard h;

	(void)state;
	assert_true(
	    read_xml(OLD("529", "Security") "</EventData></Event>", &h, &tally));
	assert_int_equal(h.count, 1);
	assert_int_equal(h.last.provider, LOG_SECURITY);
	assert_true(h.last.is_failure);
	assert_int_equal(h.last.logon_type, 3);
	assert_string_equal(h.text[LOG_COMPUTER], "FILESRV");
	assert_string_equal(h.text[LOG_USER], "administrator");
	assert_string_equal(h.text[LOG_WORKSTATION], "WARD-3");
	assert_string_equal(h.text[LOG_ADDRESS], "");
	assert_int_equal(tally.security, 1);
	/* Windows 2003 has more of them. */
	assert_true(
	    read_xml(OLD("529", "SECURITY") "<Data>-</Data><Data>-</Data>"
	                                    "<Data/><Data>7</Data><Data>-</Data>"
	                                    "<Data>10.1.0.3</Data>"
	                                    "<Data>4711</Data></EventData>"
	                                    "</Event>",
	             &h, &tally));
	assert_string_equal(h.text[LOG_ADDRESS], "10.1.0.3");
	assert_int_equal(h.last.port, 4711);
	assert_int_equal(h.last.process_id, 7);
	/* Another's 529 is another event. */
	assert_true(read_xml(OLD("529", "Setup") "</EventData></Event>", &h, &tally));
	assert_int_equal(h.count, 0);
	assert_int_equal(tally.security, 0);
	/* One that lacks strings says nothing. */
	assert_false(read_xml(EVENT "<System><Provider Name='Security'/><EventID>529"
	                            "</EventID><TimeCreated SystemTime='2009-01-16T"
	                            "09:30:05.000Z'/></System></Event>",
	                      &h, &tally));
}

static void
what_is_rendered_is_no_part_of_it(void **state)
{
	static const char rendered[] =
	    "<RenderingInfo Culture='de-DE'><EventID>1</EventID><Keywords><Keyword>x"
	    "</Keyword></Keywords><System><EventID>1102</EventID></System><EventData>"
	    "<Data Name='TargetUserName'>nobody</Data></EventData></RenderingInfo>";
	struct log_tally tally;
	struct heard h;
	char xml[4096];

	(void)state;
	(void)snprintf(xml, sizeof xml, EVENT "%s%s", rendered,
	               xml_4625 + strlen(EVENT));
	assert_true(read_xml(xml, &h, &tally));
	assert_int_equal(h.last.id, 4625);
	assert_string_equal(h.text[LOG_USER], "Auditor");
	assert_true(h.last.is_failure);
}

static void
names_are_read_with_prefix_entities_and_odd_letters(void **state)
{
	static const char begin[] =
	    "<e:Event xmlns:e='http://schemas.microsoft.com/win/2004/08/events/event'>"
	    "<e:System><e:Provider Name='Microsoft-Windows-Security-Auditing'/>"
	    "<e:EventID>4624</e:EventID>"
	    "<e:TimeCreated SystemTime='2015-09-08T22:54:54Z'/>"
	    "<e:Channel>Security</e:Channel></e:System><e:EventData>"
	    "<e:Data Name='IpAddress'>10.1.0.3</e:Data><e:Data Name='TargetUserName'>";
	static const char end[] = "</e:Data></e:EventData></e:Event>";
	static const char *const names[][2] = {
		{ "a&amp;b &#252;", "a&b \xC3\xBC" },
		{ "<![CDATA[<x>]]>y", "<x>y" },
		{ "J\xFCrgen", "J?rgen" }, /* of a code page */
		{ "bell\a", "bell?" },
	};
	struct log_tally tally;
	struct heard h;
	char xml[1024];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)snprintf(xml, sizeof xml, "%s%s%s", begin, names[i][0], end);
		assert_true(read_xml(xml, &h, &tally));
		assert_string_equal(h.text[LOG_USER], names[i][1]);
		assert_string_equal(h.text[LOG_ADDRESS], "10.1.0.3");
	}
	(void)snprintf(xml, sizeof xml, "%s&bomb;%s", begin, end);
	assert_false(read_xml(xml, &h, &tally));
	(void)snprintf(xml, sizeof xml, "%s</Data>%s", begin, end);
	assert_false(read_xml(xml, &h, &tally));
}

static void
without_number_provider_or_time_it_is_none(void **state)
{
	struct log_tally tally;
	struct heard h;

	(void)state;
	assert_false(read_xml("<Event/>", &h, &tally));
	assert_false(read_xml("<Event><System><EventID>4625</EventID></System></Event>",
	                      &h, &tally));
	assert_false(read_xml("<Event><System><Provider Name='Security'/></System>"
	                      "</Event>",
	                      &h, &tally));
	assert_false(
	    read_xml("<Event><System><Provider Name='Microsoft-Windows-Security"
	             "-Auditing'/><EventID>4625</EventID><Channel>Security"
	             "</Channel></System></Event>",
	             &h, &tally));
	assert_int_equal(h.count, 0);
	/* Of one that nobody wants no time is asked. */
	assert_true(read_xml("<Event><System><Provider Name='x'/><EventID>1</EventID>"
	                     "</System></Event>",
	                     &h, &tally));
	assert_int_equal(tally.security, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_as_programs_write_them),
		cmocka_unit_test(dates_are_in_the_order_that_one_of_them_shows),
		cmocka_unit_test(what_is_no_time_is_none),
		cmocka_unit_test(letters_are_known_by_mark_and_without),
		cmocka_unit_test(half_a_character_waits_for_the_other_half),
		cmocka_unit_test(only_event_logs_are_known_as_such),
		cmocka_unit_test(what_tells_of_events_in_another_way_is_known_as_that),
		cmocka_unit_test(events_are_cut_out_of_what_is_around_them),
		cmocka_unit_test(more_is_asked_for_until_it_is_too_much),
		cmocka_unit_test(the_example_of_the_documentation_is_read),
		cmocka_unit_test(
		    events_of_old_windows_go_by_the_order_of_their_strings),
		cmocka_unit_test(what_is_rendered_is_no_part_of_it),
		cmocka_unit_test(names_are_read_with_prefix_entities_and_odd_letters),
		cmocka_unit_test(without_number_provider_or_time_it_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

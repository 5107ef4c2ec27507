#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <expat.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/text.h"
#include "format/task_cache.h"
#include "format/task_xml.h"

static struct task_xml xml;

static enum heard
read_utf8(const char *text)
{
	return task_xml_read(span_of(text, strlen(text)), &xml);
}

static enum heard
read_utf16(const char *text)
{
	OWN(buf_free) struct buf b = { .ceiling = 2 * TASK_XML_BYTES_MOST };

	buf_le16(&b, 0xFEFF);
	buf_utf16(&b, text);
	return task_xml_read(buf_span(&b), &xml);
}

/* As Windows 7 writes the job of `at 13:00 /every:m,t rundll32.exe …`. */
static const char at_task[] =
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
    "<Task version=\"1.0\" "
    "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
    "  <RegistrationInfo>\r\n"
    "    <Author>SYSTEM</Author>\r\n"
    "    <Date>2009-02-12T13:00:00</Date>\r\n"
    "    <Description>Created by NetScheduleJobAdd.</Description>\r\n"
    "  </RegistrationInfo>\r\n"
    "  <Triggers>\r\n"
    "    <CalendarTrigger>\r\n"
    "      <Enabled>false</Enabled>\r\n"
    "      <StartBoundary>2009-02-12T13:00:00</StartBoundary>\r\n"
    "      <ScheduleByMonth/>\r\n"
    "    </CalendarTrigger>\r\n"
    "    <LogonTrigger />\r\n"
    "  </Triggers>\r\n"
    "  <Principals>\r\n"
    "    <Principal id=\"Author\"><UserId>@AtServiceAccount</UserId></Principal>\r\n"
    "  </Principals>\r\n"
    "  <Actions Context=\"Author\">\r\n"
    "    <Exec>\r\n"
    "      <Command>rundll32.exe</Command>\r\n"
    "      <Arguments>jxcvqm.uu,hpkmbt</Arguments>\r\n"
    "    </Exec>\r\n"
    "    <ComHandler><ClassId>{0}</ClassId></ComHandler>\r\n"
    "    <Exec><Command> \"C:\\a &amp; b.cmd\"\r\n</Command></Exec>\r\n"
    "  </Actions>\r\n"
    "</Task>\r\n";

static void
assert_at_task(void)
{
	assert_string_equal(xml.author, "SYSTEM");
	assert_string_equal(xml.date, "2009-02-12T13:00:00");
	assert_string_equal(xml.description, "Created by NetScheduleJobAdd.");
	assert_string_equal(xml.user, "@AtServiceAccount");
	assert_string_equal(xml.trigger, "CalendarTrigger");
	assert_string_equal(xml.begins, "2009-02-12T13:00:00");
	assert_int_equal(xml.trigger_count, 2);
	assert_false(xml.is_disabled); /* that was the trigger's */
	assert_int_equal(xml.action_count, 3);
	assert_int_equal(xml.exec_count, 2);
	assert_string_equal(xml.exec[0].command, "rundll32.exe");
	assert_string_equal(xml.exec[0].arguments, "jxcvqm.uu,hpkmbt");
	assert_string_equal(xml.exec[1].command, "\"C:\\a & b.cmd\"");
	assert_string_equal(xml.exec[1].arguments, "");
}

static void
a_task_is_read_in_both_encodings(void **state)
{
	(void)state;
	assert_int_equal(read_utf16(at_task), HEARD);
	assert_at_task();
	assert_int_equal(read_utf8(at_task), HEARD);
	assert_at_task();
}

#define EXEC(command)                                                          \
	"<Task><Actions><Exec><Command>" command "</Command></Exec></Actions>" \
	"</Task>"

static void
what_stands_for_other_letters_is_replaced(void **state)
{
	static const char *const texts[][2] = {
		{ EXEC("a&lt;b&gt;&quot;&apos;&amp;lt;"), "a<b>\"'&lt;" },
		{ EXEC("&#65;&#x42;&#x63;&#233;&#x1F3E5;"),
		  "ABc\xC3\xA9\xF0\x9F\x8F\xA5" },
		{ EXEC("a<![CDATA[<x>&amp;]] >]]>b"), "a<x>&amp;]] >b" },
		{ EXEC("a<!-- <Command>x</Command> -->b"), "ab" },
		{ EXEC("a<?php ?>b"), "ab" },
		{ EXEC("\xC3\xA9"), "\xC3\xA9" },
		{ "<t:Task><t:Actions><t:Exec><t:Command>p</t:Command></t:Exec>"
		  "</t:Actions></t:Task>",
		  "p" },
		{ "<Task\n a='>' b=\">/\" ><Actions><Exec><Command >x</Command\t>"
		  "</Exec></Actions></Task>",
		  "x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(read_utf8(texts[i][0]), HEARD);
		assert_string_equal(xml.exec[0].command, texts[i][1]);
		assert_int_equal(read_utf16(texts[i][0]), HEARD);
		assert_string_equal(xml.exec[0].command, texts[i][1]);
	}
}

static void
an_element_counts_only_where_it_belongs(void **state)
{
	(void)state;
	assert_int_equal(
	    read_utf8("<Task><Author>a</Author><Settings><Author>b</Author>"
	              "<Enabled>false</Enabled></Settings><Exec><Command>c"
	              "</Command></Exec></Task>"),
	    HEARD);
	assert_string_equal(xml.author, "");
	assert_int_equal(xml.exec_count, 0);
	assert_true(xml.is_disabled);
}

static void
what_is_no_task_is_odd(void **state)
{
	static const char *const texts[] = {
		"text",
		"<Job></Job>",
		"<Task></Tusk>",
		"<Task></Task></Task>",
		"<Task></Task><Task></Task>",
		"<Task></Task>x",
		"<!DOCTYPE Task [<!ENTITY a \"b\">]><Task></Task>",
		"<Task><Author>&nbsp;</Author></Task>",
		"<Task><Author>&#0;</Author></Task>",
		"<Task><Author>&#xD800;</Author></Task>",
		"<Task><Author>&#x110000;</Author></Task>",
		"<Task><Author>&#xG;</Author></Task>",
		"<Task><Author>&#;</Author></Task>",
		"<Task><Author>& b</Author></Task>",
		"<Task <Author></Author></Task>",
		"\xFE\xFF",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(read_utf8(texts[i]), HEARD_ODD);
	assert_int_equal(task_xml_read(span_of("<Task>\0</Task>", 14), &xml),
	                 HEARD_ODD);
}

static void
every_cut_is_short(void **state)
{
	OWN(buf_free) struct buf b = { .ceiling = 8192 };

	(void)state;
	size_t end = strlen(at_task) - 2; /* the last line's end is not needed */
	for (size_t len = 0; len < end; len++)
		assert_int_equal(task_xml_read(span_of(at_task, len), &xml),
		                 HEARD_SHORT);
	buf_le16(&b, 0xFEFF);
	buf_utf16(&b, at_task);
	/* With half of the mark it cannot be UTF-16. */
	for (size_t len = 2; len < b.len - 4; len++)
		assert_int_equal(task_xml_read(span_of(b.at, len), &xml), HEARD_SHORT);
}

/* `count` times a and then as often b, within a task. */
static enum heard
read_many(const char *a, const char *b, size_t count)
{
	OWN(buf_free) struct buf text = { .ceiling = 2 * TASK_XML_BYTES_MOST };

	buf_text(&text, "<Task><Actions>");
	for (size_t i = 0; i < count; i++)
		buf_text(&text, a);
	for (size_t i = 0; i < count; i++)
		buf_text(&text, b);
	buf_text(&text, "</Actions></Task>");
	return task_xml_read(buf_span(&text), &xml);
}

static void
there_are_limits(void **state)
{
	(void)state;
	assert_int_equal(read_many("<a>", "</a>", 30), HEARD);
	assert_int_equal(read_many("<a>", "</a>", 31), HEARD_ODD);
	assert_int_equal(read_many("<Exec/>", "", 32), HEARD);
	assert_int_equal(xml.exec_count, 32);
	assert_int_equal(read_many("<Exec/>", "", 33), HEARD_ODD);
	assert_int_equal(xml.exec_count, 32);
	assert_int_equal(read_many("<!-- -->", "", 60000), HEARD);
	assert_int_equal(read_many("<!-- -->", "", 66000), HEARD_ODD);
}

static void
text_that_is_too_long_is_cut_between_characters(void **state)
{
	OWN(buf_free) struct buf text = { .ceiling = 8192 };
	const char *end = NULL;

	(void)state;
	buf_text(&text, "<Task><RegistrationInfo><Author>a");
	for (size_t i = 0; i < 2000; i++)
		buf_text(&text, "\xC3\xA9");
	buf_text(&text, "</Author></RegistrationInfo></Task>");
	assert_int_equal(task_xml_read(buf_span(&text), &xml), HEARD);
	assert_int_equal(strlen(xml.author), 255);
	end = xml.author + 253;
	assert_int_equal(text_next(&end), 0xE9);
}

/* ---- another reader of XML agrees on what is well-formed */

static bool
expat_takes(const char *text)
{
	XML_Parser p = XML_ParserCreate(NULL);
	bool takes = XML_Parse(p, text, (int)strlen(text), 1) == XML_STATUS_OK;

	XML_ParserFree(p);
	return takes;
}

static void
what_expat_takes_is_taken(void **state)
{
	static const char *const pieces[] = {
		"<Exec>",   "</Exec>",       "<Command>", "</Command>",
		"<!--x-->", "&amp;",         "a",         "<a b='c'/>",
		"&#65;",    "<![CDATA[<]]>", " ",         "<?x y?>",
	};
	const size_t count = sizeof pieces / sizeof pieces[0];
	size_t taken = 0;

	(void)state;
	/* All rows of four pieces. */
	for (size_t n = 0; n < count * count * count * count; n++) {
		char text[256] = "<Task><Actions>";

		for (size_t i = 0, rest = n; i < 4; i++, rest /= count)
			memcpy(text + strlen(text), pieces[rest % count],
			       strlen(pieces[rest % count]) + 1);
		memcpy(text + strlen(text), "</Actions></Task>", 18);
		bool expected = expat_takes(text);
		assert_int_equal(read_utf8(text) == HEARD, expected);
		taken += expected;
	}
	assert_true(taken > 4096);
}

/* ---- the registry's copy */

static void
actions_in_the_registry_are_read(void **state)
{
	/* Version 1: program, no id, "a.b" with "c". */
	static const uint8_t plain[] = { 1, 0, 0x66, 0x66, 0,   0, 0,   0, 6, 0,
		                         0, 0, 'a',  0,    '.', 0, 'b', 0, 2, 0,
		                         0, 0, 'c',  0,    0,   0, 0,   0 };
	/* Version 3: in the name of "A". */
	static const uint8_t named[] = { 3, 0, 2, 0, 0, 0, 'A', 0, 0x66, 0x66, 0, 0,
		                         0, 0, 2, 0, 0, 0, 'x', 0, 0,    0,    0, 0 };
	static const uint8_t com[] = { 1, 0, 0x77, 0x77, 0, 0, 0, 0 };
	struct task_cache_action a;

	(void)state;
	struct span file = span_of(plain, sizeof plain);
	assert_int_equal(task_cache_read(file, &a), HEARD);
	assert_true(span_is(a.command, "a\0.\0b", 6));
	assert_true(span_is(a.arguments, "c", 2));
	for (size_t len = 3; len < 24; len++)
		assert_int_equal(task_cache_read(span_of(plain, len), &a), HEARD_SHORT);
	assert_int_equal(task_cache_read(span_of(named, sizeof named), &a), HEARD);
	assert_true(span_is(a.command, "x", 2));
	assert_int_equal(task_cache_read(span_of(com, sizeof com), &a), HEARD_NOTHING);
	assert_int_equal(task_cache_read(span_of(plain, 2), &a), HEARD_NOTHING);
	assert_int_equal(task_cache_read(span_of(plain, 1), &a), HEARD_SHORT);
	assert_int_equal(task_cache_read(span_of("\4\0", 2), &a), HEARD_ODD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_task_is_read_in_both_encodings),
		cmocka_unit_test(what_stands_for_other_letters_is_replaced),
		cmocka_unit_test(an_element_counts_only_where_it_belongs),
		cmocka_unit_test(what_is_no_task_is_odd),
		cmocka_unit_test(every_cut_is_short),
		cmocka_unit_test(there_are_limits),
		cmocka_unit_test(text_that_is_too_long_is_cut_between_characters),
		cmocka_unit_test(what_expat_takes_is_taken),
		cmocka_unit_test(actions_in_the_registry_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

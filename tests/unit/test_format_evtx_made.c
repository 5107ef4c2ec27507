/* Chunks that are made: what real logs have not, and what no log should have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "evtx_made.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const logon[][2] = {
	{ "SubjectUserName", "WARD-3$" },
	{ "TargetUserName", "nurse" },
	{ "TargetDomainName", "WARD" },
	{ "Status", "0xC000006D" },
	{ "SubStatus", "0xC0000064" },
	{ "LogonType", "3" },
	{ "LogonProcessName", "NtLmSsp " },
	{ "WorkstationName", "LAB-1" },
	{ "ProcessId", "0x2a" },
	{ "ProcessName", "-" },
	{ "IpAddress", "10.0.3.7" },
	{ "IpPort", "50249" },
};

/* Reads what was made, and forgets it. */
static struct told
read_made(struct made *m)
{
	struct told t;

	made_end(m, EVTX_CHUNK - m->b.len);
	told_init(&t);
	told_chunk(&t, buf_span(&m->b), EVTX_SHAPES_MOST);
	made_free(m);
	return t;
}

static struct told
read_event(struct made_system system, const char *const (*data)[2], size_t count)
{
	struct made m;

	made_begin(&m);
	made_event(&m, system, data, count);
	return read_made(&m);
}

static void
assert_is_logon(const struct told *t)
{
	const struct told_event *e = &t->at[0];

	assert_int_equal(t->count, 1);
	assert_int_equal(t->tally.undecodable, 0);
	assert_int_equal(e->event.id, 4625);
	assert_true(e->event.is_failure);
	assert_int_equal(e->event.time, 132645059059210336);
	assert_int_equal(e->event.status, 0xc0000064);
	assert_int_equal(e->event.logon_type, 3);
	assert_int_equal(e->event.port, 50249);
	assert_int_equal(e->event.process_id, 42);
	assert_string_equal(e->text[LOG_COMPUTER], "WARD-3");
	assert_string_equal(e->text[LOG_USER], "nurse");
	assert_string_equal(e->text[LOG_DOMAIN], "WARD");
	assert_string_equal(e->text[LOG_WORKSTATION], "LAB-1");
	assert_string_equal(e->text[LOG_ADDRESS], "10.0.3.7");
	assert_string_equal(e->text[LOG_LOGON_PROCESS], "NtLmSsp ");
	assert_string_equal(e->text[LOG_PROGRAM], "-");
	assert_string_equal(e->text[LOG_SUBJECT], "");
}

static void
text_alone_tells_a_failed_logon(void **state)
{
	struct told t = read_event(made_4625, logon, COUNT(logon));

	(void)state;
	assert_is_logon(&t);
	told_free(&t);
}

static size_t
count_of(struct made_system system, size_t *failures)
{
	struct told t = read_event(system, logon, COUNT(logon));

	*failures = t.count > 0 && t.at[0].event.is_failure;
	size_t count = t.count;
	told_free(&t);
	return count;
}

static void
one_letter_decides(void **state)
{
	struct made_system s = made_4625;
	size_t failures = 0;

	(void)state;
	s.provider = "Microsoft-Windows-Security-Auditinf";
	assert_int_equal(count_of(s, &failures), 0);
	s.provider = "microsoft-windows-security-AUDITING";
	assert_int_equal(count_of(s, &failures), 1);
	assert_int_equal(failures, 1);
	s.channel = "Securitx";
	assert_int_equal(count_of(s, &failures), 0);
	s.channel = "security";
	s.id = "4626";
	assert_int_equal(count_of(s, &failures), 0);
	s.id = "4625";
	s.keywords = "0x8020000000000000";
	assert_int_equal(count_of(s, &failures), 1);
	assert_int_equal(failures, 0);
	s.keywords = "9227875636482146304"; /* the same in decimal, and failed */
	assert_int_equal(count_of(s, &failures), 1);
	assert_int_equal(failures, 1);
}

static uint32_t
status_of(const char *status, const char *substatus)
{
	const char *const data[][2] = { { "Status", status },
		                        { "SubStatus", substatus } };
	struct told t = read_event(made_4625, data, COUNT(data));

	assert_int_equal(t.count, 1);
	uint32_t read = t.at[0].event.status;
	told_free(&t);
	return read;
}

static void
the_substatus_goes_before(void **state)
{
	(void)state;
	assert_int_equal(status_of("0xc000006d", "0xC000006A"), 0xc000006a);
	assert_int_equal(status_of("0xc000006e", "0x0"), 0xc000006e);
	assert_int_equal(status_of("3221225578", "-"), 0xc000006a);
	assert_int_equal(status_of("0xg", "%%2313"), 0);
	assert_int_equal(status_of("0x1ffffffffffffffff", ""), 0);
}

static void
members_without_names_go_by_their_place(void **state)
{
	static const char *const data[][2] = {
		{ NULL, "S-1-0-0" },    { NULL, "-" },          { NULL, "-" },
		{ NULL, "0x0" },        { NULL, "S-1-0-0" },    { NULL, "nurse" },
		{ NULL, "WARD" },       { NULL, "0xC000006D" }, { NULL, "%%2313" },
		{ NULL, "0xC0000064" }, { NULL, "3" },          { NULL, "NtLmSsp " },
		{ NULL, "NTLM" },       { NULL, "LAB-1" },      { NULL, "-" },
		{ NULL, "-" },          { NULL, "0" },          { NULL, "0x2a" },
		{ NULL, "-" },          { NULL, "10.0.3.7" },   { NULL, "50249" },
		{ NULL, "new" },        { NULL, "new" },        { NULL, "new" },
		{ NULL, "new" },        { NULL, "new" },        { NULL, "new" },
	};
	struct told t = read_event(made_4625, data, COUNT(data));

	(void)state;
	assert_is_logon(&t);
	told_free(&t);
}

static void
a_name_goes_before_a_place(void **state)
{
	static const char *const data[][2] = {
		{ "TargetUserName", "nurse" },
		{ NULL, "1" },
		{ NULL, "2" },
		{ NULL, "3" },
		{ NULL, "4" },
		{ NULL, "5" },
		{ NULL, "6" },
	};
	struct told t = read_event(made_4625, data, COUNT(data));

	(void)state;
	assert_string_equal(t.at[0].text[LOG_USER], "nurse");
	assert_string_equal(t.at[0].text[LOG_DOMAIN], "6");
	told_free(&t);
}

static void
each_kind_has_its_own_texts(void **state)
{
	struct made_system s = made_4625;
	static const char *const locked[][2] = { { "TargetUserName", "nurse" },
		                                 { "TargetDomainName", "LAB-1" },
		                                 { "SubjectUserName", "DC$" } };
	static const char *const policy[][2] = { { "SubjectUserName", "WARD-3$" },
		                                 { "SubcategoryId", "%%12544" },
		                                 { "AuditPolicyChanges",
		                                   "%%8448, %%8450" } };
	static const char *const explicit[][2] = { { "SubjectUserName", "WARD-3$" },
		                                   { "TargetServerName", "FILESRV" },
		                                   { "IpPort", "445" } };

	(void)state;
	s.id = "4740";
	struct told t = read_event(s, locked, COUNT(locked));
	assert_string_equal(t.at[0].text[LOG_USER], "nurse");
	assert_string_equal(t.at[0].text[LOG_WORKSTATION], "LAB-1");
	assert_string_equal(t.at[0].text[LOG_DOMAIN], "");
	assert_string_equal(t.at[0].text[LOG_SUBJECT], "");
	told_free(&t);
	s.id = "4719";
	t = read_event(s, policy, COUNT(policy));
	assert_string_equal(t.at[0].text[LOG_AUDIT_PART], "%%12544");
	assert_string_equal(t.at[0].text[LOG_AUDIT_CHANGE], "%%8448, %%8450");
	told_free(&t);
	s.id = "4648";
	t = read_event(s, explicit, COUNT(explicit));
	assert_string_equal(t.at[0].text[LOG_SUBJECT], "WARD-3$");
	assert_string_equal(t.at[0].text[LOG_SERVER], "FILESRV");
	assert_int_equal(t.at[0].event.port, 445);
	told_free(&t);
	s.provider = "Microsoft-Windows-Eventlog";
	s.id = "1102";
	t = read_event(s, explicit, COUNT(explicit));
	assert_int_equal(t.at[0].event.provider, LOG_EVENTLOG);
	assert_string_equal(t.at[0].text[LOG_COMPUTER], "WARD-3");
	assert_string_equal(t.at[0].text[LOG_SERVER], "");
	assert_int_equal(t.tally.security, 0);
	told_free(&t);
}

/* Who makes it stands where the subject does; what it is to do is left where it is. */
static void
a_task_is_of_who_made_it(void **state)
{
	static const char *const named[][2] = { { "SubjectUserName", "nurse" },
		                                { "SubjectDomainName", "WARD" },
		                                { "TaskName", "\\At1" },
		                                { "TaskContent", "<Task/>" } };
	static const char *const placed[][2] = {
		{ NULL, "S-1-5-18" }, { NULL, "nurse" }, { NULL, "WARD" },
		{ NULL, "0x3e7" },    { NULL, "\\At1" }, { NULL, "<Task/>" },
	};
	struct made_system s = made_4625;

	(void)state;
	s.id = "4698";
	s.keywords = "0x8020000000000000";
	struct told t[] = { read_event(s, named, COUNT(named)),
		            read_event(s, placed, COUNT(placed)) };
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct told_event *e = &t[i].at[0];

		assert_int_equal(t[i].count, 1);
		assert_int_equal(e->event.id, 4698);
		assert_string_equal(e->text[LOG_USER], "nurse");
		assert_string_equal(e->text[LOG_TASK], "\\At1");
		assert_string_equal(e->text[LOG_SUBJECT], "");
		assert_string_equal(e->text[LOG_DOMAIN], "");
		told_free(&t[i]);
	}
	s.id = "4699"; /* it is deleted */
	t[0] = read_event(s, named, COUNT(named));
	assert_int_equal(t[0].count, 0);
	told_free(&t[0]);
}

static void
open_data(struct made *m)
{
	made_record(m, 1);
	made_open(m, "Event");
	made_system(m, made_4625);
	made_open(m, "EventData");
}

static void
close_data(struct made *m)
{
	made_token(m, TOKEN_ELEMENT_END);
	made_token(m, TOKEN_ELEMENT_END);
	made_record_end(m);
}

static void
text_in_pieces_is_joined(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m);
	open_data(&m);
	made_open_with(&m, "Data");
	made_attribute(&m, "Name");
	made_text(&m, "TargetUser");
	made_text(&m, "Name");
	made_token(&m, TOKEN_START_CLOSED);
	made_text(&m, "a");
	made_entity(&m, "amp");
	made_token(&m, TOKEN_CDATA);
	buf_le16(&m.b, 1);
	buf_utf16(&m.b, "b");
	made_token(&m, TOKEN_CHARACTER);
	buf_le16(&m.b, 'c');
	made_entity(&m, "nothing");
	made_token(&m, TOKEN_ELEMENT_END);
	made_data(&m, "TargetUserName", "later");
	close_data(&m);
	struct told t = read_made(&m);
	assert_int_equal(t.count, 1);
	assert_string_equal(t.at[0].text[LOG_USER], "a&bc");
	told_free(&t);
}

/* What stands beside System and EventData has the same names, and other text. */
static void
rendered_text_is_left_alone(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m);
	made_record(&m, 1);
	made_open(&m, "Event");
	made_open(&m, "RenderingInfo");
	made_leaf(&m, "Channel", "Sicherheit");
	made_leaf(&m, "Keywords", "0");
	made_token(&m, TOKEN_ELEMENT_END);
	made_system(&m, made_4625);
	made_token(&m, TOKEN_ELEMENT_END);
	made_record_end(&m);
	struct told t = read_made(&m);
	assert_int_equal(t.count, 1);
	assert_true(t.at[0].event.is_failure);
	told_free(&t);
}

static const uint16_t values[][2] = {
	{ 10, EVTX_STRING },     /* 0: the user */
	{ 4, 0x14 },             /* 1: status */
	{ 16, EVTX_SYSTEMTIME }, /* 2 */
	{ 18, EVTX_STRINGS },    /* 3: workstation */
	{ 0, EVTX_NULL },        /* 4 */
	{ 28, EVTX_STRING },     /* 5: a name */
	{ 8, 0x10 },             /* 6: process */
};

static void
put_values(struct made *m)
{
	static const uint16_t when[8] = { 2021, 5, 1, 3, 8, 58, 25, 921 };

	made_values(m, values, COUNT(values));
	buf_utf16(&m->b, "nurse");
	buf_le32(&m->b, 0xc000006a);
	for (size_t i = 0; i < 8; i++)
		buf_le16(&m->b, when[i]);
	buf_utf16(&m->b, "LAB-1");
	buf_le16(&m->b, 0);
	buf_utf16(&m->b, "two");
	buf_utf16(&m->b, "TargetUserName");
	buf_le64(&m->b, 42);
}

static void
put_gap_data(struct made *m, const char *name, uint16_t gap)
{
	made_open_with(m, "Data");
	made_attribute(m, "Name");
	if (name)
		made_text(m, name);
	else
		made_gap(m, 5, EVTX_STRING);
	made_token(m, TOKEN_START_CLOSED);
	made_gap(m, gap, EVTX_STRING);
	made_token(m, TOKEN_ELEMENT_END);
}

/* Everything in one template; `name` of the user's Data, NULL: a value is it. */
static size_t
put_template(struct made *m, const char *name)
{
	size_t definition = made_template(m);

	made_open(m, "Event");
	made_open(m, "System");
	made_mark(m, "Provider", "Name", made_4625.provider);
	made_leaf(m, "EventID", "4625");
	made_open_with(m, "TimeCreated");
	made_attribute(m, "SystemTime");
	made_gap(m, 2, EVTX_FILETIME);
	made_token(m, TOKEN_EMPTY_CLOSED);
	made_leaf(m, "Channel", "Security");
	made_token(m, TOKEN_ELEMENT_END);
	made_open(m, "EventData");
	put_gap_data(m, "IpAddress", 4);
	put_gap_data(m, "LogonType", 999);
	put_gap_data(m, name, 0);
	put_gap_data(m, "Status", 1);
	put_gap_data(m, "WorkstationName", 3);
	put_gap_data(m, "ProcessId", 6);
	made_token(m, TOKEN_ELEMENT_END);
	made_token(m, TOKEN_ELEMENT_END);
	made_template_end(m);
	return definition;
}

static void
assert_is_of_template(const struct told_event *e)
{
	assert_int_equal(e->event.id, 4625);
	assert_int_equal(e->event.time, 132645059059210000);
	assert_int_equal(e->event.status, 0xc000006a);
	assert_int_equal(e->event.process_id, 42);
	assert_int_equal(e->event.logon_type, 0);
	assert_string_equal(e->text[LOG_USER], "nurse");
	assert_string_equal(e->text[LOG_WORKSTATION], "LAB-1");
	assert_string_equal(e->text[LOG_ADDRESS], "");
}

static void
templates_are_read_with_and_without_a_shape(void **state)
{
	static const char *const names[] = { "TargetUserName", NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct made m;

		made_begin(&m);
		made_record(&m, 1);
		size_t definition = put_template(&m, names[i]);
		put_values(&m);
		made_record_end(&m);
		made_record(&m, 2);
		made_instance(&m, definition);
		put_values(&m);
		made_record_end(&m);
		struct told t = read_made(&m);
		assert_int_equal(t.tally.undecodable, 0);
		assert_int_equal(t.count, 2);
		assert_is_of_template(&t.at[0]);
		assert_is_of_template(&t.at[1]);
		assert_int_equal(t.at[1].event.number, 2);
		told_free(&t);
	}
}

/* More members than a shape has room for, and the one that matters is the last. */
static void
a_template_with_many_members_is_read(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m);
	made_record(&m, 1);
	made_template(&m);
	made_open(&m, "Event");
	made_system(&m, made_4625);
	made_open(&m, "EventData");
	for (size_t i = 0; i < EVTX_SOURCES_OF_ONE; i++)
		put_gap_data(&m, "IpAddress", 4);
	put_gap_data(&m, "TargetUserName", 0);
	made_token(&m, TOKEN_ELEMENT_END);
	made_token(&m, TOKEN_ELEMENT_END);
	made_template_end(&m);
	put_values(&m);
	made_record_end(&m);
	struct told t = read_made(&m);
	assert_int_equal(t.count, 1);
	assert_string_equal(t.at[0].text[LOG_USER], "nurse");
	told_free(&t);
}

/* Without its own time it has the one at which it was written. */
static void
a_record_without_a_time_has_that_of_its_writing(void **state)
{
	struct made_system s = made_4625;

	(void)state;
	s.time = "yesterday";
	struct told t = read_event(s, logon, COUNT(logon));
	assert_int_equal(t.at[0].event.time, 130000000000000000);
	told_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_alone_tells_a_failed_logon),
		cmocka_unit_test(one_letter_decides),
		cmocka_unit_test(the_substatus_goes_before),
		cmocka_unit_test(members_without_names_go_by_their_place),
		cmocka_unit_test(a_name_goes_before_a_place),
		cmocka_unit_test(each_kind_has_its_own_texts),
		cmocka_unit_test(a_task_is_of_who_made_it),
		cmocka_unit_test(text_in_pieces_is_joined),
		cmocka_unit_test(rendered_text_is_left_alone),
		cmocka_unit_test(templates_are_read_with_and_without_a_shape),
		cmocka_unit_test(a_template_with_many_members_is_read),
		cmocka_unit_test(a_record_without_a_time_has_that_of_its_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

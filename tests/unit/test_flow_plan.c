#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"
#include "plan_sample.h"

#define SET_TYPE                                                                    \
	"{\"type\":\"change\",\"id\":4,\"kind\":\"registry-set-value\",\"target\":" \
	"\"HKLM\\\\SYSTEM\\\\ControlSet001\\\\Services\\\\wuauserv\",\"why\":"      \
	"\"service-off\",\"state\":\"planned\",\"host\":\"10.0.3.7\",\"name\":"     \
	"\"Start\",\"value_type\":4,\"after\":\"02000000\",\"after_text\":\"2\","   \
	"\"signs\":[\"service-off\",\"file-worm-shape\"],\"says\":\"Done so.\","    \
	"\"from\":\"ControlSet002 has it so.\"}"

#define QUARANTINE                                                               \
	"{\"type\":\"change\",\"id\":9,\"kind\":\"file-quarantine\",\"target\":" \
	"\"C:\\\\WINDOWS\\\\system32\\\\qxkvbn.dll\",\"why\":\"service-dll\","   \
	"\"state\":\"failed\",\"host\":\"10.0.3.7\",\"size\":158000,\"signs\":"  \
	"[\"service-dll\",\"file-worm-shape\"],\"says\":\"Done so.\",\"error\":" \
	"\"No room.\"}"

static int
make_sample(void **state)
{
	*state = plan_sample();
	return 0;
}

static int
free_sample(void **state)
{
	plan_free(*state);
	return 0;
}

static void
a_change_is_the_line_of_the_contract(void **state)
{
	struct plan *p = *state;
	OWN(own_mem) char *set = change_text(&p->at[3]);

	assert_string_equal(set, SET_TYPE);
	p->at[8].state = CHANGE_FAILED;
	(void)text_copy(p->at[8].error, sizeof p->at[8].error, "No room.");
	OWN(own_mem) char *quarantine = change_text(&p->at[8]);
	assert_string_equal(quarantine, QUARANTINE);
}

static void
a_change_comes_back_as_it_went_out(void **state)
{
	struct change c;

	(void)state;
	assert_int_equal(change_from_json(SET_TYPE, &c), OK);
	assert_int_equal(c.id, 4);
	assert_int_equal(c.kind, CHANGE_SET_VALUE);
	assert_int_equal(c.state, CHANGE_PLANNED);
	assert_string_equal(c.target,
	                    "HKLM\\SYSTEM\\ControlSet001\\Services\\wuauserv");
	assert_string_equal(c.name, "Start");
	assert_int_equal(c.type, REG_TYPE_DWORD);
	assert_true(span_is(buf_span(&c.after), "\2\0\0\0", 4));
	assert_string_equal(c.why, "service-off");
	assert_int_equal(c.sign_count, 2);
	assert_string_equal(c.signs[1], "file-worm-shape");
	assert_string_equal(c.says, "Done so.");
	assert_string_equal(c.from, "ControlSet002 has it so.");
	assert_string_equal(c.error, "");
	change_free(&c);
	assert_int_equal(change_from_json(QUARANTINE, &c), OK);
	assert_int_equal(c.state, CHANGE_FAILED);
	assert_int_equal(c.size, 158000);
	assert_string_equal(c.error, "No room.");
	change_free(&c);
}

static void
every_kind_and_state_has_a_name_that_leads_back(void **state)
{
	(void)state;
	for (int kind = CHANGE_SET_VALUE; kind <= CHANGE_RESET_ACL; kind++)
		assert_int_equal(
		    change_kind_from_name(change_kind_name((enum change_kind)kind)),
		    kind);
	for (int s = CHANGE_PLANNED; s <= CHANGE_UNDONE; s++)
		assert_int_equal(
		    change_state_from_name(change_state_name((enum change_state)s)), s);
	assert_int_equal(change_kind_from_name("file-delete"), 0);
	assert_int_equal(change_state_from_name("undoing"), 0);
	assert_true(change_is_registry(CHANGE_MAKE_KEY));
	assert_false(change_is_registry(CHANGE_QUARANTINE));
}

static void
a_plan_comes_back_as_it_went_out(void **state)
{
	struct plan *back = NULL;
	OWN(own_mem) char *text = plan_text(*state);

	assert_int_equal(plan_from_json(text, &back), OK);
	OWN(own_mem) char *again = plan_text(back);
	assert_string_equal(again, text);
	assert_int_equal(back->count, 14);
	assert_string_equal(back->host, "10.0.3.7");
	assert_string_equal(back->computer, "WARD-35");
	assert_string_equal(back->os, "Windows XP SP3");
	assert_string_equal(back->called, "/mnt/c");
	assert_int_equal(back->made_ms, 1795375983123);
	assert_string_equal(back->at[0].string, "qxkvbn");
	assert_string_equal(back->at[2].name, "kd\xC3\xA9");
	assert_string_equal(back->at[7].like, "C:\\WINDOWS\\system32\\shell32.dll");
	assert_true(span_is(buf_span(&back->at[13].after), "\0\xFF", 2));
	assert_int_equal(back->person_count, 2);
	assert_string_equal(back->persons[1].why, "patch-missing");
	assert_int_equal(back->left_count, 1);
	assert_string_equal(back->left[0].target, "C:\\WINDOWS\\system32\\odd.dll");
	plan_free(back);
}

static void
an_empty_plan_comes_back_too(void **state)
{
	struct plan *p = plan_new();
	struct plan *back = NULL;

	(void)state;
	OWN(own_mem) char *text = plan_text(p);
	assert_string_equal(
	    text, "{\"type\":\"plan\",\"schema\":1,\"host\":\"\",\"computer\":\"\","
		  "\"os\":\"\",\"called\":\"\",\"made\":\"1970-01-01T00:00:00.000Z\","
		  "\"changes\":[],\"persons\":[],\"left\":[],\"sha256\":"
		  "\"d265b812980139e9c95857a7575ffef5225a4cf5ea6e5a8d3dfe5d02b4ab81d2"
		  "\"}");
	assert_int_equal(plan_from_json(text, &back), OK);
	plan_free(back);
	plan_free(p);
}

/* What a reader of the text sees beside the hex. */
static void
text_values_are_told_as_text(void **state)
{
	OWN(own_mem) char *text = plan_text(*state);

	assert_non_null(
	    strstr(text, "\"after_text\":\"%SystemRoot%\\\\svchost.exe\",\"signs\""));
	assert_non_null(strstr(text, "\"after_text\":\"rpcss\\neventlog\",\"signs\""));
	assert_non_null(
	    strstr(text, "\"after_text\":\"Made by confine.\\r\\n\",\"signs\""));
	assert_non_null(strstr(text, "\"after\":\"00ff\",\"signs\""));
}

static void
what_could_be_read_in_two_ways_is_told_as_bytes_only(void **state)
{
	struct plan *p = *state;
	struct change *c = &p->at[4];

	/* Something behind the terminator, that Windows would not show. */
	buf_utf16(&c->after, "x");
	OWN(own_mem) char *behind = change_text(c);
	assert_null(strstr(behind, "after_text"));
	/* A line break in a string: is it one string, or two? */
	buf_clear(&p->at[5].after);
	buf_utf16(&p->at[5].after, "a\nb");
	OWN(own_mem) char *lines = change_text(&p->at[5]);
	assert_null(strstr(lines, "after_text"));
	/* A DWORD of three bytes. */
	p->at[3].after.len = 3;
	OWN(own_mem) char *shorter = change_text(&p->at[3]);
	assert_null(strstr(shorter, "after_text"));
}

static void
the_hash_is_of_what_is_done_not_of_when_or_how_far(void **state)
{
	struct plan *p = *state;
	char first[SHA256_TEXT], second[SHA256_TEXT];

	plan_hash(p, first);
	p->made_ms++;
	(void)text_copy(p->called, sizeof p->called, "/mnt/d");
	p->at[2].state = CHANGE_FAILED;
	(void)text_copy(p->at[2].error, sizeof p->at[2].error, "No.");
	plan_hash(p, second);
	assert_string_equal(second, first);
	p->at[8].size++;
	plan_hash(p, second);
	assert_string_not_equal(second, first);
}

static void
a_sign_stands_there_once_and_one_too_many_is_left_out(void **state)
{
	struct change c = { .id = 1 };
	char sign[8];

	(void)state;
	change_sign(&c, "s0");
	for (int i = 0; i < 10; i++) {
		snprintf(sign, sizeof sign, "s%d", i);
		change_sign(&c, sign);
	}
	assert_int_equal(c.sign_count, SIGNS_MOST);
	assert_string_equal(c.signs[0], "s0");
	assert_string_equal(c.signs[7], "s7");
}

static void
notes_stand_there_once_and_one_too_many_is_left_out(void **state)
{
	struct plan *p = plan_new();
	char says[16];

	(void)state;
	plan_leave(p, "w", "C:\\x", "says 0");
	for (int i = 0; i < 2 * PLAN_NOTES_MOST; i++) {
		snprintf(says, sizeof says, "says %d", i);
		plan_leave(p, "w", "C:\\x", says);
		plan_person(p, "w", says);
	}
	assert_int_equal(p->left_count, PLAN_NOTES_MOST);
	assert_int_equal(p->person_count, PLAN_NOTES_MOST);
	assert_string_equal(p->left[1].says, "says 1");
	plan_free(p);
}

static void
a_plan_has_4096_changes_and_no_more(void **state)
{
	struct plan *p = plan_new();
	struct plan *back = NULL;

	(void)state;
	for (unsigned i = 1; i <= PLAN_CHANGES_MOST; i++) {
		struct change *c = plan_add(p, CHANGE_REMOVE_FOLDER);

		assert_non_null(c);
		assert_int_equal(c->id, i);
		(void)text_copy(c->target, sizeof c->target, "C:\\x");
	}
	assert_null(plan_add(p, CHANGE_REMOVE_FOLDER));
	OWN(own_mem) char *text = plan_text(p);
	assert_int_equal(plan_from_json(text, &back), OK);
	assert_int_equal(back->count, 4096);
	plan_free(back);
	plan_free(p);
}

static void
the_largest_value_goes_both_ways(void **state)
{
	struct plan *p = plan_new();
	struct change *c = plan_add(p, CHANGE_SET_VALUE);
	struct change back;

	(void)state;
	(void)text_copy(c->target, sizeof c->target, "HKLM\\x");
	c->type = REG_TYPE_SZ;
	for (size_t i = 0; i < CHANGE_BYTES_MOST / 2; i++)
		buf_le16(&c->after, 1); /* six characters each, escaped */
	OWN(own_mem) char *text = change_text(c);
	assert_int_equal(change_from_json(text, &back), OK);
	assert_int_equal(back.after.len, 65536);
	change_free(&back);
	buf_u8(&c->after, 0);
	assert_true(c->after.bad);
	plan_free(p);
}

/* ---- plans that are refused */

static void
assert_refused(const char *json)
{
	struct plan *p = (struct plan *)&p;

	assert_int_equal(plan_from_json(json, &p), ERR_REFUSED);
	assert_null(p);
}

static void
a_plan_with_one_byte_changed_is_refused(void **state)
{
	OWN(own_mem) char *text = plan_text(*state);
	/* The places that do nothing: when it was made, how the folder was called,
	 * how far a change has come; with another letter they are as good. */
	const char *called = strstr(text, "\"called\"");
	const char *changes = strstr(text, "\"changes\"");
	size_t refused = 0;
	size_t whole = 0;

	for (size_t i = 0; text[i]; i++) {
		struct plan *p = NULL;

		if (text + i >= called && text + i < changes)
			continue;
		text[i] ^= 1;
		whole++;
		if (plan_from_json(text, &p) == ERR_REFUSED)
			refused++;
		text[i] ^= 1;
		plan_free(p);
	}
	assert_true(whole > 3500);
	assert_int_equal(refused, whole);
}

static void
a_plan_that_is_cut_short_is_refused(void **state)
{
	OWN(own_mem) char *text = plan_text(*state);

	for (size_t len = strlen(text); len-- > 0;) {
		text[len] = 0;
		assert_refused(text);
	}
}

static void
a_hash_that_is_none_or_missing_is_refused(void **state)
{
	OWN(own_mem) char *text = plan_text(*state);
	OWN(own_mem) char *none = text_with(text, "\"sha256\":", "\"sha25\":");
	const char *at = strstr(text, "\"sha256\":\"");

	assert_refused(none);
	assert_non_null(at);
	((char *)(uintptr_t)at)[strlen("\"sha256\":\"") + 3] = 'g';
	assert_refused(text);
}

/* The sample with one thing changed, and a hash that fits it. */
static void
assert_refused_as_planned(struct plan *p)
{
	OWN(own_mem) char *text = plan_text(p);

	assert_refused(text);
}

static void
a_path_out_of_bounds_is_refused(void **state)
{
	static const char *const files[] = {
		"",
		"C:",
		"C:\\",
		"c:\\x",
		"1:\\x",
		"C:x",
		"C:/x",
		"\\x",
		"\\\\server\\share\\x",
		"\\\\?\\C:\\x",
		"/etc/passwd",
		"C:\\..",
		"C:\\.",
		"C:\\a\\..\\b",
		"C:\\a\\.\\b",
		"C:\\a\\..",
		"C:\\a\\\\b",
		"C:\\a\\",
		"C:\\a/../b",
		"C:\\a:stream",
		"HKLM\\SOFTWARE",
	};
	static const char *const keys[] = {
		"",        "HKLM", "HKLM\\", "HKLM\\a\\", "HKLM\\\\a", "HKLM\\a\\\\b",
		"hklm\\a", "HKU",  "HKU\\",  "HKCU\\a",   "C:\\x",     "SYSTEM\\a",
	};
	struct plan *p = *state;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		(void)text_copy(p->at[8].target, PATH_ROOM, files[i]);
		assert_refused_as_planned(p);
	}
	(void)text_copy(p->at[8].target, PATH_ROOM, "C:\\..a\\...\\b..");
	(void)text_copy(p->at[7].like, PATH_ROOM, "C:\\..\\x");
	assert_refused_as_planned(p);
	(void)text_copy(p->at[7].like, PATH_ROOM, "C:\\y");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		(void)text_copy(p->at[1].target, PATH_ROOM, keys[i]);
		assert_refused_as_planned(p);
	}
	/* All else of it is well. */
	(void)text_copy(p->at[1].target, PATH_ROOM, "HKLM\\SOFTWARE\\a/b\\..\\c:d");
	OWN(own_mem) char *text = plan_text(p);
	struct plan *back = NULL;
	assert_int_equal(plan_from_json(text, &back), OK);
	plan_free(back);
}

/* `from` in the first change that has it becomes `to`. */
static void
assert_change_refused(const char *line, const char *from, const char *to)
{
	OWN(own_mem) char *text = text_with(line, from, to);
	struct change c;

	assert_int_equal(change_from_json(text, &c), ERR_REFUSED);
}

static void
a_change_of_the_wrong_shape_is_refused(void **state)
{
	(void)state;
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":0");
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":-4");
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":4097");
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":4294967300");
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":18446744073709551620");
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":4.0");
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":\"4\"");
	assert_change_refused(SET_TYPE, "\"id\":4", "\"id\":4,\"id\":4");
	assert_change_refused(SET_TYPE, "\"change\"", "\"plan\"");
	assert_change_refused(SET_TYPE, "registry-set-value", "registry-set");
	assert_change_refused(SET_TYPE, "registry-set-value", "file-quarantine");
	assert_change_refused(SET_TYPE, "registry-set-value", "registry-delete-value");
	assert_change_refused(SET_TYPE, "\"planned\"", "\"\"");
	assert_change_refused(SET_TYPE, "\"value_type\":4", "\"value_type\":-1");
	assert_change_refused(SET_TYPE, "\"value_type\":4",
	                      "\"value_type\":4294967296");
	assert_change_refused(SET_TYPE, "\"02000000\"", "\"0200000\"");
	assert_change_refused(SET_TYPE, "\"02000000\"", "\"0200000G\"");
	assert_change_refused(SET_TYPE, "\"02000000\"", "\"0200000A\"");
	assert_change_refused(SET_TYPE, "\"02000000\"", "2");
	assert_change_refused(SET_TYPE, "\"signs\"", "\"sings\"");
	assert_change_refused(SET_TYPE, "[\"service-off\",", "[7,");
	assert_change_refused(SET_TYPE, "[\"service-off\",",
	                      "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",");
	assert_change_refused(QUARANTINE, "\"size\":158000", "\"size\":-1");
	assert_change_refused(QUARANTINE, "\"size\":158000",
	                      "\"size\":9223372036854775808");
	assert_change_refused(QUARANTINE, "\"size\":158000", "\"after\":\"00\"");
	assert_change_refused(QUARANTINE, "\"size\":158000", "\"name\":\"x\"");
	assert_change_refused(QUARANTINE, "\"size\":158000", "\"string\":\"x\"");
	assert_change_refused(QUARANTINE, "\"size\":158000", "\"like\":\"HKLM\\\\x\"");
	assert_change_refused(QUARANTINE, "\"size\":158000", "\"value_type\":1");
	assert_change_refused(QUARANTINE, "\"size\":158000", "\"was\":\"\"");
	assert_change_refused(QUARANTINE, "\"says\":", "\"said\":");
}

static void
a_nul_in_a_text_is_refused(void **state)
{
	(void)state;
	assert_change_refused(QUARANTINE, "qxkvbn.dll", "qxkvbn.dll\\u0000.txt");
	assert_change_refused(QUARANTINE, "service-dll", "\\u0000");
	assert_change_refused(QUARANTINE, "\"size\"", "\"\\u0000\":1,\"size\"");
	/* A backslash, and the letters u0000. */
	struct change c;
	OWN(own_mem) char *text = text_with(QUARANTINE, "qxkvbn.dll", "q\\\\u0000.dll");
	assert_int_equal(change_from_json(text, &c), OK);
	assert_string_equal(c.target, "C:\\WINDOWS\\system32\\q\\u0000.dll");
	change_free(&c);
}

static void
a_text_that_is_not_what_the_bytes_say_is_refused(void **state)
{
	(void)state;
	assert_change_refused(SET_TYPE, "\"after_text\":\"2\"", "\"after_text\":\"4\"");
	assert_change_refused(SET_TYPE, "\"after_text\":\"2\"", "\"after_text\":2");
	/* Before the bytes are known there is nothing to hold it against. */
	assert_change_refused(SET_TYPE,
	                      "\"after\":", "\"after_text\":\"2\",\"after\":");
	assert_change_refused(QUARANTINE, "\"size\"", "\"after_text\":\"x\",\"size\"");
	/* Nor may it be left out. */
	assert_change_refused(SET_TYPE, "\"after_text\":\"2\",", "");
}

static void
a_name_that_does_not_fit_is_refused(void **state)
{
	char name[NAME_ROOM + 16] = "\"";

	(void)state;
	memset(name + 1, 'x', NAME_ROOM);
	(void)text_copy(name + 1 + NAME_ROOM, 2, "\"");
	assert_change_refused(SET_TYPE, "\"Start\"", name);
}

static void
ids_that_are_not_one_after_the_other_are_refused(void **state)
{
	struct plan *p = *state;

	p->at[1].id = 1;
	assert_refused_as_planned(p);
	p->at[1].id = 3;
	assert_refused_as_planned(p);
	p->at[1].id = 2;
	OWN(own_mem) char *text = plan_text(p);
	struct plan *back = NULL;
	assert_int_equal(plan_from_json(text, &back), OK);
	plan_free(back);
}

static void
what_is_no_plan_is_refused(void **state)
{
	static const char *const texts[] = {
		"", " ", "[]", "{}", "null", "plan", SET_TYPE, "{\"type\":\"plan\"}",
	};
	OWN(own_mem) char *text = plan_text(*state);
	OWN(own_mem) char *later = text_with(text, "\"schema\":1", "\"schema\":2");
	OWN(own_mem)
	char *twice = text_with(text, "\"persons\":", "\"persons\":[],\"persons\":");

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_refused(texts[i]);
	assert_refused(later);
	assert_refused(twice);
}

int
main(void)
{
#define OF_SAMPLE(test) cmocka_unit_test_setup_teardown(test, make_sample, free_sample)
	const struct CMUnitTest tests[] = {
		OF_SAMPLE(a_change_is_the_line_of_the_contract),
		cmocka_unit_test(a_change_comes_back_as_it_went_out),
		cmocka_unit_test(every_kind_and_state_has_a_name_that_leads_back),
		OF_SAMPLE(a_plan_comes_back_as_it_went_out),
		cmocka_unit_test(an_empty_plan_comes_back_too),
		OF_SAMPLE(text_values_are_told_as_text),
		OF_SAMPLE(what_could_be_read_in_two_ways_is_told_as_bytes_only),
		OF_SAMPLE(the_hash_is_of_what_is_done_not_of_when_or_how_far),
		cmocka_unit_test(a_sign_stands_there_once_and_one_too_many_is_left_out),
		cmocka_unit_test(notes_stand_there_once_and_one_too_many_is_left_out),
		cmocka_unit_test(a_plan_has_4096_changes_and_no_more),
		cmocka_unit_test(the_largest_value_goes_both_ways),
		OF_SAMPLE(a_plan_with_one_byte_changed_is_refused),
		OF_SAMPLE(a_plan_that_is_cut_short_is_refused),
		OF_SAMPLE(a_hash_that_is_none_or_missing_is_refused),
		OF_SAMPLE(a_path_out_of_bounds_is_refused),
		cmocka_unit_test(a_change_of_the_wrong_shape_is_refused),
		cmocka_unit_test(a_nul_in_a_text_is_refused),
		cmocka_unit_test(a_text_that_is_not_what_the_bytes_say_is_refused),
		cmocka_unit_test(a_name_that_does_not_fit_is_refused),
		OF_SAMPLE(ids_that_are_not_one_after_the_other_are_refused),
		OF_SAMPLE(what_is_no_plan_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

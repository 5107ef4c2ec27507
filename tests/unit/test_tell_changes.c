/* What was changed, as each format tells it: a machine whose names are meant to break
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"
#include "tell/tell.h"

#define EVIL "C:\\<b>\x1b[2J\"&'=1,2\\x.dll"

struct story {
	struct run run;
	struct row before;
	struct row after;
	struct plan *plan;
	struct told_changes told;
};

static char *const words[] = { "confine", "clean", "/mnt/c" };

static struct row
looked_at(enum state state)
{
	struct row row = { .verdict = { .state = state, .inside = true } };

	(void)text_copy(row.verdict.host, ADDRESS_ROOM, "WARD-3");
	(void)text_copy(row.verdict.why, SENTENCE_ROOM, "It looks so.");
	return row;
}

static void
add(struct plan *plan, const char *target, enum change_state state)
{
	struct change *c = plan_add(plan, CHANGE_QUARANTINE);

	assert_non_null(c);
	c->state = state;
	(void)text_copy(c->target, sizeof c->target, target);
	(void)text_copy(c->why, sizeof c->why, "svc-worm");
	(void)text_copy(c->says, sizeof c->says, "Take the worm's file away.");
	memset(c->was, 'a', SHA256_TEXT - 1);
	change_sign(c, "svc-worm");
}

static struct story *
make_story(void)
{
	struct story *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->run = (struct run){
		.version = "1", .command = "clean", .argv = words, .argc = 3
	};
	s->before = looked_at(STATE_INFECTED);
	s->after = looked_at(STATE_CLEAN);
	s->plan = plan_new();
	assert_non_null(s->plan);
	(void)text_copy(s->plan->host, ADDRESS_ROOM, "WARD-3");
	add(s->plan, EVIL, CHANGE_VERIFIED);
	add(s->plan, "C:\\y.dll", CHANGE_VERIFIED);
	plan_person(s->plan, "", "Install KB958644.");
	plan_leave(s->plan, "svc-locked", "HKLM\\x", "Nobody knows it.");
	s->told = (struct told_changes){ .run = &s->run,
		                         .plan = s->plan,
		                         .journal = "j/1.journal",
		                         .before = &s->before,
		                         .after = &s->after,
		                         .judged = true,
		                         .step_count = 1 };
	(void)text_copy(s->told.host, ADDRESS_ROOM, "WARD-3");
	(void)text_copy(s->told.outcome, WHY_ROOM, "2 of 2 changes carried out.");
	(void)text_copy(s->told.steps[0].command, 64, "confine undo j/1.journal");
	s->told.steps[0].why = "puts back what was changed";
	return s;
}

static void
story_free(struct story *s)
{
	plan_free(s->plan);
	free(s);
}

static char *
told_as(const char *format, const struct told_changes *told)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct style plain = { .color = false };

	assert_non_null(f);
	assert_int_equal(format_by_name(format)->changes(f, told, &plain), OK);
	fclose(f);
	return text;
}

static void
text_says_what_it_is_and_what_it_was(void **state)
{
	struct story *s = make_story();
	char *text = told_as("text", &s->told);

	(void)state;
	assert_string_equal(
	    text, "WARD-3: clean\n"
		  "  It looks so.\n"
		  "  It was infected before.\n"
		  "\n"
		  "  2 of 2 changes carried out.\n"
		  "  Journal: j/1.journal\n"
		  "\n"
		  "Changes\n"
		  "  verified   Take the worm's file away.\n"
		  "               C:\\<b>\\x1b[2J\"&'=1,2\\x.dll\n"
		  "               C:\\y.dll\n"
		  "\n"
		  "Found, and left alone\n"
		  "  - Nobody knows it.\n"
		  "      HKLM\\x\n"
		  "\n"
		  "For a person to do\n"
		  "  - Install KB958644.\n"
		  "\n"
		  "Next:\n"
		  "  confine undo j/1.journal  # puts back what was changed\n");
	free(text);
	story_free(s);
}

static void
json_has_the_journal_in_its_summary(void **state)
{
	struct story *s = make_story();
	char *text = told_as("json", &s->told);

	(void)state;
	const char *summary = strstr(text, "{\"type\":\"summary\"");
	assert_non_null(summary);
	assert_ptr_equal(strstr(text, "{\"type\":\"run\""), text);
	assert_non_null(strstr(summary, "\"changes\":2,\"done\":2,\"failed\":0,"));
	assert_non_null(strstr(summary, "\"journal\":\"j/1.journal\""));
	assert_non_null(strstr(summary, "\"infected\":0,\"suspect\":0,\"no-sign\":0,"
	                                "\"clean\":1,"));
	assert_non_null(strstr(text, "{\"type\":\"before\","));
	assert_non_null(strstr(
	    text, "{\"type\":\"change\",\"id\":1,\"kind\":\"file-quarantine\","));
	assert_non_null(strstr(text, "{\"type\":\"person\",\"host\":\"WARD-3\","));
	assert_non_null(strstr(text,
	                       "{\"type\":\"next\",\"host\":\"WARD-3\",\"command\":"
	                       "\"confine undo j/1.journal\""));
	/* One verdict line: how it stands now. */
	const char *verdict = strstr(text, "{\"type\":\"verdict\"");
	assert_non_null(verdict);
	assert_null(strstr(verdict + 1, "{\"type\":\"verdict\""));
	free(text);
	story_free(s);
}

static void
a_plan_that_is_only_shown_has_no_journal(void **state)
{
	struct story *s = make_story();

	(void)state;
	s->told.journal = "";
	s->told.after = NULL;
	char *json = told_as("json", &s->told);
	assert_null(strstr(json, "\"journal\""));
	assert_null(strstr(json, "\"type\":\"before\""));
	assert_non_null(strstr(json, "\"infected\":1,"));
	free(json);
	story_free(s);
}

/* What stayed for a person then is not what stays now. */
static void
an_undo_tells_no_notes(void **state)
{
	struct story *s = make_story();

	(void)state;
	s->told.is_undo = true;
	char *json = told_as("json", &s->told);
	char *text = told_as("text", &s->told);
	assert_null(strstr(json, "\"type\":\"person\""));
	assert_null(strstr(json, "\"type\":\"left\""));
	assert_null(strstr(text, "Install KB958644"));
	assert_non_null(strstr(text, "Next:"));
	free(json);
	free(text);
	story_free(s);
}

static void
alike(struct story *s, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char target[32];

		snprintf(target, sizeof target, "C:\\At%zu.job", i + 1);
		add(s->plan, target, CHANGE_PLANNED);
		s->plan->at[s->plan->count - 1].kind = CHANGE_DELETE_TASK;
		snprintf(s->plan->at[s->plan->count - 1].says, SENTENCE_ROOM,
		         "Delete the task At%zu", i + 1);
	}
}

static void
many_alike_are_told_once_and_every_place_is_shown(void **state)
{
	struct story *s = make_story();

	(void)state;
	alike(s, 4);
	char *text = told_as("text", &s->told);
	assert_non_null(strstr(text, "  planned    Delete the task At1\n"
	                             "               C:\\At1.job\n"
	                             "             and 3 more alike:\n"
	                             "               C:\\At2.job\n"
	                             "               C:\\At3.job\n"
	                             "               C:\\At4.job\n"));
	assert_null(strstr(text, "task At2"));
	free(text);
	story_free(s);
}

static void
three_alike_are_told_each(void **state)
{
	struct story *s = make_story();

	(void)state;
	alike(s, 3);
	char *text = told_as("text", &s->told);
	assert_non_null(strstr(text, "task At3"));
	assert_null(strstr(text, "more alike"));
	free(text);
	story_free(s);
}

static void
csv_guards_its_cells(void **state)
{
	struct story *s = make_story();
	char *text = told_as("csv", &s->told);

	(void)state;
	assert_non_null(strstr(text, "\nchange,WARD-3,1,file-quarantine,\"C:\\<b>\\x1b["
	                             "2J\"\"&'=1,2\\x.dll\",,,svc-worm,verified,"));
	assert_non_null(strstr(text, ",0,svc-worm,j/1.journal\n"));
	free(text);
	story_free(s);
}

static void
pages_escape_what_a_disk_chose(void **state)
{
	static const char *const formats[] = { "html", "xml" };
	struct story *s = make_story();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *text = told_as(formats[i], &s->told);

		assert_null(strstr(text, "<b>\\x1b"));
		assert_null(strchr(text, 0x1b));
		assert_non_null(strstr(text, "C:\\&lt;b&gt;"));
		assert_non_null(strstr(text, "j/1.journal"));
		free(text);
	}
	story_free(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_says_what_it_is_and_what_it_was),
		cmocka_unit_test(json_has_the_journal_in_its_summary),
		cmocka_unit_test(a_plan_that_is_only_shown_has_no_journal),
		cmocka_unit_test(an_undo_tells_no_notes),
		cmocka_unit_test(many_alike_are_told_once_and_every_place_is_shown),
		cmocka_unit_test(three_alike_are_told_each),
		cmocka_unit_test(csv_guards_its_cells),
		cmocka_unit_test(pages_escape_what_a_disk_chose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

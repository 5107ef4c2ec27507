#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/nearest.h"
#include "cmd/print.h"
#include "know/detectors.h"
#include "know/traces.h"
#include "know/variants.h"

#define INDENT 2u
#define ID_COLUMNS 26u
#define TAG_ROOM 32
#define JSON_MOST (64u * 1024u)

struct explain_options {
	const char *format;
};

static const struct option_row rows[] = {
	{ .name = "format",
	  .kind = OPTION_TEXT,
	  .offset = offsetof(struct explain_options, format),
	  .value = "text|json",
	  .does = "for people, or one JSON object a trace" },
};

static const char *const how_sure[] = {
	[GRADE_CONCLUSIVE] =
	    "Conclusive: this alone is enough to call a host infected. No other "
	    "cause of it is documented.",
	[GRADE_STRONG] =
	    "Strong: it is seldom anything but the worm, yet not never. A host "
	    "with it is suspect until somebody has looked at the machine itself.",
	[GRADE_WEAK] =
	    "Weak: it counts only beside other signs, and never decides alone.",
	[GRADE_EXONERATING] =
	    "Speaks against the worm, as far as can be seen from here, and only "
	    "for the moment in which it was seen.",
	[GRADE_UNDETERMINED] =
	    "Says nothing either way: a question could not be asked, or was not "
	    "answered. The host is neither infected nor clean by this.",
};

static void
section(const char *heading, const char *text)
{
	if (!*text)
		return;
	printf("\n%s\n", heading);
	print_paragraphs(stdout, text, INDENT);
}

/* What others call the variant that is Microsoft's `letter`. */
static void
say_names(const char *letter)
{
	const struct variant *v = variant_find(letter);
	char text[512];

	if (!v)
		return;
	snprintf(text, sizeof text,
	         "first seen %s; SRI: %s; Bonn and Honeynet: %s; nmap: %s; "
	         "Symantec: %s; ESET: %s; Kaspersky: %s; F-Secure: %s; "
	         "Trend Micro: %s; Sophos: %s",
	         v->first_seen, v->sri, v->bonn, v->nmap, v->symantec, v->eset,
	         v->kaspersky, v->f_secure, v->trend, v->sophos);
	printf("%*s%s  ", (int)INDENT, "", letter);
	print_wrapped(stdout, text, INDENT + 3, INDENT + 3);
}

static void
say_variants(const struct trace *t)
{
	bool against = t->grade == GRADE_EXONERATING;
	char letters[VARIANTS_ROOM];
	char text[96];
	size_t len = 0;

	if (t->variants == 0)
		return;
	variants_text(letters, t->variants);
	for (const char *c = letters; *c && len + 3 < sizeof text; c++) {
		text[len++] = *c;
		if (*c == ',')
			text[len++] = ' ';
	}
	snprintf(text + len, sizeof text - len, "%s",
	         against ? " in Microsoft's letters."
	                 : " in Microsoft's letters. Others call them:");
	section(against ? "Which variants it speaks against" : "Which variants", text);
	for (char *c = letters; *c && !against; c++) {
		if (*c != ',')
			say_names((char[]){ *c, 0 });
	}
}

/* Cuts the next tag off a list; false at its end. */
static bool
next_tag(const char **tags, char tag[TAG_ROOM])
{
	*tags += strspn(*tags, " ");
	size_t len = strcspn(*tags, " ");

	if (len == 0)
		return false;
	snprintf(tag, TAG_ROOM, "%.*s", (int)len, *tags);
	*tags += len;
	return true;
}

static void
say_sources(const struct trace *t)
{
	const char *tags = t->sources;
	char tag[TAG_ROOM];

	print_text(stdout, "\nSources\n");
	while (next_tag(&tags, tag)) {
		const struct source *s = source_find(tag);

		print_spaces(stdout, INDENT);
		printf("%-5s ", tag);
		unsigned at = INDENT + 6 +
		              (strlen(tag) > 5 ? (unsigned)strlen(tag) - 5 : 0);
		print_wrapped(stdout, s ? s->text : "", at, INDENT + 6);
	}
}

static void
say_text(const struct trace *t)
{
	printf("%s\n", t->id);
	print_paragraphs(stdout, t->title, INDENT);
	section("What it is", t->meaning);
	section("What it may be taken for, and what it cannot tell", t->fooled);
	section("What to do", t->next);
	say_variants(t);
	section("How sure it is", how_sure[t->grade]);
	say_sources(t);
}

static void
put_member(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_text(j, text);
}

static void
trace_json(struct json *j, const struct trace *t)
{
	const char *tags = t->sources;
	char tag[TAG_ROOM];

	json_open(j, '{');
	put_member(j, "type", "trace");
	put_member(j, "id", t->id);
	put_member(j, "detector", t->detector);
	put_member(j, "grade", grade_name(t->grade));
	json_key(j, "variants");
	variants_json(j, t->variants);
	put_member(j, "title", t->title);
	put_member(j, "meaning", t->meaning);
	put_member(j, "fooled", t->fooled);
	put_member(j, "next", t->next);
	json_key(j, "sources");
	json_open(j, '[');
	while (next_tag(&tags, tag)) {
		const struct source *s = source_find(tag);

		json_open(j, '{');
		put_member(j, "tag", tag);
		put_member(j, "text", s ? s->text : "");
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static int
say_json(const struct trace *t)
{
	OWN(buf_free) struct buf b = { 0 };
	struct json j;

	buf_init(&b, JSON_MOST);
	json_init(&j, &b);
	trace_json(&j, t);
	const char *line = buf_string(&b);
	if (b.bad) {
		fputs("confine explain: no memory for the answer; free some\n", stderr);
		return 2;
	}
	puts(line);
	return 0;
}

static void
list_row(const struct trace *t)
{
	unsigned wide = print_columns(t->id);
	unsigned at = INDENT + (wide > ID_COLUMNS ? wide : ID_COLUMNS) + 1;

	printf("%*s%-*s ", (int)INDENT, "", (int)ID_COLUMNS, t->id);
	print_wrapped(stdout, t->title, at, INDENT + ID_COLUMNS + 1);
}

/* The ids with their titles, by detector. */
static void
list_text(void)
{
	for (size_t i = 0; i < detectors_count; i++) {
		const struct detector *d = &detectors[i];

		printf("%s%s: ", i ? "\n" : "", d->id);
		print_wrapped(stdout, d->what, print_columns(d->id) + 2, 5);
		for (size_t k = 0; k < traces_count; k++) {
			if (strcmp(traces[k].detector, d->id) == 0)
				list_row(&traces[k]);
		}
	}
}

static int
list(bool json)
{
	int code = 0;

	if (!json)
		list_text();
	for (size_t i = 0; json && i < traces_count && code == 0; i++)
		code = say_json(&traces[i]);
	return code;
}

static int
unknown(const char *id)
{
	struct nearest near = nearest_to(id);

	for (size_t i = 0; i < traces_count; i++)
		nearest_offer(&near, traces[i].id);
	if (near.name)
		fprintf(stderr,
		        "confine explain: there is no trace %s; did you mean %s?\n", id,
		        near.name);
	else
		fprintf(stderr,
		        "confine explain: there is no trace %s; "
		        "confine explain lists all\n",
		        id);
	return 2;
}

static int
run(int argc, char **argv)
{
	struct explain_options options = { .format = "text" };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	size_t count = 0;

	if (!words) {
		fputs("confine explain: no memory to begin with; free some\n", stderr);
		return 2;
	}
	int code = options_read(&cmd_explain, argv, &options, words, &count);
	if (code != OPTIONS_GO_ON)
		return code;
	bool json = strcmp(options.format, "json") == 0;
	if (count == 0)
		return list(json);
	for (size_t i = 0; i < count; i++) {
		const struct trace *t = trace_find(words[i]);

		if (!t)
			return unknown(words[i]);
		if (json && say_json(t) != 0)
			return 2;
		if (json)
			continue;
		print_text(stdout, i ? "\n" : "");
		say_text(t);
	}
	return 0;
}

const struct command cmd_explain = {
	.name = "explain",
	.run = run,
	.does = "what a trace is, its sources, what fools it, what to do",
	.usage = "explain [OPTIONS] [TRACE...]",
	.about = "A trace is one sign of the worm, or one reason why confine could not "
		 "tell: the short name that a verdict gives as its reason. explain "
		 "says what it is, what else looks the same, what to do now, how sure "
		 "it is, and who found it out.\n"
		 "Without a trace it lists all of them.",
	.examples = "confine explain # all traces, by detector\n"
		    "confine explain netpath-invalid-parameter # one of them\n"
		    "confine explain --format json # all of them for a program\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/own.h"
#include "base/when.h"
#include "cmd/commands.h"
#include "cmd/facts.h"
#include "cmd/known.h"
#include "cmd/print.h"
#include "know/traces.h"
#include "sys/clock.h"
#include "sys/platform.h"

#define JSON_MOST (64u * 1024u)

struct selftest_options {
	const char *format;
};

static const struct option_row rows[] = {
	{ .name = "format",
	  .kind = OPTION_TEXT,
	  .offset = offsetof(struct selftest_options, format),
	  .value = "text|json",
	  .does = "for people, or one JSON object" },
};

struct fact *
facts_add(struct facts *all, const char *name)
{
	if (all->count < FACTS_MOST)
		all->count++;
	struct fact *f = &all->at[all->count - 1];
	*f = (struct fact){ .name = name };
	return f;
}

static void
gather(struct facts *all)
{
	struct fact *f = facts_add(all, "version");

	(void)text_copy(f->value, FACT_ROOM, CONFINE_VERSION);
	f = facts_add(all, "platform");
	platform_name(f->value);
	f = facts_add(all, "kernel");
	platform_kernel(f->value);
	facts_of_platform(all);
	f = facts_add(all, "traces");
	snprintf(f->value, FACT_ROOM, "%zu", traces_count);
	f = facts_add(all, "time");
	when_text(f->value, clock_now());
}

static size_t
count_knowns(void)
{
	return knowns_count + knowns_of_platform_count;
}

static const struct known *
known_at(size_t i)
{
	return i < knowns_count ? &knowns[i] : &knowns_of_platform[i - knowns_count];
}

/* Runs all of them; returns how many hold. */
static size_t
try_all(bool *holds)
{
	size_t good = 0;

	for (size_t i = 0; i < count_knowns(); i++) {
		holds[i] = known_at(i)->holds();
		good += holds[i];
	}
	return good;
}

static void
say_text(const struct facts *facts, const bool *holds)
{
	for (size_t i = 0; i < facts->count; i++) {
		printf("%-12s ", facts->at[i].name);
		print_wrapped(stdout, facts->at[i].value, 13, 13);
	}
	print_text(stdout, "\nKnown answers of the tables and codecs\n");
	for (size_t i = 0; i < count_knowns(); i++)
		printf("%-12s %s\n", holds[i] ? "ok" : "FAILED", known_at(i)->name);
}

static int
say_json(const struct facts *facts, const bool *holds)
{
	OWN(buf_free) struct buf b = { 0 };
	struct json j;

	buf_init(&b, JSON_MOST);
	json_init(&j, &b);
	json_open(&j, '{');
	json_key(&j, "type");
	json_text(&j, "selftest");
	for (size_t i = 0; i < facts->count; i++) {
		json_key(&j, facts->at[i].name);
		json_text(&j, facts->at[i].value);
	}
	json_key(&j, "checks");
	json_open(&j, '[');
	for (size_t i = 0; i < count_knowns(); i++) {
		json_open(&j, '{');
		json_key(&j, "name");
		json_text(&j, known_at(i)->name);
		json_key(&j, "ok");
		json_bool(&j, holds[i]);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	const char *line = buf_string(&b);
	if (b.bad) {
		fputs("confine selftest: no memory for the answer; free some\n",
		      stderr);
		return 2;
	}
	puts(line);
	return 0;
}

static int
run(int argc, char **argv)
{
	struct selftest_options options = { .format = "text" };
	OWN(own_mem) char **words = calloc((size_t)argc + 1, sizeof *words);
	OWN(own_mem) bool *holds = calloc(count_knowns(), sizeof *holds);
	struct facts facts = { .count = 0 };
	size_t word_count = 0;

	if (!words || !holds) {
		fputs("confine selftest: no memory to begin with; free some\n", stderr);
		return 2;
	}
	int code = options_read(&cmd_selftest, argv, &options, words, &word_count);
	if (code != OPTIONS_GO_ON)
		return code;
	if (word_count > 0) {
		fprintf(stderr,
		        "confine selftest: %s: there is nothing to name here; "
		        "write confine selftest\n",
		        words[0]);
		return 2;
	}
	gather(&facts);
	size_t good = try_all(holds);
	code = good == count_knowns() ? 0 : 2;
	if (strcmp(options.format, "json") == 0)
		return say_json(&facts, holds) ? 2 : code;
	say_text(&facts, holds);
	printf("selftest: %zu of %zu ok\n", good, count_knowns());
	return code;
}

const struct command cmd_selftest = {
	.name = "selftest",
	.run = run,
	.does = "what this machine allows, and whether this build is sound",
	.usage = "selftest [OPTIONS]",
	.about = "Says which version runs where, and whether foreign bytes can be "
		 "decoded in a cage (a child process that may open nothing). Then it "
		 "asks its own tables and codecs questions whose answers are known. "
		 "Nothing is sent anywhere.\n"
		 "The exit code is 0 when all answers were right, and 2 otherwise: "
		 "then do not trust this build, and build it again.",
	.examples = "confine selftest # before the first scan, and in a bug report\n"
		    "confine selftest --format json # the same for a program\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};

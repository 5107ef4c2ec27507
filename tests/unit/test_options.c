#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/help.h"
#include "cmd/nearest.h"
#include "cmd/options.h"

struct fish_options {
	bool all;
	unsigned verbose;
	const char *output;
	const char *list;
	const char *color;
	uint64_t rate;
	uint64_t seed;
	struct words skip;
};

#define AT(member) .offset = offsetof(struct fish_options, member)

static const struct option_row fish_rows[] = {
	{ "all", 0, OPTION_FLAG, AT(all), .does = "fish everywhere" },
	{ "color", 0, OPTION_TEXT, AT(color), .value = "auto|always|never",
	  .does = "colors" },
	{ "iL", 0, OPTION_TEXT, AT(list), .value = "FILE", .does = "ponds from FILE" },
	{ "output", 'o', OPTION_TEXT, AT(output), .value = "FILE",
	  .does = "write to FILE" },
	{ "rate", 0, OPTION_NUMBER, AT(rate), 1, 100, "N", "casts a second" },
	{ "seed", 0, OPTION_NUMBER, AT(seed), .value = "N", .does = "the order" },
	{ "skip", 0, OPTION_LIST, AT(skip), .value = "POND", .does = "leave POND out" },
	{ NULL, 'v', OPTION_COUNT, AT(verbose), .does = "say more" },
};

static const struct command fish = {
	.name = "fish",
	.does = "catch fish",
	.usage = "fish [OPTIONS] POND…",
	.about = "Fish are caught, looked at and put back.",
	.examples = "confine fish lake    # one pond\n",
	.options = fish_rows,
	.option_count = sizeof fish_rows / sizeof fish_rows[0],
};

/* What became of a command line. */
#define LINE_MOST 80
static struct fish_options options;
static char *words[LINE_MOST];
static size_t word_count;
static char said_out[8192];
static char said_err[1024];

/* Lets a stream write into a file for a while. */
struct detour {
	FILE *stream;
	FILE *file;
	int kept;
};

static struct detour
detour_begin(FILE *stream)
{
	struct detour d = { .stream = stream, .file = tmpfile() };

	assert_non_null(d.file);
	fflush(stream);
	d.kept = dup(fileno(stream));
	dup2(fileno(d.file), fileno(stream));
	return d;
}

static void
detour_end(struct detour *d, char *said, size_t room)
{
	fflush(d->stream);
	dup2(d->kept, fileno(d->stream));
	close(d->kept);
	rewind(d->file);
	said[fread(said, 1, room - 1, d->file)] = 0;
	fclose(d->file);
}

/* Reads "confine fish LINE"; the words of LINE are parted by blanks. */
static int
read_line(const char *line)
{
	static char text[2048];
	char *argv[LINE_MOST] = { (char[]){ "fish" } };
	size_t argc = 1;

	snprintf(text, sizeof text, "%s", line);
	for (char *word = text; *word && argc < LINE_MOST - 1;) {
		char *end = word + strcspn(word, " ");
		bool more = *end == ' ';

		*end = 0;
		argv[argc++] = word;
		word = end + more;
	}
	options = (struct fish_options){ .rate = 7, .color = "auto" };
	struct detour err = detour_begin(stderr);
	struct detour out = detour_begin(stdout);
	int code = options_read(&fish, argv, &options, words, &word_count);
	detour_end(&out, said_out, sizeof said_out);
	detour_end(&err, said_err, sizeof said_err);
	return code;
}

static void
refuses(const char *line, const char *with)
{
	assert_int_equal(read_line(line), 2);
	assert_string_equal(said_err, with);
	assert_string_equal(said_out, "");
}

static void
what_is_not_given_keeps_its_default(void **state)
{
	(void)state;
	assert_int_equal(read_line("lake"), OPTIONS_GO_ON);
	assert_int_equal(options.rate, 7);
	assert_string_equal(options.color, "auto");
	assert_null(options.output);
	assert_int_equal(word_count, 1);
	assert_string_equal(words[0], "lake");
}

static void
a_value_stands_behind_its_option_or_is_attached_to_it(void **state)
{
	(void)state;
	assert_int_equal(read_line("--rate 5 -o catch"), OPTIONS_GO_ON);
	assert_int_equal(options.rate, 5);
	assert_string_equal(options.output, "catch");
	assert_int_equal(read_line("--rate=6 -ocatch"), OPTIONS_GO_ON);
	assert_int_equal(options.rate, 6);
	assert_string_equal(options.output, "catch");
	assert_int_equal(read_line("--output=-catch"), OPTIONS_GO_ON);
	assert_string_equal(options.output, "-catch");
}

static void
nmaps_one_dash_is_understood(void **state)
{
	(void)state;
	assert_int_equal(read_line("-iL ponds"), OPTIONS_GO_ON);
	assert_string_equal(options.list, "ponds");
	assert_int_equal(read_line("-iL -"), OPTIONS_GO_ON);
	assert_string_equal(options.list, "-");
}

static void
options_stand_anywhere_and_two_dashes_end_them(void **state)
{
	(void)state;
	assert_int_equal(read_line("lake --all - -- --rate"), OPTIONS_GO_ON);
	assert_true(options.all);
	assert_int_equal(word_count, 3);
	assert_string_equal(words[0], "lake");
	assert_string_equal(words[1], "-");
	assert_string_equal(words[2], "--rate");
}

static void
a_letter_given_twice_counts_twice(void **state)
{
	(void)state;
	assert_int_equal(read_line("-vv -v"), OPTIONS_GO_ON);
	assert_int_equal(options.verbose, 3);
	assert_int_equal(read_line("-vo catch"), OPTIONS_GO_ON);
	assert_int_equal(options.verbose, 1);
	assert_string_equal(options.output, "catch");
}

static void
a_list_gathers_what_is_given(void **state)
{
	(void)state;
	assert_int_equal(read_line("--skip a --skip=b"), OPTIONS_GO_ON);
	assert_int_equal(options.skip.count, 2);
	assert_string_equal(options.skip.at[0], "a");
	assert_string_equal(options.skip.at[1], "b");
}

static void
a_list_has_an_end(void **state)
{
	char line[1024] = "";
	size_t len = 0;

	(void)state;
	for (int i = 0; i < WORDS_MOST; i++)
		len += (size_t)snprintf(line + len, sizeof line - len, "--skip=a ");
	line[len - 1] = 0;
	assert_int_equal(read_line(line), OPTIONS_GO_ON);
	line[len - 1] = ' ';
	snprintf(line + len, sizeof line - len, "--skip=a");
	refuses(line, "confine fish: --skip is given more than 64 times; "
	              "give it fewer times\n");
}

static void
a_number_is_nothing_but_a_number(void **state)
{
	static const char *const bad[] = { "fast", "5x",  "+5",
		                           "0x5",  "0",   "101",
		                           "5.0",  "1e2", "99999999999999999999" };
	char line[64];
	char with[128];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(line, sizeof line, "--rate=%s", bad[i]);
		snprintf(
		    with, sizeof with,
		    "confine fish: --rate %s: write a whole number from 1 to 100\n",
		    bad[i]);
		refuses(line, with);
	}
	assert_int_equal(read_line("--rate 1"), OPTIONS_GO_ON);
	assert_int_equal(options.rate, 1);
	assert_int_equal(read_line("--rate 100"), OPTIONS_GO_ON);
	assert_int_equal(options.rate, 100);
}

static void
a_number_without_a_limit_goes_to_the_last_bit(void **state)
{
	(void)state;
	assert_int_equal(read_line("--seed 18446744073709551615"), OPTIONS_GO_ON);
	assert_true(options.seed == UINT64_MAX);
	refuses("--seed 18446744073709551616",
	        "confine fish: --seed 18446744073709551616: "
	        "write a whole number, at least 0\n");
}

static void
a_choice_is_held_to(void **state)
{
	(void)state;
	assert_int_equal(read_line("--color never"), OPTIONS_GO_ON);
	assert_string_equal(options.color, "never");
	refuses("--color nev", "confine fish: --color nev: "
	                       "write one of auto|always|never\n");
}

static void
an_unknown_option_is_told_its_nearest(void **state)
{
	(void)state;
	refuses("--rte 5", "confine fish: there is no option --rte; "
	                   "did you mean --rate?\n");
	refuses("--ouptut=x", "confine fish: there is no option --ouptut; "
	                      "did you mean --output?\n");
	refuses("-il", "confine fish: there is no option -il; did you mean -iL?\n");
	refuses("--password=x", "confine fish: there is no option --password; "
	                        "see confine fish --help\n");
}

static void
a_long_name_wants_two_dashes(void **state)
{
	(void)state;
	refuses("-rate 5", "confine fish: there is no option -rate; "
	                   "did you mean --rate?\n");
}

static void
a_value_that_is_missing_is_asked_for(void **state)
{
	(void)state;
	refuses("--rate", "confine fish: --rate needs a value: --rate N\n");
	refuses("--output=", "confine fish: --output needs a value: --output FILE\n");
	refuses("--output --all",
	        "confine fish: --output needs a value before --all: --output FILE\n");
	refuses("--all=yes", "confine fish: --all takes no value; write --all alone\n");
}

static void
help_goes_to_standard_output_and_ends_well(void **state)
{
	static const char expected[] =
	    "Usage: confine fish [OPTIONS] POND…\n"
	    "\n"
	    "Fish are caught, looked at and put back.\n"
	    "\n"
	    "Options:\n"
	    "      --all                      fish everywhere\n"
	    "      --color auto|always|never  colors\n"
	    "      -iL FILE                   ponds from FILE\n"
	    "  -o, --output FILE              write to FILE\n"
	    "      --rate N                   casts a second\n"
	    "      --seed N                   the order\n"
	    "      --skip POND                leave POND out\n"
	    "  -v                             say more\n"
	    "  -h, --help                     show this text\n"
	    "\n"
	    "Examples:\n"
	    "  confine fish lake\n"
	    "      one pond\n";

	(void)state;
	assert_int_equal(read_line("lake --help --nonsense"), 0);
	assert_string_equal(said_out, expected);
	assert_string_equal(said_err, "");
	assert_int_equal(read_line("-vh"), 0);
	assert_string_equal(said_out, expected);
}

static void
the_nearest_name_is_near(void **state)
{
	struct nearest near = nearest_to("sacn");

	(void)state;
	nearest_offer(&near, "case");
	assert_null(near.name);
	nearest_offer(&near, "scan");
	assert_string_equal(near.name, "scan");
	near = nearest_to("netpath-inv");
	nearest_offer(&near, "netpath-invalid-parameter");
	assert_string_equal(near.name, "netpath-invalid-parameter");
	near = nearest_to("");
	nearest_offer(&near, "scan");
	assert_null(near.name);
}

static void
assert_options_differ(const struct option_row *a, const struct option_row *b)
{
	if (a->name && b->name)
		assert_string_not_equal(a->name, b->name);
	if (a->letter)
		assert_int_not_equal(a->letter, b->letter);
}

static void
assert_option_is_whole(const struct option_row *row)
{
	assert_true(row->name || row->letter);
	assert_int_not_equal(row->letter, 'h');
	assert_true(row->does && *row->does);
	if (row->kind != OPTION_FLAG && row->kind != OPTION_COUNT)
		assert_true(row->value && *row->value);
}

/* The tables of all commands keep to what the reading of them relies on. */
static void
every_option_of_every_command_can_be_reached_and_is_explained(void **state)
{
	(void)state;
	for (const struct command *const *c = commands; *c; c++) {
		assert_in_range((*c)->option_count, 1, OPTIONS_MOST);
		for (size_t i = 0; i < (*c)->option_count; i++) {
			assert_option_is_whole(&(*c)->options[i]);
			for (size_t k = 0; k < i; k++)
				assert_options_differ(&(*c)->options[i],
				                      &(*c)->options[k]);
		}
	}
}

static void
no_command_takes_a_password_where_others_can_see_it(void **state)
{
	(void)state;
	for (const struct command *const *c = commands; *c; c++) {
		for (size_t i = 0; i < (*c)->option_count; i++) {
			const char *name = (*c)->options[i].name;

			if (name)
				assert_string_not_equal(name, "password");
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_given_keeps_its_default),
		cmocka_unit_test(a_value_stands_behind_its_option_or_is_attached_to_it),
		cmocka_unit_test(nmaps_one_dash_is_understood),
		cmocka_unit_test(options_stand_anywhere_and_two_dashes_end_them),
		cmocka_unit_test(a_letter_given_twice_counts_twice),
		cmocka_unit_test(a_list_gathers_what_is_given),
		cmocka_unit_test(a_list_has_an_end),
		cmocka_unit_test(a_number_is_nothing_but_a_number),
		cmocka_unit_test(a_number_without_a_limit_goes_to_the_last_bit),
		cmocka_unit_test(a_choice_is_held_to),
		cmocka_unit_test(an_unknown_option_is_told_its_nearest),
		cmocka_unit_test(a_long_name_wants_two_dashes),
		cmocka_unit_test(a_value_that_is_missing_is_asked_for),
		cmocka_unit_test(help_goes_to_standard_output_and_ends_well),
		cmocka_unit_test(the_nearest_name_is_near),
		cmocka_unit_test(
		    every_option_of_every_command_can_be_reached_and_is_explained),
		cmocka_unit_test(no_command_takes_a_password_where_others_can_see_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The page of `logons`: which machine it names, what strangers can do to it, and how
 * large it grows. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tell/attack_map.h"
#include "tell/logons.h"
#include "tell/svg_storm.h"
#include "tests/unit/logons_sample.h"

static size_t
occurrences(const char *text, const char *word)
{
	size_t count = 0;

	for (text = strstr(text, word); text; text = strstr(text + 1, word))
		count++;
	return count;
}

/* To be freed. */
static char *
page_of(const struct told_logons *told)
{
	struct style style = { .color = false };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(logons_html(f, told, &style), OK);
	assert_int_equal(fclose(f), 0);
	return text;
}

static char *
page_of_sample(size_t attackers, size_t others)
{
	struct logons_sample s;

	logons_sample_init(&s, attackers, others);
	char *page = page_of(&s.told);
	logons_sample_free(&s);
	return page;
}

/* ---- the headline */

static void
assert_headline(const struct attacker *a, const char *headline, const char *command)
{
	struct logons_sample s;

	logons_sample_init(&s, 0, 0);
	const struct attacker *none = s.told.at;
	s.told.count = s.told.attackers = 1;
	s.told.at = a;
	char *page = page_of(&s.told);
	const char *h1 = strstr(page, "<h1>");
	assert_non_null(h1);
	assert_int_equal(strncmp(h1 + 4, headline, strlen(headline)), 0);
	if (command)
		assert_non_null(strstr(page, command));
	assert_int_equal(occurrences(page, "confine scan "), command ? 1 : 0);
	free(page);
	s.told.at = none;
	logons_sample_free(&s);
}

static void
assert_nobody(struct logons_totals totals, const char *headline)
{
	struct logons_sample s;

	logons_sample_init(&s, 0, 0);
	totals.since_ms = INT64_MIN;
	totals.until_ms = INT64_MAX;
	s.totals = totals;
	char *page = page_of(&s.told);
	assert_non_null(strstr(page, headline));
	free(page);
	logons_sample_free(&s);
}

static void
nobody_is_said_as_surely_as_it_is_known(void **state)
{
	(void)state;
	assert_nobody((struct logons_totals){ .logs = 2, .security = 9 },
	              "<h1>Nobody is seen to guess passwords</h1>");
	assert_nobody((struct logons_totals){ .logs = 2, .security = 9, .marred = 1 },
	              "<h1>Nobody is seen to guess passwords, but not all could be "
	              "read</h1>");
	assert_nobody((struct logons_totals){ .unread = 2 },
	              "<h1>No event log was read</h1>");
}

static void
who_attacks_the_deaf_is_not_nobody(void **state)
{
	struct logons_sample s;

	(void)state;
	logons_sample_init(&s, 0, 5);
	logons_sample_deafen(&s, 1);
	char *page = page_of(&s.told);
	assert_non_null(strstr(page, "<h1>Who attacks 1 machine is unknown</h1>"));
	assert_null(strstr(page, "Nobody"));
	assert_non_null(strstr(page, "<bdi>&lt;b&gt;DEAF-0</bdi></th><td>failed logons "
	                             "are not recorded since 2009-01-16 09:30:00"));
	assert_non_null(strstr(page, "confine audit enable"));
	free(page);
	logons_sample_free(&s);
	/* Where there is an attacker it stands below the command, above the rest. */
	logons_sample_init(&s, 3, 5);
	logons_sample_deafen(&s, SAMPLE_UNAUDITED);
	page = page_of(&s.told);
	const char *said = strstr(page, "Who attacks 20 machines is unknown</h2>");
	assert_non_null(said);
	assert_true(said > strstr(page, "<code>confine scan"));
	assert_true(said < strstr(page, "<h2 id=\"storm\""));
	assert_non_null(strstr(page, "… and 8 more; <code>--format json</code>"));
	free(page);
	logons_sample_free(&s);
}

/* Both say the same; the page, of HTML. */
static void
assert_next(const struct told_logons *told, const char *case_name, const char *command)
{
	struct style style = { .case_name = case_name };
	char *text = NULL;
	char *page = NULL;
	size_t len = 0;

	FILE *f = open_memstream(&text, &len);
	assert_non_null(f);
	assert_int_equal(logons_text(f, told, &style), OK);
	assert_int_equal(fclose(f), 0);
	f = open_memstream(&page, &len);
	assert_non_null(f);
	assert_int_equal(logons_html(f, told, &style), OK);
	assert_int_equal(fclose(f), 0);
	const char *next = strstr(text, "Next:");
	const char *shown = strstr(page, "<p class=\"do\"><code>");
	assert_non_null(next);
	if (command) {
		assert_non_null(strstr(next, command));
		assert_non_null(shown);
		assert_int_equal(strncmp(shown + 20, command, strlen(command)), 0);
		assert_int_equal(strncmp(shown + 20 + strlen(command), "</code>", 7),
		                 0);
	} else {
		assert_null(strstr(next, "confine"));
		assert_null(shown);
	}
	free(text);
	free(page);
}

static void
the_next_step_is_that_of_the_text(void **state)
{
	struct attacker at[2] = {
		{ .workstation = "WARD-3", .failures = 9, .score = 0.9 },
		{ .address = "10.0.3.8", .failures = 8, .score = 0.8 }
	};
	struct logons_sample s;

	(void)state;
	logons_sample_init(&s, 0, 0);
	struct told_logons told = s.told;
	told.at = at;
	told.count = told.attackers = 2;
	assert_next(&told, NULL, "confine scan WARD-3");
	(void)text_copy(at[0].host, sizeof at[0].host, "10.0.3.7");
	at[0].host_state = STATE_SUSPECT;
	assert_next(&told, "ward.case", "confine scan 10.0.3.7 --case ward.case");
	at[0].host_state = STATE_INFECTED;
	assert_next(&told, "ward.case", "confine case show 10.0.3.7 --case ward.case");
	at[0].host_state = STATE_CLEAN;
	assert_next(&told, "ward.case", "confine scan 10.0.3.8 --case ward.case");
	(void)text_copy(at[1].host, sizeof at[1].host, "10.0.3.8");
	at[1].host_state = STATE_CLEAN;
	assert_next(&told, "ward.case", NULL);
	char *page = page_of(&told);
	assert_non_null(
	    strstr(page, "<h1>Who guessed passwords has been found clean since</h1>"));
	assert_non_null(strstr(page, "In the case it is 10.0.3.8, which is clean"));
	free(page);
	logons_sample_free(&s);
}

static void
the_machine_to_go_to_is_the_headline(void **state)
{
	struct attacker a = { .failures = 9, .score = 0.9 };

	(void)state;
	(void)text_copy(a.unknown_on, sizeof a.unknown_on, "FILESRV");
	assert_headline(&a, "Passwords are guessed, by <bdi>somebody on FILESRV</bdi>",
	                NULL);
	(void)text_copy(a.workstation, sizeof a.workstation, "WARD-3");
	assert_headline(
	    &a, "Go to <bdi>WARD-3</bdi> first:", "<code>confine scan WARD-3</code>");
	(void)text_copy(a.address, sizeof a.address, "10.0.3.7");
	assert_headline(&a, "Go to <bdi>WARD-3</bdi> (10.0.3.7) first:",
	                "<code>confine scan 10.0.3.7</code>");
	a.is_shared = true;
	assert_headline(&a,
	                "Somebody guesses passwords through <bdi>WARD-3</bdi> "
	                "(10.0.3.7)</h1>",
	                "<code>confine scan 10.0.3.7</code>");
}

static void
a_made_up_name_gets_no_command(void **state)
{
	static const char *const names[] = { "$(reboot)", "-o/etc/passwd", "A;B", "A B",
		                             "`id`" };
	struct attacker a = { .failures = 9, .score = 0.9 };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)text_copy(a.workstation, sizeof a.workstation, names[i]);
		assert_headline(&a,
		                "Who guesses passwords gives a made-up name: ", NULL);
	}
}

static void
without_an_attacker_there_is_no_picture(void **state)
{
	char *page = page_of_sample(0, 5);

	(void)state;
	assert_null(strstr(page, "class=\"storm\""));
	assert_null(strstr(page, "class=\"attacks"));
	assert_non_null(strstr(page, "<b>5 other sources</b>"));
	free(page);
}

/* ---- strangers */

static void
names_stay_text(void **state)
{
	char *page = page_of_sample(9, 5);

	(void)state;
	assert_non_null(strstr(page, "&lt;/text&gt;&lt;/svg&gt;&lt;script&gt;"));
	assert_non_null(strstr(page, "\\u202egpj.exe"));
	assert_non_null(strstr(page, "\\x1b]0;owned\\x07&quot;&#39;&amp;&lt;!--"));
	assert_non_null(strstr(page, "<bdi>logs/&lt;b&gt;SecEvent.Evt</bdi>"));
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "<b>SecEvent"));
	assert_null(strchr(page, '\x1B'));
	assert_null(strstr(page, "\xE2\x80\xAE"));
	assert_int_equal(occurrences(page, " style="), 0);
	assert_int_equal(occurrences(page, "src="), 0);
	assert_int_equal(occurrences(page, "http:"), 0);
	assert_int_equal(occurrences(page, "https:"), 0);
	free(page);
}

static void
a_long_name_is_cut_in_pictures_only(void **state)
{
	char *page = page_of_sample(9, 0);
	const char *name = "A-NAME-THAT-IS-FAR-LONGER-THAN-WINDOWS-EVER-LET-ANY-"
			   "MACHINE-HAVE-AND-THEN-SOME-MORE-OF-IT-TO-FILL-THE-ROOM";

	(void)state;
	assert_non_null(strstr(page, ">A-NAME-THAT-IS-FAR…</text>"));
	assert_non_null(strstr(page, name));
	free(page);
}

/* ---- order, and whom it is on */

static void
the_order_is_told_in_the_words_of_the_text(void **state)
{
	static const char words[] = "logged on to it at 09:34:00 UTC, after 4000 "
				    "failures; 7 minutes later it began.";
	char *page = page_of_sample(3, 0);

	(void)state;
	/* In the table, and at the arrow. */
	assert_non_null(strstr(page, "<td><bdi>WARD-0</bdi> (10.0.0.1) logged on"));
	assert_non_null(strstr(page, "<title>WARD-1: WARD-0 (10.0.0.1) logged on"));
	assert_int_equal(occurrences(page, words), 2);
	assert_int_equal(occurrences(page, "<path class=\"leads\""), 2 + 1);
	assert_int_equal(occurrences(page, "nothing shows where it has it from."), 1);
	free(page);
}

static void
what_is_attacked_is_folded_behind_the_first_ten(void **state)
{
	struct logons_sample s;

	(void)state;
	logons_sample_init(&s, 3, 0);
	char *page = page_of(&s.told);
	const char *folded = strstr(page, "The next <b>10</b>");
	assert_non_null(strstr(page, "37 accounts are guessed, on 30 machines."));
	assert_non_null(folded);
	assert_true(strstr(page, "<bdi>user09</bdi>") < folded);
	assert_true(strstr(page, "<bdi>user10</bdi>") > folded);
	assert_null(strstr(page, "<bdi>user20</bdi>"));
	assert_non_null(strstr(page, "… and 17 more; <code>--top"));
	assert_non_null(strstr(page, "<bdi>user00</bdi><span>locked out</span>"));
	assert_non_null(strstr(page, "<bdi>&lt;i&gt;\\u202enimda&lt;/i&gt;</bdi>"));
	free(page);
	s.told.account_count = s.told.target_count = 10;
	page = page_of(&s.told);
	assert_null(strstr(page, "The next <b>"));
	free(page);
	logons_sample_free(&s);
}

/* ---- how large */

static void
the_page_does_not_grow_with_its_sources(void **state)
{
	char *some = page_of_sample(100, 100);
	char *many = page_of_sample(3000, 3000);

	(void)state;
	assert_true(strlen(many) < strlen(some) + 1000);
	assert_int_equal(occurrences(many, "<tr id=\"a"), 20);
	assert_int_equal(occurrences(many, "<text class=\"who\""),
	                 BANDS_MOST + MAP_ATTACKERS);
	assert_true(occurrences(many, "marker-end") <= MAP_ARROWS);
	assert_non_null(strstr(many, "2,980 more; <code>--top</code>"));
	assert_non_null(strstr(many, "2,988 more are in the "));
	assert_non_null(strstr(many, "what 2,988 attackers more try."));
	free(some);
	free(many);
}

static void
any_times_have_an_axis(void **state)
{
	static const int64_t spans[] = {
		0, 1, 59999, 3600000, 86400000, 31536000000LL * 9, INT64_C(1) << 50
	};
	struct logons_sample s;

	(void)state;
	logons_sample_init(&s, 1, 0);
	struct attacker a = s.told.at[0];
	const struct attacker *from = s.told.at;
	s.told.at = &a;
	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
		a.last_ms = a.first_ms + spans[i];
		a.locked_ms = a.first_ms;
		a.got_in_ms = a.last_ms;
		char *page = page_of(&s.told);
		size_t ticks = occurrences(page, "class=\"tick\"");

		assert_true(ticks >= 1 && ticks <= 12);
		assert_int_equal(occurrences(page, "href=\"#e-lock\""), 2);
		assert_null(strstr(page, "nan"));
		free(page);
	}
	s.told.at = from;
	logons_sample_free(&s);
}

/* ---- who attacks whom */

static void
add(struct attacker *a, const char *target, uint64_t failures, int64_t first_ms)
{
	struct victim *t = &a->targets[a->targets_shown++];

	(void)text_copy(t->name, sizeof t->name, target);
	t->failures = failures;
	t->first_ms = first_ms;
	a->target_count++;
}

static struct attack_map *
map_of(const struct attacker *at, size_t count, const struct spread *spread,
       size_t spread_count)
{
	struct told_logons told = { .at = at,
		                    .count = count,
		                    .attackers = count,
		                    .spread = spread,
		                    .spread_count = spread_count };
	struct attack_map *map = NULL;

	assert_int_equal(attack_map_of(&told, &map), OK);
	return map;
}

static void
who_has_it_from_another_stands_behind_it(void **state)
{
	static const struct spread spread[] = {
		{ .from = 0, .to = 1, .failures = 40 }
	};
	struct attacker at[2] = { { .workstation = "LAB-1" },
		                  { .workstation = "WARD-3" } };

	(void)state;
	add(&at[0], "ward-3.example.org", 40, 4999);
	add(&at[0], "WARD-3", 2, 4000);
	add(&at[1], "LAB-1", 7, 6000);
	add(&at[1], "FILESRV", 7, 6000);
	struct attack_map *map = map_of(at, 2, spread, 1);
	assert_int_equal(map->node_count, 3);
	assert_int_equal(map->stages, 3);
	assert_int_equal(map->nodes[0].stage, 0);
	assert_int_equal(map->nodes[1].stage, 1);
	assert_int_equal(map->nodes[2].stage, 2);
	assert_int_equal(map->arrow_count, 2); /* and one back */
	assert_int_equal(map->other_arrows, 1);
	assert_ptr_equal(map->arrows[0].spread, &spread[0]);
	assert_int_equal(map->arrows[0].to, 1);
	assert_int_equal(map->arrows[0].failures, 42);
	assert_int_equal(map->arrows[0].first_ms, 4000);
	free(map);
	/* Only the judge says so: whatever was tried when. */
	map = map_of(at, 2, NULL, 0);
	assert_int_equal(map->nodes[1].stage, 0);
	assert_int_equal(map->stages, 2);
	assert_null(map->arrows[0].spread);
	free(map);
}

static void
a_spread_by_a_target_that_is_not_told_is_drawn(void **state)
{
	static const struct spread spread[] = {
		{ .from = 1, .to = 0, .failures = 5, .attacked_ms = 9 },
		{ .from = 2, .to = 0, .failures = 5 }, /* of none that is drawn */
		{ .from = 0, .to = 2, .failures = 5 }
	};
	struct attacker at[2] = { { .workstation = "LAB-1" },
		                  { .workstation = "WARD-3" } };

	(void)state;
	struct attack_map *map = map_of(at, 2, spread, 3);
	assert_int_equal(map->arrow_count, 1);
	assert_int_equal(map->arrows[0].from, 1);
	assert_int_equal(map->arrows[0].failures, 5);
	assert_int_equal(map->arrows[0].first_ms, 9);
	assert_int_equal(map->nodes[0].stage, 1);
	free(map);
}

static void
names_of_one_machine_are_one_node(void **state)
{
	static const struct {
		const char *target;
		bool is_it;
	} rows[] = {
		{ "WARD-3", true },     { "ward-3", true },     { "\\\\WARD-3", true },
		{ "ward-3.a.b", true }, { "10.0.3.7", true },   { "WARD-33", false },
		{ "WARD", false },      { "10.0.3.70", false }, { "10.0.3", false },
		{ ".", false },         { "::", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct attacker at[2] = { { .workstation = "LAB-1", .first_ms = 1 },
			                  { .workstation = "WARD-3",
			                    .address = "10.0.3.7",
			                    .first_ms = 9 } };

		add(&at[0], rows[i].target, 1, 5);
		struct attack_map *map = map_of(at, 2, NULL, 0);
		assert_int_equal(map->node_count, rows[i].is_it ? 2 : 3);
		free(map);
	}
}

static void
addresses_that_begin_alike_are_two(void **state)
{
	struct attacker at[2] = { { .address = "10.0.3.7", .first_ms = 1 },
		                  { .address = "10.0.3.8", .first_ms = 9 } };

	(void)state;
	add(&at[0], "10.0.3.9", 1, 5);
	struct attack_map *map = map_of(at, 2, NULL, 0);
	assert_int_equal(map->node_count, 3);
	free(map);
}

static void
a_long_chain_is_cut_and_a_circle_ends(void **state)
{
	static struct attacker at[MAP_ATTACKERS];
	static struct spread spread[MAP_ATTACKERS];

	(void)state;
	for (size_t i = 0; i < MAP_ATTACKERS; i++) {
		(void)snprintf(at[i].workstation, sizeof at[i].workstation, "W%zu", i);
		spread[i] = (struct spread){ .from = i,
			                     .to = (i + 1) % MAP_ATTACKERS,
			                     .failures = 9 };
	}
	struct attack_map *map = map_of(at, MAP_ATTACKERS, spread, MAP_ATTACKERS - 1);
	assert_int_equal(map->stages, MAP_STAGES);
	assert_int_equal(map->rows[MAP_STAGES - 1], MAP_ATTACKERS - MAP_STAGES + 1);
	assert_int_equal(map->arrow_count, MAP_STAGES - 1);
	assert_int_equal(map->other_arrows, MAP_ATTACKERS - MAP_STAGES);
	free(map);
	map = map_of(at, MAP_ATTACKERS, spread, MAP_ATTACKERS);
	assert_int_equal(map->stages, MAP_STAGES);
	free(map);
}

static void
the_most_tried_of_very_many_are_drawn(void **state)
{
	static struct attacker at[MAP_ATTACKERS];

	(void)state;
	for (size_t i = 0; i < MAP_ATTACKERS; i++) {
		for (size_t k = 0; k < TARGETS_MOST; k++) {
			char name[32];

			(void)snprintf(name, sizeof name, "M%zu-%zu", i, k);
			add(&at[i], name, i * TARGETS_MOST + k + 1, 1);
		}
		at[i].target_count += i == 0;
	}
	struct attack_map *map = map_of(at, MAP_ATTACKERS, NULL, 0);
	assert_int_equal(map->node_count, MAP_NODES);
	assert_int_equal(map->other_tried, MAP_ATTACKERS * TARGETS_MOST - MAP_TRIED);
	assert_int_equal(map->arrow_count, MAP_TRIED);
	assert_int_equal(map->arrows[0].failures, MAP_ATTACKERS * TARGETS_MOST);
	assert_int_equal(map->untold, 1);
	free(map);
}

static void
an_attacker_without_room_is_no_mere_victim(void **state)
{
	static struct attacker at[MAP_ATTACKERS + 1];

	(void)state;
	(void)text_copy(at[MAP_ATTACKERS].workstation, ATTEMPT_TEXT, "WARD-99");
	add(&at[0], "FILESRV", 9, 1);
	add(&at[0], "WARD-99", 1, 1);
	struct attack_map *map = map_of(at, MAP_ATTACKERS + 1, NULL, 0);
	assert_int_equal(map->node_count, MAP_ATTACKERS + 2);
	assert_string_equal(map->nodes[MAP_ATTACKERS].name, "WARD-99");
	assert_true(map->nodes[MAP_ATTACKERS].guesses);
	assert_false(map->nodes[MAP_ATTACKERS + 1].guesses);
	assert_int_equal(map->other_attackers, 1);
	free(map);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_machine_to_go_to_is_the_headline),
		cmocka_unit_test(nobody_is_said_as_surely_as_it_is_known),
		cmocka_unit_test(who_attacks_the_deaf_is_not_nobody),
		cmocka_unit_test(the_next_step_is_that_of_the_text),
		cmocka_unit_test(the_order_is_told_in_the_words_of_the_text),
		cmocka_unit_test(what_is_attacked_is_folded_behind_the_first_ten),
		cmocka_unit_test(a_made_up_name_gets_no_command),
		cmocka_unit_test(without_an_attacker_there_is_no_picture),
		cmocka_unit_test(names_stay_text),
		cmocka_unit_test(a_long_name_is_cut_in_pictures_only),
		cmocka_unit_test(the_page_does_not_grow_with_its_sources),
		cmocka_unit_test(any_times_have_an_axis),
		cmocka_unit_test(who_has_it_from_another_stands_behind_it),
		cmocka_unit_test(a_spread_by_a_target_that_is_not_told_is_drawn),
		cmocka_unit_test(names_of_one_machine_are_one_node),
		cmocka_unit_test(addresses_that_begin_alike_are_two),
		cmocka_unit_test(a_long_chain_is_cut_and_a_circle_ends),
		cmocka_unit_test(the_most_tried_of_very_many_are_drawn),
		cmocka_unit_test(an_attacker_without_room_is_no_mere_victim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

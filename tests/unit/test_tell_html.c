#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include "know/traces.h"
#include "tell/page_style.h"
#include "tests/unit/array_view.h"
#include "tests/unit/tell_rows.h"
#include "tests/unit/told.h"

static size_t
occurrences(const char *text, const char *word)
{
	size_t count = 0;

	for (text = strstr(text, word); text; text = strstr(text + 1, word))
		count++;
	return count;
}

static char *
told_network(size_t hosts, unsigned spread)
{
	struct style style = { 0 };
	struct network network;

	network_init(&network, hosts, spread);
	return told("html", &network.view, &style);
}

/* `counts` hosts of each state, from infected to absent. */
static char *
told_states(const unsigned counts[STATE_COUNT])
{
	static struct row rows[16];
	static struct row samples[TELL_ROWS];
	struct style style = { .all = true };
	struct array_view from;
	size_t count = 0;

	tell_rows(samples);
	for (unsigned s = 0; s < STATE_COUNT; s++) {
		for (unsigned i = 0; i < counts[s]; i++) {
			rows[count] = samples[0];
			rows[count].verdict.state = (enum state)(s + 1);
			rows[count].verdict.key[4] = (uint8_t)count;
			count++;
		}
	}
	array_view_init(&from, rows, count);
	return told("html", &from.view, &style);
}

static void
assert_title(const char *title, const unsigned counts[STATE_COUNT])
{
	char *page = told_states(counts);
	const char *h1 = strstr(page, "<h1>");

	assert_non_null(h1);
	h1 += strlen("<h1>");
	assert_int_equal(strncmp(h1, title, strlen(title)), 0);
	assert_int_equal(strncmp(h1 + strlen(title), "</h1>", 5), 0);
	free(page);
}

static void
the_title_is_the_report_in_a_line(void **state)
{
	(void)state;
	assert_title("1 of 1 machine is infected", (unsigned[6]){ 1 });
	assert_title("2 of 9 machines are infected", (unsigned[6]){ 2, 1, 3, 3, 0, 1 });
	assert_title("1 machine is suspect", (unsigned[6]){ 0, 1, 1, 1 });
	assert_title("No sign of the worm, but 2 could not be judged",
	             (unsigned[6]){ 0, 0, 2, 1 });
	assert_title("No machine could be judged", (unsigned[6]){ 0, 0, 3 });
	assert_title("No sign of the worm on 4 machines",
	             (unsigned[6]){ 0, 0, 0, 3, 1 });
	assert_title("No machine answered", (unsigned[6]){ 0, 0, 0, 0, 0, 5 });
}

static void
a_page_without_hosts_has_no_empty_pictures_or_tables(void **state)
{
	char *page = told_states((unsigned[6]){ 0 });

	(void)state;
	assert_null(strstr(page, "<figure>"));
	assert_null(strstr(page, "<table"));
	assert_non_null(strstr(page, "No host answered, so there is nothing to draw."));
	free(page);
}

static void
the_policy_allows_the_one_style_and_nothing_else(void **state)
{
	char *page = told_rows("html");
	char policy[160];

	(void)state;
	snprintf(
	    policy, sizeof policy,
	    "content=\"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
	    "form-action 'none'\"",
	    page_style_sha256);
	assert_non_null(strstr(page, policy));
	assert_int_equal(strlen(page_style_sha256), 44);
	assert_int_equal(occurrences(page, "<style"), 1);
	assert_int_equal(occurrences(page, " style="), 0);
	assert_int_equal(occurrences(page, "<script"), 0);
	assert_int_equal(occurrences(page, "src="), 0);
	assert_int_equal(occurrences(page, "http:"), 0);
	assert_int_equal(occurrences(page, "https:"), 0);
	assert_int_equal(occurrences(page_style, "url("), 1); /* url(#grid) */
	free(page);
}

static void
what_a_host_says_stays_text(void **state)
{
	char *page = told_rows("html");

	(void)state;
	assert_non_null(strstr(
	    page, "<bdi>&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"));
	assert_non_null(strstr(page, "<bdi>&quot;&#39;&amp;&lt;!--]]&gt;</bdi>"));
	free(page);
}

static void
every_host_is_a_cell_of_its_subnet(void **state)
{
	char *page = told_network(200, 2); /* two subnets */

	(void)state;
	assert_int_equal(occurrences(page, "<figure>"), 2);
	assert_int_equal(occurrences(page, "<title>10.0."), 200);
	assert_non_null(strstr(page, "x=\"16\" y=\"0\"><title>10.0.0.1 "));
	assert_non_null(strstr(page, "x=\"240\" y=\"240\"><title>10.0.0.255 "));
	free(page);
}

static void
more_than_64_subnets_are_bars(void **state)
{
	char *squares = told_network(64, 256);
	char *bars = told_network(65, 256);

	(void)state;
	assert_int_equal(occurrences(squares, "<figure>"), 64);
	assert_int_equal(occurrences(bars, "<figure>"), 0);
	assert_int_equal(occurrences(bars, ".0/24</th>"), 65);
	free(squares);
	free(bars);
}

static void
more_than_512_subnets_are_bars_of_wider_ones(void **state)
{
	char *narrow = told_network(512, 256);
	char *wide = told_network(513, 256);

	(void)state;
	assert_int_equal(occurrences(narrow, ".0/24</th>"), 512);
	assert_int_equal(occurrences(wide, ".0/24</th>"), 0);
	assert_int_equal(occurrences(wide, ".0.0/16</th>"), 3);
	free(narrow);
	free(wide);
}

static void
a_full_ipv6_subnet_is_a_bar(void **state)
{
	static struct row rows[257];
	static struct row samples[TELL_ROWS];
	struct style style = { 0 };
	struct array_view from;

	(void)state;
	tell_rows(samples);
	for (size_t i = 0; i < 257; i++) {
		rows[i] = samples[7];
		rows[i].verdict.key[15] = (uint8_t)(i >> 8);
		rows[i].verdict.key[16] = (uint8_t)i;
	}
	array_view_init(&from, rows, 257);
	char *page = told("html", &from.view, &style);
	assert_int_equal(occurrences(page, "<figure>"), 0);
	assert_int_equal(occurrences(page, "<th scope=\"row\">2001:db8:1:0::/64</th>"),
	                 1);
	free(page);
}

static void
every_sign_that_occurs_is_explained_once(void **state)
{
	static struct row rows[1];
	static struct row samples[TELL_ROWS];
	struct style style = { 0 };
	struct array_view from;
	char id[TRACE_ROOM + 16];

	(void)state;
	tell_rows(samples);
	for (size_t i = 0; i < traces_count; i++) {
		rows[0] = samples[0];
		snprintf(rows[0].verdict.reasons[0], TRACE_ROOM, "%s", traces[i].id);
		snprintf(id, sizeof id, "<dt id=\"t-%s\">", traces[i].id);
		array_view_init(&from, rows, 1);
		char *page = told("html", &from.view, &style);
		assert_int_equal(occurrences(page, id), 1);
		free(page);
	}
}

static void
the_page_grows_with_its_hosts_and_not_faster(void **state)
{
	char *small = told_network(1000, 1);
	char *large = told_network(4000, 1);

	(void)state;
	assert_true(strlen(large) < 4 * strlen(small));
	free(small);
	free(large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_title_is_the_report_in_a_line),
		cmocka_unit_test(a_page_without_hosts_has_no_empty_pictures_or_tables),
		cmocka_unit_test(the_policy_allows_the_one_style_and_nothing_else),
		cmocka_unit_test(what_a_host_says_stays_text),
		cmocka_unit_test(every_host_is_a_cell_of_its_subnet),
		cmocka_unit_test(more_than_64_subnets_are_bars),
		cmocka_unit_test(more_than_512_subnets_are_bars_of_wider_ones),
		cmocka_unit_test(a_full_ipv6_subnet_is_a_bar),
		cmocka_unit_test(every_sign_that_occurs_is_explained_once),
		cmocka_unit_test(the_page_grows_with_its_hosts_and_not_faster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

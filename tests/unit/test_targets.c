#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/targets.h"
#include "sys/clock.h"
#include "listed.h"
#include "said.h"

#define LIST "test_targets.list"

static int
end(void **state)
{
	(void)remove(LIST);
	return said_end(state);
}

static struct targets *
none(void)
{
	struct targets *t = NULL;

	assert_int_equal(targets_new(&t), OK);
	return t;
}

/* `wanted` and `excluded` may be NULL. */
static struct targets *
some(const char *wanted, const char *excluded)
{
	struct targets *t = none();

	if (wanted)
		assert_int_equal(targets_add(t, wanted), OK);
	if (excluded)
		assert_int_equal(targets_exclude(t, excluded), OK);
	return t;
}

/* How many come out, after doubles and excludes; frees the targets. */
static unsigned
left(struct targets *t)
{
	struct address a;
	struct walk w;
	unsigned count = 0;

	for (walk_begin(&w, t, 1, 0, 1); walk_next(&w, &a);)
		count++;
	targets_free(t);
	return count;
}

/* What is said on a spec that is refused. */
static const char *
refused(const char *spec)
{
	struct targets *t = none();

	assert_int_equal(targets_add(t, spec), ERR_REFUSED);
	assert_int_equal(targets_count(t), 0);
	targets_free(t);
	return said();
}

static void
put_list(const void *bytes, size_t len)
{
	FILE *f = fopen(LIST, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static struct targets *
from_list(const char *text)
{
	struct targets *t = none();

	put_list(text, strlen(text));
	assert_int_equal(targets_add_file(t, LIST), OK);
	return t;
}

static const char *
refused_list(const void *bytes, size_t len)
{
	struct targets *t = none();

	put_list(bytes, len);
	assert_int_equal(targets_add_file(t, LIST), ERR_REFUSED);
	targets_free(t);
	return said();
}

static void
an_address_is_one_target(void **state)
{
	(void)state;
	assert_string_equal(listed(some("10.0.0.7", NULL)), "10.0.0.7");
	assert_string_equal(listed(some("2001:db8::7", NULL)), "2001:db8::7");
	assert_string_equal(listed(some("[::1]", NULL)), "::1");
	assert_string_equal(listed(some("::ffff:10.0.0.7", NULL)), "10.0.0.7");
	assert_string_equal(listed(some("fe80::1%lo", NULL)), "fe80::1%lo");
}

static void
a_network_is_all_its_addresses(void **state)
{
	(void)state;
	assert_string_equal(listed(some("10.0.0.5/30", NULL)),
	                    "10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7");
	assert_string_equal(listed(some("10.0.0.5/32", NULL)), "10.0.0.5");
	assert_string_equal(listed(some("2001:db8::/126", NULL)),
	                    "2001:db8:: 2001:db8::1 2001:db8::2 2001:db8::3");
	assert_string_equal(listed(some("::ffff:10.0.0.0/127", NULL)),
	                    "10.0.0.0 10.0.0.1");
	assert_int_equal(left(some("10.3.0.0/16", NULL)), 65536);
}

static void
octets_are_ranges_lists_and_stars(void **state)
{
	(void)state;
	assert_string_equal(listed(some("10.0.0-1.1,9-11", NULL)),
	                    "10.0.0.1 10.0.0.9 10.0.0.10 10.0.0.11 "
	                    "10.0.1.1 10.0.1.9 10.0.1.10 10.0.1.11");
	assert_string_equal(listed(some("10.0.0,2.5", NULL)), "10.0.0.5 10.0.2.5");
	assert_string_equal(listed(some("10.0.0.-1", NULL)), "10.0.0.0 10.0.0.1");
	assert_string_equal(listed(some("10.0.0.254-", NULL)), "10.0.0.254 10.0.0.255");
	assert_int_equal(left(some("10.0.-.7", NULL)), 256);
	assert_int_equal(left(some("10.0.*.*", NULL)), 65536);
	assert_int_equal(left(some("10.0.0-3.1-254", NULL)), 1016);
}

static void
commas_part_targets_and_octets(void **state)
{
	(void)state;
	assert_string_equal(listed(some("10.0.0.1,10.0.0.3", NULL)),
	                    "10.0.0.1 10.0.0.3");
	assert_string_equal(listed(some("10.0.0.1,3", NULL)), "10.0.0.1 10.0.0.3");
	assert_string_equal(listed(some("10.0.0,2.5,10.9.9.9", NULL)),
	                    "10.9.9.9 10.0.0.5 10.0.2.5");
	assert_string_equal(listed(some("::1,10.0.0.0/31,", NULL)),
	                    "::1 10.0.0.0 10.0.0.1");
	assert_string_equal(refused(","), "confine: \",\": names no target\n");
}

static void
a_target_named_twice_comes_once(void **state)
{
	(void)state;
	assert_string_equal(listed(some("10.0.0.1,10.0.0.1,10.0.0.0/31", NULL)),
	                    "10.0.0.0 10.0.0.1");
	assert_string_equal(listed(some("10.0.0,2.5-6,10.0.2.6", NULL)),
	                    "10.0.2.6 10.0.0.5 10.0.0.6 10.0.2.5");
	assert_string_equal(listed(some("10.0.0,2.5,10.0.2,4.5", NULL)),
	                    "10.0.0.5 10.0.2.5 10.0.4.5");
	assert_int_equal(left(some("10.0.0.0/25,10.0.0.128/25,10.0.0.64/26", NULL)),
	                 256);
}

static void
an_exclude_takes_away_what_it_overlaps(void **state)
{
	(void)state;
	assert_string_equal(
	    listed(some("10.0.0.0/29", "10.0.0.2-3,10.0.0.6/31,10.9.9.9")),
	    "10.0.0.0 10.0.0.1 10.0.0.4 10.0.0.5");
	assert_int_equal(left(some("10.0.0.0/16", "10.0.*.1,3")), 65536 - 512);
	assert_int_equal(left(some("10.0.0.0/16", "224.0.0.0/4,0.0.0.0/8")), 65536);
	assert_string_equal(
	    listed(some("2001:db8::1,2001:db9::1,10.0.0.1", "2001:db8::/32")),
	    "10.0.0.1 2001:db9::1");
	assert_string_equal(listed(some("10.0.0.1,::1", "::/0")), "10.0.0.1");
	assert_string_equal(listed(some("10.0.0.1,::1", "0.0.0.0/0")), "::1");
	assert_string_equal(listed(some("fe80::1%lo", "fe80::1")), "");
	assert_string_equal(listed(some("fe80::1%lo,::1", "fe80::/10")), "::1");
}

static void
excluding_everything_leaves_nothing(void **state)
{
	struct targets *t = some("10.0.0.0/24", "10.0.0.0/25,10.0.0.128-255");

	(void)state;
	assert_int_equal(targets_count(t), 256);
	assert_false(targets_left_any(t));
	targets_free(t);
	t = some("10.0.0.0/24", "10.0.0.0/25,10.0.0.128-254");
	assert_true(targets_left_any(t));
	targets_free(t);
	t = none();
	assert_false(targets_left_any(t));
	targets_free(t);
}

static void
more_than_a_slash_8_is_not_modest(void **state)
{
	struct targets *t = some("10.0.0.0/8", NULL);

	(void)state;
	assert_true(targets_is_modest(t));
	assert_int_equal(targets_add(t, "11.0.0.1"), OK);
	assert_int_equal(targets_count(t), 16777217);
	assert_false(targets_is_modest(t));
	targets_free(t);
}

static void
what_is_no_hosts_address_is_refused(void **state)
{
	static const char *const specs[] = {
		"0.0.0.0",          "0.1.2.3/32",    "224.0.0.251",
		"239.255.255.250",  "240.0.0.1",     "255.255.255.255",
		"0.0.0.0/0",        "128.0.0.0/1",   "*.0.0.1",
		"10,224.0.0.1",     "ff02::1",       "::",
		"ff00::/120",       "::/96",         "fe80::1",
		"2001:db8::/95",    "2001:db8::/64", "::/0",
		"::ffff:224.0.0.1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
		assert_non_null(strstr(refused(specs[i]), specs[i]));
	assert_string_equal(refused("224.0.0.1"),
	                    "confine: \"224.0.0.1\": 224.0.0.0 to 239.255.255.255 are "
	                    "multicast, no single hosts; leave them out\n");
}

static void
what_is_mistyped_is_refused_with_what_to_write(void **state)
{
	static const char *const pairs[][2] = {
		{ "10.0.0", "write 10.0.0.0/24 or 10.0.0.*" },
		{ "10.0.0.256", "an octet is a number from 0 to 255" },
		{ "10.0.0.010", "a leading zero could mean octal" },
		{ "10.0.0.9-7", "from the smaller number to the greater" },
		{ "10.0.0.1-10.0.0.50", "10.0.0.1-50" },
		{ "10.0.0.1.2", "has four octets" },
		{ "10.0..1", "an octet is a number" },
		{ "10.0.0.0/33", "a number from 0 to 32" },
		{ "10.0.0.0/08", "a number from 0 to 32" },
		{ "10.0.0.0/", "a number from 0 to 32" },
		{ "10.0.0.0/24/24", "a number from 0 to 32" },
		{ "10.0.0.0/255.255.255.0", "a number from 0 to 32" },
		{ "10.0.0-3.0/24", "a number from 0 to 32" },
		{ "ward-3/24", "a number from 0 to 32" },
		{ "2001:db8::/129", "a number from 0 to 128" },
		{ "2001:db8::g", "no IPv6 address" },
		{ "10.0.0.1:445", "no IPv6 address" },
		{ "fe80::1%nosuch0", "an interface of this machine" },
		{ "0x7f000001", "no address, network, octet range or host name" },
		{ "ward.10", "no address, network, octet range or host name" },
		{ "-ward", "no address, network, octet range or host name" },
		{ "http://ward", "no IPv6 address" },
		{ "ward\x1b[2J\n", "\"ward\\x1b[2J\\x0a\"" },
		{ "4294967296.0.0.1", "an octet is a number from 0 to 255" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		const char *line = refused(pairs[i][0]);

		assert_non_null(strstr(line, pairs[i][1]));
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	}
	char *longest = calloc(1, 5001);
	memset(longest, 'a', 5000);
	assert_non_null(strstr(refused(longest), "too long"));
	free(longest);
}

static void
a_host_name_is_its_first_ipv4_address(void **state)
{
	struct targets *t = some("localhost", NULL);
	struct address a = { .family = 4, .bytes = { 127, 0, 0, 1 } };
	struct address other = { .family = 4, .bytes = { 127, 0, 0, 2 } };

	(void)state;
	assert_string_equal(targets_name_of(t, &a), "localhost");
	assert_null(targets_name_of(t, &other));
	assert_string_equal(listed(t), "127.0.0.1");
	assert_string_equal(listed(some("127.0.0.1-2", "localhost")), "127.0.0.2");
	assert_non_null(strstr(refused("nosuch.invalid"), "\"nosuch.invalid\": "));
}

static void
a_list_has_words_comments_and_any_line_end(void **state)
{
	(void)state;
	assert_string_equal(listed(from_list("\xEF\xBB\xBF"
	                                     "10.0.0.1\r\n"
	                                     "# 10.0.0.2\n"
	                                     "\t10.0.0.3  10.0.0.5,10.0.0.7# ward\r\n"
	                                     "\n"
	                                     "::1")),
	                    "::1 10.0.0.1 10.0.0.3 10.0.0.5 10.0.0.7");
	assert_string_equal(listed(from_list("\xEF\xBB\xBF# only a comment")), "");
	assert_string_equal(listed(from_list("")), "");
}

static void
an_exclude_list_excludes(void **state)
{
	struct targets *t = some("10.0.0.0/30", NULL);

	(void)state;
	put_list("10.0.0.1\n10.0.0.3\n", 18);
	assert_int_equal(targets_exclude_file(t, LIST), OK);
	assert_string_equal(listed(t), "10.0.0.0 10.0.0.2");
}

static void
what_is_wrong_in_a_list_is_said_with_its_line(void **state)
{
	static char wide[6000];

	(void)state;
	assert_string_equal(
	    refused_list("10.0.0.1\n\n10.0.0.300\n", 21),
	    "confine: test_targets.list:3: \"10.0.0.300\": an octet is a "
	    "number from 0 to 255, a range (1-254), a list (1,7,9) or "
	    "*\n");
	assert_non_null(strstr(refused_list("10.0.0.1\n1\0000\000", 13),
	                       "list:2: \"1\": a zero byte follows"));
	assert_non_null(strstr(refused_list("\xFF\xFE"
	                                    "1\000",
	                                    4),
	                       "a zero byte"));
	memset(wide, '1', sizeof wide);
	assert_non_null(strstr(refused_list(wide, sizeof wide), "list:1: \"1111"));
	assert_non_null(strstr(refused_list("10.0.0.1\n10.0.0.2 224.0.0.1", 27),
	                       "list:2: \"224.0.0.1\""));
}

static void
a_list_that_cannot_be_read_is_refused(void **state)
{
	struct targets *t = none();

	(void)state;
	assert_int_equal(targets_add_file(t, "no/such/list"), ERR_REFUSED);
	assert_string_equal(said(),
	                    "confine: cannot read no/such/list: No such file or "
	                    "directory; name a list of targets that can be "
	                    "read\n");
	assert_int_equal(targets_add_file(t, "."), ERR_REFUSED);
	assert_non_null(strstr(said(), "confine: cannot read .: Is a directory;"));
	targets_free(t);
}

static void
patterns_without_end_are_refused(void **state)
{
	struct targets *t = none();
	char spec[64];

	(void)state;
	for (unsigned i = 0; i < 4096; i++) {
		snprintf(spec, sizeof spec, "10.%u.%u.1,3", i / 256, i % 256);
		assert_int_equal(targets_add(t, spec), OK);
	}
	assert_int_equal(targets_add(t, "11.0.0.1,3"), ERR_REFUSED);
	assert_string_equal(said(),
	                    "confine: \"11.0.0.1,3\": too many; scan in several "
	                    "runs\n");
	assert_int_equal(left(t), 8192);
}

/* Half of them twice, in no order. */
static void
put_million(void)
{
	FILE *f = fopen(LIST, "w");
	uint32_t address = 0;

	assert_non_null(f);
	for (unsigned i = 0; i < 1000000; i++) {
		address = address * 1664525 + 1013904223; /* each once in 2^32 turns */
		fprintf(f, "10.%u.%u.%u\n", address >> 24, address >> 16 & 255,
		        address >> 8 & 255);
		if (i % 2)
			fprintf(f, "11.%u.%u.%u\n", i >> 16, i >> 8 & 255, i & 255);
	}
	assert_int_equal(fclose(f), 0);
}

static void
a_million_addresses_in_a_list_are_read_quickly(void **state)
{
	struct targets *t = none();
	struct rusage usage;

	(void)state;
	put_million();
	int64_t began = clock_steady();
	assert_int_equal(targets_add_file(t, LIST), OK);
	assert_int_equal(targets_add_file(t, LIST), OK);
	int64_t took = clock_steady() - began;
	getrusage(RUSAGE_SELF, &usage);
	print_message("3,000,000 lines in %d ms, %ld KiB at most, %u addresses\n",
	              (int)took, usage.ru_maxrss, (unsigned)targets_count(t));
	assert_true(targets_count(t) > 1400000 && targets_count(t) < 1500001);
#ifndef __SANITIZE_ADDRESS__
	assert_true(took <
	            8000); /* 2 s are meant, on a machine with nothing else to do */
#endif
	targets_free(t);
}

#define SAID_TEST(f) cmocka_unit_test_setup_teardown(f, said_begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SAID_TEST(an_address_is_one_target),
		SAID_TEST(a_network_is_all_its_addresses),
		SAID_TEST(octets_are_ranges_lists_and_stars),
		SAID_TEST(commas_part_targets_and_octets),
		SAID_TEST(a_target_named_twice_comes_once),
		SAID_TEST(an_exclude_takes_away_what_it_overlaps),
		SAID_TEST(excluding_everything_leaves_nothing),
		SAID_TEST(more_than_a_slash_8_is_not_modest),
		SAID_TEST(what_is_no_hosts_address_is_refused),
		SAID_TEST(what_is_mistyped_is_refused_with_what_to_write),
		SAID_TEST(a_host_name_is_its_first_ipv4_address),
		SAID_TEST(a_list_has_words_comments_and_any_line_end),
		SAID_TEST(an_exclude_list_excludes),
		SAID_TEST(what_is_wrong_in_a_list_is_said_with_its_line),
		SAID_TEST(a_list_that_cannot_be_read_is_refused),
		SAID_TEST(patterns_without_end_are_refused),
		SAID_TEST(a_million_addresses_in_a_list_are_read_quickly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

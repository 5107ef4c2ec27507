#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "reach/targets.h"
#include "sys/clock.h"

#define FIRST 0x0A000000u /* 10.0.0.0 */

static struct targets *
targets_of(const char *wanted, const char *excluded)
{
	struct targets *t = NULL;

	assert_int_equal(targets_new(&t), OK);
	assert_int_equal(targets_add(t, wanted), OK);
	if (excluded)
		assert_int_equal(targets_exclude(t, excluded), OK);
	return t;
}

/* The first `count` addresses from 10.0.0.0 on, as networks. */
static struct targets *
targets_counting(uint32_t count)
{
	struct targets *t = NULL;
	char spec[64];

	assert_int_equal(targets_new(&t), OK);
	for (uint32_t at = 0; at < count;) {
		unsigned bits = 0;

		while (bits < 24 && at % (2u << bits) == 0 &&
		       at + (2u << bits) <= count)
			bits++;
		snprintf(spec, sizeof spec, "10.%u.%u.%u/%u", at >> 16, at >> 8 & 255,
		         at & 255, 32 - bits);
		assert_int_equal(targets_add(t, spec), OK);
		at += 1u << bits;
	}
	return t;
}

static uint32_t
number_of(const struct address *a)
{
	return (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 |
	       (uint32_t)a->bytes[2] << 8 | a->bytes[3];
}

/* Marks in `seen` what a walk meets; each must be new. */
static uint32_t
walk_all(const struct targets *t, uint64_t seed, uint32_t shard, uint32_t shards,
         uint8_t *seen)
{
	struct address a;
	struct walk w;
	uint32_t count = 0;

	for (walk_begin(&w, t, seed, shard, shards); walk_next(&w, &a); count++) {
		uint32_t at = number_of(&a) - FIRST;

		assert_int_equal(seen[at], 0);
		seen[at] = 1;
	}
	return count;
}

static const uint32_t counts[] = { 1,     2,     3,     4,     5,    7,    8,
	                           15,    16,    17,    100,   255,  256,  257,
	                           1000,  1023,  1024,  1025,  4095, 4096, 4097,
	                           65535, 65536, 65537, 100003 };
#define COUNTS (sizeof counts / sizeof counts[0])

static void
every_target_comes_exactly_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTS; i++) {
		struct targets *t = targets_counting(counts[i]);

		assert_int_equal(targets_count(t), counts[i]);
		for (uint64_t seed = 0; seed < 5; seed++) {
			uint8_t *seen = calloc(1, counts[i]);

			assert_int_equal(walk_all(t, seed, 0, 1, seen), counts[i]);
			free(seen);
		}
		targets_free(t);
	}
}

static void
all_shards_together_are_the_whole_whatever_their_seeds(void **state)
{
	static const uint32_t shards[] = { 1, 2, 3, 7, 256, 1000 };

	(void)state;
	for (size_t i = 0; i < COUNTS * 6; i++) {
		uint32_t count = counts[i / 6];
		struct targets *t = targets_counting(count);
		uint8_t *seen = calloc(1, count);
		uint32_t met = 0;

		for (uint32_t s = 0; s < shards[i % 6]; s++)
			met += walk_all(t, s * 77, s, shards[i % 6], seen);
		assert_int_equal(met, count);
		free(seen);
		targets_free(t);
	}
}

static void
excludes_and_doubles_are_left_out_in_every_shard(void **state)
{
	struct targets *t = targets_of("10.0.0.0/16,10.0.0,255.1,3,10.1.*.7,9",
	                               "10.0.3.*");
	uint8_t *seen = calloc(1, 1u << 17);
	uint32_t met = 0;

	(void)state;
	for (uint32_t s = 0; s < 5; s++)
		met += walk_all(t, 1, s, 5, seen);
	assert_int_equal(met, 65536 + 512 - 256);
	assert_int_equal(seen[0x300], 0);
	assert_int_equal(seen[0x10007], 1);
	free(seen);
	targets_free(t);
}

static void
no_targets_end_at_once(void **state)
{
	struct targets *t = NULL;
	struct address a;
	struct walk w;

	(void)state;
	assert_int_equal(targets_new(&t), OK);
	walk_begin(&w, t, 1, 0, 1);
	assert_false(walk_next(&w, &a));
	assert_int_equal(targets_add(t, "10.0.0.1"), OK);
	walk_begin(&w, t, 1, 1, 2);
	assert_false(walk_next(&w, &a));
	walk_begin(&w, t, 1, 0, 2);
	assert_true(walk_next(&w, &a));
	assert_false(walk_next(&w, &a));
	targets_free(t);
}

/* How many of the first 256 are at the same place in both orders. */
static unsigned
agreement(const struct targets *t, uint64_t one, uint64_t other)
{
	struct walk v;
	struct walk w;
	struct address a;
	struct address b;
	unsigned same = 0;

	walk_begin(&v, t, one, 0, 1);
	walk_begin(&w, t, other, 0, 1);
	for (unsigned i = 0; i < 256; i++) {
		assert_true(walk_next(&v, &a));
		assert_true(walk_next(&w, &b));
		same += number_of(&a) == number_of(&b);
	}
	return same;
}

static void
the_seed_alone_decides_the_order(void **state)
{
	struct targets *t = targets_of("10.0.0.0/16", NULL);

	(void)state;
	assert_int_equal(agreement(t, 7, 7), 256);
	assert_true(agreement(t, 7, 8) < 8);
	assert_true(agreement(t, 0, UINT64_MAX) < 8);
	targets_free(t);
}

/* The fewest different /24s that any 256 targets in a row touch. */
static unsigned
fewest_networks(const struct targets *t, uint64_t seed)
{
	uint8_t *order = malloc(65536);
	unsigned at[256] = { 0 };
	unsigned networks = 0;
	unsigned fewest = 256;
	struct address a;
	struct walk w;

	walk_begin(&w, t, seed, 0, 1);
	for (unsigned i = 0; i < 65536; i++) {
		assert_true(walk_next(&w, &a));
		order[i] = a.bytes[2];
		networks += at[a.bytes[2]]++ == 0;
		if (i < 255)
			continue;
		if (networks < fewest)
			fewest = networks;
		networks -= --at[order[i - 255]] == 0;
	}
	free(order);
	return fewest;
}

static void
no_subnet_is_asked_in_one_burst(void **state)
{
	struct targets *t = targets_of("10.0.0.0/16", NULL);

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++)
		assert_true(fewest_networks(t, seed) > 100);
	targets_free(t);
}

static void
a_million_targets_take_no_memory(void **state)
{
	struct targets *t = targets_of("10.0.0.0/12", NULL);
	struct rusage before;
	struct rusage after;
	struct address a;
	struct walk w;
	unsigned steps = 0;

	(void)state;
	walk_begin(&w, t, 1, 0, 1);
	assert_true(walk_next(&w, &a));
	getrusage(RUSAGE_SELF, &before);
	int64_t began = clock_steady();
	while (walk_next(&w, &a))
		steps++;
	int64_t took = clock_steady() - began;
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(steps, 1048575);
	assert_true(after.ru_maxrss - before.ru_maxrss < 256); /* KiB */
	print_message("%u steps in %d ms\n", steps, (int)took);
	targets_free(t);
}

static void
ipv6_networks_are_walked_too(void **state)
{
	struct targets *t = targets_of("2001:db8::/112,2001:db8:1::/112",
	                               "2001:db8::/113");
	struct address a;
	struct walk w;
	unsigned count = 0;

	(void)state;
	for (walk_begin(&w, t, 3, 0, 1); walk_next(&w, &a); count++)
		assert_int_equal(a.family, 6);
	assert_int_equal(count, 65536 + 32768);
	targets_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_target_comes_exactly_once),
		cmocka_unit_test(
		    all_shards_together_are_the_whole_whatever_their_seeds),
		cmocka_unit_test(excludes_and_doubles_are_left_out_in_every_shard),
		cmocka_unit_test(no_targets_end_at_once),
		cmocka_unit_test(the_seed_alone_decides_the_order),
		cmocka_unit_test(no_subnet_is_asked_in_one_burst),
		cmocka_unit_test(a_million_targets_take_no_memory),
		cmocka_unit_test(ipv6_networks_are_walked_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

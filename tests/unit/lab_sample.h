/* Hosts of the lab, for its tests. */
#ifndef TESTS_LAB_SAMPLE_H
#define TESTS_LAB_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "lab/host.h"

#define SAMPLE_ADDRESS ((struct address){ .family = 4, .bytes = { 127, 7, 0, 9 } })

/* The host at 127.7.0.9 if all were of this kind. */
static inline struct host
sample_host(const char *kind, uint64_t seed)
{
	static struct mix mix;
	struct draw draw = { .seed = seed, .respond = 1, .mix = &mix };
	struct host host;

	assert_int_equal(mix_read(kind, &mix), OK);
	assert_true(host_draw(&draw, &SAMPLE_ADDRESS, &host));
	return host;
}

/* The same, whose answer is `answer`: for kinds that leave it to the dice. */
static inline struct host
sample_host_with(const char *kind, enum answer answer)
{
	for (uint64_t seed = 1; seed < 64; seed++) {
		struct host host = sample_host(kind, seed);

		if (host.answer == answer)
			return host;
	}
	fail_msg("no host of kind %s answers so", kind);
	return (struct host){ 0 };
}

#endif

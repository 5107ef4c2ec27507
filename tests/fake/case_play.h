/* Plays the cases of tests/data/inside to detectors, and compares what they find. */
#ifndef TESTS_CASE_PLAY_H
#define TESTS_CASE_PLAY_H

#include "look/inside.h"

struct case_detector {
	const char *id; /* as a case names it after "look" */
	enum err (*look)(const struct inside *);
};

/*
 * Every case whose file name begins with `prefix` ("" for all), with those of
 * `detectors` that it names, or with all.  The findings' traces and places are to be
 * those that it expects, in any order.  All that fail are told; then the test fails.
 */
void cases_play(const char *prefix, const struct case_detector *detectors,
                size_t detector_count);

#endif

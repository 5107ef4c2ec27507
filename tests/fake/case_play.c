#include "case_play.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_machine.h"
#include "look/installation.h"

static bool
is_wanted(const struct fake_case *c, const char *id)
{
	for (size_t i = 0; i < c->look_count; i++) {
		if (strcmp(c->looks[i], id) == 0)
			return true;
	}
	return c->look_count == 0;
}

static bool
is_found(const struct findings *all, const struct fake_expect *e, bool seen[])
{
	for (size_t i = 0; i < all->count; i++) {
		if (seen[i] || strcmp(all->at[i].trace, e->trace) != 0 ||
		    strcmp(all->at[i].where, e->place) != 0)
			continue;
		seen[i] = true;
		return true;
	}
	return false;
}

/* How many of the expected and the found are not the other. */
static size_t
differences(const struct fake_case *c, const struct findings *all, const char *path)
{
	bool seen[FINDINGS_MOST] = { false };
	size_t count = 0;

	if (c->expects_nothing == (c->expect_count > 0)) {
		print_error("%s: it expects nothing or something, and says so\n", path);
		count++;
	}
	for (size_t i = 0; i < c->expect_count; i++) {
		if (is_found(all, &c->expects[i], seen))
			continue;
		print_error("%s: not found: %s %s\n", path, c->expects[i].trace,
		            c->expects[i].place);
		count++;
	}
	for (size_t i = 0; i < all->count; i++) {
		if (seen[i])
			continue;
		print_error("%s: not expected: %s %s\n", path, all->at[i].trace,
		            all->at[i].where);
		count++;
	}
	return count;
}

static size_t
play(const char *path, const struct case_detector *detectors, size_t detector_count)
{
	static struct findings all;
	struct installation windows;
	struct fake_case *c = fake_case_read(path);
	struct inside in = { .machine = c->machine, .windows = &windows, .out = &all };

	all.count = 0;
	assert_int_equal(installation_find(c->machine, &windows, &all), OK);
	for (size_t i = 0; i < detector_count; i++) {
		if (is_wanted(c, detectors[i].id))
			assert_int_equal(detectors[i].look(&in), OK);
	}
	installation_free(&windows);
	size_t count = differences(c, &all, path);
	fake_case_free(c);
	return count;
}

void
cases_play(const char *prefix, const struct case_detector *detectors,
           size_t detector_count)
{
	char pattern[512];
	glob_t found = { .gl_pathc = 0 };
	size_t wrong = 0;

	snprintf(pattern, sizeof pattern, "%s/inside/%s*.case", TEST_DATA, prefix);
	if (glob(pattern, 0, NULL, &found) != 0)
		fail_msg("no case: %s", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		wrong += play(found.gl_pathv[i], detectors, detector_count);
	globfree(&found);
	if (wrong > 0)
		fail_msg("%zu differences", wrong);
}

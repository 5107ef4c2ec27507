/*
 * Waste bins, genuine and made up.  A user's bin lies in RECYCLER under his SID, and
 * a SID's first number is its revision, which has always been 1.  The worm hides its
 * copy on a drive in a folder that looks like such a bin to a hasty eye.
 */
#ifndef LOOK_RECYCLER_H
#define LOOK_RECYCLER_H

#include <stdbool.h>

#include "flow/machine.h"

/* "S-5-3-42-8240758988": the form of a SID, and no SID. */
bool recycler_is_made_up(const char *name);

/* The worm's form of a file's name: letters, then .vmx or .dll. */
bool recycler_is_worm_name(const char *name);

struct recycler_target {
	char path[PATH_ROOM]; /* from the drive's root: "RECYCLER\S-5-3-42-…\x.vmx" */
	bool is_made_up;      /* the bin's name */
	bool has_worm_name;
};

/*
 * `.\RECYCLER\S-…\name.ext`, with or without a drive or a dot, slashes either way.
 * False where it is another path.
 */
bool recycler_target_read(const char *text, struct recycler_target *out);

#endif

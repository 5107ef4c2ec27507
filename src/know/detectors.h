/* What each detector looks at, in a few words: the rows of detectors.tsv. */
#ifndef KNOW_DETECTORS_H
#define KNOW_DETECTORS_H

#include <stddef.h>

struct detector {
	const char *id; /* "smb", as findings carry it */
	const char *what;
};

/* All of them, sorted by id. */
extern const struct detector detectors[];
extern const size_t detectors_count;

/* NULL where there is none of that name. */
const struct detector *detector_find(const char *id);

#endif

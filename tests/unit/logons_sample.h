/*
 * An outbreak that is made up: machines that guess passwords, each tried by one before
 * it, names that are meant to break a page among them, and people who mistype.
 */
#ifndef TESTS_UNIT_LOGONS_SAMPLE_H
#define TESTS_UNIT_LOGONS_SAMPLE_H

#include "tell/tell.h"

struct logons_sample {
	struct run run;
	struct logons_totals totals;
	struct log_told logs[3];
	struct log_told whole[2];
	struct told_logons told;
};

/* So many that guess, and so many that do not.  Its machines are to be freed. */
void logons_sample_init(struct logons_sample *, size_t attackers, size_t others);
void logons_sample_free(struct logons_sample *);

#endif

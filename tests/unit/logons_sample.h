/*
 * An outbreak that is made up: machines that guess passwords, each tried by one before
 * it, names that are meant to break a page among them, and people who mistype.
 */
#ifndef TESTS_UNIT_LOGONS_SAMPLE_H
#define TESTS_UNIT_LOGONS_SAMPLE_H

#include "tell/tell.h"

#define SAMPLE_TRIED 30
#define SAMPLE_UNAUDITED 20

struct logons_sample {
	struct run run;
	struct logons_totals totals;
	struct log_told logs[3];
	struct log_told whole[2];
	struct tried accounts[SAMPLE_TRIED], targets[SAMPLE_TRIED];
	struct audited unaudited[SAMPLE_UNAUDITED];
	struct told_logons told;
};

/* So many that guess, and so many that do not.  It is to be freed. */
void logons_sample_init(struct logons_sample *, size_t attackers, size_t others);
/* So many machines that do not record what fails; there are none before. */
void logons_sample_deafen(struct logons_sample *, size_t machines);
void logons_sample_free(struct logons_sample *);

#endif

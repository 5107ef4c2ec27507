/*
 * A .job file as the AT service writes it (specification 3, after [MS-TSCH] 2.4).
 */
#ifndef LAB_JOB_MAKE_H
#define LAB_JOB_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct job_order {
	uint16_t product; /* 0x0501 for XP */
	uint64_t id;      /* goes into its UUID */
	const char *application;
	const char *parameters;
	const char *folder;
	const char *author;
	const char *comment;
	uint16_t hour;
	uint16_t minute;
	uint16_t year; /* of the first day that it is planned for; 1 January */
	bool every_day;
};

void job_make(struct buf *out, const struct job_order *);

#endif

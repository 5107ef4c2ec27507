/*
 * A .job file: one task of the Task Scheduler of NT 4 to XP, and of the AT service
 * on later ones.
 *
 * Source: Microsoft, [MS-TSCH] 2.4; libyal, Windows Scheduled Task (job) file format;
 * held against a file of Windows 7.
 */
#ifndef FORMAT_JOB_H
#define FORMAT_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

#define JOB_BYTES_MOST 65536u /* a genuine one has about a thousand */
#define JOB_TRIGGERS_MOST 64u

/* As the machine's clock on the wall showed it; all 0 for none. */
struct job_time {
	uint16_t year, month, day, hour, minute, second;
};

enum job_rhythm {
	JOB_ONCE = 0,
	JOB_DAILY,
	JOB_WEEKLY,
	JOB_MONTHLY,         /* on days of the month: what AT calls "every" */
	JOB_MONTHLY_WEEKDAY, /* on the first Monday, and so on */
	JOB_IDLE,
	JOB_BOOT,
	JOB_LOGON,
};

struct job_trigger {
	struct job_time begins;
	uint32_t duration; /* minutes, in which it comes again … */
	uint32_t interval; /* … every so many minutes; 0: it does not */
	uint32_t rhythm;   /* enum job_rhythm, or a number that nobody knows */
};

/* The spans are UTF-16LE without the closing zero, and point into the file. */
struct job {
	uint16_t product; /* Windows: 0x0501 is XP */
	bool has_run;
	struct job_time last_run;
	struct span application;
	struct span parameters;
	struct span folder;
	struct span author;
	struct span comment;
	size_t trigger_count;
	struct job_trigger trigger; /* the first, where there is one */
};

/* HEARD_SHORT: it ends too early.  HEARD_ODD: no .job file, or longer than any. */
enum heard job_read(struct span file, struct job *out);

#endif

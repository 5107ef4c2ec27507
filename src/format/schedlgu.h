/*
 * SchedLgU.Txt: the Task Scheduler's own log, as far as it tells which At jobs ran.
 * UTF-16 text, in the language of the machine, of 32 KB as a rule; once it is full,
 * new lines overwrite the oldest, and a line of stars stands between the two.
 *
 *	"At1.job" (rundll32.exe)
 *		Started 3/15/2009 1:00:00 AM
 *	"At1.job" (rundll32.exe)
 *		Finished 3/15/2009 1:00:01 AM
 *		Result: The task completed with an exit code of (0).
 *	[ ***** Most recent entry is above this line ***** ]
 */
#ifndef FORMAT_SCHEDLGU_H
#define FORMAT_SCHEDLGU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heard.h"
#include "base/span.h"

#define SCHEDLGU_BYTES_MOST (1024u * 1024)
#define SCHEDLGU_TEXT_ROOM 128

/* All runs of At jobs that started one program.  Times as the log has them. */
struct schedlgu {
	size_t count; /* entries that name such a job: about two for each run */
	char job[SCHEDLGU_TEXT_ROOM];    /* the oldest entry: "At1.job" */
	char oldest[SCHEDLGU_TEXT_ROOM]; /* the line below it: "Started …" */
	char newest[SCHEDLGU_TEXT_ROOM];
};

/*
 * Counts the entries of jobs called At<number>.job that start `program`
 * ("rundll32.exe", with or without a path; letters of either case are the same).
 * HEARD_ODD: no UTF-16 text, or longer than such a log gets.
 */
enum heard schedlgu_read(struct span file, const char *program, struct schedlgu *out);

/* "At1.job", "at24.JOB" (or "At1", where there is no suffix). */
bool schedlgu_is_at_job(const char *name, const char *suffix);

#endif

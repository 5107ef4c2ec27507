/*
 * What the subcommands of `case` are asked, and the file that they read.
 */
#ifndef CMD_CASE_COMMAND_H
#define CMD_CASE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/run.h"
#include "keep/case.h"

struct case_ask {
	const char *path; /* of the case */
	bool json;
	struct run run; /* this command */
	char **hosts;   /* show: addresses or names */
	size_t host_count;
};

/* Exit codes; what is wrong has been said. */
int case_status(struct case_file *, const struct case_ask *);
int case_show(struct case_file *, const struct case_ask *);

/*
 * The case to read: the one that --case names, else confine-case.db where we
 * stand.  NULL, after a line, where there is neither.
 */
const char *case_path(const char *said);

/* "2026-11-22 19:33:04 UTC". */
#define MOMENT_ROOM 32
void case_moment(char out[MOMENT_ROOM], int64_t unix_ms);

/* A line of results could not be written. */
int case_cannot_write(void);

#endif

/*
 * One run of a command: its first line and its last.
 */
#ifndef FLOW_RUN_H
#define FLOW_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "flow/verdict.h"

struct run {
	int64_t started_ms;
	const char *version;
	const char *command; /* the subcommand: "scan" */
	char *const *argv;   /* all words, from "confine" on */
	int argc;
};

struct summary {
	const char *command;
	uint64_t targets;                /* hosts asked, absent ones included */
	uint64_t count[STATE_COUNT + 1]; /* by enum state */
	double seconds;
	bool interrupted; /* not all targets were asked */
};

/* {"type":"run","schema":1,…} and {"type":"summary",…}. */
void run_json(struct json *j, const struct run *r);
void summary_json(struct json *j, const struct summary *s);

/* 0, 1 or 3, as the contract says for a run that looked. */
int summary_exit_code(const struct summary *s);

#endif

/*
 * A row of the table "run", and the memory that it needs.
 */
#ifndef KEEP_PAST_RUN_H
#define KEEP_PAST_RUN_H

#include "base/text.h"
#include "keep/case_file.h"
#include "keep/past.h"

#define PAST_WORDS_MOST 256

struct past_run_row {
	struct past_run past;
	struct said command;
	struct said version;
	char *words[PAST_WORDS_MOST + 1];
	int word_count;
};

#define PAST_RUN_COLUMNS                                                        \
	"id, root, command, version, words, started_ms, seconds, interrupted, " \
	"targets, infected, suspect, unknown, no_sign, clean, absent, "         \
	"(SELECT started_ms FROM run f WHERE f.id = run.root) "

/* Fills in what a row of PAST_RUN_COLUMNS holds; *out must not move. */
CHECKED enum err past_run_read(struct case_file *, sqlite3_stmt *at,
                               struct past_run_row *out);
void past_run_clear(struct past_run_row *);

#endif

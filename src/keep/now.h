/*
 * Where every host stands now: its newest row, or that it is not there any more.
 */
#ifndef KEEP_NOW_H
#define KEEP_NOW_H

#include "flow/view.h"
#include "keep/case_file.h"

/*
 * The columns of the view "now", which has one row for each host.  id is NULL
 * for a host that never answered.  gone_ms is when it was not there, if that is
 * newer than the row: an infected or suspect host that has gone is unknown.
 */
#define NOW_COLUMNS "id, key, state, gone_ms, why"

/* Makes the view "now". */
CHECKED enum err now_prepare(struct case_file *);

/*
 * Reads all rows that this process has not written itself, so that those that
 * cannot be believed count and sort as unknown from the first.
 */
CHECKED enum err now_check(struct case_file *);

/* The host of a row of NOW_COLUMNS. */
CHECKED enum err now_row(struct case_file *, sqlite3_stmt *at, struct row *out);

/* A row of the table "host", as it was written. */
CHECKED enum err now_load(struct case_file *, int64_t id, struct row *out,
                          bool *readable);

/* A row's findings; *readable is false where one is not as it was written. */
CHECKED enum err now_findings(struct case_file *, const char *json,
                              struct findings *out, bool *readable);

/* What is shown of a row that cannot be believed. */
void now_refused(struct row *out, const uint8_t key[ADDRESS_KEY], int64_t id);

/* The verdict on an absent host. */
struct now_absent {
	uint8_t key[ADDRESS_KEY];
	int64_t time_ms;
	int64_t why;
};
CHECKED enum err now_absent(struct case_file *, const struct now_absent *,
                            struct row *out);

/* Copies what fits whole; control characters and what is no UTF-8 become U+FFFD. */
void now_text(char *to, size_t room, const char *from);

#endif

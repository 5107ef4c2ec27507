/*
 * What a case is made of: for the files of this room only.
 */
#ifndef KEEP_CASE_FILE_H
#define KEEP_CASE_FILE_H

#include "base/buf.h"
#include "base/own.h"
#include "keep/case.h"
#include "sys/db.h"
#include "sys/claim.h"

#define WHYS_KEPT 32 /* reasons of absent hosts whose number we remember */

/*
 * Of a row of `run`: it is a scan, was broken off, nothing went on with it, and nobody
 * typed the same again.  The newest of each root, then of each spec, is the one to
 * ask.  (What looks inside machines is done with one machine after the other.)
 */
#define RUN_IS_UNFINISHED                                                        \
	"(command = 'scan' AND (seconds IS NULL OR interrupted <> 0) AND id IN " \
	"(SELECT max(id) FROM run WHERE id IN "                                  \
	"(SELECT max(id) FROM run GROUP BY root) GROUP BY command, spec))"

struct case_why {
	char reasons[REASONS_MOST * TRACE_ROOM];
	int64_t id;
};

struct case_file {
	struct db db;
	enum case_mode mode;
	struct claim claim;
	bool is_running; /* read only: some other process writes it just now */
	bool pending;    /* a transaction is open */

	int64_t run; /* the present run, and the first that it goes on with */
	int64_t root;
	int64_t started_ms;
	int64_t rows_before; /* the newest row of a host that is not of this process */

	sqlite3_stmt *add;
	sqlite3_stmt *add_absent;
	sqlite3_stmt *before; /* case_hold.c */
	sqlite3_stmt *held;
	sqlite3_stmt *has;
	sqlite3_stmt *load; /* now.c */
	sqlite3_stmt *load_why;
	sqlite3_stmt *split;
	sqlite3_stmt *newest; /* mends.c */
	struct buf verdict;
	struct buf findings;
	struct buf statuses;
	struct statuses loaded; /* of the row that now.c gave out last */
	bool has_mends;         /* something was changed on some host */
	struct mended mended;   /* that mends.c gave out last, and its plan */
	struct plan *mended_plan;
	struct case_why whys[WHYS_KEPT];
	size_t why_count;
};

/* A key as it is kept, and back; false where the bytes are no key. */
struct span case_key(const uint8_t key[ADDRESS_KEY]);
bool case_key_back(struct span kept, uint8_t key[ADDRESS_KEY]);

/* What is written from here on is pending until case_commit. */
CHECKED enum err case_pend(struct case_file *);

#endif

/*
 * What one event log was: what it covers, and what of it could not be read.
 */
#ifndef FLOW_LOG_TOLD_H
#define FLOW_LOG_TOLD_H

#include "flow/attempt.h"
#include "flow/machine.h"

enum log_kind {
	LOG_IS_EVT = 1,
	LOG_IS_EVTX,
	LOG_IS_CARVED, /* what is left of either, in a file that is neither */
	LOG_IS_XML,    /* what other programs made of one, as the next ones */
	LOG_IS_JSON,
	LOG_IS_CSV,
	LOG_IS_NONE, /* no event log; `why` says what was asked of it */
	LOG_KINDS
};

struct log_told {
	char path[PATH_ROOM];
	enum log_kind kind;
	uint64_t bytes;
	uint64_t records; /* current ones */
	uint64_t recovered;
	uint64_t security; /* of both, those of Security */
	uint64_t undecodable;
	uint64_t lost;     /* times that Windows says it lost events, unwritten */
	uint64_t attempts; /* that were handed on */
	uint64_t failures; /* of these, those that failed for whatever reason */
	int64_t first_ms, last_ms; /* of current records; 0: there is none */
	int64_t cleared_ms;        /* the last time that it says; 0: never */
	bool is_dirty;
	bool is_cut;                 /* it ends before it should */
	char computer[ATTEMPT_TEXT]; /* that wrote most of what was handed on; "" */
	char why[WHY_ROOM];          /* what could not be read, and what now; or "" */
};

#endif

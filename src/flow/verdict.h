/*
 * A verdict: what the judge makes of all findings on one host.
 */
#ifndef FLOW_VERDICT_H
#define FLOW_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/finding.h"
#include "flow/variants.h"

/* In the order in which people want to read them. */
enum state {
	STATE_INFECTED = 1,
	STATE_SUSPECT,
	STATE_UNKNOWN,
	STATE_NO_SIGN,
	STATE_CLEAN,
	STATE_ABSENT, /* nothing there, as far as we can tell; shown as unknown */
};
#define STATE_COUNT 6

/* "infected", "suspect", "unknown", "no-sign", "clean", "absent". */
const char *state_name(enum state state);
enum state state_from_name(const char *name); /* 0 for none of them */

#define SENTENCE_ROOM 240
#define REASONS_MOST 8
#define NOT_ASKED_MOST 8

struct verdict {
	int64_t time_ms;
	char host[ADDRESS_ROOM];
	uint8_t key[ADDRESS_KEY]; /* for sorting; not in the JSON */
	enum state state;
	variants variants;  /* that remain possible; 0 unless infected or suspect */
	struct said os;     /* "Windows XP", or "" */
	struct said name;   /* the host's own name for itself */
	struct said domain; /* its domain or workgroup */
	char reasons[REASONS_MOST][TRACE_ROOM]; /* trace ids that decided */
	size_t reason_count;
	char why[SENTENCE_ROOM];  /* one sentence on the reasons, for people */
	char next[SENTENCE_ROOM]; /* what to do next, or "" */
	int64_t took_ms;          /* from first connection to last */
	bool has_skew;
	int64_t skew_s; /* host's clock minus ours */
	bool inside;    /* looked at from inside: files and registry */
	/* Places that this machine, so reached, does not have: a sentence each. */
	char not_asked[NOT_ASKED_MOST][SENTENCE_ROOM];
	size_t not_asked_count;
};

/*
 * {"type":"verdict",…} and the other way.  An absent host is written as
 * "unknown" with "absent":true, as the contract has it.
 */
void verdict_json(struct json *j, const struct verdict *v);
CHECKED enum err verdict_from_json(const char *json, struct verdict *out);

#endif
